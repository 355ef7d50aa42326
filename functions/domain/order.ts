import type { ErrorCode } from '../../shared/errors';
import type { Fen } from '../../shared/money';
import type { EpochMs } from '../../shared/time';

/** The platforms that a student can top up through; `cash-machine` and its like bring no order. */
export const TOP_UP_CHANNELS = ['wechat-pay', 'alipay'] as const;
export type TopUpChannel = (typeof TOP_UP_CHANNELS)[number];

interface OrderFacts {
  readonly schoolId: string;
  /** Ours, and `merchantOrderNo` at the platform. */
  readonly orderNo: string;
  readonly accountNo: number;
  readonly channel: TopUpChannel;
  readonly amountFen: Fen;
  /** The app the payer pays in, and the payer as that app knows them. */
  readonly appId: string;
  readonly payerOpenId: string;
  readonly createdAt: EpochMs;
  /** Last instant at which the payer may pay. */
  readonly expiresAt: EpochMs;
  /** Goes up by one with every change: the condition of the next one. */
  readonly version: number;
  /** The platform's name for the unpaid order, once it has answered. */
  readonly platformOrderRef?: string;
  /** When somebody last asked the platform. */
  readonly queriedAt?: EpochMs;
}

/** What the platform says of the payment. */
export interface OrderPayment {
  readonly platformTradeNo: string;
  /** By the platform's clock. */
  readonly paidAt: EpochMs;
  /** Who paid, where the platform tells: the lot is refundable to nobody else. */
  readonly payerOpenId?: string;
}

export interface OrderCredit {
  readonly creditedAt: EpochMs;
  /** Entry number of the credit in the holder's passbook. */
  readonly n: number;
  readonly arrivedIn: 'card' | 'transit';
  /** What of the payer's lot has not been refunded. */
  readonly remainingFen: Fen;
  /** When the money came onto the card; absent while it waits, or has not been looked for. */
  readonly onCardAt?: EpochMs;
  /** Entries up to this number hold no claim of it. */
  readonly searchedTo: number;
}

/**
 * created → paid → credited, or created → closed. Crediting writes `paid` and `credited` at once; `paid` alone stands
 * where the money is known to have come and the entry could not be written yet. Paid after it was closed is credited
 * all the same: money that came is never kept. `dueAt` is when somebody must look at the order next.
 */
export type Order = OrderFacts &
  (
    | { readonly state: 'created'; readonly dueAt: EpochMs }
    | { readonly state: 'paid'; readonly dueAt: EpochMs; readonly payment: OrderPayment }
    | { readonly state: 'credited'; readonly payment: OrderPayment; readonly credit: OrderCredit }
    | { readonly state: 'closed'; readonly closedAt: EpochMs }
  );
export type CreatedOrder = Extract<Order, { state: 'created' }>;
export type PaidOrder = Extract<Order, { state: 'paid' }>;
export type CreditedOrder = Extract<Order, { state: 'credited' }>;

/** Half an hour to pay, which both platforms allow. */
export const ORDER_LIFE_MS = 30 * 60_000;
/** A create that was sent before the order expired may still be on its way for as long as a function lives. */
const LATE_CREATE_MS = 60_000;

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
/** Ages at which the platform is asked, while nothing definite is known. */
const QUERY_AGES_MS = [10 * SECOND, 30 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, ORDER_LIFE_MS + LATE_CREATE_MS] as const;

/** When the platform is to be asked next: soon at first, then hourly for a day, then daily until it answers. */
export function nextQueryAt(createdAt: EpochMs, now: EpochMs): EpochMs {
  const age = now - createdAt;
  const next = QUERY_AGES_MS.find((at) => at > age);
  if (next !== undefined) return createdAt + next;
  return now + (age < 24 * HOUR ? HOUR : 24 * HOUR);
}

/** Whether a waiting student's look at the order is reason to ask the platform: every 3 s at first, then less often. */
export function mayAsk(order: CreatedOrder, now: EpochMs): boolean {
  const since = now - (order.queriedAt ?? order.createdAt);
  return since >= Math.max(3 * SECOND, (now - order.createdAt) / 10);
}

/** True once the platform can have neither a payment nor a late create of the order. */
export function isOver(order: Order, now: EpochMs): boolean {
  return now >= order.expiresAt + LATE_CREATE_MS;
}

export function newOrder(
  input: Pick<OrderFacts, 'schoolId' | 'orderNo' | 'accountNo' | 'channel' | 'amountFen' | 'appId' | 'payerOpenId'>,
  now: EpochMs,
): CreatedOrder {
  return { ...input, state: 'created', createdAt: now, expiresAt: now + ORDER_LIFE_MS, dueAt: nextQueryAt(now, now), version: 1 };
}

/** The same wish: who, how much, through what. Another under one request id is a refusal. */
export function isSameWish(a: Order, b: Order): boolean {
  const names = ['schoolId', 'orderNo', 'accountNo', 'channel', 'amountFen', 'appId', 'payerOpenId'] as const;
  return names.every((name) => a[name] === b[name]);
}

export function withPlatformRef(order: CreatedOrder, platformOrderRef: string): CreatedOrder {
  return { ...order, platformOrderRef, version: order.version + 1 };
}

/** Notes that the platform is being asked, so that no second asker does; `dueAt` moves only when it was due. */
export function withQuery(order: CreatedOrder, now: EpochMs): CreatedOrder {
  const dueAt = order.dueAt <= now ? nextQueryAt(order.createdAt, now) : order.dueAt;
  return { ...order, queriedAt: now, dueAt, version: order.version + 1 };
}

function factsOf(order: Order): OrderFacts {
  const {
    schoolId,
    orderNo,
    accountNo,
    channel,
    amountFen,
    appId,
    payerOpenId,
    createdAt,
    expiresAt,
    version,
    platformOrderRef,
    queriedAt,
  } = order;
  return {
    schoolId,
    orderNo,
    accountNo,
    channel,
    amountFen,
    appId,
    payerOpenId,
    createdAt,
    expiresAt,
    version: version + 1,
    ...(platformOrderRef === undefined ? {} : { platformOrderRef }),
    ...(queriedAt === undefined ? {} : { queriedAt }),
  };
}

/** The money came, and the entry is still owed: to be tried again a minute later. */
export function paid(order: Exclude<Order, CreditedOrder>, payment: OrderPayment, now: EpochMs): PaidOrder {
  return { ...factsOf(order), state: 'paid', payment, dueAt: now + MINUTE };
}

export function credited(
  order: Exclude<Order, CreditedOrder>,
  payment: OrderPayment,
  credit: { readonly creditedAt: EpochMs; readonly n: number; readonly arrivedIn: 'card' | 'transit' },
): CreditedOrder {
  const onCard = credit.arrivedIn === 'card' ? { onCardAt: credit.creditedAt } : {};
  return {
    ...factsOf(order),
    state: 'credited',
    payment,
    credit: { ...credit, remainingFen: order.amountFen, searchedTo: credit.n, ...onCard },
  };
}

export function closed(order: CreatedOrder, now: EpochMs): Order {
  return { ...factsOf(order), state: 'closed', closedAt: now };
}

/** What the search for the claim has found so far. */
export function withClaimSearch(order: CreditedOrder, found: { readonly searchedTo: number; readonly onCardAt?: EpochMs }): CreditedOrder {
  return { ...order, version: order.version + 1, credit: { ...order.credit, ...found } };
}

/** The parts of a platform's word that must agree with the order before any of it is believed. */
export interface ReportedPayment {
  readonly merchantOrderNo: string;
  readonly amountFen: Fen;
  readonly currency: string;
  readonly appId: string;
}

/** Why a reported payment is not the one of this order; undefined when it is. */
export function paymentFault(order: Order, channel: TopUpChannel, reported: ReportedPayment): ErrorCode | undefined {
  if (reported.merchantOrderNo !== order.orderNo || channel !== order.channel) return 'order.unknown';
  if (reported.appId !== order.appId) return 'callback.other-app';
  if (reported.amountFen !== order.amountFen || reported.currency !== 'CNY') return 'callback.amount-mismatch';
  return undefined;
}
