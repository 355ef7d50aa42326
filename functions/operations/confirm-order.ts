import { AppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import type { EpochMs } from '../../shared/time';
import { arrivalOf, topUpDraft } from '../domain/account-changes';
import { type Draft, type Entry, nextEntry, recordingTime } from '../domain/entry';
import { outcomeDraft } from '../domain/hold';
import { type CreditedOrder, credited, type Order, type OrderPayment, paid, paymentFault, type TopUpChannel } from '../domain/order';
import { schoolOfOrder } from '../domain/order-number';
import { onwardId, toCardDraft } from '../domain/wallet';
import type { PaidOrder } from '../platforms/contract';
import type { Orders } from '../store/orders';
import type { Passbook } from '../store/passbook';

export interface ConfirmDeps {
  readonly orders: Orders;
  readonly passbook: Passbook;
  readonly clock: () => EpochMs;
  /** Waits a random while before the next try; `tries` made so far. */
  readonly backOff: (tries: number) => Promise<void>;
  /** Throws AppError `school.unknown`. */
  readonly packOf: (schoolId: string) => Promise<RulePack>;
}

const MAX_TRIES = 60;
/** WeChat Pay gives a callback five seconds. */
const DEADLINE_MS = 4_000;

/**
 * The one way in which a platform's word (callback, query, bill) becomes an entry: at most once for an order, whatever
 * number of them arrive. An order that is credited already answers as it did then.
 *
 * Throws AppError: `order.unknown`, `callback.other-app`, `callback.amount-mismatch` (nothing is written), and what
 * `creditOrder` throws.
 */
export async function confirmOrder(deps: ConfirmDeps, channel: TopUpChannel, reported: PaidOrder): Promise<CreditedOrder> {
  const order = await findOrder(deps.orders, reported.merchantOrderNo);
  const fault = paymentFault(order, channel, reported);
  if (fault !== undefined) throw new AppError(fault, { orderNo: order.orderNo });
  const { platformTradeNo, paidAt, payerOpenId } = reported;
  return creditOrder(deps, order, { platformTradeNo, paidAt, ...(payerOpenId === undefined ? {} : { payerOpenId }) });
}

/** By number alone, as callbacks name it. Throws AppError `order.unknown`. */
export async function findOrder(orders: Orders, orderNo: string): Promise<Order> {
  const schoolId = schoolOfOrder(orderNo);
  if (schoolId === undefined) throw new AppError('order.unknown');
  // The cheap read is enough: whatever it shows is tried on condition of its version, and absence is asked again.
  const order = (await orders.find(schoolId, orderNo, { consistent: false })) ?? (await orders.find(schoolId, orderNo));
  if (order === undefined) throw new AppError('order.unknown');
  return order;
}

/**
 * Entry and order row in one transaction: the row's version makes it once, the entry's number keeps the passbook
 * whole. Where the entry cannot be written now, the order is left `paid` and due, so that the sweep tries again.
 *
 * Throws AppError: `request.busy` (somebody else was first too often), `account.unknown`, `school.unknown`.
 */
export async function creditOrder(deps: ConfirmDeps, read: Order, payment: OrderPayment): Promise<CreditedOrder> {
  if (read.state === 'credited') return read;
  const pack = await deps.packOf(read.schoolId);
  const hold = await holdOf(deps, read);
  const startedAt = deps.clock();
  let order: Order = read;
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    if (tries > 0) {
      await deps.backOff(tries);
      order = await reread(deps.orders, order);
    }
    // Also our own earlier try, whose answer was lost.
    if (order.state === 'credited') return order;
    const head = await deps.passbook.head(order.schoolId, order.accountNo);
    if (head === undefined) {
      await leavePaid(deps, order, payment);
      throw new AppError('account.unknown', { orderNo: order.orderNo });
    }
    const now = deps.clock();
    if (tries > 0 && now - startedAt > DEADLINE_MS) break;
    const next = creditOn(head, order, payment, pack, now);
    const outcome = followUp(next.entry, order, hold, pack);
    const row = deps.orders.replacement(next.order);
    const { passbook } = deps;
    const result =
      outcome === undefined ? await passbook.appendWith(next.entry, [row]) : await passbook.appendTogether([next.entry, outcome], [row]);
    if (result.written) return next.order;
  }
  await leavePaid(deps, order, payment);
  throw new AppError('request.busy', { orderNo: order.orderNo });
}

function creditOn(head: Entry, order: Exclude<Order, CreditedOrder>, payment: OrderPayment, pack: RulePack, now: EpochMs) {
  const { orderNo, channel, amountFen, feeFen, target } = order;
  const recordedAt = recordingTime(head, now);
  const draft = topUpDraft(head, { orderNo, channel, target, amountFen, feeFen, paidAt: payment.paidAt, recordedAt }, pack);
  const entry = nextEntry(head, draft, { recordedAt, utcOffsetMinutes: pack.utcOffsetMinutes });
  return { entry, order: credited(order, payment, { creditedAt: recordedAt, n: entry.n, arrivedIn: arrivalOf(pack, target) }) };
}

/** The hold that a debit is for. */
async function holdOf(deps: ConfirmDeps, { schoolId, accountNo, holdN }: Order): Promise<Entry | undefined> {
  if (holdN === undefined) return undefined;
  const hold = await deps.passbook.entry(schoolId, accountNo, holdN);
  if (hold?.kind !== 'hold') throw new Error('an order names a hold that is none');
  return hold;
}

/**
 * What the money was for, right behind the credit and in one transaction with it: the sale that a till still waits for, or the way on to the
 * card. Where that cannot be any more the money stays in the wallet, where its holder sees it.
 */
function followUp(credit: Entry, order: Order, hold: Entry | undefined, pack: RulePack): Entry | undefined {
  const { recordedAt } = credit;
  const draft = hold === undefined ? onToCard(credit, order, pack) : outcomeDraft(credit, hold, { recordedAt, pack });
  return draft && nextEntry(credit, draft, { recordedAt, utcOffsetMinutes: pack.utcOffsetMinutes });
}

function onToCard(credit: Entry, { orderNo, toCardFen }: Order, pack: RulePack): Draft | undefined {
  const { recordedAt } = credit;
  if (toCardFen === undefined) return undefined;
  return toCardDraft(credit, { entryId: onwardId(orderNo), amountFen: toCardFen, occurredAt: recordedAt, recordedAt }, pack);
}

/** A lost race here is no harm: whoever changed the order credits it, or has left it `paid` as well. */
async function leavePaid(deps: ConfirmDeps, order: Exclude<Order, CreditedOrder>, payment: OrderPayment): Promise<void> {
  await deps.orders.replace(paid(order, payment, deps.clock()));
}

export async function reread(orders: Orders, order: Order): Promise<Order> {
  const found = await orders.find(order.schoolId, order.orderNo);
  if (found === undefined) throw new Error('an order row is permanent and was not found');
  return found;
}
