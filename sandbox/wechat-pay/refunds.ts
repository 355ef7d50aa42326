import * as v from 'valibot';
import { beijingDigits, rfc3339 } from '../lib/beijing';
import { lookup } from '../lib/lookup';
import { randomDigits } from '../lib/random-text';
import type { WechatOrder, WechatRefund } from '../state';
import type { Surroundings } from '../surroundings';
import { badParameter, WechatRefusal } from './refusal';

const refundRequest = v.object({
  transaction_id: v.optional(v.string()),
  out_trade_no: v.optional(v.string()),
  out_refund_no: v.pipe(v.string(), v.regex(/^[0-9A-Za-z_\-|*@]{1,64}$/)),
  reason: v.optional(v.pipe(v.string(), v.maxLength(80))),
  notify_url: v.optional(v.pipe(v.string(), v.maxLength(256))),
  amount: v.object({
    refund: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
    total: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
    currency: v.literal('CNY'),
  }),
});

/** Money is back with the payer this much later; until then a refund is PROCESSING. */
export const REFUND_SETTLES_AFTER_MS = 3_000;

/** Accepts a refund; the same out_refund_no with the same content is the same refund. `fresh` says that it is a new one. */
export function applyRefund(parts: Surroundings, body: unknown): { refund: WechatRefund; fresh: boolean } {
  const parsed = v.safeParse(refundRequest, body);
  if (!parsed.success) {
    const path = `/${(parsed.issues[0].path ?? []).map((item) => String(item.key)).join('/')}`;
    throw badParameter(`参数错误：输入源“${path}”不符合规则`, path, parsed.issues[0].message);
  }
  const request = parsed.output;
  const order = findOrder(parts, request);
  const known = lookup(parts.state.wechatRefunds, request.out_refund_no);
  if (known) {
    const same = known.outTradeNo === order.outTradeNo && known.refundFen === request.amount.refund;
    if (!same) throw new WechatRefusal(400, 'INVALID_REQUEST', '订单金额或退款金额与之前请求不一致，请核实后再试');
    return { refund: known, fresh: false };
  }
  if (order.paidAt === null) throw new WechatRefusal(400, 'INVALID_REQUEST', '订单未支付，不能退款');
  if (request.amount.total !== order.totalFen) {
    throw new WechatRefusal(400, 'INVALID_REQUEST', '订单金额或退款金额与之前请求不一致，请核实后再试');
  }
  if (refundedFen(parts, order) + request.amount.refund > order.totalFen) {
    throw new WechatRefusal(400, 'INVALID_REQUEST', '申请退款金额大于可退金额');
  }
  const now = parts.clock();
  const refund: WechatRefund = {
    outRefundNo: request.out_refund_no,
    refundId: `503${randomDigits(parts.randomBytes, 7)}${beijingDigits(now).slice(0, 8)}${randomDigits(parts.randomBytes, 10)}`,
    outTradeNo: order.outTradeNo,
    refundFen: request.amount.refund,
    reason: request.reason ?? null,
    notifyUrl: request.notify_url ?? null,
    createdAt: now,
    settledAt: now + REFUND_SETTLES_AFTER_MS,
  };
  parts.state.wechatRefunds[refund.outRefundNo] = refund;
  order.state = 'REFUND';
  parts.changed();
  parts.events.publish('wechat-pay', 'order.refunded', order.outTradeNo, { refundFen: refund.refundFen });
  return { refund, fresh: true };
}

function findOrder({ state }: Surroundings, request: v.InferOutput<typeof refundRequest>): WechatOrder {
  const order =
    request.out_trade_no !== undefined
      ? lookup(state.wechatOrders, request.out_trade_no)
      : Object.values(state.wechatOrders).find((one) => one.transactionId !== null && one.transactionId === request.transaction_id);
  if (!order) throw new WechatRefusal(404, 'RESOURCE_NOT_EXISTS', '订单不存在');
  return order;
}

function refundedFen({ state }: Surroundings, order: WechatOrder): number {
  const refunds = Object.values(state.wechatRefunds).filter((refund) => refund.outTradeNo === order.outTradeNo);
  return refunds.reduce((total, refund) => total + refund.refundFen, 0);
}

export function findRefund(parts: Surroundings, outRefundNo: string): WechatRefund {
  const refund = lookup(parts.state.wechatRefunds, outRefundNo);
  if (!refund) throw new WechatRefusal(404, 'RESOURCE_NOT_EXISTS', '退款单不存在');
  return refund;
}

/** The refund object of the API. */
export function refundOf(parts: Surroundings, refund: WechatRefund): Record<string, unknown> {
  const order = lookup(parts.state.wechatOrders, refund.outTradeNo);
  const settled = parts.clock() >= refund.settledAt;
  const total = order?.totalFen ?? 0;
  return {
    refund_id: refund.refundId,
    out_refund_no: refund.outRefundNo,
    transaction_id: order?.transactionId ?? '',
    out_trade_no: refund.outTradeNo,
    channel: 'ORIGINAL',
    user_received_account: '支付用户零钱',
    ...(settled ? { success_time: rfc3339(refund.settledAt) } : {}),
    create_time: rfc3339(refund.createdAt),
    status: settled ? 'SUCCESS' : 'PROCESSING',
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

/** The plaintext of a REFUND.SUCCESS notice, which has fields of its own. */
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
    refund_status: 'SUCCESS',
    success_time: rfc3339(refund.settledAt),
    user_received_account: '支付用户零钱',
    amount: { total, refund: refund.refundFen, payer_total: total, payer_refund: refund.refundFen },
  };
}
