import type { CodeWay, IdentityCodeReply } from '../../shared/api/ways-in';
import { AppError, isAppError } from '../../shared/errors';
import { newId, type RandomBytes } from '../../shared/ids';
import type { RulePack } from '../../shared/rule-pack';
import { CODES_AT_ONE, CODES_OF_ONE } from '../domain/lockout';
import { normaliseNumber } from '../domain/plain-text';
import { newSmsCode, SMS_CODE_LIVES_MS, SMS_RESEND_AFTER_MS, smsCodeHash } from '../domain/sms-code';
import type { FieldCipher } from '../lib/field-cipher';
import type { MailGateway, SmsGateway } from '../platforms/contract';
import type { Holder, Holders } from '../store/holders';
import type { IdentityCodes } from '../store/identity-codes';
import type { Caller } from './caller';
import { type GuessDeps, takeGuess } from './guess-guard';
import { openEmail, openMobile } from './personal-data';
import { isName } from './prove-holder';

export interface IdentityCodeDeps extends GuessDeps {
  readonly holders: Pick<Holders, 'find' | 'accountOf' | 'tokenOf'>;
  readonly identityCodes: IdentityCodes;
  readonly smsCodeKey: Uint8Array;
  readonly packOf: (schoolId: string) => Promise<RulePack>;
}

export interface SendIdentityCodeDeps extends IdentityCodeDeps {
  readonly smsGateway: SmsGateway;
  readonly mailGateway: MailGateway;
  readonly fieldCipher: FieldCipher;
  readonly randomBytes: RandomBytes;
  readonly pause: (ms: number) => Promise<void>;
}

export interface NamedPerson {
  readonly schoolId: string;
  readonly number: string;
  readonly name: string;
  readonly way: CodeWay;
}

/** Every answer takes at least so long: asking a gateway takes time that not asking does not. */
export const IDENTITY_CODE_FLOOR_MS = 1_000;
const OFFERED_AS = { email: 'email-code', mobile: 'mobile-code' } as const;

/**
 * Sends a code to the address that the roster has for a number, when number and name are right. Answer, limits and rows are the same when
 * they are not, when there is no address, and when the gateway fails: whoever asks learns nothing about anybody.
 *
 * Throws AppError: `school.unknown`, `auth.way-not-offered`, `auth.already-bound`, `auth.sms-too-soon` (within a minute, or a limit is
 * reached: detail.retryAfterSeconds), `request.busy`.
 */
export async function sendIdentityCode(deps: SendIdentityCodeDeps, caller: Caller, person: NamedPerson): Promise<IdentityCodeReply> {
  assertOffered(await deps.packOf(person.schoolId), person.way);
  if (caller.bound !== undefined) throw new AppError('auth.already-bound');
  await Promise.all([sendTo(deps, caller, person), deps.pause(IDENTITY_CODE_FLOOR_MS)]);
  return { resendAfterSeconds: SMS_RESEND_AFTER_MS / 1_000, livesSeconds: SMS_CODE_LIVES_MS / 1_000 };
}

/** Throws AppError `auth.way-not-offered`. */
export function assertOffered({ signIn }: RulePack, way: CodeWay): void {
  if (!signIn.otherWays.includes(OFFERED_AS[way])) throw new AppError('auth.way-not-offered', { way: OFFERED_AS[way] });
}

async function sendTo(deps: SendIdentityCodeDeps, caller: Caller, person: NamedPerson): Promise<void> {
  const { schoolId, way } = person;
  const number = normaliseNumber(person.number);
  const place = { schoolId, number, identity: caller.identity };
  const before = await deps.identityCodes.find(place);
  const now = deps.clock();
  const waitMs = before === undefined ? 0 : before.sentAt + SMS_RESEND_AFTER_MS - now;
  if (waitMs > 0) throw new AppError('auth.sms-too-soon', { retryAfterSeconds: Math.ceil(waitMs / 1_000) });
  await countAsked(deps, caller, schoolId, number);
  const digits = newSmsCode(deps.randomBytes);
  const requestId = newId('idc', now, deps.randomBytes);
  const accountNo = await deps.holders.accountOf(schoolId, number);
  // Account 0 is nobody's: the code of a number that nobody has opens nothing, and its row looks like any other.
  const codeHash = smsCodeHash(deps.smsCodeKey, { schoolId, accountNo: accountNo ?? 0, requestId, digits });
  const times = { sentAt: now, expiresAt: now + SMS_CODE_LIVES_MS };
  const row = { ...place, version: before?.version ?? 0, way, codeHash, requestId, ...times };
  if (!(await deps.identityCodes.save(row))) throw new AppError('auth.sms-too-soon', { retryAfterSeconds: SMS_RESEND_AFTER_MS / 1_000 });
  const holder = accountNo === undefined ? undefined : await deps.holders.find(schoolId, accountNo);
  if (holder === undefined || !isName(holder, person.name)) return;
  await deliver(deps, holder, { way, code: digits, requestId });
}

/** Counted alike for numbers that nobody has. */
async function countAsked(deps: IdentityCodeDeps, caller: Caller, schoolId: string, number: string): Promise<void> {
  try {
    await takeGuess(deps, { schoolId, subject: 'identity-codes', isUrgent: true, ofOne: CODES_OF_ONE }, caller);
    await takeGuess(
      deps,
      { schoolId, subject: `identity-code|${deps.holders.tokenOf(schoolId, number)}`, ofAll: CODES_AT_ONE },
      { guessers: [] },
    );
  } catch (error) {
    if (isAppError(error, 'auth.locked')) throw new AppError('auth.sms-too-soon', error.detail);
    throw error;
  }
}

async function deliver(
  deps: SendIdentityCodeDeps,
  holder: Holder,
  { way, code, requestId }: { readonly way: CodeWay; readonly code: string; readonly requestId: string },
): Promise<void> {
  const message = { template: 'identity-check', code, requestId };
  const [email, mobile] = [openEmail(deps.fieldCipher, holder), openMobile(deps.fieldCipher, holder)];
  try {
    if (way === 'email' && email !== '') await deps.mailGateway.send({ email, ...message });
    if (way === 'mobile' && mobile !== '') await deps.smsGateway.send({ mobile, ...message });
  } catch (error) {
    if (!isAppError(error)) throw error;
    // Told to whoever runs this, not to whoever asked: an error for known numbers only would name them.
    deps.counter.count('IdentityCodeNotSent');
  }
}
