import { add, type Fen, subtract, sum, ZERO } from '../money';
import type { EpochMs } from '../time';

/**
 * What follows from the legs of an entry: part of the rules that a phone applies again when it checks its holder's passbook. What an
 * operation needs beside it is in functions/domain/posting.ts.
 */

/** The money of an account by place. A leg of a posting has one of these names or a counterparty's. */
export const BALANCES = ['card', 'transit', 'chipPending', 'wallet', 'purse'] as const;
export type BalanceName = (typeof BALANCES)[number];
export type Balances = Readonly<Record<BalanceName, Fen>>;

/** A grant with its own expiry; spent before the card's own money, never withdrawn. At most 3. */
export interface SubsidyLot {
  readonly amountFen: Fen;
  readonly expiresAt: EpochMs;
}

/** One side of a movement. Legs of an entry sum to zero: what leaves the holder arrives at a counterparty. */
export interface Posting {
  /** A place of the holder ("card", "subsidy:1798732800000" by the lot's expiry), or a counterparty as `legs.ts` names them. */
  readonly leg: string;
  /** Positive: more is owed to that side. */
  readonly amountFen: Fen;
}

/** 应收款: what holders owe for goods that were handed out offline and that no money was left for. */
export const RECEIVABLE_LEG = 'receivable:holders';

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

export const MAX_LOTS = 3;

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
  const left = Array.from(after)
    .filter(([, amountFen]) => amountFen !== 0)
    .sort(([a], [b]) => a - b);
  if (left.some(([, amountFen]) => amountFen < 0)) throw new Error('subsidy below zero');
  if (left.length > MAX_LOTS) throw new Error('too many subsidy lots');
  return left.map(([expiresAt, amountFen]) => ({ amountFen, expiresAt }));
}

/** What the holder owes after the postings. @throws Error where more would be settled than is owed */
export function postOwed(owedFen: Fen, postings: readonly Posting[]): Fen {
  const lent = postings.filter(({ leg }) => leg === RECEIVABLE_LEG);
  const after = subtract(owedFen, sum(lent.map(({ amountFen }) => amountFen)));
  if (after < 0) throw new Error('more is settled than is owed');
  return after;
}

/** What the holder has more (or less) after the postings, over all places and the subsidy. */
export function holderChange(postings: readonly Posting[]): Fen {
  return sum(postings.filter((posting) => isHolders(posting.leg)).map((posting) => posting.amountFen));
}
