import { AppError } from '../../shared/errors';
import { subtract } from '../../shared/money';
import { shiftDay } from '../../shared/time';
import { type BalanceSheet, nextSheet } from '../domain/finance/balance-sheet';
import type { DayTotals } from '../domain/finance/day-totals';
import { QUIET_DAY, type Settlement, type SettlementCorrection, settledFen, settlementOf } from '../domain/finance/settlement';
import { mapInParallel } from '../lib/in-parallel';
import type { BalanceSheets } from '../store/balance-sheets';
import type { Merchants } from '../store/merchants';
import type { Settlements } from '../store/settlements';
import { type SumDayDeps, sumDay } from './sum-day';

export interface CloseDayDeps extends SumDayDeps {
  readonly merchants: Pick<Merchants, 'find'>;
  readonly settlements: Settlements;
  readonly sheets: BalanceSheets;
}

/** For so many days before it a closing looks again, for what has appeared in their books since. */
const LOOK_AGAIN_DAYS = 2;
const AT_ONCE = 8;

export interface ClosedDay {
  readonly sheet: BalanceSheet;
  /** False when the day was closed before: nothing was written. */
  readonly fresh: boolean;
}

/**
 * Settles every merchant of the day and makes the day's balance sheet. Statements and sheet are written once: a repeat, also after a crash
 * half way, goes on and ends the same. What has appeared in the two days before since they were closed is carried as corrections. Days are
 * closed in order.
 *
 * Throws AppError: `day.open` (too early, or `detail.day` must be closed first), `day.locked` (a later day has its sheet, this one none),
 * `school.unknown`. An entry or a book that does not sum to zero is a fault and is thrown as it is.
 */
export async function closeDay(deps: CloseDayDeps, schoolId: string, day: string): Promise<ClosedDay> {
  const done = await deps.sheets.find(schoolId, day);
  if (done !== undefined) return { sheet: done, fresh: false };
  const earlier = await deps.sheets.newest(schoolId, LOOK_AGAIN_DAYS + 1);
  const last = earlier[0];
  if (last !== undefined && last.day > day) throw new AppError('day.locked', { day });
  if (last !== undefined && last.day !== shiftDay(day, -1)) throw new AppError('day.open', { day: shiftDay(last.day, 1) });
  const totals = await sumDay(deps, schoolId, day);
  const again = new Map<string, DayTotals>();
  for (const { day: past } of earlier.slice(0, LOOK_AGAIN_DAYS)) again.set(past, await sumDay(deps, schoolId, past));
  await settleMerchants(deps, { schoolId, day, totals, again });
  const sheet = nextSheet({
    schoolId,
    day,
    kinds: totals.kinds,
    earlier: Object.fromEntries([...again].map(([past, found]) => [past, found.kinds])),
    sheets: earlier,
    madeAt: deps.clock(),
  });
  // Somebody else's, where two closed at once: then it was made of the same books a moment earlier.
  return { sheet: await deps.sheets.insert(sheet), fresh: true };
}

interface Summed {
  readonly schoolId: string;
  readonly day: string;
  readonly totals: DayTotals;
  /** The days before, as their books are now. */
  readonly again: ReadonlyMap<string, DayTotals>;
}

async function settleMerchants(deps: CloseDayDeps, summed: Summed): Promise<void> {
  const numbers = new Set([summed.totals, ...summed.again.values()].flatMap(({ merchants }) => [...merchants.keys()]));
  await mapInParallel(
    [...numbers].sort((a, b) => a - b),
    AT_ONCE,
    (merchant) => settleMerchant(deps, summed, merchant),
  );
}

async function settleMerchant(deps: CloseDayDeps, summed: Summed, merchant: number): Promise<void> {
  const { schoolId, day } = summed;
  if ((await deps.settlements.find(schoolId, merchant, day)) !== undefined) return;
  const corrections = await correctionsOf(deps, summed, merchant);
  const totals = summed.totals.merchants.get(merchant);
  if (totals === undefined && corrections.length === 0) return;
  const [enrolled, previous] = await Promise.all([
    deps.merchants.find(schoolId, merchant),
    deps.settlements.before(schoolId, merchant, day),
  ]);
  const feeBasisPoints = enrolled?.feeBasisPoints ?? 0;
  const settledAt = deps.clock();
  await deps.settlements.insert(
    settlementOf({ schoolId, merchant, day, totals: totals ?? QUIET_DAY, corrections, feeBasisPoints, previous, settledAt }),
  );
}

/** What the books of the days before hold of a merchant that no statement has yet. */
async function correctionsOf(deps: CloseDayDeps, { schoolId, again }: Summed, merchant: number): Promise<SettlementCorrection[]> {
  const days = [...again.keys()].sort();
  const own = new Map<string, Settlement | undefined>();
  for (const past of days) own.set(past, await deps.settlements.find(schoolId, merchant, past));
  return days.flatMap((past) => {
    const later = days.filter((other) => other > past).map((other) => own.get(other));
    const now = again.get(past)?.merchants.get(merchant)?.controlFen ?? QUIET_DAY.controlFen;
    const amountFen = subtract(now, settledFen(past, own.get(past), later));
    return amountFen === 0 ? [] : [{ day: past, amountFen }];
  });
}
