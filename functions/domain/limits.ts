import type { ErrorCode } from '../../shared/errors';
import { add, type Fen, fen, subtract, ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { businessDay, DAY_MS, type EpochMs, minuteOfDay } from '../../shared/time';
import type { AccountState, Limits, Spent } from './account-state';

type Period = RulePack['limits']['mealPeriods'][number];

/** "2026-11-21/lunch", or "" outside every period. A period over midnight belongs to the day it began. */
export function mealKey(at: EpochMs, periods: readonly Period[], utcOffsetMinutes: number): string {
  const minute = minuteOfDay(at, utcOffsetMinutes);
  for (const period of periods) {
    const wraps = period.fromMinute > period.toMinute;
    const inside = wraps
      ? minute >= period.fromMinute || minute < period.toMinute
      : minute >= period.fromMinute && minute < period.toMinute;
    if (!inside) continue;
    const startedYesterday = wraps && minute < period.toMinute;
    return `${businessDay(startedYesterday ? at - DAY_MS : at, utcOffsetMinutes)}/${period.id}`;
  }
  return '';
}

/** What has been spent of the limits that are in force at `at`. */
export function spentAt(spent: Spent, at: EpochMs, pack: RulePack): Spent {
  const day = businessDay(at, pack.utcOffsetMinutes);
  const meal = mealKey(at, pack.limits.mealPeriods, pack.utcOffsetMinutes);
  return {
    day,
    dayFen: spent.day === day ? spent.dayFen : ZERO,
    meal,
    mealFen: meal !== '' && spent.meal === meal ? spent.mealFen : ZERO,
  };
}

/** The holder's own limits over the pack's. */
export function limitsOf(state: AccountState, pack: RulePack): Limits {
  const { perTransactionFen, perMealPeriodFen, perDayFen } = { ...pack.limits, ...state.limits };
  return {
    ...(perTransactionFen === undefined ? {} : { perTransactionFen }),
    ...(perMealPeriodFen === undefined ? {} : { perMealPeriodFen }),
    ...(perDayFen === undefined ? {} : { perDayFen }),
  };
}

/** The limit a sale would break, narrowest first, or undefined. What is left is compared: a sum may pass the safe integers. */
export function brokenLimit(amountFen: Fen, spent: Spent, limits: Limits): ErrorCode | undefined {
  if (limits.perTransactionFen !== undefined && amountFen > limits.perTransactionFen) return 'payment.over-transaction-limit';
  if (limits.perMealPeriodFen !== undefined && spent.meal !== '' && amountFen > subtract(limits.perMealPeriodFen, spent.mealFen)) {
    return 'payment.over-meal-limit';
  }
  if (limits.perDayFen !== undefined && amountFen > subtract(limits.perDayFen, spent.dayFen)) return 'payment.over-day-limit';
  return undefined;
}

export function spend(spent: Spent, amountFen: Fen): Spent {
  return { ...spent, dayFen: add(spent.dayFen, amountFen), mealFen: spent.meal === '' ? ZERO : add(spent.mealFen, amountFen) };
}

/** A void within the same day or period gives the allowance back; it never goes below zero. */
export function unspend(now: Spent, sale: Spent, amountFen: Fen): Spent {
  const back = (value: Fen): Fen => fen(Math.max(0, subtract(value, amountFen)));
  return {
    ...now,
    dayFen: now.day === sale.day ? back(now.dayFen) : now.dayFen,
    mealFen: now.meal !== '' && now.meal === sale.meal ? back(now.mealFen) : now.mealFen,
  };
}
