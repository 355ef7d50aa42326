import type { Fen } from '../../../shared/money';
import type { EpochMs } from '../../../shared/time';

/** One line of a platform's trade bill, in our words. */
export interface BillLine {
  readonly kind: 'payment' | 'refund';
  /** Ours, as the platform heard it. */
  readonly merchantOrderNo: string;
  /** Theirs; of a refund, that of the payment it takes back. */
  readonly platformTradeNo: string;
  /** Our number of the refund; only of a refund. */
  readonly refundNo?: string;
  /** Above zero for both kinds: the order's total, or what the refund was asked for. */
  readonly amountFen: Fen;
  /** What the platform keeps of it; negative where a refund gives the fee back. */
  readonly feeFen: Fen;
  /** The platform's clock. */
  readonly at: EpochMs;
  /** The platform's own word: SUCCESS, REFUND, REVOKED at WeChat Pay (of a refund its refund status), 交易 or 退款 at Alipay. */
  readonly status: string;
  /** Alipay's bill does not name the app. */
  readonly appId?: string;
  /** What the order carried to the bill (WeChat Pay `attach`). Proves nothing. */
  readonly attach?: string;
}
