import type { EpochMs } from '../../shared/time';

/** What the world remembers of books and bills. */
/**
 * What a platform writes down when money moves; bills are made from nothing else. A line is never changed afterwards, as a bill does
 * not follow what became of a refund later.
 */
export interface JournalLine {
  readonly kind: 'payment' | 'refund';
  /** When it was paid, or when the refund was asked for: this decides the bill's day. */
  readonly at: EpochMs;
  readonly orderedAt: EpochMs;
  /** out_trade_no. */
  readonly orderNo: string;
  readonly platformTradeNo: string;
  readonly appId: string;
  readonly payer: string;
  /** JSAPI, NATIVE …; Alipay's product code. */
  readonly tradeType: string;
  readonly title: string;
  readonly attach: string;
  readonly orderFen: number;
  readonly refund: RefundPart | null;
}

export interface RefundPart {
  readonly refundNo: string;
  readonly platformRefundNo: string;
  readonly refundFen: number;
  readonly settledAt: EpochMs | null;
  readonly outcome: string;
}

export interface TrafficRecipe {
  readonly platform: 'wechatPay' | 'alipay';
  /** "2026-11-20", a Beijing day. */
  readonly day: string;
  readonly payments: number;
  /** So many of the payments, the first of the day, have half of their amount refunded at once. */
  readonly refunds: number;
  /** Head of the merchant's order numbers, which go on with the day and nine digits. */
  readonly prefix: string;
  readonly seed: string;
  readonly appId: string;
}

export interface BillLie {
  readonly id: string;
  readonly platform: 'wechatPay' | 'alipay';
  readonly day: string;
  readonly lie: Lie;
  /** The order or refund whose line it is about; null: the first payment. */
  readonly target: string | null;
  /** `changed-amount`: by so many fen (1); `extra-line`: the orphan's amount (100). */
  readonly byFen: number | null;
  /** `not-ready` and `expired-url` are told so many times; null: until taken back. */
  times: number | null;
  /** The app an orphan seems to have been paid in. */
  readonly appId: string;
}

export type Lie =
  | 'missing-line'
  | 'extra-line'
  | 'changed-amount'
  | 'duplicate-line'
  | 'wrong-total'
  | 'wrong-date'
  | 'wrong-encoding'
  | 'byte-order-mark'
  | 'cut-file'
  | 'cut-archive'
  | 'other-merchant'
  | 'other-column-order'
  | 'unknown-column'
  | 'hash-mismatch'
  | 'expired-url'
  | 'not-ready';
