import * as v from 'valibot';
import { AppError } from '../../../shared/errors';
import type { CodePaymentAnswer, CodePayPlatform, NewCodePayment, OrderRef, PlatformOrder, ReverseOutcome } from '../contract';
import { assertCodePayment, assertOrderRef } from '../order-checks';
import type { PlatformDeps } from '../platform-deps';
import { readSettings } from '../settings';
import { cut } from '../wire';
import { codeOf, createWechatChannel, type WechatAnswer, type WechatChannel } from './channel';
import { isOrderUnknown, readQueriedOrder } from './queried-order';
import { type WechatPaySettings, wechatPaySettings } from './settings';
import { readTransaction, transactionSchema } from './transaction';

/**
 * WeChat Pay APIv3 付款码支付, direct merchant. Asked as the mini-program's app, so that the payer's openid is the one they sign in with.
 * @throws AppError config.invalid
 */
export function createWechatCodePay(input: unknown, deps: PlatformDeps): CodePayPlatform {
  const settings = readSettings('wechat-pay', wechatPaySettings, input);
  const channel = createWechatChannel(settings, deps, 'native.unavailable');
  return {
    name: 'wechat-pay',
    payByCode: (payment) => payByCode(payment, settings, channel),
    queryPayment: (order) => queryPayment(order, settings, channel),
    reverse: (order) => reverse(order, settings, channel),
  };
}

const MAX_DESCRIPTION = 127;

/** POST /v3/pay/transactions/codepay, "付款码支付". */
async function payByCode(payment: NewCodePayment, settings: WechatPaySettings, channel: WechatChannel): Promise<CodePaymentAnswer> {
  assertCodePayment(payment, settings.appIds);
  const { merchantOrderNo, schoolId, terminal } = payment;
  const answer = await channel.call({
    method: 'POST',
    path: '/v3/pay/transactions/codepay',
    body: {
      appid: payment.appId,
      mchid: settings.merchantId,
      description: cut(payment.description, MAX_DESCRIPTION),
      out_trade_no: merchantOrderNo,
      attach: schoolId,
      payer: { auth_code: payment.authCode },
      amount: { total: payment.amountFen, currency: 'CNY' },
      scene_info: { device_id: String(terminal), store_info: { out_id: schoolId } },
    },
  });
  if (answer.status === 200) return readPayment(answer, payment, settings);
  const reason = answer.signed ? REFUSED.get(codeOf(answer)) : undefined;
  return reason === undefined
    ? { status: 'pending', merchantOrderNo }
    : { status: 'refused', merchantOrderNo, reason, platformCode: codeOf(answer) };
}

/**
 * What is refused for good before any money moved. Documents of different years spell codes both ways. Whatever is not here (SYSTEM_ERROR,
 * BANK_ERROR, USERPAYING, ORDER_PAID, TRADE_ERROR, INVALID_REQUEST …) may have been carried out.
 */
const REFUSED: ReadonlyMap<string, 'refused' | 'code-expired'> = new Map([
  ...['AUTH_CODE_EXPIRED', 'AUTHCODEEXPIRE', 'AUTH_CODE_ERROR', 'AUTH_CODE_INVALID'].map((code) => [code, 'code-expired'] as const),
  ...['NOT_ENOUGH', 'NOTENOUGH', 'NO_AUTH', 'NOAUTH', 'NOTSUPORTCARD', 'RULE_LIMIT', 'RULELIMIT', 'ACCOUNT_ERROR', 'ACCOUNTERROR'].map(
    (code) => [code, 'refused'] as const,
  ),
  ...['BUYER_MISMATCH', 'PARAM_ERROR', 'MCH_NOT_EXISTS', 'APPID_MCHID_NOT_MATCH', 'ORDER_CLOSED', 'ORDERCLOSED', 'ORDERREVERSED'].map(
    (code) => [code, 'refused'] as const,
  ),
]);

/** While the payer types a password the answer may hold nothing but its `trade_state`; only a whole success is one. */
function readPayment(answer: WechatAnswer, { merchantOrderNo, appId }: OrderRef, settings: WechatPaySettings): CodePaymentAnswer {
  const parsed = v.safeParse(transactionSchema, answer.content);
  if (!parsed.success || parsed.output.out_trade_no !== merchantOrderNo) return { status: 'pending', merchantOrderNo };
  const read = readTransaction(parsed.output, settings);
  if ('fault' in read || read.order.status !== 'paid' || read.order.appId !== appId) return { status: 'pending', merchantOrderNo };
  return read.order;
}

/** GET /v3/pay/transactions/out-trade-no/{out_trade_no}, "商户订单号查询订单", as for every order. */
async function queryPayment(order: OrderRef, settings: WechatPaySettings, channel: WechatChannel): Promise<PlatformOrder> {
  assertOrderRef(order, settings.appIds);
  const path = `/v3/pay/transactions/out-trade-no/${order.merchantOrderNo}?mchid=${settings.merchantId}`;
  const answer = await channel.call({ method: 'GET', path });
  const read = readQueriedOrder(answer, order, settings, { refusal: nothingKnown, unavailable });
  return read.status === 'pending' && hasFailed(answer) ? { ...read, status: 'closed' } : read;
}

const stateSchema = v.object({ trade_state: v.string() });

/** A code pays once: another try of the payer is another code and another number. */
function hasFailed({ status, content }: WechatAnswer): boolean {
  const parsed = v.safeParse(stateSchema, content);
  return status === 200 && parsed.success && parsed.output.trade_state === 'PAYERROR';
}

/** The answer names the order it is about, or has no body. */
const reversedSchema = v.object({ out_trade_no: v.optional(v.string()) });

/** POST /v3/pay/transactions/out-trade-no/{out_trade_no}/reverse, "撤销": an unpaid order is closed, a paid one given back. */
async function reverse(order: OrderRef, settings: WechatPaySettings, channel: WechatChannel): Promise<ReverseOutcome> {
  assertOrderRef(order, settings.appIds);
  const { merchantOrderNo, appId } = order;
  const answer = await channel.call({
    method: 'POST',
    path: `/v3/pay/transactions/out-trade-no/${merchantOrderNo}/reverse`,
    body: { appid: appId, mchid: settings.merchantId },
  });
  if (answer.status < 300) {
    const { out_trade_no: named = merchantOrderNo } = v.is(reversedSchema, answer.content) ? answer.content : {};
    if (named !== merchantOrderNo) throw unavailable('answer-other-order');
    return 'reversed';
  }
  if (!answer.signed) throw nothingKnown(answer);
  if (isOrderUnknown(answer)) return 'not-found';
  switch (codeOf(answer)) {
    case 'ORDER_REVERSED':
    case 'ORDERREVERSED':
    case 'ORDER_CLOSED':
    case 'ORDERCLOSED':
      return 'reversed';
    case 'REVERSE_EXPIRE':
    case 'REVERSEEXPIRE':
      throw new AppError('native.not-reversible', { platform: 'wechat-pay', platformCode: codeOf(answer) });
    case 'USERPAYING':
    case 'TRADE_ERROR':
    case 'INVALID_REQUEST':
      return 'pending';
    default:
      throw nothingKnown(answer);
  }
}

/** A refused question is no answer about the money. */
function nothingKnown(answer: WechatAnswer): AppError {
  return new AppError('native.unavailable', { platform: 'wechat-pay', status: answer.status, platformCode: codeOf(answer) });
}

function unavailable(reason: string): AppError {
  return new AppError('native.unavailable', { platform: 'wechat-pay', reason });
}
