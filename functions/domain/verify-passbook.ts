import { sum } from '../../shared/money';
import { type AccountState, BALANCES, type Balances, emptyState } from './account-state';
import { type Entry, entryHash } from './entry';
import { applyPostings, post } from './posting';

export interface PassbookFault {
  readonly n: number;
  readonly fault: 'gap' | 'chain-broken' | 'postings-unbalanced' | 'balance-differs' | 'time-runs-back' | 'other-account' | 'unreadable';
}

/**
 * Walks a whole passbook in order of n and lists every fault: chain unbroken, postings sum to zero, stored balances
 * equal to the replay of the postings, time never running back. An empty list means complete and unaltered.
 */
export function verifyPassbook(entries: readonly Entry[]): readonly PassbookFault[] {
  const faults: PassbookFault[] = [];
  let previous: Entry | undefined;
  for (const entry of entries) {
    const add = (fault: PassbookFault['fault']): void => void faults.push({ n: entry.n, fault });
    if (entry.n !== (previous?.n ?? 0) + 1) add('gap');
    if (entry.previousHash !== (previous === undefined ? undefined : entryHash(previous))) add('chain-broken');
    if (sum(entry.postings.map((posting) => posting.amountFen)) !== 0) add('postings-unbalanced');
    else if (!balancesFollow(previous?.state ?? emptyState(), entry)) add('balance-differs');
    if (previous !== undefined && entry.recordedAt < previous.recordedAt) add('time-runs-back');
    if (previous !== undefined && (entry.accountNo !== previous.accountNo || entry.schoolId !== previous.schoolId)) add('other-account');
    previous = entry;
  }
  return faults;
}

function balancesFollow(before: AccountState, entry: Entry): boolean {
  try {
    const { balances, subsidy } = applyPostings(before, entry.postings);
    const lots = entry.state.subsidy;
    return (
      BALANCES.every((name) => balances[name] === entry.state.balances[name]) &&
      subsidy.length === lots.length &&
      subsidy.every((lot, at) => lot.amountFen === lots[at]?.amountFen && lot.expiresAt === lots[at]?.expiresAt)
    );
  } catch {
    // `post` refuses a balance below zero: such an entry cannot follow from what stood before it.
    return false;
  }
}

/** Every balance recomputed from the postings alone, from nothing. Throws where no such passbook can exist. */
export function rebuild(entries: readonly Entry[]): Balances {
  let balances = emptyState().balances;
  for (const entry of entries) balances = post(balances, entry.postings);
  return balances;
}
