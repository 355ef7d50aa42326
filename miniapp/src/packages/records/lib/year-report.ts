import type { EntryView } from '../../../../../shared/api/common';
import { add, type Fen, sum, ZERO } from '../../../../../shared/money';
import { minuteOfDay } from '../../../../../shared/time';
import { dayOf, instantMs } from '../../../lib/dates';
import { type MerchantShare, merchantShares, salesOf } from './month-charts';

export interface YearReport {
  readonly year: string;
  readonly count: number;
  readonly spentFen: Fen;
  /** Days with a purchase. */
  readonly days: number;
  readonly months: readonly { readonly month: string; readonly amountFen: Fen; readonly width: number }[];
  /** Where one went most often. */
  readonly favourite: MerchantShare | undefined;
  readonly dearestDay: { readonly day: string; readonly amountFen: Fen } | undefined;
  /** By the clock of its own day, which begins at four: a meal at one at night is late, not early. */
  readonly earliest: EntryView | undefined;
  readonly latest: EntryView | undefined;
}

const DAY_BEGINS_AT_MINUTE = 240;
const MINUTES_OF_DAY = 1_440;

/** The months of a year up to the present one, first to last. */
export function monthsOfYear(year: string, present: string): string[] {
  return Array.from({ length: 12 }, (_, at) => `${year}-${String(at + 1).padStart(2, '0')}`).filter((month) => month <= present);
}

/** What a year of purchases comes to. `entries` of all its months, in any order; what was taken back is left out. */
export function yearReport(year: string, months: readonly string[], entries: readonly EntryView[], utcOffsetMinutes: number): YearReport {
  const sales = salesOf(entries).map((sale) => ({ ...sale, day: dayOf(sale.entry.recordedAt, utcOffsetMinutes) }));
  const byDay = new Map<string, Fen>();
  for (const { day, amountFen } of sales) byDay.set(day, add(byDay.get(day) ?? ZERO, amountFen));
  const ofMonth = months.map((month) => ({
    month,
    amountFen: sum(sales.filter(({ day }) => day.startsWith(month)).map(({ amountFen }) => amountFen)),
  }));
  const tallest = Math.max(1, ...ofMonth.map(({ amountFen }) => amountFen));
  const lateness = ({ recordedAt }: EntryView) =>
    (minuteOfDay(instantMs(recordedAt), utcOffsetMinutes) + MINUTES_OF_DAY - DAY_BEGINS_AT_MINUTE) % MINUTES_OF_DAY;
  const byClock = sales.map(({ entry }) => entry).sort((a, b) => lateness(a) - lateness(b) || a.n - b.n);
  const [dearest] = Array.from(byDay).sort(([, a], [, b]) => b - a);
  return {
    year,
    count: sales.length,
    spentFen: sum(sales.map(({ amountFen }) => amountFen)),
    days: byDay.size,
    months: ofMonth.map((each) => ({ ...each, width: Math.round((100 * each.amountFen) / tallest) })),
    favourite: merchantShares(sales, Number.POSITIVE_INFINITY)
      .top.filter(({ merchant }) => merchant !== null)
      .sort((a, b) => b.count - a.count)[0],
    dearestDay: dearest === undefined ? undefined : { day: dearest[0], amountFen: dearest[1] },
    earliest: byClock[0],
    latest: byClock[byClock.length - 1],
  };
}
