import { type Fen, sum, ZERO } from '../../shared/money';
import type { Balances, SubsidyLot } from '../../shared/passbook/postings';
import type { EpochMs } from '../../shared/time';
import type { UsedSteps } from './used-steps';

// The places of money are in shared/: a phone that checks its passbook adds them up too.
export { BALANCES, type BalanceName, type Balances, type SubsidyLot } from '../../shared/passbook/postings';

/** Money reserved until its outcome entry. At most 3. */
export interface Hold {
  readonly entryId: string;
  readonly amountFen: Fen;
  readonly expiresAt: EpochMs;
}

/** One of the four places for a bound app: its code-key version and the steps its codes have used. */
export interface AppSlot extends UsedSteps {
  readonly keyVersion: number;
  readonly bound: boolean;
}

export interface Limits {
  readonly perTransactionFen?: Fen;
  readonly perMealPeriodFen?: Fen;
  readonly perDayFen?: Fen;
}

/** What has been spent of the limits; a key that is not the present one means nothing is spent yet. */
export interface Spent {
  /** Business day "2026-11-21". */
  readonly day: string;
  readonly dayFen: Fen;
  /** "2026-11-21/lunch", or "" outside every period. */
  readonly meal: string;
  readonly mealFen: Fen;
}

export interface RingPlace {
  readonly terminal: number;
  readonly sequence: number;
  /** Entry number of the charge or fence with that id. */
  readonly n: number;
  /** Its `recordedAt`: tells how far back the ring reaches once older places are dropped. */
  readonly at: EpochMs;
}

/** The last 8 terminal entries (charges and fences), newest last. */
export interface Ring {
  readonly places: readonly RingPlace[];
  /** True once a place has been dropped: from then on an id may lie beyond the ring. */
  readonly dropped: boolean;
}

/** Where a month begins in the passbook, so that a statement needs no walk. */
export interface MonthStarts {
  readonly month: string;
  readonly first: number;
  readonly previousFirst: number;
}

/** The whole account after an entry. */
export interface AccountState {
  readonly balances: Balances;
  readonly subsidy: readonly SubsidyLot[];
  /** Of `card` + `wallet`, what the holder's own bank card brought in and may be withdrawn. */
  readonly ownBankFen: Fen;
  readonly holds: readonly Hold[];
  /** When the loss was reported; 0 when the card is not lost. */
  readonly lostAt: EpochMs;
  readonly codesFrozen: boolean;
  readonly closed: boolean;
  /** A bank card is bound and the holder may pay from the wallet. */
  readonly walletOpen: boolean;
  /** The holder's own limits; what is absent falls back to the pack. */
  readonly limits: Limits;
  readonly spent: Spent;
  /** Always four. */
  readonly apps: readonly AppSlot[];
  readonly ring: Ring;
  /** Issue number of the physical card that is active. */
  readonly cardIssue: number;
  readonly months: MonthStarts;
  // What came after the first entries were hashed is absent while it says nothing, so that their hashes stay as they are.
  /** Highest issue number there ever was, where an earlier card is active again (SJ-info-1565). */
  readonly cardsIssued?: number;
  /** The physical card was on a terminal once: codes work from then on where the pack asks for it (BI-03). */
  readonly synced?: true;
  /** Who the roster says the holder is, for prices; a student where absent. */
  readonly group?: HolderGroup;
  /** Wrong passwords at terminals since the last right one. */
  readonly pin?: PinTries;
  /** Of all the purse ever paid, what has been settled: a chip's own counter is compared with it. */
  readonly purseSpentFen?: Fen;
  /** What the holder owes: goods that were handed out offline and that no money was left for. */
  readonly owedFen?: Fen;
}

export type HolderGroup = 'staff' | 'temporary';

export interface PinTries {
  readonly wrong: number;
  /** 0 while not locked. */
  readonly lockedUntil: EpochMs;
}

export const EMPTY_SLOT: AppSlot = { keyVersion: 0, bound: false, newestStep: 0, usedBitmap: 0 };

export function emptyState(): AccountState {
  return {
    balances: { card: ZERO, transit: ZERO, chipPending: ZERO, wallet: ZERO, purse: ZERO },
    subsidy: [],
    ownBankFen: ZERO,
    holds: [],
    lostAt: 0,
    codesFrozen: false,
    closed: false,
    walletOpen: false,
    limits: {},
    spent: { day: '', dayFen: ZERO, meal: '', mealFen: ZERO },
    apps: [EMPTY_SLOT, EMPTY_SLOT, EMPTY_SLOT, EMPTY_SLOT],
    ring: { places: [], dropped: false },
    cardIssue: 1,
    months: { month: '', first: 0, previousFirst: 0 },
  };
}

export function subsidyTotal(state: AccountState): Fen {
  return sum(state.subsidy.map((lot) => lot.amountFen));
}
