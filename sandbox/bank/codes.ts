import { toIso } from '../../shared/time';
import { type PartnerReply, refusal } from '../lib/partner-door';
import { randomDigits } from '../lib/random-text';
import { receiveSms } from '../sms/gateway';
import type { Surroundings } from '../surroundings';
import { cardRecord, maskedMobile } from './accounts';
import { BANKS } from './banks';
import type { BindingAct, CodeState, TransferAct } from './state';

/** The bank's SMS codes, in real time: a new one after 60 s, good for 5 minutes, five wrong ones end the act. */
const RESEND_MS = 60_000;
const LIFE_MS = 5 * 60_000;
const MOST_WRONG = 5;
const MOST_SENT = 5;

export type Coded = BindingAct | (TransferAct & { readonly code: CodeState });

export function newCode(parts: Surroundings): CodeState {
  return { code: randomDigits(parts.randomBytes, 6), sentAt: parts.wireClock(), sent: 1, wrong: 0 };
}

/** The message on the mobile that the bank knows; `/sms/inbox` shows it. */
export function sendCode(parts: Surroundings, act: Coded): void {
  const mobile = mobileOf(parts, act);
  const purpose = act.kind === 'binding' ? '签约校园卡快捷支付' : `向校园卡付款${(act.amountFen / 100).toFixed(2)}元`;
  const text = `【${BANKS[act.bank].name}】您正在${purpose}，验证码${act.code.code}，5分钟内有效，请勿告诉他人。`;
  const requestId = `${act.bank}_${act.school}_${act.requestNo}_${act.code.sent}`;
  receiveSms({ ...parts, clock: parts.wireClock }, { mobile, template: 'bank-code', code: act.code.code, requestId }, text);
}

export function codeSent(parts: Surroundings, act: Coded): PartnerReply {
  const { sentAt } = act.code;
  return {
    status: 200,
    content: {
      maskedMobile: maskedMobile(mobileOf(parts, act)),
      resendAt: toIso(sentAt + RESEND_MS),
      expiresAt: toIso(sentAt + LIFE_MS),
    },
  };
}

export function resendCode(parts: Surroundings, act: Coded): PartnerReply {
  if (act.state !== 'waiting-code') return notAwaited(act);
  const waitMs = act.code.sentAt + RESEND_MS - parts.wireClock();
  if (waitMs > 0) return refusal('code-too-soon', { retryAfterSeconds: Math.ceil(waitMs / 1000) });
  if (act.code.sent >= MOST_SENT) return lock(parts, act);
  Object.assign(act.code, { code: randomDigits(parts.randomBytes, 6), sentAt: parts.wireClock(), sent: act.code.sent + 1 });
  sendCode(parts, act);
  return codeSent(parts, act);
}

/** undefined when the code is right. */
export function refuseCode(parts: Surroundings, act: Coded, given: unknown): PartnerReply | undefined {
  if (act.state !== 'waiting-code') return notAwaited(act);
  if (parts.wireClock() >= act.code.sentAt + LIFE_MS) return refusal('code-expired');
  if (given === act.code.code) return undefined;
  act.code.wrong += 1;
  if (act.code.wrong >= MOST_WRONG) return lock(parts, act);
  return refusal('code-wrong', { triesLeft: MOST_WRONG - act.code.wrong });
}

export function isCoded(act: BindingAct | TransferAct): act is Coded {
  return act.code !== null;
}

function lock(parts: Surroundings, act: Coded): PartnerReply {
  if (act.kind === 'binding') act.state = 'locked';
  else Object.assign(act, { state: 'failed', reason: 'code-locked', endedAt: parts.clock() });
  return refusal('code-locked');
}

function notAwaited(act: Coded): PartnerReply {
  const isLocked = act.kind === 'binding' ? act.state === 'locked' : act.reason === 'code-locked';
  return refusal(isLocked ? 'code-locked' : 'code-not-awaited');
}

function mobileOf(parts: Surroundings, act: Coded): string {
  const cardNumber = act.kind === 'binding' ? act.cardNumber : parts.state.bank.agreements[act.agreementRef]?.cardNumber;
  return cardRecord(parts.state.bank, cardNumber ?? '')?.mobile ?? '';
}
