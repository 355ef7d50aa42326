import { add, type Fen, smaller, subtract, sum, ZERO } from '../../shared/money';
import type { EpochMs } from '../../shared/time';
import type { SubsidyLot } from './account-state';
import { legs } from './legs';
import { lotOfLeg, MAX_LOTS, move, type Posting, subsidyLeg } from './posting';

/** The parts of lots that pay `amountFen` at `now`, or as much of it as they can: first to expire first. */
export function spendSubsidy(lots: readonly SubsidyLot[], amountFen: Fen, now: EpochMs): readonly SubsidyLot[] {
  const parts: SubsidyLot[] = [];
  let left = amountFen;
  for (const lot of lots) {
    if (lot.expiresAt <= now || left === ZERO) continue;
    const part = smaller(left, lot.amountFen);
    left = subtract(left, part);
    parts.push({ ...lot, amountFen: part });
  }
  return parts;
}

/**
 * The legs of a grant. An account keeps three lots: a fourth expiry joins the two that expire first into the later of them, so that
 * nothing is forfeited by the joining.
 */
export function grantLegs(lots: readonly SubsidyLot[], grant: SubsidyLot): readonly Posting[] {
  const funding = move(legs.subsidyFunding, subsidyLeg(grant.expiresAt), grant.amountFen);
  const expiries = new Set([...lots, grant].map((lot) => lot.expiresAt));
  if (expiries.size <= MAX_LOTS) return funding;
  const [first, second] = [...expiries].sort((a, b) => a - b);
  if (first === undefined || second === undefined) throw new Error('more lots than three, yet not two');
  const joined = sum([...lots, grant].filter((lot) => lot.expiresAt === first).map((lot) => lot.amountFen));
  return [...funding, ...move(subsidyLeg(first), subsidyLeg(second), joined)];
}

/**
 * The legs that keep an account at three lots once `back` has given money to lots that were spent: other grants may stand in their place by
 * now, and money that comes back is never refused. Joined as a grant joins them.
 */
export function joinLots(lots: readonly SubsidyLot[], back: readonly Posting[]): readonly Posting[] {
  const after = new Map(lots.map((lot) => [lot.expiresAt, lot.amountFen]));
  for (const { leg, amountFen } of back) {
    const expiresAt = lotOfLeg(leg);
    if (expiresAt !== undefined) after.set(expiresAt, add(after.get(expiresAt) ?? ZERO, amountFen));
  }
  const left = [...after].filter(([, amountFen]) => amountFen !== ZERO).sort(([a], [b]) => a - b);
  const joins: Posting[] = [];
  let carried: Fen = ZERO;
  for (const [index, [expiresAt, amountFen]] of left.slice(0, Math.max(0, left.length - MAX_LOTS)).entries()) {
    const next = left[index + 1];
    if (next === undefined) throw new Error('more lots than three, yet none behind one of them');
    carried = add(carried, amountFen);
    joins.push(...move(subsidyLeg(expiresAt), subsidyLeg(next[0]), carried));
  }
  return joins;
}

/** What has expired by `now` goes back to where it was granted from. Undefined when nothing has. */
export function expiryLegs(lots: readonly SubsidyLot[], now: EpochMs): readonly Posting[] | undefined {
  const expired = lots.filter((lot) => lot.expiresAt <= now);
  if (expired.length === 0) return undefined;
  return expired.flatMap((lot) => move(subsidyLeg(lot.expiresAt), legs.subsidyFunding, lot.amountFen));
}

/** What of the subsidy can be spent at `now`. */
export function spendableSubsidy(lots: readonly SubsidyLot[], now: EpochMs): Fen {
  return lots.reduce((total, lot) => (lot.expiresAt > now ? add(total, lot.amountFen) : total), ZERO);
}
