import { type PassbookFault, startCheck } from '../../shared/passbook/check';
import { type Balances, emptyState } from './account-state';
import { type Entry, entryHash } from './entry';
import { post } from './posting';

export type { PassbookFault };

/**
 * Walks a whole passbook in order of n and lists every fault: the same walk as a phone's (shared/passbook/check.ts), hashed by node:crypto.
 * An empty list means complete and unaltered.
 */
export function verifyPassbook(entries: readonly Entry[]): readonly PassbookFault[] {
  const check = startCheck(entryHash);
  return entries.flatMap((entry) => check.add(entry));
}

/** Every balance recomputed from the postings alone, from nothing. Throws where no such passbook can exist. */
export function rebuild(entries: readonly Entry[]): Balances {
  let balances = emptyState().balances;
  for (const entry of entries) balances = post(balances, entry.postings);
  return balances;
}
