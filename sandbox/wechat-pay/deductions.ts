import * as v from 'valibot';
import { record } from '../bills/journal';
import type { Deduction, WechatContract } from '../cashier/contract-state';
import { beijingDigits } from '../lib/beijing';
import type { Courier } from '../lib/courier';
import { lookup } from '../lib/lookup';
import { putMoney } from '../lib/merchant-money';
import { personOfOpenid, takeFromPayer } from '../lib/payer-money';
import { randomDigits } from '../lib/random-text';
import type { WechatOrder } from '../state';
import type { Surroundings } from '../surroundings';
import { newNoticeId } from './callback';
import { findContract, inForce } from './contracts';
import { journalOf } from './orders';
import { parseBody, refuseMerchant } from './place-order';
import { WechatRefusal } from './refusal';

type NoticeCourier = Pick<Courier, 'send' | 'speed'>;

const text = (max: number) => v.pipe(v.string(), v.nonEmpty(), v.maxLength(max));
const deductRequest = v.object({
  appid: text(32),
  description: text(127),
  attach: v.optional(v.pipe(v.string(), v.maxLength(128))),
  out_trade_no: v.pipe(v.string(), v.regex(/^[0-9A-Za-z_\-|*]{1,64}$/)),
  notify_url: text(255),
  contract_id: text(32),
  user_id: text(32),
  amount: v.object({ total: v.pipe(v.number(), v.safeInteger(), v.minValue(1)), currency: v.optional(v.literal('CNY')) }),
  scene_info: v.object({ start_time: text(32), school_id: text(28), scene_type: text(32) }),
  device_info: v.optional(v.object({ device_id: v.optional(v.string()), device_ip: text(64) })),
});
type DeductRequest = v.InferOutput<typeof deductRequest>;

/** POST /v3/eduschoolpay/transactions: accepted at once, paid or not a moment later. The same number is the same deduction. */
export function deduct(parts: Surroundings, courier: NoticeCourier, body: unknown): WechatOrder {
  const request = parseBody(deductRequest, body);
  refuseMerchant(parts, request);
  const contract = findContract(parts, request.contract_id);
  const known = lookup(parts.state.wechatOrders, request.out_trade_no);
  if (known) return repeated(known, request);
  if (contract.userId !== request.user_id || contract.appid !== request.appid) {
    throw new WechatRefusal(400, 'INVALID_REQUEST', '用户账号与签约协议不一致');
  }
  if (contract.schoolId !== request.scene_info.school_id) throw new WechatRefusal(400, 'INVALID_REQUEST', '学校编号与签约协议不一致');
  if (!inForce(contract)) throw new WechatRefusal(400, 'CONTRACT_TERMINATED', '签约协议已解约');
  const order = newDeduction(parts, request, contract);
  if (order.deduction?.settlesAt !== null) settle(parts, courier, order, order.deduction?.settlesAt ?? parts.clock());
  return order;
}

function repeated(known: WechatOrder, request: DeductRequest): WechatOrder {
  const same = known.deduction?.contractId === request.contract_id && known.totalFen === request.amount.total;
  if (!same) throw new WechatRefusal(403, 'OUT_TRADE_NO_USED', '201 商户订单号重复');
  return known;
}

function newDeduction(parts: Surroundings, request: DeductRequest, contract: WechatContract): WechatOrder {
  const now = parts.clock();
  const { held, afterMs } = parts.state.deductions;
  const deduction: Deduction = {
    contractId: request.contract_id,
    settlesAt: held ? null : now + afterMs,
    outcome: 'SUCCESS',
    reason: null,
  };
  const order: WechatOrder = {
    outTradeNo: request.out_trade_no,
    appid: request.appid,
    tradeType: 'AUTH',
    payer: null,
    openid: contract.openid,
    description: request.description,
    attach: request.attach ?? null,
    totalFen: request.amount.total,
    notifyUrl: request.notify_url,
    createdAt: now,
    expiresAt: now,
    prepayIds: [],
    state: 'SUCCESS',
    deduction,
    transactionId: `42000${randomDigits(parts.randomBytes, 5)}${beijingDigits(now).slice(0, 8)}${randomDigits(parts.randomBytes, 10)}`,
    paidAt: null,
  };
  parts.state.wechatOrders[order.outTradeNo] = order;
  parts.changed();
  parts.events.publish('wechat-pay', 'order.created', order.outTradeNo, { totalFen: order.totalFen, appid: order.appid });
  return order;
}

/** The payer's money is taken, or is not there; the notice goes out when the result is due. */
function settle(parts: Surroundings, courier: NoticeCourier, order: WechatOrder, at: number): void {
  const { deduction } = order;
  if (!deduction || order.openid === null) return;
  deduction.settlesAt = at;
  const person = personOfOpenid(parts.state, order.appid, order.openid);
  if (takeFromPayer(parts.state, 'wechat', person, order.totalFen)) {
    order.paidAt = at;
    putMoney(parts.state, 'wechatPay', order.totalFen);
    record(parts, 'wechatPay', { kind: 'payment', at, ...journalOf(order), refund: null });
    parts.events.publish('wechat-pay', 'order.paid', order.outTradeNo, { totalFen: order.totalFen });
  } else {
    deduction.outcome = 'PAY_FAIL';
    deduction.reason = '用户余额不足，扣款失败';
    order.transactionId = null;
  }
  parts.changed();
  const notice = { platform: 'wechat-pay', subject: 'deduction', orderNo: order.outTradeNo, refundNo: null, url: order.notifyUrl } as const;
  courier.send({ ...notice, noticeId: newNoticeId() }, Math.max(at - parts.clock(), 0) * courier.speed());
}

/** Ends a deduction that was held back. False when there is none. */
export function settleDeduction(parts: Surroundings, courier: NoticeCourier, outTradeNo: string): boolean {
  const order = lookup(parts.state.wechatOrders, outTradeNo);
  if (!order?.deduction || order.deduction.settlesAt !== null) return false;
  settle(parts, courier, order, parts.clock());
  return true;
}

/** GET /v3/eduschoolpay/transactions/out-trade-no/{out_trade_no}: knows deductions and nothing else. */
export function findDeduction({ state }: Surroundings, outTradeNo: string): WechatOrder {
  const order = lookup(state.wechatOrders, outTradeNo);
  if (!order?.deduction) throw new WechatRefusal(404, 'ORDER_NOT_EXIST', '订单不存在');
  return order;
}
