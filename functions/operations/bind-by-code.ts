import { timingSafeEqual } from 'node:crypto';
import { AppError } from '../../shared/errors';
import { normaliseNumber } from '../domain/plain-text';
import { smsCodeHash } from '../domain/sms-code';
import type { Holder } from '../store/holders';
import type { IdentityCode } from '../store/identity-codes';
import { type BindAnswer, type BindHolderDeps, type BindWish, bindHolder } from './bind';
import type { Caller } from './caller';
import { numberSubject } from './check-password';
import { returnGuessed, takeGuess } from './guess-guard';
import { isName } from './prove-holder';
import { requireConsent } from './require-consent';
import { assertOffered, type IdentityCodeDeps, type NamedPerson } from './send-identity-code';

export type BindByCodeDeps = IdentityCodeDeps & BindHolderDeps;

export interface CodeBindWish extends NamedPerson {
  readonly code: string;
  readonly deviceLabel?: string | undefined;
  readonly consent?: BindWish['consent'];
}

/**
 * Binds by the code that went to the e-mail or mobile of the roster. The code is used up in the transaction that binds.
 *
 * Throws AppError: `auth.consent-required`, `school.unknown`, `auth.way-not-offered`, `auth.already-bound`, `auth.code-wrong` (wrong, too old, used, asked for by
 * another app, or a number nobody has: one answer for all), `auth.locked`, `auth.too-many-apps`, `auth.sign-in-required`,
 * `account.closed`, `account.unknown`, `request.busy`.
 */
export async function bindByCode(deps: BindByCodeDeps, caller: Caller, wish: CodeBindWish): Promise<BindAnswer> {
  const consent = requireConsent(wish.consent);
  const pack = await deps.packOf(wish.schoolId);
  assertOffered(pack, wish.way);
  if (caller.bound !== undefined) throw new AppError('auth.already-bound');
  const { schoolId } = wish;
  const number = normaliseNumber(wish.number);
  const accountNo = await deps.holders.accountOf(schoolId, number);
  const holder = accountNo === undefined ? undefined : await deps.holders.find(schoolId, accountNo);
  // Codes and passwords are one count, so that neither is a second set of tries.
  const subject = numberSubject(deps.holders, { schoolId, number }, holder);
  const guess = await takeGuess(deps, { schoolId, subject }, caller);
  const place = { schoolId, number, identity: caller.identity };
  const readCode = async (): Promise<IdentityCode> => rightCode(deps, { sent: await deps.identityCodes.find(place), holder, wish });
  await readCode();
  if (holder === undefined) throw new AppError('auth.code-wrong');
  await returnGuessed(deps, guess);
  return bindHolder(deps, caller, {
    holder,
    pack,
    deviceLabel: wish.deviceLabel,
    consent,
    // Read anew in each try: a bind at the same moment has used it up.
    useUp: async () => [deps.identityCodes.changedRow({ ...(await readCode()), codeHash: '' })],
  });
}

interface CodeQuestion {
  readonly sent: IdentityCode | undefined;
  readonly holder: Holder | undefined;
  readonly wish: CodeBindWish;
}

/** Throws AppError `auth.code-wrong`. */
function rightCode(deps: Pick<BindByCodeDeps, 'smsCodeKey' | 'clock'>, { sent, holder, wish }: CodeQuestion): IdentityCode {
  const { schoolId, requestId } = { schoolId: wish.schoolId, requestId: sent?.requestId ?? '' };
  const digits = normaliseNumber(wish.code);
  const given = smsCodeHash(deps.smsCodeKey, { schoolId, accountNo: holder?.accountNo ?? 0, requestId, digits });
  const isRight = sent !== undefined && sent.way === wish.way && deps.clock() < sent.expiresAt && isSame(given, sent.codeHash);
  if (!isRight || holder === undefined || !isName(holder, wish.name)) throw new AppError('auth.code-wrong');
  return sent;
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
