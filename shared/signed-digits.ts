import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { PASS_LENGTH } from './code-format';

// A signed number that a QR symbol draws small (three digits in ten bits): a prefix of two digits, then 224 digits that are 93 bytes,
// big-endian: 29 bytes of facts, the first of which names their form, and 64 of an Ed25519 signature.
const FACTS_BYTES = 29;
const SIGNATURE_BYTES = 64;
const NAME_BYTES = 8;
const NAME_DIGITS = 18;

/** A value and the bytes it takes. */
export type Field = readonly [value: number | bigint, bytes: number];

/**
 * The fields one after the other, big-endian.
 *
 * @throws RangeError when a value does not fit its bytes or the fields are not 29 bytes: it must not say less than was meant
 */
export function factsBytes(fields: readonly Field[]): Uint8Array {
  const bytes = Uint8Array.from(fields.flatMap(([value, length]) => bigEndian(BigInt(value), length)));
  if (bytes.length !== FACTS_BYTES) throw new RangeError('the facts of a signed number are 29 bytes');
  return bytes;
}

/** What is signed of either kind of pass. The form stands in the facts, so that one kind is never taken for the other. */
export function signedBytes(schoolId: string, facts: Uint8Array): Uint8Array {
  const lead = utf8ToBytes(`ecode-pass-v1\n${schoolId}\n`);
  const bytes = new Uint8Array(lead.length + facts.length);
  bytes.set(lead);
  bytes.set(facts, lead.length);
  return bytes;
}

export function writeDigits(prefix: string, facts: Uint8Array, signature: Uint8Array): string {
  const whole = BigInt(`0x${bytesToHex(facts)}${bytesToHex(signature)}`);
  return `${prefix}${whole.toString().padStart(PASS_LENGTH - prefix.length, '0')}`;
}

export interface ReadDigits {
  /** Unsigned, big-endian, of at most 6 bytes. */
  number(at: number, bytes: number): number;
  hex(at: number, bytes: number): string;
  /** The 18 digits that 8 bytes stand for; undefined for a number that has more. */
  name(at: number): string | undefined;
  readonly signature: Uint8Array;
}

/** Undefined when these digits are none of that prefix and form. Nothing in them is proven before their signature is. */
export function readDigits(digits: string, { prefix, form }: { readonly prefix: string; readonly form: number }): ReadDigits | undefined {
  if (digits.length !== PASS_LENGTH || !digits.startsWith(prefix) || !/^\d+$/.test(digits)) return undefined;
  const length = 2 * (FACTS_BYTES + SIGNATURE_BYTES);
  const text = BigInt(digits.slice(prefix.length)).toString(16).padStart(length, '0');
  if (text.length !== length) return undefined;
  const hex = (at: number, bytes: number): string => text.slice(2 * at, 2 * (at + bytes));
  const number = (at: number, bytes: number): number => Number.parseInt(hex(at, bytes), 16);
  if (number(0, 1) !== form) return undefined;
  const name = (at: number): string | undefined => {
    const value = BigInt(`0x${hex(at, NAME_BYTES)}`).toString();
    return value.length > NAME_DIGITS ? undefined : value.padStart(NAME_DIGITS, '0');
  };
  return { number, hex, name, signature: Uint8Array.from({ length: SIGNATURE_BYTES }, (_, index) => number(FACTS_BYTES + index, 1)) };
}

function bigEndian(value: bigint, bytes: number): number[] {
  if (value < 0n || value >= 1n << BigInt(8 * bytes)) throw new RangeError('a field of a signed number does not fit');
  return Array.from({ length: bytes }, (_, index) => Number((value >> BigInt(8 * (bytes - 1 - index))) & 0xffn));
}
