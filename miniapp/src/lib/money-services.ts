import type { EntryView } from '../../../shared/api/common';
import { type Fen, fen } from '../../../shared/money';
import type { RulePack } from '../../../shared/rule-pack';
import type { EpochMs } from '../../../shared/time';

export type MoneyService = 'debt' | 'transfers' | 'refunds' | 'disputes' | 'limits' | 'auto' | 'bank-card' | 'gifts' | 'pay-other';

/** What a school offers, in groups as the page shows them. Each is the name of its screen. */
export function moneyServices(
  pack: Pick<RulePack, 'topUp' | 'bank'>,
  owes: boolean,
): readonly (readonly [MoneyService, ...MoneyService[]])[] {
  const { giftLinks, othersMayPay } = pack.topUp;
  const others: MoneyService[] = [
    ...(giftLinks === undefined ? [] : (['gifts'] as const)),
    ...(othersMayPay === true ? (['pay-other'] as const) : []),
  ];
  const [first, ...rest] = others;
  return [
    ...(owes ? [['debt'] as const] : []),
    ['transfers', 'refunds', 'disputes'],
    ['limits', ...(pack.topUp.auto === undefined ? [] : (['auto'] as const)), ...(pack.bank === undefined ? [] : (['bank-card'] as const))],
    ...(first === undefined ? [] : [[first, ...rest] as const]),
  ];
}

const SALES: ReadonlySet<EntryView['kind']> = new Set(['charge', 'native-charge']);

/** A purchase can be doubted; the server says of each whether there is anything left to give back. */
export function disputable({ kind, amountFen }: Pick<EntryView, 'kind' | 'amountFen'>): boolean {
  return SALES.has(kind) && amountFen < 0;
}

/** How long a gift link may be made to last, of what the school lets it. */
export function giftDays(maxDays: number): readonly number[] {
  const days = [1, 3, 7, 30, 90].filter((each) => each <= maxDays);
  return days.length === 0 ? [maxDays] : days;
}

/** Its last instant, a minute short of the days: the server counts them from its own clock, a little later or earlier. */
export function giftEnds(now: EpochMs, lastsMs: number): string {
  return new Date(now + lastsMs - 60_000).toISOString();
}

/** How much a month may take at most: a few times one amount, what the school allows, and what is agreed already (`now`). */
export function autoCaps(amountFen: Fen, schoolCapFen: Fen, now: Fen | undefined): readonly Fen[] {
  const caps = [1, 2, 5].map((times) => fen(amountFen * times));
  const usable = [...caps, schoolCapFen, ...(now === undefined ? [] : [now])].filter((cap) => cap >= amountFen && cap <= schoolCapFen);
  return [...new Set(usable)].sort((a, b) => a - b);
}
