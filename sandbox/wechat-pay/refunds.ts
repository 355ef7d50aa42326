import * as v from 'valibot';
import { DAY_MS, type EpochMs } from '../../shared/time';
import { record } from '../bills/journal';
import { beijingDigits } from '../lib/beijing';
import { lookup } from '../lib/lookup';
import { putMoney, refundPlanFor, takeMoney } from '../lib/merchant-money';
import { randomDigits } from '../lib/random-text';
import type { WechatOrder, WechatRefund } from '../state';
import type { Surroundings } from '../surroundings';
import { currentState, journalOf } from './orders';
import { parseBody } from './place-order';
import { WechatRefusal } from './refusal';

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
type RefundRequest = v.InferOutput<typeof refundRequest>;

/** Money is back with the payer this much later, unless a plan says otherwise; until then a refund is PROCESSING. */
const SETTLES_AFTER_MS = 3_000;
const REFUNDABLE_MS = 365 * DAY_MS;
const MOST_REFUNDS = 50;
const INTERVAL_MS = 60_000;

/** Accepts a refund; the same out_refund_no with the same content is the same refund. `fresh` says that it is a new one. */
export function applyRefund(parts: Surroundings, body: unknown): { refund: WechatRefund; fresh: boolean } {
  const request = parseBody(refundRequest, body);
  const order = findOrder(parts, request);
  const known = lookup(parts.state.wechatRefunds, request.out_refund_no);
  if (known) {
    const same = known.outTradeNo === order.outTradeNo && known.refundFen === request.amount.refund;
    if (!same) throw invalid('订单金额或退款金额与之前请求不一致，请核实后再试');
    return { refund: known, fresh: false };
  }
  refuseRefund(parts, order, request);
  const now = parts.clock();
  const plan = refundPlanFor(parts.state, request.out_refund_no) ?? { outcome: 'SUCCESS', afterMs: SETTLES_AFTER_MS };
  const held = plan.outcome === 'PROCESSING';
  const refund: WechatRefund = {
    outRefundNo: request.out_refund_no,
    refundId: `503${randomDigits(parts.randomBytes, 7)}${beijingDigits(now).slice(0, 8)}${randomDigits(parts.randomBytes, 10)}`,
    outTradeNo: order.outTradeNo,
    refundFen: request.amount.refund,
    reason: request.reason ?? null,
    notifyUrl: request.notify_url ?? null,
    createdAt: now,
    settledAt: held ? null : now + plan.afterMs,
    outcome: plan.outcome === 'PROCESSING' ? 'SUCCESS' : plan.outcome,
  };
  if (!takeMoney(parts.state, 'wechatPay', refund.refundFen))
    throw new WechatRefusal(403, 'NOT_ENOUGH', '基本账户余额不足，请充值后重新发起');
  if (refund.outcome === 'CLOSED') putMoney(parts.state, 'wechatPay', refund.refundFen);
  parts.state.wechatRefunds[refund.outRefundNo] = refund;
  order.state = 'REFUND';
  const { outRefundNo: refundNo, refundId: platformRefundNo, refundFen, settledAt, outcome } = refund;
  const refunded = { refundNo, platformRefundNo, refundFen, settledAt, outcome };
  record(parts, 'wechatPay', { kind: 'refund', at: now, ...journalOf(order), refund: refunded });
  parts.changed();
  parts.events.publish('wechat-pay', 'order.refunded', order.outTradeNo, { refundFen: refund.refundFen });
  return { refund, fresh: true };
}

function refuseRefund(parts: Surroundings, order: WechatOrder, request: RefundRequest): void {
  const now = parts.clock();
  if (order.paidAt === null || currentState(order, now) === 'ACCEPTED') throw invalid('订单未支付，不能退款');
  if (order.state === 'REVOKED') throw invalid('订单已撤销，不能退款');
  if (request.amount.total !== order.totalFen) throw invalid('订单金额或退款金额与之前请求不一致，请核实后再试');
  if (now - order.paidAt > REFUNDABLE_MS) throw invalid('订单已超过可退款的最大期限(1年)');
  const earlier = refundsOf(parts, order);
  if (earlier.length >= MOST_REFUNDS) throw invalid('退款次数超过50次上限');
  const taken = earlier.filter((refund) => refundStatus(refund, now) !== 'CLOSED').reduce((total, refund) => total + refund.refundFen, 0);
  if (taken + request.amount.refund > order.totalFen) throw invalid('申请退款金额大于订单可退金额');
  const lastAt = Math.max(...earlier.map((refund) => refund.createdAt));
  if (now - lastAt < INTERVAL_MS) throw new WechatRefusal(429, 'FREQUENCY_LIMITED', '同一笔订单多次退款的请求需相隔1分钟');
}

function findOrder({ state }: Surroundings, request: RefundRequest): WechatOrder {
  const order =
    request.out_trade_no !== undefined
      ? lookup(state.wechatOrders, request.out_trade_no)
      : Object.values(state.wechatOrders).find((one) => one.transactionId !== null && one.transactionId === request.transaction_id);
  if (!order) throw new WechatRefusal(404, 'RESOURCE_NOT_EXISTS', '订单不存在');
  return order;
}

function refundsOf({ state }: Surroundings, order: WechatOrder): WechatRefund[] {
  return Object.values(state.wechatRefunds).filter((refund) => refund.outTradeNo === order.outTradeNo);
}

export function refundStatus(refund: Pick<WechatRefund, 'settledAt' | 'outcome'>, now: EpochMs): WechatRefund['outcome'] | 'PROCESSING' {
  return refund.settledAt !== null && now >= refund.settledAt ? refund.outcome : 'PROCESSING';
}

export function findRefund(parts: Surroundings, outRefundNo: string): WechatRefund {
  const refund = lookup(parts.state.wechatRefunds, outRefundNo);
  if (!refund) throw new WechatRefusal(404, 'RESOURCE_NOT_EXISTS', '退款单不存在');
  return refund;
}

function invalid(message: string): WechatRefusal {
  return new WechatRefusal(400, 'INVALID_REQUEST', message);
}
