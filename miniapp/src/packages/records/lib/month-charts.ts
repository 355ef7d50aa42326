import type { EntryView } from '../../../../../shared/api/common';
import { add, type Fen, fen, negate, subtract, sum, ZERO } from '../../../../../shared/money';
import type { Bilingual, RulePack } from '../../../../../shared/rule-pack';
import { minuteOfDay } from '../../../../../shared/time';
import { instantMs } from '../../../lib/dates';

type MealPeriod = RulePack['limits']['mealPeriods'][number];
export type MealId = MealPeriod['id'];

export interface MealShare {
  readonly id: MealId;
  /** The pack's own word, where it has periods. */
  readonly name: Bilingual | undefined;
  readonly amountFen: Fen;
  readonly count: number;
  /** Percent of the largest share. */
  readonly width: number;
}

export interface MerchantShare {
  /** Null: the sale named none. */
  readonly merchant: Bilingual | null;
  readonly amountFen: Fen;
  readonly count: number;
  readonly width: number;
}

export interface Sale {
  readonly entry: EntryView;
  /** What is left of it after what was taken back in the same month; positive. */
  readonly amountFen: Fen;
}

const SALES: ReadonlySet<EntryView['kind']> = new Set(['charge', 'native-charge', 'pass-charge']);

/** The purchases of a month without what was taken back of them: a meal that was refunded was not eaten. */
export function salesOf(entries: readonly EntryView[]): Sale[] {
  const back = new Map<string, Fen>();
  for (const { reverses, amountFen } of entries) {
    if (reverses !== null && amountFen > 0) back.set(reverses, add(back.get(reverses) ?? ZERO, amountFen));
  }
  return entries
    .filter(({ kind, amountFen }) => SALES.has(kind) && amountFen < 0)
    .map((entry) => ({ entry, amountFen: subtract(negate(entry.amountFen), back.get(entry.entryId) ?? ZERO) }))
    .filter(({ amountFen }) => amountFen > 0);
}

/** Where a school draws no lines of its own: end to end, the night belongs to supper. */
const USUAL: readonly { readonly id: MealId; readonly fromMinute: number; readonly toMinute: number }[] = [
  { id: 'breakfast', fromMinute: 240, toMinute: 600 },
  { id: 'lunch', fromMinute: 600, toMinute: 930 },
  { id: 'dinner', fromMinute: 930, toMinute: 1230 },
  { id: 'supper', fromMinute: 1230, toMinute: 240 },
];

function holds({ fromMinute, toMinute }: { fromMinute: number; toMinute: number }, minute: number): boolean {
  return fromMinute < toMinute ? minute >= fromMinute && minute < toMinute : minute >= fromMinute || minute < toMinute;
}

/** Purchases by the meal at which they were recorded, in the order of the day. */
export function mealShares(sales: readonly Sale[], periods: readonly MealPeriod[], utcOffsetMinutes: number): MealShare[] {
  const lines = periods.length === 0 ? USUAL : periods;
  const shares = lines.map((period) => {
    const mine = sales.filter(({ entry }) => holds(period, minuteOfDay(instantMs(entry.recordedAt), utcOffsetMinutes)));
    const name = periods.find(({ id }) => id === period.id)?.name;
    return { id: period.id, name, amountFen: sum(mine.map(({ amountFen }) => amountFen)), count: mine.length };
  });
  return withWidths(shares);
}

/** Purchases by merchant, the most first; beyond `most` the rest are one. */
export function merchantShares(sales: readonly Sale[], most: number): { readonly top: MerchantShare[]; readonly rest: MerchantShare[] } {
  const shares = new Map<string, { merchant: Bilingual | null; amountFen: Fen; count: number }>();
  for (const { entry, amountFen } of sales) {
    const key = entry.merchant?.zh ?? '';
    const known = shares.get(key) ?? { merchant: entry.merchant, amountFen: ZERO, count: 0 };
    shares.set(key, { merchant: known.merchant, amountFen: add(known.amountFen, amountFen), count: known.count + 1 });
  }
  const all = withWidths(Array.from(shares.values()).sort((a, b) => b.amountFen - a.amountFen));
  return all.length <= most ? { top: all, rest: [] } : { top: all.slice(0, most - 1), rest: all.slice(most - 1) };
}

function withWidths<Share extends { readonly amountFen: Fen }>(shares: readonly Share[]): (Share & { readonly width: number })[] {
  const widest = Math.max(1, ...shares.map(({ amountFen }) => amountFen));
  return shares.map((share) => ({
    ...share,
    width: share.amountFen === 0 ? 0 : Math.max(2, Math.round((100 * share.amountFen) / widest)),
  }));
}

/** What one of them cost on average, to the fen below. */
export function averageFen(amountFen: Fen, count: number): Fen {
  return count === 0 ? ZERO : fen(Math.floor(amountFen / count));
}
