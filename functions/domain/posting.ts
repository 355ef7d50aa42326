import { type Fen, fen, negate, smaller, sum, ZERO } from '../../shared/money';
import { type Posting, post, postLots, postOwed } from '../../shared/passbook/postings';
import type { AccountState } from './account-state';

// What a phone applies too when it checks its passbook is in shared/; the rest of the functions know one place for postings.
export {
  holderChange,
  isBalance,
  isHolders,
  isSubsidy,
  lotOfLeg,
  MAX_LOTS,
  type Posting,
  post,
  subsidyLeg,
} from '../../shared/passbook/postings';

export function move(from: string, to: string, amountFen: Fen): readonly Posting[] {
  return [
    { leg: from, amountFen: negate(amountFen) },
    { leg: to, amountFen },
  ];
}

/**
 * The account after the postings. What may be withdrawn never exceeds what is there: others' money is taken to be spent first. What went
 * to the holders' receivable is owed from then on. Throws as `post` and `postLots`, and where more would be settled than is owed.
 */
export function applyPostings(state: AccountState, postings: readonly Posting[]): AccountState {
  const balances = post(state.balances, postings);
  // With the purse: what was loaded into it comes back as the colour it had.
  const there = sum([balances.card, balances.transit, balances.chipPending, balances.wallet, balances.purse]);
  const next = { ...state, balances, subsidy: postLots(state.subsidy, postings), ownBankFen: smaller(state.ownBankFen, there) };
  return withOwed(next, postOwed(state.owedFen ?? ZERO, postings));
}

/** Absent when nothing is owed: the hashes of accounts that never owed stay as they are. */
function withOwed({ owedFen: _before, ...rest }: AccountState, owedFen: Fen): AccountState {
  return owedFen === 0 ? rest : { ...rest, owedFen };
}

/** What the postings moved out of `transit` onto the card. */
export function claimedFen(postings: readonly Posting[]): Fen {
  const left = postings.find((posting) => posting.leg === 'transit' && posting.amountFen < 0);
  return left ? negate(left.amountFen) : ZERO;
}

/**
 * The legs of a sale without the claim that came with it: a void gives back the sale and leaves the claimed money
 * on the card, where it belongs.
 */
export function salePostings(postings: readonly Posting[]): readonly Posting[] {
  const claimed = claimedFen(postings);
  if (claimed === 0) return postings;
  const skip = new Set<Posting>();
  for (const posting of postings) {
    if (posting.leg === 'transit' && posting.amountFen === -claimed) skip.add(posting);
    if (posting.leg === 'card' && posting.amountFen === claimed && ![...skip].some((other) => other.leg === 'card')) skip.add(posting);
  }
  return postings.filter((posting) => !skip.has(posting));
}

/** The mirror of legs, in their order: money keeps its colour. */
export function mirror(postings: readonly Posting[]): readonly Posting[] {
  return postings.map((posting) => ({ leg: posting.leg, amountFen: negate(posting.amountFen) }));
}

export function spendable(state: AccountState): Fen {
  return fen(state.balances.card + state.balances.transit);
}
