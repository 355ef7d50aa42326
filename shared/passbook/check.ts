import { type Fen, sum, ZERO } from '../money';
import type { EpochMs } from '../time';
import { BALANCES, type Balances, type Posting, post, postLots, postOwed, type SubsidyLot } from './postings';

/** What a check reads of an entry. Whatever else the entry holds is under its hash all the same. */
export interface ChainEntry {
  readonly schoolId: string;
  readonly accountNo: number;
  readonly n: number;
  readonly postings: readonly Posting[];
  readonly recordedAt: EpochMs;
  /** SHA-256 (hex) of the entry before; absent from entry 1. */
  readonly previousHash?: string | undefined;
  readonly state: {
    readonly balances: Balances;
    readonly subsidy: readonly SubsidyLot[];
    readonly owedFen?: Fen | undefined;
  };
}

export interface PassbookFault {
  readonly n: number;
  readonly fault: 'gap' | 'chain-broken' | 'postings-unbalanced' | 'balance-differs' | 'time-runs-back' | 'other-account' | 'unreadable';
}

/** A walk through a passbook from entry 1, an entry at a time: a phone holds a page of it at most. */
export interface PassbookCheck<Entry extends ChainEntry> {
  /** The faults of this entry. */
  add(entry: Entry): readonly PassbookFault[];
  /** The newest entry walked over, and its hash; undefined before the first. */
  head(): { readonly entry: Entry; readonly hash: string } | undefined;
}

const EMPTY: ChainEntry['state'] = { balances: { card: ZERO, transit: ZERO, chipPending: ZERO, wallet: ZERO, purse: ZERO }, subsidy: [] };

/**
 * In order of n: chain unbroken, postings sum to zero, stored balances equal to the replay of the postings, time never running back. No
 * fault in any entry means complete and unaltered up to the newest, whose hash stands for all of them.
 */
export function startCheck<Entry extends ChainEntry>(hashOf: (entry: Entry) => string): PassbookCheck<Entry> {
  let previous: { readonly entry: Entry; readonly hash: string } | undefined;
  return {
    add(entry) {
      const faults: PassbookFault[] = [];
      const add = (fault: PassbookFault['fault']): void => void faults.push({ n: entry.n, fault });
      const before = previous?.entry;
      if (entry.n !== (before?.n ?? 0) + 1) add('gap');
      if (entry.previousHash !== previous?.hash) add('chain-broken');
      if (sum(entry.postings.map((posting) => posting.amountFen)) !== 0) add('postings-unbalanced');
      else if (!balancesFollow(before?.state ?? EMPTY, entry)) add('balance-differs');
      if (before !== undefined && entry.recordedAt < before.recordedAt) add('time-runs-back');
      if (before !== undefined && (entry.accountNo !== before.accountNo || entry.schoolId !== before.schoolId)) add('other-account');
      previous = { entry, hash: hashOf(entry) };
      return faults;
    },
    head: () => previous,
  };
}

function balancesFollow(before: ChainEntry['state'], { postings, state }: ChainEntry): boolean {
  try {
    const balances = post(before.balances, postings);
    const subsidy = postLots(before.subsidy, postings);
    postOwed(before.owedFen ?? ZERO, postings);
    return (
      BALANCES.every((name) => balances[name] === state.balances[name]) &&
      subsidy.length === state.subsidy.length &&
      subsidy.every((lot, at) => lot.amountFen === state.subsidy[at]?.amountFen && lot.expiresAt === state.subsidy[at]?.expiresAt)
    );
  } catch {
    // `post` refuses a balance below zero: such an entry cannot follow from what stood before it.
    return false;
  }
}
