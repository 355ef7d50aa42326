import { add, type Fen, smaller, subtract, sum, ZERO } from '../../shared/money';
import { DAY_MS, type EpochMs } from '../../shared/time';
import { type AccountState, subsidyTotal } from './account-state';
import { cardHeld, walletAvailable } from './hold';
import type { CreditedOrder } from './order';
import type { PayOutTo } from './pay-out';

/** Both platforms take a payment back for 365 days after it was made. */
export const REFUNDABLE_FOR_MS = 365 * DAY_MS;
/** Four writes each, in one transaction of at most a hundred with the row of the refund. */
export const MAX_REFUND_PARTS = 20;

/** The holder's own bound bank card. */
export interface BankCard {
  readonly agreementRef: string;
  readonly cardTail: string;
}

/** A top-up of which something is left to its payer. */
export interface Lot {
  readonly order: CreditedOrder;
  /** The platform could not deliver an earlier refund of it: the payer's own way is gone. */
  readonly isUnreachable: boolean;
}

export interface RefundQuestion {
  readonly state: AccountState;
  readonly lots: readonly Lot[];
  readonly bankCard: BankCard | undefined;
  /** See `ownAtMost`; undefined: nobody else has paid. */
  readonly ownAtMostFen?: Fen | undefined;
  readonly wishFen: Fen | 'all';
  /** `own`: what the holder paid. `everyone`: also what others paid, each to its payer (close-out, the card office). */
  readonly whose: 'own' | 'everyone';
  /** Of this top-up only. */
  readonly orderNo?: string | undefined;
  readonly now: EpochMs;
}

export type RefundPlace = 'card' | 'transit' | 'wallet';

export interface RefundPart {
  readonly order: CreditedOrder;
  readonly amountFen: Fen;
  /** Where it is taken from; sums to `amountFen`. */
  readonly from: readonly { readonly place: RefundPlace; readonly amountFen: Fen }[];
  readonly to: PayOutTo;
}

/**
 * Why money stays: `too-old` and `unreachable` need a bound bank card (and another payer's money has no other way at all), `no-bank-card`
 * came from a bank card that is bound no more, `others` belongs to whoever paid it, `no-order` came without one (cash, corrections),
 * `held` waits for a sale's outcome, `chip-pending` must be written to the card first, `purse` is settled by its own machines, `subsidy` is
 * the school's, `later` is more than one refund may have in parts: ask again. `owed` is none that stays: the holder owes it, and closing waits.
 */
export const REMAINDER_REASONS = [
  'too-old',
  'unreachable',
  'no-bank-card',
  'others',
  'no-order',
  'held',
  'chip-pending',
  'purse',
  'subsidy',
  'later',
  'owed',
] as const;
export type RemainderReason = (typeof REMAINDER_REASONS)[number];

export interface Remainder {
  readonly reason: RemainderReason;
  readonly amountFen: Fen;
}

export interface RefundPlan {
  readonly parts: readonly RefundPart[];
  /** What could go out if all were wished for: above it a wish is refused. */
  readonly refundableFen: Fen;
  /** What stays even then, and why. */
  readonly remainder: readonly Remainder[];
  /** What of the balance is which payer's, and where it could go or why it stays: all of them, whatever is wished. */
  readonly claims: readonly Claim[];
}

type Places = Record<RefundPlace, Fen>;

export interface Claim {
  readonly lot: Lot;
  readonly amountFen: Fen;
  readonly way: PayOutTo | RemainderReason;
}

/**
 * Which payer gets what back, from where, by which way. Every fen of the balance belongs to one lot or to none: what the holder's own
 * bank card brought is spent last, before it what the holder paid otherwise (newest first, see `ownAtMost`), before that what others paid. The
 * same question has the same answer. Subsidies are never refunded.
 */
export function planRefund(question: RefundQuestion): RefundPlan {
  const { state, wishFen, orderNo } = question;
  const places = placesOf(state, question.now);
  const there = sum(Object.values(places));
  const claims = claimsOf(question, there);
  const ways = claims.filter((claim) => orderNo === undefined || claim.lot.order.orderNo === orderNo);
  const open = ways.flatMap(({ lot, amountFen, way }) => (typeof way === 'string' ? [] : [{ lot, amountFen, way }]));
  // A second sort by time: claims stand in the order of whose money is spent last.
  const byAge = [...open].sort((a, b) => compare(a.lot.order, b.lot.order));
  const now = byAge.slice(0, MAX_REFUND_PARTS);
  const refundableFen = sum(now.map((claim) => claim.amountFen));
  const parts: RefundPart[] = [];
  let left = wishFen === 'all' ? refundableFen : wishFen;
  for (const { lot, amountFen, way } of now) {
    const part = smaller(left, amountFen);
    if (part <= 0) break;
    left = subtract(left, part);
    parts.push({ order: lot.order, amountFen: part, from: take(places, lot.order.target, part), to: way });
  }
  const later = sum(byAge.slice(MAX_REFUND_PARTS).map((claim) => claim.amountFen));
  return { parts, refundableFen, remainder: remainderOf(state, { claims, there, later }), claims };
}

/** Newest first; two of one instant by number, so that the answer is the same everywhere. */
function compare(a: CreditedOrder, b: CreditedOrder): number {
  return b.payment.paidAt - a.payment.paidAt || (a.orderNo < b.orderNo ? -1 : 1);
}

/** What may be taken at all: a hold's money waits for its outcome. One that has run out reserves nothing any more. */
function placesOf(state: AccountState, now: EpochMs): Places {
  const { card, transit } = state.balances;
  const held = cardHeld(state, now);
  const heldOnCard = smaller(held, card);
  return {
    card: subtract(card, heldOnCard),
    transit: subtract(transit, smaller(subtract(held, heldOnCard), transit)),
    // Of its own: a sale under way must find its part in the wallet.
    wallet: walletAvailable(state, now),
  };
}

function claimsOf(question: RefundQuestion, there: Fen): readonly Claim[] {
  const byAge = [...question.lots].sort((a, b) => compare(a.order, b.order));
  const isOwn = ({ order }: Lot) => order.origin === 'own' || order.origin === 'auto';
  const fromBank = byAge.filter(({ order }) => order.channel === 'bank-card');
  const own = byAge.filter((lot) => lot.order.channel !== 'bank-card' && isOwn(lot));
  const others = byAge.filter((lot) => lot.order.channel !== 'bank-card' && !isOwn(lot));
  const ownBank = smaller(question.state.ownBankFen, there);
  const otherwise = subtract(there, ownBank);
  const ofOwn = remaining(own);
  const first = smaller(smaller(otherwise, question.ownAtMostFen ?? otherwise), ofOwn);
  const theirs = smaller(subtract(otherwise, first), remaining(others));
  // What no other paid either came back by a way of its own (a sale taken back) or without an order.
  const more = smaller(subtract(otherwise, add(first, theirs)), subtract(ofOwn, first));
  return [...share(fromBank, ownBank), ...share(own, add(first, more)), ...share(others, theirs)].map((claim) => ({
    ...claim,
    way: wayOf(claim.lot, question),
  }));
}

function remaining(lots: readonly Lot[]): Fen {
  return sum(lots.map(({ order }) => order.credit.remainingFen));
}

/** What an account had right before somebody else's money came, without what its holder's bank card had brought. */
interface BeforeOthers {
  readonly n: number;
  readonly thereFen: Fen;
}

/**
 * The most that can be the holder's own of what was not paid by bank card: of what they paid before somebody else did, no more than was still
 * there at that moment and has not been refunded since. What was spent by then was theirs; it is not paid back with the other's money.
 * `own`: what is left of each lot of theirs, by the number of its credit. `refunds`: of such lots, by the number of the debit.
 */
export function ownAtMost(
  before: readonly BeforeOthers[],
  own: readonly { readonly n: number; readonly remainingFen: Fen }[],
  refunds: readonly { readonly n: number; readonly creditN: number; readonly amountFen: Fen }[],
): Fen | undefined {
  const most = before.map(({ n, thereFen }) => {
    const gone = sum(refunds.filter((refund) => refund.n >= n && refund.creditN < n).map(({ amountFen }) => amountFen));
    const since = sum(own.filter((lot) => lot.n > n).map(({ remainingFen }) => remainingFen));
    return add(subtract(thereFen, smaller(gone, thereFen)), since);
  });
  return most.length === 0 ? undefined : most.reduce((least, one) => smaller(least, one));
}

function share(lots: readonly Lot[], amountFen: Fen): readonly Omit<Claim, 'way'>[] {
  let left = amountFen;
  return lots.flatMap((lot) => {
    const part = smaller(left, lot.order.credit.remainingFen);
    if (part <= 0) return [];
    left = subtract(left, part);
    return [{ lot, amountFen: part }];
  });
}

function total(claims: readonly { readonly amountFen: Fen }[]): Fen {
  return sum(claims.map((claim) => claim.amountFen));
}

function wayOf({ order, isUnreachable }: Lot, { bankCard, whose, now }: RefundQuestion): PayOutTo | RemainderReason {
  const toBank: PayOutTo | undefined = bankCard === undefined ? undefined : { via: 'bank', ...bankCard, orderNo: order.orderNo };
  if (order.channel === 'bank-card') return toBank ?? 'no-bank-card';
  const isOthers = order.origin === 'other' || order.origin === 'gift';
  if (isOthers && whose === 'own') return 'others';
  const isTooOld = now - order.payment.paidAt > REFUNDABLE_FOR_MS;
  if (!isTooOld && !isUnreachable) {
    const { channel, orderNo, appId, amountFen } = order;
    return { via: 'platform', channel, orderNo, appId, orderFen: amountFen };
  }
  // What another paid never becomes the holder's own.
  return (isOthers ? undefined : toBank) ?? (isTooOld ? 'too-old' : 'unreachable');
}

/** What waits first, then the card; the wallet's money from the wallet first. */
function take(places: Places, target: 'card' | 'wallet', amountFen: Fen): RefundPart['from'] {
  const order = target === 'wallet' ? (['wallet', 'transit', 'card'] as const) : (['transit', 'card', 'wallet'] as const);
  let left = amountFen;
  return order.flatMap((place) => {
    const part = smaller(left, places[place]);
    if (part <= 0) return [];
    left = subtract(left, part);
    places[place] = subtract(places[place], part);
    return [{ place, amountFen: part }];
  });
}

function remainderOf(
  state: AccountState,
  { claims, there, later }: { readonly claims: readonly Claim[]; readonly there: Fen; readonly later: Fen },
): readonly Remainder[] {
  const { card, transit, wallet, chipPending, purse } = state.balances;
  const found = new Map<RemainderReason, Fen>([
    ['later', later],
    ['no-order', subtract(there, total(claims))],
    ['held', subtract(sum([card, transit, wallet]), there)],
    ['chip-pending', chipPending],
    ['purse', purse],
    ['subsidy', subsidyTotal(state)],
  ]);
  for (const { way, amountFen } of claims) if (typeof way === 'string') found.set(way, add(found.get(way) ?? ZERO, amountFen));
  return REMAINDER_REASONS.flatMap((reason) => {
    const amountFen = found.get(reason) ?? ZERO;
    return amountFen > 0 ? [{ reason, amountFen }] : [];
  });
}
