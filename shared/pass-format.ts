import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { PASS_LENGTH, PASS_PREFIX } from './code-format';
import { type Fen, fen } from './money';
import type { EpochMs } from './time';

/**
 * One offline pass (docs/decisions/0021-offline-pass.md): good for one sale, and a till tells with a public key and no network that the
 * school made it. 93 bytes, big-endian:
 *
 *     form 1 | school 4 | envelope 8 | index 1 | from 4 (s) | window 2 (min) | ceiling 3 (fen) | envelope's money 3 (fen) | key 1 | epoch 2 | signature 64
 *
 * drawn as one number of 224 digits after 93, so that a QR symbol packs three of them into ten bits: version 6 at level M.
 */
export interface PassFacts {
  /** First 4 bytes of SHA-256 of the school's id, hex: names a foreign pass before its signature is judged. */
  readonly school: string;
  /** 18 digits: which account and which of its envelopes, for the server alone. */
  readonly envelope: string;
  /** 0, 1, 2 … within the envelope. */
  readonly index: number;
  /** Whole seconds, and whole minutes later. */
  readonly validFrom: EpochMs;
  readonly validUntil: EpochMs;
  /** The most that this pass pays. */
  readonly ceilingFen: Fen;
  /** The most that all passes of the envelope pay: a till adds up what it has taken of each. */
  readonly envelopeFen: Fen;
  /** Which of the school's keys signed. */
  readonly keyId: number;
  /** A till refuses passes of an epoch before the school's present one. */
  readonly epoch: number;
}

export interface Pass extends PassFacts {
  /** Ed25519 over `passSignedBytes`. */
  readonly signature: Uint8Array;
}

const FORM = 1;
const FACTS_BYTES = 29;
const SIGNATURE_BYTES = 64;
const ENVELOPE_DIGITS = 18;

export function schoolTag(schoolId: string): string {
  return bytesToHex(sha256(utf8ToBytes(schoolId)).subarray(0, 4));
}

/** What the permanent row of a pass is named by: unique for ever, because an envelope's number is. */
export function passSerial({ envelope, index }: Pick<PassFacts, 'envelope' | 'index'>): string {
  return `${envelope}-${index}`;
}

/** "ecode-pass-v1", the school's id and the 29 bytes, a line feed between. */
export function passSignedBytes(schoolId: string, facts: PassFacts): Uint8Array {
  const lead = utf8ToBytes(`ecode-pass-v1\n${schoolId}\n`);
  const bytes = new Uint8Array(lead.length + FACTS_BYTES);
  bytes.set(lead);
  bytes.set(factsBytes(facts), lead.length);
  return bytes;
}

export function writePass(facts: PassFacts, signature: Uint8Array): string {
  const whole = BigInt(`0x${bytesToHex(factsBytes(facts))}${bytesToHex(signature)}`);
  return `${PASS_PREFIX}${whole.toString().padStart(PASS_LENGTH - PASS_PREFIX.length, '0')}`;
}

/** Undefined when these digits are no pass of a form that is known. Nothing in it is proven before its signature is. */
export function readPass(digits: string): Pass | undefined {
  if (digits.length !== PASS_LENGTH || !digits.startsWith(PASS_PREFIX) || !/^\d+$/.test(digits)) return undefined;
  const hex = BigInt(digits.slice(PASS_PREFIX.length))
    .toString(16)
    .padStart(2 * (FACTS_BYTES + SIGNATURE_BYTES), '0');
  if (hex.length !== 2 * (FACTS_BYTES + SIGNATURE_BYTES) || Number.parseInt(hex.slice(0, 2), 16) !== FORM) return undefined;
  const number = (at: number, bytes: number): number => Number.parseInt(hex.slice(2 * at, 2 * (at + bytes)), 16);
  const envelope = BigInt(`0x${hex.slice(10, 26)}`).toString();
  if (envelope.length > ENVELOPE_DIGITS) return undefined;
  const validFrom = number(14, 4) * 1_000;
  return {
    school: hex.slice(2, 10),
    envelope: envelope.padStart(ENVELOPE_DIGITS, '0'),
    index: number(13, 1),
    validFrom,
    validUntil: validFrom + number(18, 2) * 60_000,
    ceilingFen: fen(number(20, 3)),
    envelopeFen: fen(number(23, 3)),
    keyId: number(26, 1),
    epoch: number(27, 2),
    signature: Uint8Array.from({ length: SIGNATURE_BYTES }, (_, index) => number(FACTS_BYTES + index, 1)),
  };
}

function factsBytes(facts: PassFacts): Uint8Array {
  const minutes = (facts.validUntil - facts.validFrom) / 60_000;
  const fields: readonly (readonly [number | bigint, number])[] = [
    [FORM, 1],
    [Number.parseInt(facts.school, 16), 4],
    [BigInt(facts.envelope), 8],
    [facts.index, 1],
    [facts.validFrom / 1_000, 4],
    [minutes, 2],
    [facts.ceilingFen, 3],
    [facts.envelopeFen, 3],
    [facts.keyId, 1],
    [facts.epoch, 2],
  ];
  return Uint8Array.from(fields.flatMap(([value, bytes]) => bigEndian(BigInt(value), bytes)));
}

/** @throws RangeError when the value does not fit: a pass must not say less than was meant */
function bigEndian(value: bigint, bytes: number): number[] {
  if (value < 0n || value >= 1n << BigInt(8 * bytes)) throw new RangeError('a field of a pass does not fit');
  return Array.from({ length: bytes }, (_, index) => Number((value >> BigInt(8 * (bytes - 1 - index))) & 0xffn));
}
