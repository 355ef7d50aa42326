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

/** What the key of one app for one week is made of: HMAC(school code key, handle ‖ slot ‖ version ‖ week). */
export function codeKeyText({ handle, slot, keyVersion, week }: CodeKeyName): string {
  return `${handle}|${slot}|${keyVersion}|${week}`;
}

/** The rule itself, that runs anywhere. The functions make the same key with node:crypto (functions/domain/school-keys.ts). */
export function deriveCodeKey(schoolCodeKey: Uint8Array, name: CodeKeyName): Uint8Array {
  return hmac(sha256, schoolCodeKey, utf8(codeKeyText(name)));
}

export interface CodeMacInput {
  readonly kind: CodeKind;
  readonly handle: string;
  readonly step: number;
  readonly slot: number;
  readonly schoolId: string;
}

/** What the MAC covers: the digits before it, the full step and the school id. */
export function codeMacText({ kind, handle, step, slot, schoolId }: CodeMacInput): string {
  return `${signedDigits({ kind, handle, tt: timeDigits(step, slot) })}|${step}|${schoolId}`;
}

/** The number that the 11 digits are: first 8 bytes of HMAC-SHA256, big-endian, mod 10¹¹. */
export function codeMacNumber(tag: Uint8Array): number {
  // Remainder byte by byte: stays below 2⁵³, and older phones have no BigInt.
  let value = 0;
  for (let index = 0; index < 8; index += 1) value = (value * 256 + (tag[index] ?? 0)) % MAC_MODULUS;
  return value;
}

/** The 11 digits as a phone makes them. */
export function codeMac(weekKey: Uint8Array, input: CodeMacInput): string {
  return String(codeMacNumber(hmac(sha256, weekKey, utf8(codeMacText(input))))).padStart(11, '0');
}

/** A whole code, as the phone shows it. */
export function makeCode(weekKey: Uint8Array, input: CodeMacInput): string {
  const tt = timeDigits(input.step, input.slot);
  return writeCode({ kind: input.kind, handle: input.handle, tt, mac: codeMac(weekKey, input) });
}

export function weekOfStep(step: number): string {
  return isoWeek(stepStart(step));
}
