import * as v from 'valibot';
import { AppError } from '../../../shared/errors';
import type { CloseOutcome, CreatedOrder, NewOrder, OrderRef, PaymentPlatform, PlatformOrder } from '../contract';
import { assertNewOrder, assertOrderRef } from '../order-checks';
import type { PlatformDeps } from '../platform-deps';
import { readSettings } from '../settings';
import { cut, formatRfc3339, shortCode } from '../wire';
import { createWechatChannel, type WechatAnswer, type WechatChannel } from './channel';
import { wechatPayNotices } from './notices';
import { type WechatPaySettings, wechatPaySettings } from './settings';
import { readTransaction, transactionSchema } from './transaction';

/**
 * WeChat Pay APIv3, direct merchant: JSAPI (mini-program and official-account pages) and Native (a code on a screen).
 * @throws AppError config.invalid
 */
export function createWechatPay(input: unknown, deps: PlatformDeps): PaymentPlatform {
  const settings = readSettings('wechat-pay', wechatPaySettings, input);
  const channel = createWechatChannel(settings, deps);
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
  const { merchantOrderNo } = order;
  const path = `/v3/pay/transactions/out-trade-no/${merchantOrderNo}?mchid=${settings.merchantId}`;
  const answer = await channel.call({ method: 'GET', path });
  if (isNotFound(answer)) return { status: answer.signed ? 'not-found' : 'pending', merchantOrderNo };
  if (answer.status !== 200) throw refusal(answer);
  const parsed = v.safeParse(transactionSchema, answer.content);
  if (!parsed.success) throw unavailable('answer-malformed');
  // A genuine, signed answer about another order must not pay for this one.
  if (parsed.output.out_trade_no !== merchantOrderNo) throw unavailable('answer-other-order');
  const read = readTransaction(parsed.output, settings);
  if ('fault' in read) throw unavailable(`answer-${read.fault}`);
  return read.order;
}

/** POST /v3/pay/transactions/out-trade-no/{out_trade_no}/close, "关闭订单": 204 and an empty, signed body. */
async function closeOrder(order: OrderRef, settings: WechatPaySettings, channel: WechatChannel): Promise<CloseOutcome> {
  assertOrderRef(order, settings.appIds);
  const { merchantOrderNo } = order;
  const path = `/v3/pay/transactions/out-trade-no/${merchantOrderNo}/close`;
  const answer = await channel.call({ method: 'POST', path, body: { mchid: settings.merchantId } });
  if (answer.status === 204) return 'closed';
  if (!answer.signed) throw refusal(answer);
  if (isNotFound(answer)) return 'not-found';
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

const errorSchema = v.object({ code: v.string() });

function codeOf(answer: WechatAnswer): string {
  const parsed = v.safeParse(errorSchema, answer.content);
  return parsed.success ? shortCode(parsed.output.code) : 'unknown';
}

function isNotFound(answer: WechatAnswer): boolean {
  // Documents of different years spell it both ways.
  return answer.status === 404 && ['ORDER_NOT_EXIST', 'ORDERNOTEXIST'].includes(codeOf(answer));
}

/** 429 and 5xx (SYSTEM_ERROR, BANKERROR) ask for the same call again; other 4xx are final for this request. */
function refusal(answer: WechatAnswer): AppError {
  const detail = { platform: 'wechat-pay', status: answer.status, platformCode: codeOf(answer) };
  const isFinal = answer.status >= 400 && answer.status < 500 && answer.status !== 429;
  return new AppError(isFinal ? 'top-up.platform-refused' : 'top-up.platform-unavailable', detail);
}

function unavailable(reason: string): AppError {
  return new AppError('top-up.platform-unavailable', { platform: 'wechat-pay', reason });
}
