import { type Fen, negate, subtract, sum } from '../../../shared/money';
import type { EpochMs } from '../../../shared/time';
import { legs } from '../legs';
import type { TopUpChannel } from '../order';
import type { Posting } from '../posting';

/** Money that came to our bank account, as its statement says. */
export interface ArrivalWish {
  readonly schoolId: string;
  /** The bank's own reference of the line: unique for ever. */
  readonly bankRef: string;
  /** When it came. */
  readonly day: string;
  readonly channel: TopUpChannel;
  readonly amountFen: Fen;
}

/** What a channel owes us for one day, as its bill says. */
export interface ExpectedDay {
  readonly channel: TopUpChannel;
  readonly day: string;
  readonly grossFen: Fen;
  /** Above zero. */
  readonly refundsFen: Fen;
  /** What the platform keeps. */
  readonly feeFen: Fen;
}

export interface ArrivalMatch {
  readonly bankRef: string;
  /** The days it settles: one, or several in a row where the bank paid after a weekend. */
  readonly days: readonly string[];
  readonly grossFen: Fen;
  readonly refundsFen: Fen;
  readonly feeFen: Fen;
}

export type Arrival = ArrivalWish & { readonly importedAt: EpochMs; readonly version: number } & (
    | { readonly state: 'unmatched' }
    /** `matched` stands between the match and its entry, where a function died. */
    | ({ readonly state: 'matched' | 'booked' } & Omit<ArrivalMatch, 'bankRef'>)
  );
export type MatchedArrival = Exclude<Arrival, { state: 'unmatched' }>;

/** A long holiday and what lies around it. */
const MOST_DAYS = 10;

export function netFen({ grossFen, refundsFen, feeFen }: Omit<ExpectedDay, 'channel' | 'day'>): Fen {
  return subtract(subtract(grossFen, refundsFen), feeFen);
}

/**
 * Each arrival against the days of its channel that nothing has settled yet: to the fen, one day before several in a row, older before
 * newer, and never a day after the money came. What fits nothing is left for a person.
 */
export function matchArrivals(arrivals: readonly ArrivalWish[], expected: readonly ExpectedDay[]): readonly ArrivalMatch[] {
  const used = new Set<string>();
  const inOrder = [...arrivals].sort((a, b) => (a.day + a.bankRef < b.day + b.bankRef ? -1 : 1));
  return inOrder.flatMap((arrival) => {
    const days = expected
      .filter(({ channel, day }) => channel === arrival.channel && day <= arrival.day && !used.has(`${channel}/${day}`))
      .sort((a, b) => (a.day < b.day ? -1 : 1));
    const run = runOf(days, arrival.amountFen);
    if (run === undefined) return [];
    for (const { channel, day } of run) used.add(`${channel}/${day}`);
    const { bankRef } = arrival;
    const total = (amounts: (day: ExpectedDay) => Fen): Fen => sum(run.map(amounts));
    return [
      {
        bankRef,
        days: run.map(({ day }) => day),
        grossFen: total(({ grossFen }) => grossFen),
        refundsFen: total(({ refundsFen }) => refundsFen),
        feeFen: total(({ feeFen }) => feeFen),
      },
    ];
  });
}

/** The shortest run of neighbours whose nets make exactly the amount. */
function runOf(days: readonly ExpectedDay[], amountFen: Fen): readonly ExpectedDay[] | undefined {
  for (let length = 1; length <= Math.min(MOST_DAYS, days.length); length += 1) {
    for (let from = 0; from + length <= days.length; from += 1) {
      const run = days.slice(from, from + length);
      if (sum(run.map(netFen)) === amountFen) return run;
    }
  }
  return undefined;
}

/** The platform owes us less, the bank has more, and the platform's fee is spent. */
export function arrivalPostings({
  channel,
  amountFen,
  grossFen,
  refundsFen,
  feeFen,
}: ArrivalWish & Omit<ArrivalMatch, 'bankRef'>): readonly Posting[] {
  return [
    { leg: legs.channel(channel), amountFen: subtract(grossFen, refundsFen) },
    { leg: legs.bank, amountFen: negate(amountFen) },
    { leg: legs.fee(channel), amountFen: negate(feeFen) },
  ].filter((posting) => posting.amountFen !== 0);
}
