import { AppError, isAppError } from '../../shared/errors';
import { type Fen, subtract } from '../../shared/money';
import type { EpochMs } from '../../shared/time';
import { type Entry, nextEntry, recordingTime } from '../domain/entry';
import { withRemaining } from '../domain/order';
import { type PayOut, requestedPayOut } from '../domain/pay-out';
import { isSameRefund, REFUND_INTERVAL_MS, type Refund, refundDraft, refundId, refundNumber } from '../domain/refund';
import { planRefund, REFUNDABLE_FOR_MS, type RefundPart, type RefundPlan } from '../domain/refund-plan';
import type { Orders } from '../store/orders';
import type { Refunds } from '../store/refunds';
import type { TableWrite } from '../store/table';
import { advance, mayBeSent, type PayOutDeps } from './pay-out';
import { type RefundFacts, type RefundFactsDeps, refundFacts } from './refund-facts';

export interface RefundDeps extends PayOutDeps, Pick<RefundFactsDeps, 'bankCardOf'> {
  readonly orders: Orders;
  readonly refunds: Refunds;
}

export interface RefundWish {
  readonly schoolId: string;
  readonly accountNo: number;
  /** The idempotency key: a repeat is the same refund. */
  readonly requestId: string;
  readonly amountFen: Fen | 'all';
  readonly whose: 'own' | 'everyone';
  readonly orderNo?: string | undefined;
  readonly askedBy: string;
  readonly reason: string;
  /** Rows written with it, read anew in each try: a second proof that it uses up. */
  readonly proofRows?: () => Promise<readonly TableWrite[]>;
}

export interface RefundAnswer {
  readonly refund: Refund;
  /** In the order of the refund's parts. */
  readonly payOuts: readonly PayOut[];
}

const MAX_TRIES = 40;

/**
 * Gives an account's money back to its payers. All of it is decided on one head and written in one transaction: the refund's own row, for
 * each lot the entry that takes the money, the pay-out and what is left of the lot. Then each platform is asked once; the sweep does the
 * rest. Where a platform wants an interval after an earlier refund of the same payment, a person is told to wait and our own refunds are sent later.
 *
 * Throws AppError: `refund.over-rest` (detail.leftFen), `refund.nothing-left`, `refund.too-old`, `refund.not-yours`, `refund.too-soon`
 * (detail.retryAfterSeconds), `request.replayed-differently`, `account.unknown`, `school.unknown`, `request.busy`, and what `proofRows` throws.
 */
export async function refund(deps: RefundDeps, wish: RefundWish): Promise<RefundAnswer> {
  const decided = await decideOnce(deps, wish);
  if (!isSameRefund(decided, wish)) throw new AppError('request.replayed-differently');
  const payOuts: PayOut[] = [];
  for (const { payOutNo } of decided.parts) payOuts.push(await send(deps, decided.schoolId, payOutNo));
  return { refund: decided, payOuts };
}

async function decideOnce(deps: RefundDeps, wish: RefundWish): Promise<Refund> {
  const { schoolId, accountNo } = wish;
  const pack = await deps.packOf(schoolId);
  const before = await deps.refunds.find(schoolId, refundId(wish));
  if (before !== undefined) return before;
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    if (tries > 0) await deps.backOff(tries);
    const head = await deps.passbook.head(schoolId, accountNo);
    if (head === undefined) throw new AppError('account.unknown');
    // After the head: whatever changes them writes an entry, and then nothing is written upon this head.
    const facts = await refundFacts(deps, wish);
    // After the head: what another try of this wish took from it is then known to be this wish's, and not missing money.
    const found = await deps.refunds.find(schoolId, refundId(wish));
    if (found !== undefined) return found;
    const proofRows = (await wish.proofRows?.()) ?? [];
    const recordedAt = recordingTime(head, deps.clock());
    const { whose, orderNo, amountFen: wishFen } = wish;
    const plan = planRefund({ ...facts, state: head.state, wishFen, whose, orderNo, now: recordedAt });
    refuse(wish, plan, facts, recordedAt);
    const { entries, rows, decided } = draw(deps, { wish, plan, facts, head, recordedAt, pack });
    const result = await deps.passbook.appendTogether(entries, [deps.refunds.insertion(decided), ...rows, ...proofRows]);
    if (result.written) return decided;
  }
  throw new AppError('request.busy');
}

/** Throws why nothing of this wish can be done. */
function refuse(wish: RefundWish, plan: RefundPlan, facts: RefundFacts, now: EpochMs): void {
  if (wish.orderNo !== undefined) refuseOrder(wish, facts, plan, now);
  if (plan.refundableFen === 0) {
    const isTooOld = plan.remainder.some(({ reason }) => reason === 'too-old');
    throw new AppError(isTooOld ? 'refund.too-old' : 'refund.nothing-left');
  }
  if (wish.amountFen !== 'all' && (wish.amountFen <= 0 || wish.amountFen > plan.refundableFen)) {
    throw new AppError('refund.over-rest', { leftFen: plan.refundableFen });
  }
  if (wish.askedBy !== 'holder') return;
  const waits = plan.parts.map((part) => sendAt(part, facts, now) - now);
  const wait = Math.max(0, ...waits);
  if (wait > 0) throw new AppError('refund.too-soon', { retryAfterSeconds: Math.ceil(wait / 1_000) });
}

/** A bank wants no interval. */
function sendAt({ order, to }: RefundPart, { lastRefundAt }: RefundFacts, now: EpochMs): EpochMs {
  const last = to.via === 'platform' ? lastRefundAt.get(order.orderNo) : undefined;
  return last === undefined ? now : last + REFUND_INTERVAL_MS;
}

function refuseOrder(wish: RefundWish, facts: RefundFacts, plan: RefundPlan, now: EpochMs): void {
  const order = facts.lots.find((lot) => lot.order.orderNo === wish.orderNo)?.order;
  if (order === undefined) throw new AppError('refund.nothing-left');
  if (wish.whose === 'own' && (order.origin === 'other' || order.origin === 'gift')) throw new AppError('refund.not-yours');
  if (plan.refundableFen > 0) return;
  const isTooOld = order.channel !== 'bank-card' && now - order.payment.paidAt > REFUNDABLE_FOR_MS;
  throw new AppError(isTooOld ? 'refund.too-old' : 'refund.nothing-left');
}

interface Decision {
  readonly wish: RefundWish;
  readonly plan: RefundPlan;
  readonly facts: RefundFacts;
  readonly head: Entry;
  readonly recordedAt: EpochMs;
  readonly pack: { readonly utcOffsetMinutes: number };
}

/** Everything that the plan writes, one entry after the other upon the head. */
function draw(deps: RefundDeps, { wish, plan, facts, head, recordedAt, pack }: Decision) {
  const entries: Entry[] = [];
  const rows: TableWrite[] = [];
  const parts: Refund['parts'][number][] = [];
  const { schoolId, accountNo, askedBy, reason } = wish;
  for (const part of plan.parts) {
    const { order, amountFen, to } = part;
    const payOutNo = refundNumber(wish, order.orderNo);
    const before = entries.at(-1) ?? head;
    const draft = refundDraft(before, part, { payOutNo, recordedAt }, pack);
    const entry = nextEntry(before, draft, { recordedAt, utcOffsetMinutes: pack.utcOffsetMinutes });
    const payOut = requestedPayOut(
      { schoolId, payOutNo, accountNo, kind: 'refund', amountFen, to, reason, askedBy, sendAt: sendAt(part, facts, recordedAt) },
      { n: entry.n, now: recordedAt },
    );
    entries.push(entry);
    rows.push(...deps.payOuts.insertion(payOut), deps.orders.replacement(lessOf(part)));
    parts.push({ payOutNo, orderNo: order.orderNo, amountFen });
  }
  const decided: Refund = {
    schoolId,
    refundId: refundId(wish),
    accountNo,
    wishFen: wish.amountFen,
    whose: wish.whose,
    ...orderOf(wish),
    askedBy,
    reason,
    createdAt: recordedAt,
    parts,
    remainder: wish.amountFen === 'all' ? plan.remainder : [],
  };
  return { entries, rows, decided };
}

function lessOf({ order, amountFen }: RefundPart) {
  const { remainingFen } = order.credit;
  // The plan never takes more of a lot than is left of it.
  return withRemaining(order, subtract(remainingFen, amountFen));
}

function orderOf({ orderNo }: RefundWish) {
  return orderNo === undefined ? {} : { orderNo };
}

/** The first sending, also of a repeat that finds it unsent. Trouble is the sweep's: the money is on its way. */
async function send(deps: RefundDeps, schoolId: string, payOutNo: string): Promise<PayOut> {
  const payOut = await deps.payOuts.find(schoolId, payOutNo);
  if (payOut === undefined) throw new Error('a refund names a pay-out that does not exist');
  if (!mayBeSent(payOut, deps.clock())) return payOut;
  try {
    return await advance(deps, payOut);
  } catch (error) {
    if (!isAppError(error, 'request.busy')) throw error;
    return (await deps.payOuts.find(schoolId, payOutNo)) ?? payOut;
  }
}
