import { AppError } from '../../../shared/errors';
import type { Fen } from '../../../shared/money';
import type { LineColumns } from './line-columns';

export type BillChannel = 'wechat-pay' | 'alipay';

export interface BillSummary {
  readonly lines: number;
  readonly paymentFen: Fen;
  readonly refundFen: Fen;
  /** Net: what refunds gave back is taken off. */
  readonly feeFen: Fen;
}

/** Which bill was asked for. Anything else in the file is a refusal. */
export interface ExpectedBill {
  /** WeChat Pay 商户号, Alipay PID (2088…). */
  readonly merchantId: string;
  /** Beijing day, "2026-11-20". */
  readonly day: string;
}

/**
 * A bill on its way: it yields lines by column, valid until the next are asked for, and, only when the file was read to its end and every total in it adds up, returns the proof of it.
 * Reading throws AppError bill.malformed, bill.damaged, bill.other-merchant, bill.other-day, bill.totals, and what the source throws;
 * of a bill that threw, no line may be believed.
 */
export type BillReading = AsyncGenerator<LineColumns, CheckedBill, void>;

/**
 * Proof that a bill was read to its end and adds up. There is no other way to make one, and without one no day can be called balanced.
 */
export class CheckedBill {
  readonly channel: BillChannel;
  readonly merchantId: string;
  readonly day: string;
  readonly summary: BillSummary;
  /** SHA-256 (hex) of the unpacked bytes; of no bytes at all where the platform said that the day had no trades. */
  readonly sha256: string;

  private constructor(channel: BillChannel, expected: ExpectedBill, summary: BillSummary, sha256: string) {
    this.channel = channel;
    this.merchantId = expected.merchantId;
    this.day = expected.day;
    this.summary = summary;
    this.sha256 = sha256;
  }

  /**
   * @param totals what the file says of itself, and what its lines sum to, in the same unit
   * @throws AppError bill.totals (detail.total)
   */
  static of(bill: {
    readonly channel: BillChannel;
    readonly expected: ExpectedBill;
    readonly summary: BillSummary;
    readonly sha256: string;
    readonly totals: readonly { readonly name: string; readonly stated: number; readonly counted: number }[];
  }): CheckedBill {
    for (const { name, stated, counted } of bill.totals) if (stated !== counted) throw new AppError('bill.totals', { total: name });
    return new CheckedBill(bill.channel, bill.expected, bill.summary, bill.sha256);
  }
}
