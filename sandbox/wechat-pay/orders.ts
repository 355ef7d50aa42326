import * as v from 'valibot';
import type { EpochMs } from '../../shared/time';
import { record } from '../bills/journal';
import type { JournalLine } from '../bills/state';
import { beijingDigits, rfc3339 } from '../lib/beijing';
import { lookup } from '../lib/lookup';
import { putMoney } from '../lib/merchant-money';
import { randomDigits } from '../lib/random-text';
import { openidOf } from '../login/persons';
import type { Person, WechatOrder } from '../state';
import type { Surroundings } from '../surroundings';
import { badParameter, WechatRefusal } from './refusal';

const PREPAY_LIFE_MS = 2 * 3_600_000;

/** The last two only a deduction can be in. */
export type OrderState = WechatOrder['state'] | 'ACCEPTED' | 'PAY_FAIL';

/** An unpaid order past its time_expire cannot be paid any more, and is closed for all purposes. */
export function currentState(order: WechatOrder, now: EpochMs): OrderState {
  const { deduction } = order;
  if (deduction && (deduction.settlesAt === null || now < deduction.settlesAt)) return 'ACCEPTED';
  if (deduction?.outcome === 'PAY_FAIL') return 'PAY_FAIL';
  if (order.state === 'USERPAYING' && now >= order.expiresAt) return 'REVOKED';
  return order.state === 'NOTPAY' && now >= order.expiresAt ? 'CLOSED' : order.state;
}

/** A prepay_id, or the "pr" of a code_url, and the order it was issued for. */
export function findByPrepayId(
  { state }: Surroundings,
  tradeType: WechatOrder['tradeType'],
  prepayId: string,
): { order: WechatOrder; issuedAt: EpochMs } | undefined {
  for (const order of Object.values(state.wechatOrders)) {
    if (order.tradeType !== tradeType) continue;
    const prepay = order.prepayIds.find((one) => one.id === prepayId);
    if (prepay) return { order, issuedAt: prepay.issuedAt };
  }
  return undefined;
}

export function prepayExpired(issuedAt: EpochMs, now: EpochMs): boolean {
  return now - issuedAt > PREPAY_LIFE_MS;
}

/** The payer pressed 支付; who that is the order learns here where it was scanned. Returns false when it can no longer be paid. */
export function payOrder(parts: Surroundings, order: WechatOrder, payer: Person | undefined): boolean {
  const now = parts.clock();
  if (currentState(order, now) !== 'NOTPAY') return false;
  if (order.openid === null && payer === undefined) return false;
  markPaid(parts, order, payer);
  return true;
}

/** The money is the merchant's, and stands in the books. */
export function markPaid(parts: Surroundings, order: WechatOrder, payer: Person | undefined): void {
  const now = parts.clock();
  order.openid ??= payer ? openidOf(parts, payer, 'wechat', order.appid) : null;
  order.state = 'SUCCESS';
  putMoney(parts.state, 'wechatPay', order.totalFen);
  order.paidAt = now;
  order.transactionId = `42000${randomDigits(parts.randomBytes, 5)}${beijingDigits(now).slice(0, 8)}${randomDigits(parts.randomBytes, 10)}`;
  record(parts, 'wechatPay', { kind: 'payment', at: now, ...journalOf(order), refund: null });
  parts.changed();
  parts.events.publish('wechat-pay', 'order.paid', order.outTradeNo, { totalFen: order.totalFen });
}

/** What the books say of an order, beside what became of it. */
export function journalOf(order: WechatOrder): Omit<JournalLine, 'kind' | 'at' | 'refund'> {
  return {
    orderedAt: order.createdAt,
    orderNo: order.outTradeNo,
    platformTradeNo: order.transactionId ?? '',
    appId: order.appid,
    payer: order.openid ?? '',
    tradeType: order.tradeType,
    title: order.description,
    attach: order.attach ?? '',
    orderFen: order.totalFen,
  };
}

/** Unpaid becomes closed; a paid order is refused, so that the merchant never takes it for unpaid. */
export function closeOrder(parts: Surroundings, outTradeNo: string, body: unknown): void {
  const parsed = v.safeParse(v.object({ mchid: v.string() }), body);
  if (!parsed.success) throw badParameter('参数错误：缺少mchid', '/mchid', 'missing');
  if (parsed.output.mchid !== parts.keys.wechatPay.mchid) throw new WechatRefusal(400, 'MCH_NOT_EXISTS', '商户号不存在');
  const order = lookup(parts.state.wechatOrders, outTradeNo);
  if (!order) throw new WechatRefusal(404, 'ORDER_NOT_EXIST', '订单不存在');
  if (order.deduction) throw new WechatRefusal(400, 'INVALID_REQUEST', '扣款订单不能关闭');
  if (order.state === 'SUCCESS' || order.state === 'REFUND') throw new WechatRefusal(400, 'ORDERPAID', '该订单已支付');
  if (order.state === 'CLOSED') throw new WechatRefusal(400, 'ORDER_CLOSED', '该订单已关闭');
  order.state = 'CLOSED';
  parts.changed();
  parts.events.publish('wechat-pay', 'order.closed', outTradeNo);
}

const TRADE_STATE_TEXT = {
  NOTPAY: '订单未支付',
  SUCCESS: '支付成功',
  CLOSED: '订单已关闭',
  REFUND: '订单发生过退款',
  USERPAYING: '用户支付中，需要输入密码',
  REVOKED: '订单已撤销',
  PAYERROR: '支付失败',
  ACCEPTED: '已接收，等待扣款',
  PAY_FAIL: '扣款失败',
} as const;

/** The transaction object of the query; the callback carries the same of a paid order. */
export function transactionOf(parts: Surroundings, order: WechatOrder): Record<string, unknown> {
  const state = currentState(order, parts.clock());
  const base = {
    appid: order.appid,
    mchid: parts.keys.wechatPay.mchid,
    out_trade_no: order.outTradeNo,
    trade_state: state,
    trade_state_desc: order.deduction?.reason ?? TRADE_STATE_TEXT[state],
  };
  const amount = { total: order.totalFen, currency: 'CNY' };
  const payer = order.openid === null ? {} : { payer: { openid: order.openid } };
  if (order.paidAt === null || state === 'ACCEPTED') return { ...base, amount, ...payer };
  return {
    ...base,
    transaction_id: order.transactionId,
    trade_type: order.tradeType,
    bank_type: 'OTHERS',
    attach: order.attach ?? '',
    success_time: rfc3339(order.paidAt),
    ...payer,
    amount: { ...amount, payer_total: order.totalFen, payer_currency: 'CNY' },
  };
}
