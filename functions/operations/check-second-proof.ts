import { timingSafeEqual } from 'node:crypto';
import { AppError, isAppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import type { EpochMs } from '../../shared/time';
import { normaliseNumber } from '../domain/plain-text';
import { offeredProofs } from '../domain/second-proof';
import { smsCodeHash } from '../domain/sms-code';
import type { FieldCipher } from '../lib/field-cipher';
import type { Holder } from '../store/holders';
import type { SmsCodes } from '../store/sms-codes';
import type { TableWrite } from '../store/table';
import type { Caller } from './caller';
import { type GuessDeps, returnGuessed, takeGuess } from './guess-guard';
import { openIdTail, proofFacts } from './personal-data';

export interface ProofDeps {
  readonly fieldCipher: FieldCipher;
  readonly smsCodes: SmsCodes;
  readonly smsCodeKey: Uint8Array;
}

export interface SecondProof {
  readonly kind: 'id-tail' | 'sms';
  readonly value: string;
}

export interface ProofQuestion {
  readonly holder: Holder;
  readonly pack: RulePack;
  readonly proof: SecondProof | undefined;
  readonly now: EpochMs;
}

/**
 * Checks a second proof and answers the rows that use it up: they are written together with what it allows, so that
 * one code allows one thing. The caller has counted a guess, which limits this one too.
 *
 * Throws AppError: `auth.second-proof-required`, `auth.second-proof-not-offered`, `auth.second-proof-wrong`.
 */
export async function checkSecondProof(deps: ProofDeps, { holder, pack, proof, now }: ProofQuestion): Promise<readonly TableWrite[]> {
  if (proof === undefined) throw new AppError('auth.second-proof-required');
  const facts = proofFacts(holder);
  if (!offeredProofs(pack, facts).includes(proof.kind)) throw new AppError('auth.second-proof-not-offered');
  if (proof.kind === 'id-tail') {
    if (!isTail(openIdTail(deps.fieldCipher, holder), proof.value)) throw new AppError('auth.second-proof-wrong');
    return [];
  }
  const sent = await deps.smsCodes.find(holder.schoolId, holder.accountNo);
  if (sent === undefined || sent.codeHash === '' || now >= sent.expiresAt) throw new AppError('auth.second-proof-wrong');
  const { schoolId, accountNo, requestId } = sent;
  const given = smsCodeHash(deps.smsCodeKey, { schoolId, accountNo, requestId, digits: normaliseNumber(proof.value) });
  if (!isSame(given, sent.codeHash)) throw new AppError('auth.second-proof-wrong');
  return [deps.smsCodes.changedRow({ ...sent, codeHash: '' })];
}

/**
 * The same, counted in a place of its own before it is judged: a right password, which begins the other count anew,
 * must not begin this one anew with it. Throws AppError also `auth.locked`, `request.busy`.
 */
export async function guessSecondProof(
  deps: ProofDeps & GuessDeps,
  caller: Pick<Caller, 'identity' | 'sourceIp'>,
  question: ProofQuestion,
): Promise<readonly TableWrite[]> {
  if (question.proof === undefined) return checkSecondProof(deps, question);
  const { schoolId, accountNo } = question.holder;
  // The limit over all guessers counts the password that comes with each proof already.
  const guess = await takeGuess(deps, { schoolId, subject: `proof|${accountNo}`, isUrgent: true }, caller);
  try {
    const rows = await checkSecondProof(deps, question);
    await returnGuessed(deps, guess);
    return rows;
  } catch (error) {
    if (isAppError(error, 'auth.second-proof-not-offered')) await returnGuessed(deps, guess);
    throw error;
  }
}

/** The roster keeps seven characters; six are what people know as 身份证后六位. */
export function isTail(idTail: string, value: string): boolean {
  const given = normaliseNumber(value);
  return given.length >= 6 && given.length <= idTail.length && isSame(idTail.slice(-given.length), given);
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
