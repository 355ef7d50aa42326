import type { OrderReply } from '../../shared/api/student';
import { type EpochMs, toIso } from '../../shared/time';
import { type Order, stateSince } from '../domain/order';

/** An order as its holder sees it: which state, since when, and what came before. */
export function orderView(order: Order, asOf: EpochMs, utcOffsetMinutes: number): OrderReply {
  const iso = (at: EpochMs) => toIso(at, utcOffsetMinutes);
  const isoOrNull = (at: EpochMs | undefined) => (at === undefined ? null : iso(at));
  const credit = order.state === 'credited' ? order.credit : undefined;
  const payment = order.state === 'credited' || order.state === 'paid' ? order.payment : undefined;
  const { orderNo, amountFen, channel, target, payBy, origin, state } = order;
  return {
    ...{ orderNo, amountFen, channel, target, payBy, origin, state },
    since: iso(stateSince(order)),
    createdAt: iso(order.createdAt),
    expiresAt: iso(order.expiresAt),
    closedAt: order.state === 'closed' ? iso(order.closedAt) : null,
    paidAt: isoOrNull(payment?.paidAt),
    creditedAt: isoOrNull(credit?.creditedAt),
    // To its holder both are on their way to the card.
    arrivedIn: credit?.arrivedIn === 'chipPending' ? 'transit' : (credit?.arrivedIn ?? null),
    onCardAt: isoOrNull(credit?.onCardAt),
    asOf: iso(asOf),
  };
}
