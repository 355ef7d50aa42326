import { AppError } from '../../shared/errors';
import type { EpochMs } from '../../shared/time';
import { CHARGE_EARLY_MS, CHARGE_LATE_MS } from '../domain/charge-window';
import type { Entry } from '../domain/entry';
import { holdEntryId } from '../domain/hold';
import { findInRing, ringCovers, type SaleId, saleEntryId } from '../domain/terminal-ring';
import type { Passbook } from '../store/passbook';

const PAGE = 50;
/** 20,000 entries of one account within the 90 s of a sale's window: no account does that. */
const MAX_PAGES = 400;

/** What a look-up found, and how far up the passbook the id is now known not to be: entries never change. */
export interface Lookup {
  readonly found: Entry | undefined;
  readonly absentUpTo: number;
}

/**
 * The charge, fence or hold of a sale, its outcome before its hold, wherever in the passbook it lies. A charge is only ever recorded within
 * [C − 30 s, C + 60 s], and so is a hold, and a fence or a release that gives any other reason than "too late". So: the ring first; past it
 * only where the ring does not reach back beyond C − 30 s or to what an earlier look-up has seen; and since
 * `recordedAt` never decreases with n, the place of an old sale is found by bisection.
 */
export async function findSale(passbook: Passbook, head: Entry, id: SaleId, occurredAt: EpochMs, absentUpTo = 0): Promise<Lookup> {
  const since = occurredAt - CHARGE_EARLY_MS;
  const place = findInRing(head.state.ring, id);
  if (place !== undefined) {
    const found = place.n === head.n ? head : await passbook.entry(head.schoolId, head.accountNo, place.n);
    // The ring says that the sale was decided: "nothing found" here would charge it twice.
    if (found === undefined) throw new Error(`passbook has a gap at ${place.n}`);
    return { found, absentUpTo };
  }
  const absent: Lookup = { found: undefined, absentUpTo: head.n };
  if (ringCovers(head.state.ring, { since, above: absentUpTo })) return absent;

  const entryId = saleEntryId(id);
  const heldId = holdEntryId(id);
  const from = absentUpTo + 1;
  let to = await newestUpTo(passbook, head, occurredAt + CHARGE_LATE_MS);
  for (let page = 0; page < MAX_PAGES && to >= from; page += 1) {
    const { entries } = await passbook.entries(head.schoolId, head.accountNo, { from, to, limit: PAGE });
    for (const entry of entries) {
      if (entry.recordedAt < since) return absent;
      if (entry.entryId === entryId || entry.entryId === heldId) return { found: entry, absentUpTo };
    }
    const last = entries.at(-1);
    if (last === undefined) throw new Error(`passbook has a gap at ${to}`);
    to = last.n - 1;
  }
  if (to >= from) throw new AppError('request.busy');
  return absent;
}

/** The number of the newest entry recorded at or before `until`; 0 when there is none. */
async function newestUpTo(passbook: Passbook, head: Entry, until: EpochMs): Promise<number> {
  if (head.recordedAt <= until) return head.n;
  let low = 0;
  let high = head.n;
  // Invariant: entry `low` is at or before `until` (0 stands before all), entry `high` is after it.
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    const entry = await passbook.entry(head.schoolId, head.accountNo, middle);
    if (entry === undefined) throw new Error(`passbook has a gap at ${middle}`);
    if (entry.recordedAt <= until) low = middle;
    else high = middle;
  }
  return low;
}
