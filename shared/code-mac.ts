import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { type CodeKind, signedDigits, stepStart, timeDigits, writeCode } from './code-format';
import { isoWeek } from './time';

/** 11 decimal digits: a blind guess at a code succeeds with 10⁻¹¹. */
const MAC_MODULUS = 100_000_000_000;

function utf8(text: string): Uint8Array {
  // A phone's JavaScript core may lack TextEncoder; everything signed here is ASCII by construction.
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

export interface CodeKeyName {
  readonly handle: string;
  readonly slot: number;
  /** Raised when the app in the slot is removed; its older codes are then dead. */
  readonly keyVersion: number;
  /** ISO week of the step, "2026-W47". */
  readonly week: string;
}

/** Key of one app for one week = HMAC(school code key, handle ‖ slot ‖ version ‖ week). Server side only. */
export function deriveCodeKey(schoolCodeKey: Uint8Array, name: CodeKeyName): Uint8Array {
  return hmac(sha256, schoolCodeKey, utf8(`${name.handle}|${name.slot}|${name.keyVersion}|${name.week}`));
}

export interface CodeMacInput {
  readonly kind: CodeKind;
  readonly handle: string;
  readonly step: number;
  readonly slot: number;
  readonly schoolId: string;
}

/** HMAC-SHA256 over the digits before it, the full step and the school id, as 11 digits (first 8 bytes, big-endian, mod 10¹¹). */
export function codeMac(weekKey: Uint8Array, input: CodeMacInput): string {
  const digits = signedDigits({ kind: input.kind, handle: input.handle, tt: timeDigits(input.step, input.slot) });
  const tag = hmac(sha256, weekKey, utf8(`${digits}|${input.step}|${input.schoolId}`));
  // Remainder byte by byte: stays below 2⁵³, and older phones have no BigInt.
  let value = 0;
  for (const byte of tag.subarray(0, 8)) value = (value * 256 + byte) % MAC_MODULUS;
  return String(value).padStart(11, '0');
}

/** A whole code, as the phone shows it. */
export function makeCode(weekKey: Uint8Array, input: CodeMacInput): string {
  const tt = timeDigits(input.step, input.slot);
  return writeCode({ kind: input.kind, handle: input.handle, tt, mac: codeMac(weekKey, input) });
}

export function weekOfStep(step: number): string {
  return isoWeek(stepStart(step));
}
