import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { PASS_PREFIX } from './code-format';
import { type Fen, fen } from './money';
import { factsBytes, readDigits, signedBytes, writeDigits } from './signed-digits';
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

export function schoolTag(schoolId: string): string {
  return bytesToHex(sha256(utf8ToBytes(schoolId)).subarray(0, 4));
}

/** What the permanent row of a pass is named by: unique for ever, because an envelope's number is. */
export function passSerial({ envelope, index }: Pick<PassFacts, 'envelope' | 'index'>): string {
  return `${envelope}-${index}`;
}

/** "ecode-pass-v1", the school's id and the 29 bytes, a line feed between. */
export function passSignedBytes(schoolId: string, facts: PassFacts): Uint8Array {
  return signedBytes(schoolId, bytesOf(facts));
}

export function writePass(facts: PassFacts, signature: Uint8Array): string {
  return writeDigits(PASS_PREFIX, bytesOf(facts), signature);
}

/** Undefined when these digits are no pass of a form that is known. Nothing in it is proven before its signature is. */
export function readPass(digits: string): Pass | undefined {
  const read = readDigits(digits, { prefix: PASS_PREFIX, form: FORM });
  const envelope = read === undefined ? undefined : read.name(5);
  if (read === undefined || envelope === undefined) return undefined;
  const { number, hex, signature } = read;
  const validFrom = number(14, 4) * 1_000;
  return {
    school: hex(1, 4),
    envelope,
    index: number(13, 1),
    validFrom,
    validUntil: validFrom + number(18, 2) * 60_000,
    ceilingFen: fen(number(20, 3)),
    envelopeFen: fen(number(23, 3)),
    keyId: number(26, 1),
    epoch: number(27, 2),
    signature,
  };
}

function bytesOf(facts: PassFacts): Uint8Array {
  return factsBytes([
    [FORM, 1],
    [Number.parseInt(facts.school, 16), 4],
    [BigInt(facts.envelope), 8],
    [facts.index, 1],
    [facts.validFrom / 1_000, 4],
    [(facts.validUntil - facts.validFrom) / 60_000, 2],
    [facts.ceilingFen, 3],
    [facts.envelopeFen, 3],
    [facts.keyId, 1],
    [facts.epoch, 2],
  ]);
}
