import { rfc3339 } from '../lib/beijing';
import { lookup } from '../lib/lookup';
import type { WechatRefund } from '../state';
import type { Surroundings } from '../surroundings';
import { findRefund, refundStatus } from './refunds';

/** The refund object of the API. */
export function refundOf(parts: Surroundings, refund: WechatRefund): Record<string, unknown> {
  const order = lookup(parts.state.wechatOrders, refund.outTradeNo);
  const status = refundStatus(refund, parts.clock());
  const total = order?.totalFen ?? 0;
  return {
    refund_id: refund.refundId,
    out_refund_no: refund.outRefundNo,
    transaction_id: order?.transactionId ?? '',
    out_trade_no: refund.outTradeNo,
    channel: 'ORIGINAL',
    user_received_account: '支付用户零钱',
    ...successTime(refund, status),
    create_time: rfc3339(refund.createdAt),
    status,
    funds_account: 'AVAILABLE',
    amount: {
      total,
      refund: refund.refundFen,
      payer_total: total,
      payer_refund: refund.refundFen,
      settlement_total: total,
      settlement_refund: refund.refundFen,
      discount_refund: 0,
      currency: 'CNY',
    },
  };
}

/** The plaintext of a REFUND.… notice, which has fields of its own; it is sent when the refund has ended. */
export function refundNoticeOf(parts: Surroundings, outRefundNo: string): Record<string, unknown> {
  const refund = findRefund(parts, outRefundNo);
  const order = lookup(parts.state.wechatOrders, refund.outTradeNo);
  const total = order?.totalFen ?? 0;
  return {
    mchid: parts.keys.wechatPay.mchid,
    transaction_id: order?.transactionId ?? '',
    out_trade_no: refund.outTradeNo,
    refund_id: refund.refundId,
    out_refund_no: refund.outRefundNo,
    refund_status: refund.outcome,
    ...successTime(refund, refund.outcome),
    user_received_account: '支付用户零钱',
    amount: { total, refund: refund.refundFen, payer_total: total, payer_refund: refund.refundFen },
  };
}

function successTime(refund: WechatRefund, status: string): { success_time?: string } {
  return status === 'SUCCESS' && refund.settledAt !== null ? { success_time: rfc3339(refund.settledAt) } : {};
}
