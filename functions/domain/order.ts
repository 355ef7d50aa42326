import type { ErrorCode } from '../../shared/errors';
import { type Fen, subtract, ZERO } from '../../shared/money';
import type { EpochMs } from '../../shared/time';

/** Where a top-up with an order comes from; a cash machine and its like bring none. */
export const TOP_UP_CHANNELS = ['wechat-pay', 'alipay', 'bank-card'] as const;
export type TopUpChannel = (typeof TOP_UP_CHANNELS)[number];
export type PlatformChannel = Exclude<TopUpChannel, 'bank-card'>;

/** What the money is for: the card (by way of `transit` where the school claims), or the wallet. */
export const ORDER_TARGETS = ['card', 'wallet'] as const;
/** How it is paid: as a platform's `PayBy`, by a debit of the bound bank card, or by standing contract. */
export const ORDER_PAID_BY = ['in-app', 'qr', 'page', 'bank', 'contract'] as const;
/** Who pays: the holder, somebody who knows name and number, the guest of a gift link, the holder's standing contract. */
export const ORDER_ORIGINS = ['own', 'other', 'gift', 'auto'] as const;

interface OrderFacts {
  readonly schoolId: string;
  /** Ours, and `merchantOrderNo` at the platform. */
  readonly orderNo: string;
  readonly accountNo: number;
  readonly channel: TopUpChannel;
  readonly amountFen: Fen;
  readonly target: (typeof ORDER_TARGETS)[number];
  readonly payBy: (typeof ORDER_PAID_BY)[number];
  readonly origin: (typeof ORDER_ORIGINS)[number];
  /** Of origin `gift`. */
  readonly giftId?: string;
  /** Entry number of the hold that this debit is for: a sale by wallet code whose rest the bank pays (DL-40). */
  readonly holdN?: number;
  /** What goes on from the wallet to the card as soon as this has come: 卡片充值 whose rest the bank card pays (DL-35). */
  readonly toCardFen?: Fen;
  /** 管理费 (ST-34): what of the amount the school keeps, and does not credit. */
  readonly feeFen?: Fen;
  /** The app the payer pays in ("bank" for a bank card), and the payer as that app knows them; "" where only paying will tell. */
  readonly appId: string;
  readonly payerOpenId: string;
  /** Who asked for it, where that is neither the holder nor the one who pays in the app: a visitor who is shown a code to scan. */
  readonly begunBy?: { readonly appId: string; readonly openid: string };
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

/** `chipPending`: a machine is to write it to the chip (ST-37). */
export const ARRIVED_IN = ['card', 'transit', 'wallet', 'chipPending'] as const;
export type ArrivedIn = (typeof ARRIVED_IN)[number];

export interface OrderCredit {
  readonly creditedAt: EpochMs;
  /** Entry number of the credit in the holder's passbook. */
  readonly n: number;
  readonly arrivedIn: ArrivedIn;
  /** What of the payer's lot has not been refunded. */
  readonly remainingFen: Fen;
  /** When the money came where it was meant to be (card or wallet); absent while it waits, or has not been looked for. */
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
/**
 * Ages at which the platform is asked, while nothing definite is known: 10 s, 30 s, 1 minute, then every other minute while it may be paid, so
 * that a payment whose callback never came is found within two minutes whenever it was made.
 */
const QUERY_AGES_MS: readonly number[] = [
  10 * SECOND,
  30 * SECOND,
  MINUTE,
  ...Array.from({ length: 15 }, (_, step) => (3 + 2 * step) * MINUTE),
];

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

/** Who wishes what. Unless something else is said: the card, in the app, by its holder. */
export type OrderWish = Pick<OrderFacts, 'schoolId' | 'orderNo' | 'accountNo' | 'channel' | 'amountFen' | 'appId' | 'payerOpenId'> &
  Partial<Pick<OrderFacts, 'target' | 'payBy' | 'origin' | 'giftId' | 'begunBy' | 'holdN' | 'toCardFen' | 'feeFen'>>;

export function newOrder(input: OrderWish, now: EpochMs): CreatedOrder {
  const usual = { target: 'card', payBy: 'in-app', origin: 'own' } as const;
  return {
    ...usual,
    ...input,
    state: 'created',
    createdAt: now,
    expiresAt: now + ORDER_LIFE_MS,
    dueAt: nextQueryAt(now, now),
    version: 1,
  };
}

/** The same wish: who, how much, through what. Another under one request id is a refusal. */
export function isSameWish(a: Order, b: Order): boolean {
  const names = [
    'schoolId',
    'orderNo',
    'accountNo',
    'channel',
    'amountFen',
    'target',
    'payBy',
    'origin',
    'giftId',
    'holdN',
    'toCardFen',
    'feeFen',
    'appId',
    'payerOpenId',
  ] as const;
  const isSameAsker = a.begunBy?.appId === b.begunBy?.appId && a.begunBy?.openid === b.begunBy?.openid;
  return isSameAsker && names.every((name) => a[name] === b[name]);
}

/** Since when the order is in the state it is in. */
export function stateSince(order: Order): EpochMs {
  switch (order.state) {
    case 'created':
      return order.createdAt;
    case 'paid':
      return order.payment.paidAt;
    case 'credited':
      return order.credit.creditedAt;
    case 'closed':
      return order.closedAt;
  }
}

/** Whether this visitor began the order, or pays it in the app they are known to. */
export function isBegunBy(order: Order, visitor: { readonly appId: string; readonly openid: string }): boolean {
  const asker = order.begunBy ?? { appId: order.appId, openid: order.payerOpenId };
  return asker.openid !== '' && asker.appId === visitor.appId && asker.openid === visitor.openid;
}

/** The next version, without who began it and who paid it: what an erased holder leaves. The platform's numbers stay, they name a payment. */
export function withoutPayer(order: Order): Order {
  const { begunBy: _, ...facts } = order;
  const next = { ...facts, payerOpenId: '', version: order.version + 1 };
  if (!('payment' in next)) return next;
  const { platformTradeNo, paidAt } = next.payment;
  return { ...next, payment: { platformTradeNo, paidAt } };
}

/** Whether the order still says who began or paid it. */
export function namesPayer(order: Order): boolean {
  return order.payerOpenId !== '' || order.begunBy !== undefined || ('payment' in order && order.payment.payerOpenId !== undefined);
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
    orderNo,
    accountNo,
    channel,
    amountFen,
    target,
    payBy,
    origin,
    giftId,
    begunBy,
    holdN,
    toCardFen,
    feeFen,
    platformOrderRef,
    queriedAt,
  } = order;
  const { schoolId, appId, payerOpenId, createdAt, expiresAt, version } = order;
  return {
    ...{ schoolId, orderNo, accountNo, channel, amountFen, target, payBy, origin, appId, payerOpenId, createdAt, expiresAt },
    version: version + 1,
    ...(giftId === undefined ? {} : { giftId }),
    ...(holdN === undefined ? {} : { holdN }),
    ...(toCardFen === undefined ? {} : { toCardFen }),
    ...(feeFen === undefined ? {} : { feeFen }),
    ...(begunBy === undefined ? {} : { begunBy }),
    ...(platformOrderRef === undefined ? {} : { platformOrderRef }),
    ...(queriedAt === undefined ? {} : { queriedAt }),
  };
}

/** The money came, and the entry is still owed: to be tried again a minute later. */
export function paid(order: Exclude<Order, CreditedOrder>, payment: OrderPayment, now: EpochMs): PaidOrder {
  return { ...factsOf(order), state: 'paid', payment, dueAt: now + MINUTE };
}

/** What the holder gets of an order. */
export function creditedFen({ amountFen, feeFen = ZERO }: Pick<OrderFacts, 'amountFen' | 'feeFen'>): Fen {
  return subtract(amountFen, feeFen);
}

export function credited(
  order: Exclude<Order, CreditedOrder>,
  payment: OrderPayment,
  credit: { readonly creditedAt: EpochMs; readonly n: number; readonly arrivedIn: ArrivedIn },
): CreditedOrder {
  const waits = credit.arrivedIn === 'transit' || credit.arrivedIn === 'chipPending';
  const onCard = waits ? {} : { onCardAt: credit.creditedAt };
  return {
    ...factsOf(order),
    state: 'credited',
    payment,
    credit: { ...credit, remainingFen: creditedFen(order), searchedTo: credit.n, ...onCard },
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

/** What is left of a payer's lot after a refund of it, or after a refund that came back. */
export function withRemaining(order: CreditedOrder, remainingFen: Fen): CreditedOrder {
  return { ...order, version: order.version + 1, credit: { ...order.credit, remainingFen } };
}
