import type { OrderReply } from '../../../shared/api/student';

export type StepState = 'done' | 'current' | 'ahead';
export interface TimelineStep {
  readonly id: 'paid' | 'holding' | 'on-card';
  readonly state: StepState;
  readonly at: string | null;
}

type OrderFacts = Pick<OrderReply, 'state' | 'paidAt' | 'creditedAt' | 'arrivedIn' | 'onCardAt'>;

/**
 * 付款成功 → 待领取 → 校园卡余额. A school whose money arrives at once has no holding step; until an order is credited the
 * pack says which way it will go.
 */
export function orderTimeline(order: OrderFacts, arrival: 'realtime' | 'claim'): TimelineStep[] {
  const holds = order.arrivedIn === null ? arrival === 'claim' : order.arrivedIn === 'transit';
  const instants: [TimelineStep['id'], string | null][] = [
    ['paid', order.paidAt],
    ...(holds ? [['holding', order.creditedAt] as [TimelineStep['id'], string | null]] : []),
    ['on-card', holds ? order.onCardAt : (order.onCardAt ?? (order.arrivedIn === 'card' ? order.creditedAt : null))],
  ];
  const first = instants.findIndex(([, at]) => at === null);
  return instants.map(([id, at], place) => ({
    id,
    at,
    state: at !== null ? 'done' : place === first && order.state !== 'closed' ? 'current' : 'ahead',
  }));
}

/** What the screen says above the timeline. Only the server's state decides; the phone's pay result never does. */
export type OrderHeadline = 'confirming' | 'unpaid' | 'crediting' | 'holding' | 'on-card' | 'closed';

export function orderHeadline(order: OrderFacts, hint: 'done' | 'cancelled' | 'unknown' | undefined): OrderHeadline {
  switch (order.state) {
    case 'created':
      return hint === 'cancelled' ? 'unpaid' : 'confirming';
    case 'paid':
      return 'crediting';
    case 'credited':
      return order.arrivedIn === 'transit' && order.onCardAt === null ? 'holding' : 'on-card';
    case 'closed':
      return 'closed';
  }
}

/** When to ask the server next, or undefined when nothing more will change while the page is looked at. */
export function nextPollMs(headline: OrderHeadline, asked: number): number | undefined {
  if (headline === 'on-card' || headline === 'closed') return undefined;
  if (headline === 'holding') return 3_000;
  return asked < 15 ? 1_000 : 3_000;
}
