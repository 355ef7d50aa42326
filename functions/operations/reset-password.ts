import { AppError, isAppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import { isWeakPassword } from '../domain/initial-password';
import { normaliseNumber } from '../domain/plain-text';
import { SMS_RESEND_AFTER_MS } from '../domain/sms-code';
import type { Holder } from '../store/holders';
import type { Database } from '../store/table';
import type { Caller } from './caller';
import { numberSubject, type PasswordDeps } from './check-password';
import { checkSecondProof, isTail, type ProofDeps } from './check-second-proof';
import { type FindHolderDeps, findHolder } from './find-holder';
import { returnGuessed, takeGuess } from './guess-guard';
import { openIdTail } from './personal-data';
import { isName } from './prove-holder';
import { type SendSmsCodeDeps, sendCodeTo } from './send-sms-code';

export interface ResetPasswordDeps extends PasswordDeps, FindHolderDeps, ProofDeps, SendSmsCodeDeps {
  readonly holders: PasswordDeps['holders'];
  readonly transact: Database['transact'];
}

export interface ResetWho {
  readonly schoolId: string;
  readonly number: string;
  readonly name: string;
  /** The last six or seven characters of the ID: the mobile alone, or its SIM, opens nothing. */
  readonly idTail: string;
}

/**
 * Sends a code to the mobile of the holder who was named, if there is one, the end of the ID is right and a message may go out. The answer is
 * the same if not, and each question counts, right or wrong: neither tells who is here.
 *
 * Throws AppError: `auth.reset-not-offered`, `auth.locked`, `school.unknown`, `request.busy`.
 */
export async function sendResetCode(deps: ResetPasswordDeps, caller: Caller, who: ResetWho): Promise<{ resendAfterSeconds: number }> {
  const pack = await packWithReset(deps, who.schoolId);
  const { holder, subject } = await named(deps, who);
  await takeGuess(deps, { schoolId: who.schoolId, subject: `reset-code|${subject}` }, caller);
  if (isRight(deps, holder, who)) await sendQuietly(deps, pack, holder);
  return { resendAfterSeconds: SMS_RESEND_AFTER_MS / 1_000 };
}

async function sendQuietly(deps: ResetPasswordDeps, pack: RulePack, holder: Holder): Promise<void> {
  try {
    await sendCodeTo(deps, pack, holder);
  } catch (error) {
    // Too soon, no mobile, a gateway that is down: whoever asks must not learn that somebody was found.
    if (!isAppError(error)) throw error;
    deps.counter.count('Refusal');
  }
}

/**
 * Sets a forgotten password anew. The end of the ID and the code together are a second proof, so that codes open with it as after a first
 * change; the code is used up in the same write. A wrong try counts with wrong passwords.
 *
 * Throws AppError: `auth.reset-not-offered`, `auth.reset-no-match` (name, number, ID or code: one answer for all), `auth.password-weak`,
 * `auth.locked`, `school.unknown`, `request.busy`.
 */
export async function resetPassword(
  deps: ResetPasswordDeps,
  caller: Caller,
  wish: ResetWho & { readonly code: string; readonly newPassword: string },
): Promise<Record<string, never>> {
  if (isWeakPassword([], '', wish.newPassword)) throw new AppError('auth.password-weak');
  const pack = await packWithReset(deps, wish.schoolId);
  const { holder, subject } = await named(deps, wish);
  const guess = await takeGuess(deps, { schoolId: wish.schoolId, subject }, caller);
  // One hash whoever was named, so that time tells nobody.
  const passwordHash = await deps.passwords.hash(wish.newPassword);
  if (!isRight(deps, holder, wish)) throw new AppError('auth.reset-no-match');
  const rows = await codeRows(deps, pack, holder, wish.code);
  const idTail = openIdTail(deps.fieldCipher, holder);
  if (isWeakPassword(pack.signIn.initialPassword, idTail, wish.newPassword)) throw new AppError('auth.password-weak');
  const now = deps.clock();
  const row = deps.holders.changedRow({ ...holder, passwordHash, passwordChangedAt: now, provenAt: now });
  const result = await deps.transact([row, ...rows]);
  // Another request took the code, or changed the holder: nothing was written, and the code, if it is still there, may be tried again.
  if (!result.written) throw new AppError('request.busy');
  await returnGuessed(deps, guess);
  return {};
}

async function codeRows(deps: ResetPasswordDeps, pack: RulePack, holder: Holder, code: string) {
  try {
    return await checkSecondProof(deps, { holder, pack, proof: { kind: 'sms', value: code }, now: deps.clock() });
  } catch (error) {
    if (isAppError(error)) throw new AppError('auth.reset-no-match');
    throw error;
  }
}

async function packWithReset(deps: Pick<ResetPasswordDeps, 'packOf'>, schoolId: string): Promise<RulePack> {
  const pack = await deps.packOf(schoolId);
  if (pack.signIn.smsReset !== true) throw new AppError('auth.reset-not-offered');
  return pack;
}

async function named(deps: FindHolderDeps, { schoolId, number }: ResetWho): Promise<{ holder: Holder | undefined; subject: string }> {
  const holder = await findHolder(deps, schoolId, number);
  return { holder, subject: numberSubject(deps.holders, { schoolId, number: normaliseNumber(number) }, holder) };
}

/** A temporary card's number is the ID itself, so that its end proves nothing: that one goes to the desk. */
function isRight(deps: ResetPasswordDeps, holder: Holder | undefined, who: ResetWho): holder is Holder {
  if (holder === undefined || holder.citizenId !== undefined || holder.idTail === '') return false;
  return isName(holder, who.name) && isTail(openIdTail(deps.fieldCipher, holder), who.idTail);
}
