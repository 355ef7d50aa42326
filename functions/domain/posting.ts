import { add, type Fen, fen, negate, sum, ZERO } from '../../shared/money';
import { type AccountState, BALANCES, type BalanceName, type Balances } from './account-state';

/** One side of a movement. Legs of an entry sum to zero: what leaves the holder arrives at a counterparty. */
export interface Posting {
  /** A balance of the holder, or a counterparty: "merchant:12", "channel:wechat-pay", "subsidy". */
  readonly leg: string;
  /** Positive: more is owed to that side. */
  readonly amountFen: Fen;
}

const NAMES: readonly string[] = BALANCES;

export function isBalance(leg: string): leg is BalanceName {
  return NAMES.includes(leg);
}

export function move(from: string, to: string, amountFen: Fen): readonly Posting[] {
  return [
    { leg: from, amountFen: negate(amountFen) },
    { leg: to, amountFen },
  ];
}

/**
 * Balances after the postings. Throws when the legs do not sum to zero or a balance would go below zero: a caller
 * has refused such a thing long before, so this is a fault and must not be written.
 */
export function post(balances: Balances, postings: readonly Posting[]): Balances {
  if (sum(postings.map((posting) => posting.amountFen)) !== 0) throw new Error('postings do not sum to zero');
  const after: Record<BalanceName, Fen> = { ...balances };
  for (const posting of postings) {
    if (isBalance(posting.leg)) after[posting.leg] = add(after[posting.leg], posting.amountFen);
  }
  for (const name of BALANCES) if (after[name] < 0) throw new Error(`${name} below zero`);
  return after;
}

/** What the holder has more (or less) after the postings, over all balances. */
export function holderChange(postings: readonly Posting[]): Fen {
  return sum(postings.filter((posting) => isBalance(posting.leg)).map((posting) => posting.amountFen));
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
