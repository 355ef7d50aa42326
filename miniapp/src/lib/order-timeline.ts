import type { OrderReply } from '../../../shared/api/student';
import type { CardTopUpReply } from '../../../shared/api/wallet';

export type StepState = 'done' | 'current' | 'ahead';
export interface TimelineStep {
  readonly id: 'paid' | 'holding' | 'on-card' | 'in-wallet';
  readonly state: StepState;
  readonly at: string | null;
}

type OrderFacts = Pick<OrderReply, 'state' | 'paidAt' | 'creditedAt' | 'arrivedIn' | 'onCardAt' | 'target'>;

/**
 * 付款成功 → 待领取 → 校园卡余额. A school whose money arrives at once has no holding step; until an order is credited the
 * pack says which way it will go.
 */
export function orderTimeline(order: OrderFacts, arrival: 'realtime' | 'claim'): TimelineStep[] {
  if (order.target === 'wallet')
    return stepsOf(order, [
      ['paid', order.paidAt],
      ['in-wallet', order.creditedAt],
    ]);
  const holds = order.arrivedIn === null ? arrival === 'claim' : order.arrivedIn === 'transit';
  return stepsOf(order, [
    ['paid', order.paidAt],
    ...(holds ? [['holding', order.creditedAt] as [TimelineStep['id'], string | null]] : []),
    ['on-card', holds ? order.onCardAt : (order.onCardAt ?? (order.arrivedIn === 'card' ? order.creditedAt : null))],
  ]);
}

function stepsOf(order: Pick<OrderFacts, 'state'>, instants: readonly (readonly [TimelineStep['id'], string | null])[]): TimelineStep[] {
  const first = instants.findIndex(([, at]) => at === null);
  return instants.map(([id, at], place) => ({
    id,
    at,
    state: at !== null ? 'done' : place === first && order.state !== 'closed' ? 'current' : 'ahead',
  }));
}

/** What the screen says above the timeline. Only the server's state decides; the phone's pay result never does. */
export type OrderHeadline = 'confirming' | 'unpaid' | 'crediting' | 'holding' | 'on-card' | 'in-wallet' | 'closed';

export function orderHeadline(order: OrderFacts, hint: 'done' | 'cancelled' | 'unknown' | undefined): OrderHeadline {
  switch (order.state) {
    case 'created':
      return hint === 'cancelled' ? 'unpaid' : 'confirming';
    case 'paid':
      return 'crediting';
    case 'credited':
      if (order.arrivedIn === 'wallet') return 'in-wallet';
      return order.arrivedIn === 'transit' && order.onCardAt === null ? 'holding' : 'on-card';
    case 'closed':
      return 'closed';
  }
}

/** When to ask the server next, or undefined when nothing more will change while the page is looked at. */
export function nextPollMs(headline: OrderHeadline, asked: number): number | undefined {
  if (headline === 'on-card' || headline === 'in-wallet' || headline === 'closed') return undefined;
  if (headline === 'holding') return 3_000;
  return asked < 15 ? 1_000 : 3_000;
}

/** The same of a 卡片充值 from the wallet: what the bank has not confirmed yet is not paid. */
export function cardTransferSteps(
  { state, arrivedIn, transferredAt }: Pick<CardTopUpReply, 'state' | 'arrivedIn' | 'transferredAt'>,
  arrival: 'realtime' | 'claim',
): TimelineStep[] {
  const order = { state: transferredAt === null ? 'created' : 'credited', paidAt: transferredAt, creditedAt: transferredAt } as const;
  return orderTimeline({ ...order, arrivedIn: state === 'transferred' ? arrivedIn : null, onCardAt: null, target: 'card' }, arrival);
}

/** Of an order that somebody paid for another: once the money is with the school, what becomes of it is the holder's. */
export type PaidHeadline = 'confirming' | 'unpaid' | 'paid' | 'closed';

export function paidHeadline(state: OrderReply['state'], hint: 'done' | 'cancelled' | 'unknown' | undefined): PaidHeadline {
  if (state === 'closed') return 'closed';
  if (state === 'created') return hint === 'cancelled' ? 'unpaid' : 'confirming';
  return 'paid';
}
