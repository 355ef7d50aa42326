import { AppError, isAppError } from '../../shared/errors';
import { newId, type RandomBytes } from '../../shared/ids';
import type { RulePack } from '../../shared/rule-pack';
import { businessDay, type EpochMs } from '../../shared/time';
import { maskMobile } from '../domain/masks';
import { offeredProofs } from '../domain/second-proof';
import { newSmsCode, SMS_CODE_LIVES_MS, SMS_PER_DAY, SMS_RESEND_AFTER_MS, smsCodeHash } from '../domain/sms-code';
import type { Clock } from '../lib/clock';
import type { FieldCipher } from '../lib/field-cipher';
import type { SmsGateway } from '../platforms/contract';
import type { Holder, Holders } from '../store/holders';
import type { SmsCode, SmsCodes } from '../store/sms-codes';
import type { HolderCaller } from './caller';
import { readHolder } from './check-password';
import { openMobile, proofFacts } from './personal-data';

export interface SendSmsCodeDeps {
  readonly holders: Pick<Holders, 'find'>;
  readonly smsCodes: SmsCodes;
  readonly smsCodeKey: Uint8Array;
  readonly smsGateway: SmsGateway;
  readonly fieldCipher: FieldCipher;
  readonly packOf: (schoolId: string) => Promise<RulePack>;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
}

export interface SmsSent {
  readonly mobileMasked: string;
  readonly resendAfterSeconds: number;
}

/**
 * Sends a code to the holder's own mobile of the roster. The row is written before the message goes out, so that two
 * presses at once send one.
 *
 * Throws AppError: `auth.second-proof-not-offered`, `auth.sms-too-soon` (within a minute, or too many today),
 * `auth.sms-refused`, `auth.sms-unavailable`, `account.unknown`, `school.unknown`.
 */
export async function sendSmsCode(deps: SendSmsCodeDeps, caller: HolderCaller): Promise<SmsSent> {
  const [pack, holder] = await Promise.all([deps.packOf(caller.bound.schoolId), readHolder(deps, caller)]);
  return sendCodeTo(deps, pack, holder);
}

/** The same for a holder who is not signed in: a forgotten password. */
export async function sendCodeTo(deps: SendSmsCodeDeps, pack: RulePack, holder: Holder): Promise<SmsSent> {
  const facts = proofFacts(holder);
  if (!offeredProofs(pack, facts).includes('sms')) throw new AppError('auth.second-proof-not-offered');
  const before = await deps.smsCodes.find(holder.schoolId, holder.accountNo);
  const now = deps.clock();
  const day = businessDay(now, pack.utcOffsetMinutes);
  refuseTooSoon(before, day, now);
  const digits = newSmsCode(deps.randomBytes);
  const row = newRow(deps, { holder, before, day, digits, now });
  if (!(await deps.smsCodes.save(row))) throw new AppError('auth.sms-too-soon', { retryAfterSeconds: SMS_RESEND_AFTER_MS / 1_000 });
  const mobile = openMobile(deps.fieldCipher, holder);
  try {
    await deps.smsGateway.send({ mobile, template: 'second-proof', code: digits, requestId: row.requestId });
  } catch (error) {
    // Nothing arrived, as far as is known: the holder may ask again at once. If something did arrive, it still works.
    if (isAppError(error)) await deps.smsCodes.save({ ...row, version: row.version + 1, sentAt: 0 });
    throw error;
  }
  return { mobileMasked: maskMobile(mobile), resendAfterSeconds: SMS_RESEND_AFTER_MS / 1_000 };
}

function refuseTooSoon(before: SmsCode | undefined, day: string, now: EpochMs): void {
  if (before === undefined) return;
  const waitMs = before.sentAt + SMS_RESEND_AFTER_MS - now;
  if (waitMs > 0) throw new AppError('auth.sms-too-soon', { retryAfterSeconds: Math.ceil(waitMs / 1_000) });
  if (before.day === day && before.sentThatDay >= SMS_PER_DAY) throw new AppError('auth.sms-too-soon', { sentToday: before.sentThatDay });
}

interface NewCode {
  readonly holder: Holder;
  readonly before: SmsCode | undefined;
  readonly day: string;
  readonly digits: string;
  readonly now: EpochMs;
}

function newRow(deps: Pick<SendSmsCodeDeps, 'smsCodeKey' | 'randomBytes'>, { holder, before, day, digits, now }: NewCode): SmsCode {
  const { schoolId, accountNo } = holder;
  const requestId = newId('sms', now, deps.randomBytes);
  return {
    schoolId,
    accountNo,
    version: before?.version ?? 0,
    codeHash: smsCodeHash(deps.smsCodeKey, { schoolId, accountNo, requestId, digits }),
    requestId,
    sentAt: now,
    expiresAt: now + SMS_CODE_LIVES_MS,
    day,
    sentThatDay: before?.day === day ? before.sentThatDay + 1 : 1,
  };
}
