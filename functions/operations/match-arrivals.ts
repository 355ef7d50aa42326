import { AppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import {
  type Arrival,
  type ArrivalWish,
  arrivalPostings,
  type ExpectedDay,
  type MatchedArrival,
  matchArrivals,
} from '../domain/finance/bank-arrival';
import type { BankArrivals } from '../store/bank-arrivals';
import { appendHouse, type HouseDeps } from './append-house';

export interface ArrivalDeps extends HouseDeps {
  readonly arrivals: BankArrivals;
  readonly packOf: (schoolId: string) => Promise<RulePack>;
}

/**
 * Takes in lines of the bank's statement. Every line is kept by the bank's own reference; the same line again changes nothing.
 *
 * Throws AppError: `request.malformed` (a reference that is none, an amount not above zero: nothing is taken in),
 * `request.replayed-differently` (a reference that came before with other content; `detail.bankRef`).
 */
export async function importArrivals(deps: ArrivalDeps, wishes: readonly ArrivalWish[]): Promise<readonly Arrival[]> {
  for (const { bankRef, amountFen } of wishes) {
    if (!/^[0-9A-Za-z-]{4,40}$/.test(bankRef) || amountFen <= 0) throw new AppError('request.malformed', { bankRef });
  }
  const arrivals: Arrival[] = [];
  for (const wish of wishes) {
    const { schoolId, bankRef, day, channel, amountFen } = wish;
    const found = await deps.arrivals.insert({
      ...{ schoolId, bankRef, day, channel, amountFen, importedAt: deps.clock(), version: 1, state: 'unmatched' },
    });
    const isSame = found.day === day && found.channel === channel && found.amountFen === amountFen;
    if (!isSame) throw new AppError('request.replayed-differently', { bankRef });
    arrivals.push(found);
  }
  return arrivals;
}

/** `booked` by this call; `unmatched` is for a person. */
export interface ArrivalReport {
  readonly booked: readonly Arrival[];
  readonly unmatched: readonly Arrival[];
  /** Days that a bill says are owed and no arrival has settled. */
  readonly outstanding: readonly ExpectedDay[];
}

/**
 * Matches what came with what the channels owe net of fees, and books each match exactly once: the channel owes less, the bank has more,
 * the fee is spent. A channel's day is settled by one arrival for ever. `expected` comes from the days' reconciliations.
 *
 * Throws AppError: `request.busy`, `school.unknown`.
 */
export async function matchBankArrivals(deps: ArrivalDeps, schoolId: string, expected: readonly ExpectedDay[]): Promise<ArrivalReport> {
  const booked: Arrival[] = await bookMatched(deps, schoolId);
  const waiting = (await deps.arrivals.list(schoolId)).filter(({ state }) => state === 'unmatched');
  const open: ExpectedDay[] = [];
  for (const day of expected) if (!(await deps.arrivals.isSettled(schoolId, day.channel, day.day))) open.push(day);
  const settled = new Set<string>();
  for (const match of matchArrivals(waiting, open)) {
    const arrival = waiting.find(({ bankRef }) => bankRef === match.bankRef);
    if (arrival === undefined) continue;
    const next: MatchedArrival = { ...arrival, ...match, state: 'matched', version: arrival.version + 1 };
    // Lost to another run, which books it.
    if (!(await deps.arrivals.match(next))) continue;
    for (const day of match.days) settled.add(`${arrival.channel}/${day}`);
    booked.push(await book(deps, next));
  }
  const unmatched = (await deps.arrivals.list(schoolId)).filter(({ state }) => state === 'unmatched');
  return { booked, unmatched, outstanding: open.filter(({ channel, day }) => !settled.has(`${channel}/${day}`)) };
}

/** Matches whose entry a dead function still owes. Throws AppError `request.busy`, `school.unknown`. */
export async function bookMatched(deps: ArrivalDeps, schoolId: string): Promise<Arrival[]> {
  const booked: Arrival[] = [];
  for (const arrival of await deps.arrivals.list(schoolId)) if (arrival.state === 'matched') booked.push(await book(deps, arrival));
  return booked;
}

async function book(deps: ArrivalDeps, arrival: MatchedArrival): Promise<Arrival> {
  const { schoolId, channel, bankRef, day } = arrival;
  const pack = await deps.packOf(schoolId);
  const act = { schoolId, house: 'clearing', kind: 'platform-settlement', entryId: `arrival-${channel}-${bankRef}`, day } as const;
  await appendHouse(deps, { ...act, postings: arrivalPostings(arrival), occurredAt: deps.clock() }, pack);
  const next: Arrival = { ...arrival, state: 'booked', version: arrival.version + 1 };
  if (await deps.arrivals.replace(next)) return next;
  return (await deps.arrivals.find(schoolId, bankRef)) ?? next;
}
