import { AppError } from '../../shared/errors';
import { type CreatedOrder, closed, isOver, type Order, type TopUpChannel, withQuery } from '../domain/order';
import type { OrderRef, PaymentPlatform, PaymentPlatformName, PlatformOrder } from '../platforms/contract';
import { type ConfirmDeps, confirmOrder, reread } from './confirm-order';

export interface QueryDeps extends ConfirmDeps {
  readonly platforms: Readonly<Record<PaymentPlatformName, OrderSource>> & { readonly 'bank-card'?: OrderSource };
}

/** Who can say what became of an order. */
export type OrderSource = Pick<PaymentPlatform, 'queryOrder' | 'closeOrder'>;

/** @throws AppError config.invalid where this function is not set up for the channel */
function sourceOf(deps: QueryDeps, channel: TopUpChannel): OrderSource {
  const source = deps.platforms[channel];
  if (source === undefined) throw new AppError('config.invalid', { channel });
  return source;
}

/**
 * Asks the platform about an order nobody has confirmed, and acts on a definite answer: paid is credited, closed is
 * closed, and an order whose time is over is closed at the platform first. Anything else leaves it as it is, due
 * again later. Of several askers at one moment only one asks.
 *
 * Throws AppError: `top-up.platform-unavailable`, `top-up.platform-refused`, and what `confirmOrder` throws.
 */
export async function queryOrder(deps: QueryDeps, order: CreatedOrder): Promise<Order> {
  const asked = withQuery(order, deps.clock());
  if (!(await deps.orders.replace(asked))) return reread(deps.orders, order);
  const platform = sourceOf(deps, order.channel);
  return settle(deps, asked, await platform.queryOrder(refOf(order)));
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
  const platform = sourceOf(deps, order.channel);
  const outcome = await platform.closeOrder(refOf(order));
  if (outcome === 'closed' || outcome === 'not-found') return closeRow(deps, order);
  const said = await platform.queryOrder(refOf(order));
  if (said.status === 'paid') return confirmOrder(deps, order.channel, said);
  return said.status === 'closed' ? closeRow(deps, order) : order;
}

async function closeRow(deps: QueryDeps, order: CreatedOrder): Promise<Order> {
  const next = closed(order, deps.clock());
  return (await deps.orders.replace(next)) ? next : reread(deps.orders, order);
}

function refOf({ orderNo, appId }: CreatedOrder): OrderRef {
  return { merchantOrderNo: orderNo, appId };
}
