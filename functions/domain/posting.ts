import { add, type Fen, fen, negate, smaller, subtract, sum, ZERO } from '../../shared/money';
import type { EpochMs } from '../../shared/time';
import { type AccountState, BALANCES, type BalanceName, type Balances, type SubsidyLot } from './account-state';
import { legs } from './legs';

/** One side of a movement. Legs of an entry sum to zero: what leaves the holder arrives at a counterparty. */
export interface Posting {
  /** A place of the holder ("card", "subsidy:1798732800000" by the lot's expiry), or a counterparty as `legs.ts` names them. */
  readonly leg: string;
  /** Positive: more is owed to that side. */
  readonly amountFen: Fen;
}

const NAMES: readonly string[] = BALANCES;

export function isBalance(leg: string): leg is BalanceName {
  return NAMES.includes(leg);
}

const SUBSIDY = 'subsidy:';

/** The leg of the subsidy lot that expires then: a reversal gives the money back to the lot it came from. */
export function subsidyLeg(expiresAt: EpochMs): string {
  return `${SUBSIDY}${expiresAt}`;
}

export function isSubsidy(leg: string): boolean {
  return leg.startsWith(SUBSIDY);
}

/** Expiry of the lot that a leg names; undefined where it names another place. */
export function lotOfLeg(leg: string): EpochMs | undefined {
  return isSubsidy(leg) ? Number(leg.slice(SUBSIDY.length)) : undefined;
}

/** Whether the leg is the holder's own money. */
export function isHolders(leg: string): boolean {
  return isBalance(leg) || isSubsidy(leg);
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

/**
 * Subsidy lots after the postings, first to expire first. Two lots with one expiry are one lot. @throws Error below zero, or more than three
 */
export function postLots(lots: readonly SubsidyLot[], postings: readonly Posting[]): readonly SubsidyLot[] {
  const after = new Map(lots.map((lot) => [lot.expiresAt, lot.amountFen]));
  for (const { leg, amountFen } of postings) {
    const expiresAt = lotOfLeg(leg);
    if (expiresAt === undefined) continue;
    after.set(expiresAt, add(after.get(expiresAt) ?? ZERO, amountFen));
  }
  const left = [...after].filter(([, amountFen]) => amountFen !== 0).sort(([a], [b]) => a - b);
  if (left.some(([, amountFen]) => amountFen < 0)) throw new Error('subsidy below zero');
  if (left.length > MAX_LOTS) throw new Error('too many subsidy lots');
  return left.map(([expiresAt, amountFen]) => ({ amountFen, expiresAt }));
}

export const MAX_LOTS = 3;

/**
 * The account after the postings. What may be withdrawn never exceeds what is there: others' money is taken to be spent first. What went
 * to the holders' receivable is owed from then on. Throws as `post` and `postLots`, and where more would be settled than is owed.
 */
export function applyPostings(state: AccountState, postings: readonly Posting[]): AccountState {
  const balances = post(state.balances, postings);
  // With the purse: what was loaded into it comes back as the colour it had.
  const there = sum([balances.card, balances.transit, balances.chipPending, balances.wallet, balances.purse]);
  const next = { ...state, balances, subsidy: postLots(state.subsidy, postings), ownBankFen: smaller(state.ownBankFen, there) };
  const lent = postings.filter(({ leg }) => leg === legs.receivable);
  return lent.length === 0 ? next : withOwed(next, subtract(state.owedFen ?? ZERO, sum(lent.map(({ amountFen }) => amountFen))));
}

/** Absent when nothing is owed: the hashes of accounts that never owed stay as they are. */
function withOwed({ owedFen: _before, ...rest }: AccountState, owedFen: Fen): AccountState {
  if (owedFen < 0) throw new Error('more is settled than is owed');
  return owedFen === 0 ? rest : { ...rest, owedFen };
}

/** What the holder has more (or less) after the postings, over all places and the subsidy. */
export function holderChange(postings: readonly Posting[]): Fen {
  return sum(postings.filter((posting) => isHolders(posting.leg)).map((posting) => posting.amountFen));
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
