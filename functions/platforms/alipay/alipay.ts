import * as v from 'valibot';
import { AppError } from '../../../shared/errors';
import { formatYuan } from '../../../shared/money';
import type { CloseOutcome, CreatedOrder, NewOrder, OrderRef, PaymentPlatform } from '../contract';
import { assertNewOrder, assertOrderRef } from '../order-checks';
import type { PlatformDeps } from '../platform-deps';
import { readSettings } from '../settings';
import { formatBeijing } from '../wire';
import { type AlipayGateway, type AlipayRefusal, gatewaysByApp, isTheirFault } from './gateway';
import { alipayNotices } from './notices';
import { queryTrade } from './queried-trade';
import { alipaySettings } from './settings';
import { subjectOf } from './subject';

/**
 * Alipay, gateway v2 in key mode: mini-program payment (JSAPI_PAY), a code on a screen (precreate) and its page for computers.
 * @throws AppError config.invalid
 */
export function createAlipay(input: unknown, deps: PlatformDeps): PaymentPlatform {
  const settings = readSettings('alipay', alipaySettings, input);
  const gateways = gatewaysByApp(settings, deps, 'top-up.platform-unavailable');
  const appIds = [...gateways.keys()];

  function gatewayOf({ appId }: OrderRef): AlipayGateway {
    const gateway = gateways.get(appId);
    if (gateway === undefined) throw new AppError('top-up.channel-not-offered');
    return gateway;
  }

  return {
    ...alipayNotices(settings),
    async createOrder(order) {
      assertNewOrder(order, appIds);
      return createOrder(order, gatewayOf(order));
    },
    async queryOrder(order) {
      assertOrderRef(order, appIds);
      return queryTrade(order, gatewayOf(order), { refusal, unavailable });
    },
    async closeOrder(order) {
      assertOrderRef(order, appIds);
      return closeOrder(order, gatewayOf(order));
    },
  };
}

async function createOrder(order: NewOrder, gateway: AlipayGateway): Promise<CreatedOrder> {
  switch (order.payBy) {
    case 'in-app':
      return createInApp(order, gateway);
    case 'qr':
      return createQr(order, gateway);
    case 'page':
      return createPage(order, gateway);
  }
}

const createdSchema = v.object({
  code: v.literal('10000'),
  out_trade_no: v.string(),
  trade_no: v.pipe(v.string(), v.minLength(1)),
});

/** alipay.trade.create with product_code JSAPI_PAY. */
async function createInApp(order: NewOrder, gateway: AlipayGateway): Promise<CreatedOrder> {
  const answer = await gateway.call({
    method: 'alipay.trade.create',
    params: { notify_url: order.notifyUrl },
    bizContent: {
      ...tradeFields(order),
      product_code: 'JSAPI_PAY',
      op_app_id: order.appId,
      buyer_open_id: order.payerOpenId ?? '',
    },
  });
  if (answer.isError) throw refusal(answer);
  const created = readContent(createdSchema, answer.content, order.merchantOrderNo);
  return { payParams: { tradeNO: created.trade_no }, platformOrderRef: created.trade_no };
}

const precreatedSchema = v.object({
  code: v.literal('10000'),
  out_trade_no: v.string(),
  qr_code: v.pipe(v.string(), v.regex(/^https:\/\/[\x21-\x7e]{1,1000}$/)),
});

/**
 * alipay.trade.precreate. The trade itself comes into being when somebody scans: until then a query and a close answer
 * ACQ.TRADE_NOT_EXIST, and only `time_expire` ends the code.
 */
async function createQr(order: NewOrder, gateway: AlipayGateway): Promise<CreatedOrder> {
  const answer = await gateway.call({
    method: 'alipay.trade.precreate',
    params: { notify_url: order.notifyUrl },
    bizContent: { ...tradeFields(order), product_code: 'FACE_TO_FACE_PAYMENT' },
  });
  if (answer.isError) throw refusal(answer);
  const codeUrl = readContent(precreatedSchema, answer.content, order.merchantOrderNo).qr_code;
  return { payParams: { codeUrl }, platformOrderRef: codeUrl };
}

/**
 * alipay.trade.page.pay: nothing is sent from here, the payer's browser carries the signed order to the platform. As with a code, there
 * is no trade before the payer has signed in there.
 */
async function createPage(order: NewOrder, gateway: AlipayGateway): Promise<CreatedOrder> {
  const url = gateway.pageUrl({
    method: 'alipay.trade.page.pay',
    params: { notify_url: order.notifyUrl, ...(order.returnUrl === undefined ? {} : { return_url: order.returnUrl }) },
    bizContent: { ...tradeFields(order), product_code: 'FAST_INSTANT_TRADE_PAY' },
  });
  return { payParams: { url }, platformOrderRef: 'page' };
}

function tradeFields(order: NewOrder) {
  return {
    out_trade_no: order.merchantOrderNo,
    total_amount: formatYuan(order.amountFen),
    subject: subjectOf(order.description),
    time_expire: formatBeijing(order.expiresAt),
  };
}

const closedSchema = v.object({ code: v.literal('10000'), out_trade_no: v.string() });

/** alipay.trade.close. A paid and a closed trade are refused with one code, so the caller queries. */
async function closeOrder({ merchantOrderNo }: OrderRef, gateway: AlipayGateway): Promise<CloseOutcome> {
  const answer = await gateway.call({ method: 'alipay.trade.close', bizContent: { out_trade_no: merchantOrderNo } });
  if (!answer.isError) {
    readContent(closedSchema, answer.content, merchantOrderNo);
    return 'closed';
  }
  switch (answer.signed ? answer.subCode : 'unsigned') {
    case 'ACQ.TRADE_NOT_EXIST':
      return 'not-found';
    case 'ACQ.TRADE_STATUS_ERROR':
    case 'ACQ.REASON_TRADE_STATUS_INVALID':
    case 'ACQ.REASON_TRADE_BEEN_FREEZEN':
      return 'pending';
    default:
      throw refusal(answer);
  }
}

/** A genuine answer about another order must not stand for this one. */
function readContent<const S extends v.GenericSchema<unknown, { out_trade_no: string }>>(
  schema: S,
  content: unknown,
  merchantOrderNo: string,
): v.InferOutput<S> {
  const parsed = v.safeParse(schema, content);
  if (!parsed.success) throw unavailable('answer-malformed');
  if (parsed.output.out_trade_no !== merchantOrderNo) throw unavailable('answer-other-order');
  return parsed.output;
}

function refusal(answer: AlipayRefusal): AppError {
  const detail = { platform: 'alipay', code: answer.code, platformCode: answer.subCode };
  return new AppError(isTheirFault(answer) ? 'top-up.platform-unavailable' : 'top-up.platform-refused', detail);
}

function unavailable(reason: string): AppError {
  return new AppError('top-up.platform-unavailable', { platform: 'alipay', reason });
}
