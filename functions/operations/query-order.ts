import { AppError } from '../../shared/errors';
import { type CreatedOrder, closed, isOver, ORDER_LIFE_MS, type Order, withPlatformRef, withQuery } from '../domain/order';
import type { OrderRef, PaymentPlatform, PaymentPlatformName, PlatformOrder } from '../platforms/contract';
import type { QueryMessage, QueryQueue } from '../platforms/queue/query-queue';
import { type ConfirmDeps, confirmOrder, creditOrder, reread } from './confirm-order';
import type { Deductions } from './deductions';
import { releaseHold } from './release-hold';

export interface QueryDeps extends ConfirmDeps {
  readonly platforms: Readonly<Record<PaymentPlatformName, OrderSource>> & { readonly 'bank-card'?: OrderSource };
  /** Orders by standing contract. Absent: this function is not asked about any. */
  readonly deductions?: Deductions;
  /** Absent: the sweep alone comes back to an order. */
  readonly queue?: QueryQueue;
}

/** Who can say what became of an order. */
export type OrderSource = Pick<PaymentPlatform, 'queryOrder' | 'closeOrder'>;

/** @throws AppError config.invalid where this function is not set up for the channel */
function sourceOf(deps: QueryDeps, { channel, payBy }: CreatedOrder): OrderSource {
  const source = payBy === 'contract' ? deps.deductions?.sourceOf(channel) : deps.platforms[channel];
  if (source === undefined) throw new AppError('config.invalid', { channel });
  return source;
}

/**
 * Asks the platform about an order nobody has confirmed, and acts on a definite answer: paid is credited, closed is
 * closed, and an order whose time is over is closed at the platform first. Anything else leaves it as it is, due
 * again later. Of several askers at one moment only one asks; whoever moved the time it is due has it asked about then.
 *
 * Throws AppError: `top-up.platform-unavailable`, `top-up.platform-refused`, `deduct.platform-unavailable`, and what `confirmOrder` throws.
 */
export async function queryOrder(deps: QueryDeps, order: CreatedOrder): Promise<Order> {
  const asked = withQuery(order, deps.clock());
  if (!(await deps.orders.replace(asked))) return reread(deps.orders, order);
  if (asked.dueAt !== order.dueAt) await askLater(deps, asked);
  const platform = sourceOf(deps, order);
  const sent = await sendDeduction(deps, asked);
  return sent.state === 'created' ? settle(deps, sent, await platform.queryOrder(refOf(order))) : sent;
}

/** Money by standing contract is asked for once its order stands, under the order's number, until the platform has heard it. */
async function sendDeduction(deps: QueryDeps, order: CreatedOrder): Promise<Order> {
  if (order.payBy !== 'contract' || order.platformOrderRef !== undefined || isOver(order, deps.clock())) return order;
  if ((await deps.deductions?.send(order)) !== 'sent') return order;
  const next = withPlatformRef(order, 'sent');
  return (await deps.orders.replace(next)) ? next : reread(deps.orders, order);
}

/** After an order's time to pay it is asked about hourly, which the sweep does. */
const QUEUED_WITHIN_MS = ORDER_LIFE_MS;

/** Sends word to ask about the order when it is due. */
export async function askLater({ queue, clock }: Pick<QueryDeps, 'queue' | 'clock'>, order: CreatedOrder): Promise<void> {
  const { schoolId, orderNo, dueAt } = order;
  const delayMs = Math.max(0, dueAt - clock());
  if (queue !== undefined && delayMs <= QUEUED_WITHIN_MS) await queue.later({ schoolId, orderNo, dueAt }, delayMs);
}

/**
 * What a message of the queue asks for. Only the message of the time that stands in the row counts: whoever moved it has sent another, so
 * that doubled messages never become two chains. Undefined where there was nothing to do.
 *
 * Throws AppError: as `queryOrder` and `creditOrder`; the order has its next time then, or keeps the one it had.
 */
export async function queryDueOrder(deps: QueryDeps, { schoolId, orderNo, dueAt }: QueryMessage): Promise<Order | undefined> {
  const order = await deps.orders.find(schoolId, orderNo);
  if (order === undefined || !('dueAt' in order) || order.dueAt !== dueAt) return undefined;
  if (order.state === 'paid') return creditOrder(deps, order, order.payment);
  if (dueAt <= deps.clock()) return queryOrder(deps, order);
  // It came early, because no queue waits as long as an order may.
  await askLater(deps, order);
  return undefined;
}

async function settle(deps: QueryDeps, order: CreatedOrder, said: PlatformOrder): Promise<Order> {
  switch (said.status) {
    case 'paid':
      return confirmOrder(deps, order.channel, said);
    case 'closed':
      return closeRow(deps, order);
    case 'not-found':
      // Until its time is over, a create of ours may still be on its way.
      return isOver(order, deps.clock()) ? closeRow(deps, order) : order;
    case 'not-paid':
      return isOver(order, deps.clock()) ? closeAtPlatform(deps, order) : order;
    case 'pending':
      return order;
  }
}

/** The payer may be faster than the close. Whatever else than "closed" is said, one more query tells which it was. */
async function closeAtPlatform(deps: QueryDeps, order: CreatedOrder): Promise<Order> {
  const platform = sourceOf(deps, order);
  const outcome = await platform.closeOrder(refOf(order));
  if (outcome === 'closed' || outcome === 'not-found') return closeRow(deps, order);
  const said = await platform.queryOrder(refOf(order));
  if (said.status === 'paid') return confirmOrder(deps, order.channel, said);
  return said.status === 'closed' ? closeRow(deps, order) : order;
}

async function closeRow(deps: QueryDeps, order: CreatedOrder): Promise<Order> {
  const { schoolId, accountNo, holdN } = order;
  // Nothing was drawn for the sale, and nothing will be.
  if (holdN !== undefined) await releaseHold(deps, { schoolId, accountNo, holdN }, 'bank.refused');
  const next = closed(order, deps.clock());
  return (await deps.orders.replace(next)) ? next : reread(deps.orders, order);
}

function refOf({ orderNo, appId }: CreatedOrder): OrderRef {
  return { merchantOrderNo: orderNo, appId };
}
