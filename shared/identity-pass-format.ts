import { IDENTITY_PASS_PREFIX } from './code-format';
import { factsBytes, readDigits, signedBytes, writeDigits } from './signed-digits';
import type { EpochMs } from './time';

/**
 * One offline identity pass (docs/decisions/0024-identity-passes.md): a gate without network tells with a public key that the school gave it to
 * one of its people, and of which role. It stands over no money, and no till takes it. 93 bytes, big-endian:
 *
 *     form 1 | school 4 | alias 8 | index 1 | from 4 (s) | window 2 (min) | role 1 | zero 5 | key 1 | epoch 2 | signature 64
 *
 * drawn as one number of 224 digits after 94, as a pass for sales is.
 */
export interface IdentityPassFacts {
  /** As in `PassFacts`. */
  readonly school: string;
  /** 18 digits that stand for one app of one holder, for some days: what a gate remembers against entering twice. */
  readonly alias: string;
  /** 0, 1, 2 … within the alias's days. */
  readonly index: number;
  /** Whole seconds, and whole minutes later. */
  readonly validFrom: EpochMs;
  readonly validUntil: EpochMs;
  readonly role: IdentityRole;
  readonly keyId: number;
  readonly epoch: number;
}

export interface IdentityPass extends IdentityPassFacts {
  /** Ed25519 over `identityPassSignedBytes`. */
  readonly signature: Uint8Array;
}

/** In the order of their numbers on the wire, from 1. */
export const IDENTITY_ROLES = ['student', 'staff', 'temporary'] as const;
export type IdentityRole = (typeof IDENTITY_ROLES)[number];

const FORM = 2;

/** "ecode-pass-v1", the school's id and the 29 bytes, a line feed between. */
export function identityPassSignedBytes(schoolId: string, facts: IdentityPassFacts): Uint8Array {
  return signedBytes(schoolId, bytesOf(facts));
}

export function writeIdentityPass(facts: IdentityPassFacts, signature: Uint8Array): string {
  return writeDigits(IDENTITY_PASS_PREFIX, bytesOf(facts), signature);
}

/** Undefined when these digits are no identity pass. Nothing in it is proven before its signature is. */
export function readIdentityPass(digits: string): IdentityPass | undefined {
  const read = readDigits(digits, { prefix: IDENTITY_PASS_PREFIX, form: FORM });
  const alias = read === undefined ? undefined : read.name(5);
  if (read === undefined || alias === undefined) return undefined;
  const { number, hex, signature } = read;
  const role = IDENTITY_ROLES[number(20, 1) - 1];
  if (role === undefined || number(21, 5) !== 0) return undefined;
  const validFrom = number(14, 4) * 1_000;
  return {
    ...{ school: hex(1, 4), alias, index: number(13, 1), role },
    validFrom,
    validUntil: validFrom + number(18, 2) * 60_000,
    ...{ keyId: number(26, 1), epoch: number(27, 2), signature },
  };
}

function bytesOf({ school, alias, index, validFrom, validUntil, role, keyId, epoch }: IdentityPassFacts): Uint8Array {
  return factsBytes([
    [FORM, 1],
    [Number.parseInt(school, 16), 4],
    [BigInt(alias), 8],
    [index, 1],
    [validFrom / 1_000, 4],
    [(validUntil - validFrom) / 60_000, 2],
    [IDENTITY_ROLES.indexOf(role) + 1, 1],
    [0, 5],
    [keyId, 1],
    [epoch, 2],
  ]);
}
