import { AppError } from '../../shared/errors';
import { add, type Fen, fen, subtract, ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { DAY_MS, type EpochMs, monthOf } from '../../shared/time';
import type { AccountState } from './account-state';
import type { Order, PlatformChannel } from './order';
import { spendable } from './posting';
import { cardRoom } from './top-up-amount';

export const AUTO_STATES = ['asked', 'signed', 'ended'] as const;
/** Why it does not top up although it is agreed: the holder's switch, deductions that failed, an agreement that ended at the platform. */
export const OFF_REASONS = ['holder', 'failed', 'platform'] as const;

export interface AutoSettings {
  /** Below it, and not at it. */
  readonly thresholdFen: Fen;
  readonly amountFen: Fen;
  readonly monthlyCapFen: Fen;
}

/**
 * The one standing permission of an account: asked → signed → ended. It is also what makes an order be made once: at most one is open, its
 * number is counted here, and it is written together with the next version.
 */
export interface AutoTopUp extends AutoSettings {
  readonly schoolId: string;
  readonly accountNo: number;
  readonly contractNo: string;
  readonly channel: PlatformChannel;
  readonly appId: string;
  readonly payerOpenId: string;
  /** Of the student, as the platform's contract names it. */
  readonly number: string;
  readonly state: (typeof AUTO_STATES)[number];
  readonly isOn: boolean;
  readonly offReason?: (typeof OFF_REASONS)[number];
  readonly agreementRef?: string;
  readonly askedAt: EpochMs;
  readonly signedAt?: EpochMs;
  readonly endedAt?: EpochMs;
  /** "2026-11", and what was asked for in it. */
  readonly month: string;
  readonly monthFen: Fen;
  /** Contracts and orders that this account has had: numbers are made of them and never come again. */
  readonly contracts: number;
  readonly orders: number;
  readonly openOrderNo?: string;
  /** Deductions that failed since the last one that came. */
  readonly failures: number;
  /** No order before. */
  readonly pausedUntil: EpochMs;
  readonly version: number;
}

/** After a deduction that failed: an hour, then a day; after the third it is switched off. */
const PAUSES_MS = [60 * 60_000, DAY_MS] as const;

/**
 * What the holder chose, within the pack.
 * @throws AppError auto-top-up.not-offered, top-up.amount-invalid (not one of the pack's choices, or a cap below one amount), top-up.over-cap
 */
export function autoSettings(
  pack: RulePack,
  wish: { readonly thresholdFen: unknown; readonly amountFen: unknown; readonly monthlyCapFen: unknown },
): AutoSettings {
  const { auto } = pack.topUp;
  if (auto === undefined) throw new AppError('auto-top-up.not-offered');
  const oneOf = (choices: readonly Fen[], value: unknown): Fen => {
    const chosen = choices.find((choice) => choice === value);
    if (chosen === undefined) throw new AppError('top-up.amount-invalid');
    return chosen;
  };
  const thresholdFen = oneOf(auto.thresholdsFen, wish.thresholdFen);
  const amountFen = oneOf(auto.amountsFen, wish.amountFen);
  const cap = wish.monthlyCapFen;
  if (typeof cap !== 'number' || !Number.isSafeInteger(cap) || cap < amountFen)
    throw new AppError('top-up.amount-invalid', { minFen: amountFen });
  if (cap > auto.monthlyCapFen) throw new AppError('top-up.over-cap', { maxFen: auto.monthlyCapFen });
  return { thresholdFen, amountFen, monthlyCapFen: fen(cap) };
}

/** What has been asked for in the month of `now`. */
export function usedInMonth(auto: Pick<AutoTopUp, 'month' | 'monthFen'>, now: EpochMs, utcOffsetMinutes: number): Fen {
  return auto.month === monthOf(now, utcOffsetMinutes) ? auto.monthFen : ZERO;
}

/** Whether money is to be asked for now. A lost or closed account, a pause, a full month and a full card each say no. */
export function isAutoWanted(auto: AutoTopUp, state: AccountState, pack: RulePack, now: EpochMs): boolean {
  if (auto.state !== 'signed' || !auto.isOn || auto.openOrderNo !== undefined || now < auto.pausedUntil) return false;
  if (pack.topUp.auto === undefined || state.closed || state.lostAt > 0) return false;
  if (spendable(state) >= auto.thresholdFen) return false;
  const room = cardRoom(state, pack);
  if (room !== undefined && auto.amountFen > room) return false;
  return add(usedInMonth(auto, now, pack.utcOffsetMinutes), auto.amountFen) <= Math.min(auto.monthlyCapFen, pack.topUp.auto.monthlyCapFen);
}

/** The intent: its part of the month is taken before anything is asked for. */
export function withAutoOrder(
  auto: AutoTopUp,
  orderNo: string,
  now: EpochMs,
  { utcOffsetMinutes }: Pick<RulePack, 'utcOffsetMinutes'>,
): AutoTopUp {
  const monthFen = add(usedInMonth(auto, now, utcOffsetMinutes), auto.amountFen);
  return { ...auto, orders: auto.orders + 1, openOrderNo: orderNo, month: monthOf(now, utcOffsetMinutes), monthFen };
}

/** What the end of its order means; the same while the order is open. Nothing was taken by one that closed, so the month gets it back. */
export function afterAutoOrder(auto: AutoTopUp, order: Order, now: EpochMs): AutoTopUp {
  if (auto.openOrderNo !== order.orderNo || order.state === 'created' || order.state === 'paid') return auto;
  const { openOrderNo: _ended, ...rest } = auto;
  if (order.state === 'credited') return { ...rest, failures: 0, pausedUntil: 0 };
  const monthFen = fen(Math.max(0, subtract(auto.monthFen, order.amountFen)));
  // The failure of an older agreement is nothing against this one.
  if (order.createdAt < auto.askedAt) return { ...rest, monthFen };
  const failures = auto.failures + 1;
  const pause = PAUSES_MS[failures - 1];
  if (pause === undefined) return { ...rest, monthFen, failures, isOn: false, offReason: 'failed' };
  return { ...rest, monthFen, failures, pausedUntil: now + pause };
}
