import * as v from 'valibot';
import { record } from '../bills/journal';
import { nextStep, PASSWORD_ABOVE_FEN, takeCode } from '../code-pay/codes';
import type { CodeStep } from '../code-pay/state';
import { beijingDigits } from '../lib/beijing';
import { lookup } from '../lib/lookup';
import { AnswerLost } from '../lib/lost-answer';
import { takeMoney } from '../lib/merchant-money';
import { takeFromPayer } from '../lib/payer-money';
import { randomDigits } from '../lib/random-text';
import { findPerson } from '../login/persons';
import type { WechatOrder } from '../state';
import type { Surroundings } from '../surroundings';
import { currentState, journalOf, markPaid, transactionOf } from './orders';
import { parseBody, refuseApp } from './place-order';
import { WechatRefusal } from './refusal';

/** Fields of POST /v3/pay/transactions/codepay that the sandbox looks at; others are accepted as the vendor does. */
const codepayRequest = v.object({
  appid: v.pipe(v.string(), v.nonEmpty(), v.maxLength(32)),
  mchid: v.pipe(v.string(), v.nonEmpty(), v.maxLength(32)),
  description: v.pipe(v.string(), v.nonEmpty(), v.maxLength(127)),
  out_trade_no: v.pipe(v.string(), v.regex(/^[0-9A-Za-z_\-|*]{6,32}$/)),
  attach: v.optional(v.pipe(v.string(), v.maxLength(128))),
  payer: v.object({ auth_code: v.pipe(v.string(), v.regex(/^1[0-5]\d{16}$/)) }),
  amount: v.object({ total: v.pipe(v.number(), v.safeInteger(), v.minValue(1)), currency: v.optional(v.literal('CNY')) }),
  scene_info: v.looseObject({ store_info: v.looseObject({}) }),
});

/** "平台 45 秒后自动撤销". */
const REVOKED_AFTER_MS = 45_000;

/** 付款码支付. No notice follows: who asks learns how it ends. */
export function payByCode(parts: Surroundings, body: unknown): Record<string, unknown> {
  const request = parseBody(codepayRequest, body);
  refuseApp(parts, request);
  const step = nextStep(parts, 'wechatPay');
  if (step === 'systemerror') throw systemError();
  refuseRepeat(parts, lookup(parts.state.wechatOrders, request.out_trade_no));
  const person = takeCode(parts, 'wechat', request.payer.auth_code);
  if (person === undefined) throw new WechatRefusal(400, 'AUTH_CODE_EXPIRED', '二维码已过期，请用户刷新后再试');
  const { total } = request.amount;
  const types = step === 'userpaying' || step === 'timeout' || (step === undefined && total > PASSWORD_ABOVE_FEN);
  if (step === 'refused' || !(types || takeFromPayer(parts.state, 'wechat', person, total))) {
    throw new WechatRefusal(403, 'NOT_ENOUGH', '用户余额不足');
  }
  const order = newOrder(parts, request, person);
  if (!types) markPaid(parts, order, findPerson(parts, person));
  if (step === 'timeout' || step === 'late') throw new AnswerLost();
  // While the payer types there is nothing else in the answer.
  return types ? { trade_state: 'USERPAYING' } : transactionOf(parts, order);
}

function newOrder(parts: Surroundings, request: v.InferOutput<typeof codepayRequest>, payer: string): WechatOrder {
  const now = parts.clock();
  const order: WechatOrder = {
    outTradeNo: request.out_trade_no,
    appid: request.appid,
    tradeType: 'MICROPAY',
    openid: null,
    payer,
    description: request.description,
    attach: request.attach ?? null,
    totalFen: request.amount.total,
    notifyUrl: '',
    createdAt: now,
    expiresAt: now + REVOKED_AFTER_MS,
    prepayIds: [],
    state: 'USERPAYING',
    deduction: null,
    transactionId: null,
    paidAt: null,
  };
  parts.state.wechatOrders[order.outTradeNo] = order;
  parts.changed();
  parts.events.publish('wechat-pay', 'order.created', order.outTradeNo, { totalFen: order.totalFen, appid: order.appid });
  return order;
}

function refuseRepeat(parts: Surroundings, known: WechatOrder | undefined): void {
  if (known === undefined) return;
  if (known.state === 'SUCCESS' || known.state === 'REFUND') throw new WechatRefusal(400, 'ORDERPAID', '该订单已支付');
  if (currentState(known, parts.clock()) === 'REVOKED') throw new WechatRefusal(400, 'ORDERREVERSED', '该订单已撤销');
  throw new WechatRefusal(403, 'OUT_TRADE_NO_USED', '201 商户订单号重复');
}

/** What a script says of a question about a payment by code. */
export function questioned(parts: Surroundings, order: WechatOrder | undefined): void {
  if (order?.tradeType === 'MICROPAY') act(parts, order, nextStep(parts, 'wechatPay'));
}

function act(parts: Surroundings, order: WechatOrder, step: CodeStep | undefined): void {
  if (step === 'systemerror') throw systemError();
  if (step === 'success' || step === 'late') pressPay(parts, order);
  if (step === 'timeout' || step === 'late') throw new AnswerLost();
}

/** The payer's phone asks for the password, and 支付 is pressed. False when nothing waits, or they have too little. */
export function pressPay(parts: Surroundings, order: WechatOrder): boolean {
  if (currentState(order, parts.clock()) !== 'USERPAYING') return false;
  if (!takeFromPayer(parts.state, 'wechat', order.payer ?? undefined, order.totalFen)) return false;
  markPaid(parts, order, findPerson(parts, order.payer ?? ''));
  return true;
}

/** 取消 is pressed instead: the order can never be paid any more. */
export function pressCancel(parts: Surroundings, order: WechatOrder): boolean {
  if (currentState(order, parts.clock()) !== 'USERPAYING') return false;
  order.state = 'PAYERROR';
  parts.changed();
  return true;
}

const reverseRequest = v.object({ appid: v.string(), mchid: v.string() });

/** 撤销: an unpaid order is closed, a paid one given back in full. */
export function reverseOrder(parts: Surroundings, outTradeNo: string, body: unknown): Record<string, unknown> {
  const request = parseBody(reverseRequest, body);
  refuseApp(parts, request);
  const order = lookup(parts.state.wechatOrders, outTradeNo);
  const step = nextStep(parts, 'wechatPay');
  if (step === 'systemerror') throw systemError();
  if (order?.tradeType !== 'MICROPAY') throw new WechatRefusal(404, 'ORDER_NOT_EXIST', '订单不存在');
  if (step === 'userpaying') throw new WechatRefusal(400, 'USERPAYING', '用户支付中，需要输入密码');
  if (step === 'success' || step === 'late') pressPay(parts, order);
  if (order.state === 'REFUND') throw new WechatRefusal(400, 'REVERSE_EXPIRE', '订单发生过退款，请查询后退款');
  if (order.state === 'SUCCESS') giveBack(parts, order);
  if (order.state !== 'PAYERROR') order.state = 'REVOKED';
  parts.changed();
  parts.events.publish('wechat-pay', 'order.reversed', outTradeNo, { afterMs: parts.clock() - order.createdAt });
  if (step === 'timeout' || step === 'late') throw new AnswerLost();
  return { appid: order.appid, mchid: request.mchid, out_trade_no: outTradeNo };
}

/** The bill has a line of it, under the platform's own number: the merchant named none. */
function giveBack(parts: Surroundings, order: WechatOrder): void {
  const now = parts.clock();
  takeMoney(parts.state, 'wechatPay', order.totalFen);
  const platformRefundNo = `503${randomDigits(parts.randomBytes, 7)}${beijingDigits(now).slice(0, 8)}${randomDigits(parts.randomBytes, 10)}`;
  const refund = { refundNo: '', platformRefundNo, refundFen: order.totalFen, settledAt: now, outcome: 'SUCCESS' };
  record(parts, 'wechatPay', { kind: 'refund', at: now, ...journalOf(order), refund });
}

function systemError(): WechatRefusal {
  return new WechatRefusal(500, 'SYSTEM_ERROR', '系统异常，请用相同参数重新调用');
}
