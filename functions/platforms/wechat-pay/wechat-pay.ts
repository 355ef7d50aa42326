import * as v from 'valibot';
import { AppError } from '../../../shared/errors';
import type { CloseOutcome, CreatedOrder, NewOrder, OrderRef, PaymentPlatform, PlatformOrder } from '../contract';
import { assertNewOrder, assertOrderRef } from '../order-checks';
import type { PlatformDeps } from '../platform-deps';
import { readSettings } from '../settings';
import { cut, formatRfc3339 } from '../wire';
import { codeOf, createWechatChannel, isFinalRefusal, type WechatAnswer, type WechatChannel } from './channel';
import { wechatPayNotices } from './notices';
import { isOrderUnknown, readQueriedOrder } from './queried-order';
import { type WechatPaySettings, wechatPaySettings } from './settings';

/**
 * WeChat Pay APIv3, direct merchant: JSAPI (mini-program and official-account pages) and Native (a code on a screen).
 * @throws AppError config.invalid
 */
export function createWechatPay(input: unknown, deps: PlatformDeps): PaymentPlatform {
  const settings = readSettings('wechat-pay', wechatPaySettings, input);
  const channel = createWechatChannel(settings, deps, 'top-up.platform-unavailable');
  return {
    ...wechatPayNotices(settings),
    createOrder: (order) => createOrder(order, settings, channel),
    queryOrder: (order) => queryOrder(order, settings, channel),
    closeOrder: (order) => closeOrder(order, settings, channel),
  };
}

const MAX_DESCRIPTION = 127;
const prepaySchema = v.object({ prepay_id: v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,64}$/)) });
/** `weixin://wxpay/bizpayurl?pr=…`, to be drawn as it is; its form is the platform's and may change. Valid for two hours. */
const codeSchema = v.object({ code_url: v.pipe(v.string(), v.regex(/^weixin:\/\/[\x21-\x7e]{1,500}$/)) });

async function createOrder(order: NewOrder, settings: WechatPaySettings, channel: WechatChannel): Promise<CreatedOrder> {
  switch (order.payBy) {
    case 'in-app':
      return createInApp(order, settings, channel);
    case 'qr':
      return createQr(order, settings, channel);
    case 'page':
      // H5 payment is for a phone's browser and opens the app; WeChat Pay has no cashier page for a computer but the code.
      throw new AppError('top-up.not-here', { platform: 'wechat-pay' });
  }
}

/** POST /v3/pay/transactions/jsapi, "JSAPI/小程序下单". */
async function createInApp(order: NewOrder, settings: WechatPaySettings, channel: WechatChannel): Promise<CreatedOrder> {
  assertNewOrder(order, settings.appIds);
  const body = { ...orderBody(order, settings), payer: { openid: order.payerOpenId } };
  const answer = await channel.call({ method: 'POST', path: '/v3/pay/transactions/jsapi', body });
  if (answer.status !== 200) throw refusal(answer);
  const prepay = v.safeParse(prepaySchema, answer.content);
  if (!prepay.success) throw unavailable('answer-malformed');
  const prepayId = prepay.output.prepay_id;
  return { payParams: channel.payParams(order.appId, prepayId), platformOrderRef: prepayId };
}

/** POST /v3/pay/transactions/native, "Native下单": whoever scans first pays. */
async function createQr(order: NewOrder, settings: WechatPaySettings, channel: WechatChannel): Promise<CreatedOrder> {
  assertNewOrder(order, settings.appIds);
  const answer = await channel.call({ method: 'POST', path: '/v3/pay/transactions/native', body: orderBody(order, settings) });
  if (answer.status !== 200) throw refusal(answer);
  const code = v.safeParse(codeSchema, answer.content);
  if (!code.success) throw unavailable('answer-malformed');
  const codeUrl = code.output.code_url;
  return { payParams: { codeUrl }, platformOrderRef: codeUrl };
}

function orderBody(order: NewOrder, settings: WechatPaySettings) {
  return {
    appid: order.appId,
    mchid: settings.merchantId,
    description: cut(order.description, MAX_DESCRIPTION),
    out_trade_no: order.merchantOrderNo,
    time_expire: formatRfc3339(order.expiresAt),
    notify_url: order.notifyUrl,
    amount: { total: order.amountFen, currency: 'CNY' },
    ...(order.schoolId === undefined ? {} : { attach: order.schoolId }),
  };
}

/** GET /v3/pay/transactions/out-trade-no/{out_trade_no}, "商户订单号查询订单". */
async function queryOrder(order: OrderRef, settings: WechatPaySettings, channel: WechatChannel): Promise<PlatformOrder> {
  assertOrderRef(order, settings.appIds);
  const path = `/v3/pay/transactions/out-trade-no/${order.merchantOrderNo}?mchid=${settings.merchantId}`;
  const answer = await channel.call({ method: 'GET', path });
  return readQueriedOrder(answer, order, settings, { refusal, unavailable });
}

/** POST /v3/pay/transactions/out-trade-no/{out_trade_no}/close, "关闭订单": 204 and an empty, signed body. */
async function closeOrder(order: OrderRef, settings: WechatPaySettings, channel: WechatChannel): Promise<CloseOutcome> {
  assertOrderRef(order, settings.appIds);
  const { merchantOrderNo } = order;
  const path = `/v3/pay/transactions/out-trade-no/${merchantOrderNo}/close`;
  const answer = await channel.call({ method: 'POST', path, body: { mchid: settings.merchantId } });
  if (answer.status === 204) return 'closed';
  if (!answer.signed) throw refusal(answer);
  if (isOrderUnknown(answer)) return 'not-found';
  switch (codeOf(answer)) {
    case 'ORDER_CLOSED':
    case 'ORDERCLOSED':
      return 'closed';
    case 'ORDER_PAID':
    case 'ORDERPAID':
      return 'already-paid';
    case 'USERPAYING':
    case 'TRADE_ERROR':
    case 'INVALID_REQUEST':
      // The payer is paying, or has paid: only a query can tell.
      return 'pending';
    default:
      throw refusal(answer);
  }
}

function refusal(answer: WechatAnswer): AppError {
  const detail = { platform: 'wechat-pay', status: answer.status, platformCode: codeOf(answer) };
  return new AppError(isFinalRefusal(answer) ? 'top-up.platform-refused' : 'top-up.platform-unavailable', detail);
}

function unavailable(reason: string): AppError {
  return new AppError('top-up.platform-unavailable', { platform: 'wechat-pay', reason });
}
