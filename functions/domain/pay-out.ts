import type { UtilityName } from '../../shared/api/common';
import type { Fen } from '../../shared/money';
import type { EpochMs } from '../../shared/time';
import type { PlatformChannel } from './order';

/** Money on its way out of an account: back to a payer, to the holder's own bank card, to a supplier of the campus. */
export const PAY_OUT_KINDS = ['refund', 'withdrawal', 'utility'] as const;
export type PayOutKind = (typeof PAY_OUT_KINDS)[number];

/** Who is asked to pay it out, and by what names they know it. */
export type PayOutTo =
  | {
      readonly via: 'platform';
      readonly channel: PlatformChannel;
      readonly orderNo: string;
      readonly appId: string;
      readonly orderFen: Fen;
      /** Entry number of the sale that is taken back by it, where it is no top-up. */
      readonly saleN?: number;
    }
  /** `orderNo`: the top-up whose lot it is, where it is a refund. */
  | { readonly via: 'bank'; readonly agreementRef: string; readonly cardTail: string; readonly orderNo?: string }
  | { readonly via: 'utility'; readonly utility: UtilityName; readonly account: string; readonly maskedOwner: string };

interface PayOutFacts {
  readonly schoolId: string;
  /** Ours, and the other side's idempotency key: at most 31 of [0-9A-Za-z_]. Also `entryId` of the entry that took the money. */
  readonly payOutNo: string;
  readonly accountNo: number;
  readonly kind: PayOutKind;
  readonly amountFen: Fen;
  /** Entry number of the debit. */
  readonly n: number;
  readonly to: PayOutTo;
  /** Shown to the holder and, where there is room, to the payer. */
  readonly reason: string;
  /** Who asked: "holder", "staff:…", "reconcile", "close-out". */
  readonly askedBy: string;
  readonly createdAt: EpochMs;
  /** Goes up by one with every change: the condition of the next one. */
  readonly version: number;
  /** How often the other side has been sent it or asked about it. */
  readonly asked: number;
}

/**
 * requested → succeeded, or → returned (the other side said definitely that it will not: a mirror entry gives the money back), or
 * → stuck (definitely not delivered, and a person must choose another way; the money stays out of the account until then).
 */
export type PayOut = PayOutFacts &
  (
    | { readonly state: 'requested'; readonly dueAt: EpochMs }
    | { readonly state: 'succeeded'; readonly doneAt: EpochMs; readonly externalRef: string }
    | { readonly state: 'returned'; readonly doneAt: EpochMs; readonly returnedBy: number; readonly failure: string }
    | { readonly state: 'stuck'; readonly doneAt: EpochMs; readonly failure: string }
  );
export type RequestedPayOut = Extract<PayOut, { state: 'requested' }>;
/** Nothing of it is final: a platform's own staff may still deliver what was stuck. */
export type OpenPayOut = Extract<PayOut, { state: 'requested' | 'stuck' }>;
/** `sendAt`: not before, where the other side wants an interval after an earlier one. */
export type PayOutWish = Omit<PayOutFacts, 'n' | 'createdAt' | 'version' | 'asked'> & { readonly sendAt?: EpochMs };

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const ASK_AFTER_MS = [10 * SECOND, 30 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR] as const;
const DAILY_MS = 24 * HOUR;

export function requestedPayOut(wish: PayOutWish, at: { readonly n: number; readonly now: EpochMs }): RequestedPayOut {
  const { sendAt = at.now, ...facts } = wish;
  return { ...facts, n: at.n, createdAt: at.now, version: 1, asked: 0, state: 'requested', dueAt: Math.max(sendAt, at.now) };
}

/** Notes that the other side is being asked, so that no second asker does; the next time lies further off each time. */
export function askedPayOut(payOut: RequestedPayOut, now: EpochMs): RequestedPayOut {
  const wait = ASK_AFTER_MS[payOut.asked] ?? DAILY_MS;
  return { ...payOut, version: payOut.version + 1, asked: payOut.asked + 1, dueAt: now + wait };
}

export function succeededPayOut(payOut: OpenPayOut, result: { readonly doneAt: EpochMs; readonly externalRef: string }): PayOut {
  return { ...payOutFacts(payOut), state: 'succeeded', ...result };
}

export function returnedPayOut(
  payOut: PayOut,
  result: { readonly doneAt: EpochMs; readonly returnedBy: number; readonly failure: string },
): PayOut {
  return { ...payOutFacts(payOut), state: 'returned', ...result };
}

export function stuckPayOut(payOut: RequestedPayOut, result: { readonly doneAt: EpochMs; readonly failure: string }): PayOut {
  return { ...payOutFacts(payOut), state: 'stuck', ...result };
}

/** The same wish: what, how much, to whom. Another under one number is a refusal. */
export function isSamePayOut(found: PayOut, wish: PayOutWish): boolean {
  return (
    found.accountNo === wish.accountNo && found.kind === wish.kind && found.amountFen === wish.amountFen && found.to.via === wish.to.via
  );
}

/** The next version, without whose card or contract it went to: what an erased holder leaves. Undefined where it names nobody. */
export function withoutPayee(payOut: PayOut): PayOut | undefined {
  const { to, version } = payOut;
  if (to.via === 'bank' && (to.agreementRef !== '' || to.cardTail !== '')) {
    return { ...payOut, to: { ...to, agreementRef: '', cardTail: '' }, version: version + 1 };
  }
  if (to.via === 'utility' && (to.account !== '' || to.maskedOwner !== '')) {
    return { ...payOut, to: { ...to, account: '', maskedOwner: '' }, version: version + 1 };
  }
  return undefined;
}

function payOutFacts(payOut: PayOut): PayOutFacts {
  const { schoolId, payOutNo, accountNo, kind, amountFen, n, to, reason, askedBy, createdAt, version, asked } = payOut;
  return { schoolId, payOutNo, accountNo, kind, amountFen, n, to, reason, askedBy, createdAt, version: version + 1, asked };
}
