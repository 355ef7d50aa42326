import * as v from 'valibot';
import type { PlatformRefund } from '../contract';
import { parseRfc3339, readFen } from '../wire';

/** What answer and notice have in common; the one calls its state `status`, the other `refund_status`. */
const common = {
  out_refund_no: v.string(),
  out_trade_no: v.string(),
  refund_id: v.optional(v.string()),
  success_time: v.optional(v.string()),
  // `payer_refund` is not read: with a coupon the payer gets less, while the order is refunded by `refund`.
  amount: v.optional(v.object({ refund: v.optional(v.number()), currency: v.optional(v.string()) })),
};

/** "申请退款" and "查询单笔退款": no merchant number, because it is the one that asked. */
export const refundAnswerSchema = v.object({ ...common, status: v.string() });

/** "退款结果通知", decrypted. */
export const refundNoticeSchema = v.object({ ...common, mchid: v.string(), refund_status: v.string() });

export interface RefundFacts extends Omit<v.InferOutput<typeof refundAnswerSchema>, 'status'> {
  readonly status: string;
}

export type ReadRefund = { readonly refund: PlatformRefund } | { readonly fault: 'other-currency' | 'incomplete' };

/**
 * ABNORMAL is money that the payer's bank would not take: it lies with the merchant, and a person sends it another way
 * (发起异常退款). PROCESSING and every state that we do not know are pending.
 */
export function readRefund(facts: RefundFacts): ReadRefund {
  const names = { refundNo: facts.out_refund_no, merchantOrderNo: facts.out_trade_no };
  switch (facts.status) {
    case 'SUCCESS':
      return readSucceeded(facts, names);
    case 'CLOSED':
      return { refund: { status: 'failed', ...names } };
    case 'ABNORMAL':
      return { refund: { status: 'stuck', ...names } };
    default:
      return { refund: { status: 'pending', ...names } };
  }
}

function readSucceeded(facts: RefundFacts, names: { readonly refundNo: string; readonly merchantOrderNo: string }): ReadRefund {
  const { refund, currency = 'CNY' } = facts.amount ?? {};
  if (currency !== 'CNY') return { fault: 'other-currency' };
  const amountFen = refund === undefined ? undefined : readFen(refund);
  const refundedAt = parseRfc3339(facts.success_time ?? '');
  if (amountFen === undefined || refundedAt === undefined || !facts.refund_id) return { fault: 'incomplete' };
  return { refund: { status: 'succeeded', ...names, amountFen, platformRefundNo: facts.refund_id, refundedAt } };
}
