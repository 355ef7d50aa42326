import { add, type Fen, negate, subtract, ZERO } from '../../shared/money';
import { businessDay } from '../../shared/time';
import type { Entry } from './entry';
import { holderAmount } from './entry-view';

export interface MonthTotals {
  /** Positive. */
  readonly spentFen: Fen;
  readonly receivedFen: Fen;
  /** "2026-11-21" → fen; days without spending are absent. */
  readonly spentByDay: Readonly<Record<string, Fen>>;
}

/**
 * Totals of a month's entries, in any order. What takes back a sale of the same month takes it out of the day of the
 * sale, as if it had never been; money back for an older sale is received. So received − spent is always what the
 * balances changed by.
 */
export function monthTotals(entries: readonly Entry[], utcOffsetMinutes: number): MonthTotals {
  const dayOf = (entry: Entry): string => businessDay(entry.recordedAt, utcOffsetMinutes);
  const days = new Map<string, Fen>();
  const spend = (day: string, amountFen: Fen): void => void days.set(day, add(days.get(day) ?? ZERO, amountFen));
  const sales = new Map(entries.filter((entry) => holderAmount(entry) < 0).map((entry) => [entry.entryId, entry]));
  let receivedFen = ZERO;
  for (const entry of entries) {
    const amountFen = holderAmount(entry);
    const reversed = entry.reverses === undefined ? undefined : sales.get(entry.reverses);
    if (amountFen < 0) spend(dayOf(entry), negate(amountFen));
    else if (reversed !== undefined) spend(dayOf(reversed), subtract(ZERO, amountFen));
    else receivedFen = add(receivedFen, amountFen);
  }
  let spentFen = ZERO;
  const spentByDay: Record<string, Fen> = {};
  for (const [day, amountFen] of [...days].sort(([a], [b]) => (a < b ? -1 : 1))) {
    spentFen = add(spentFen, amountFen);
    if (amountFen !== 0) spentByDay[day] = amountFen;
  }
  return { spentFen, receivedFen, spentByDay };
}
