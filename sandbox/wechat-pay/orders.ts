import * as v from 'valibot';
import { DAY_MS, type EpochMs } from '../../shared/time';
import { beijingDigits, rfc3339 } from '../lib/beijing';
import { lookup } from '../lib/lookup';
import { randomDigits, randomText } from '../lib/random-text';
import type { WechatOrder } from '../state';
import type { Surroundings } from '../surroundings';
import { badParameter, WechatRefusal } from './refusal';

/** Fields of POST /v3/pay/transactions/jsapi that the sandbox looks at; others are accepted as the vendor does. */
const jsapiRequest = v.object({
  appid: v.pipe(v.string(), v.nonEmpty(), v.maxLength(32)),
  mchid: v.pipe(v.string(), v.nonEmpty(), v.maxLength(32)),
  description: v.pipe(v.string(), v.nonEmpty(), v.maxLength(127)),
  out_trade_no: v.pipe(v.string(), v.regex(/^[0-9A-Za-z_\-|*]{6,32}$/)),
  time_expire: v.optional(v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?(?:Z|[+-]\d\d:\d\d)$/))),
  attach: v.optional(v.pipe(v.string(), v.maxLength(128))),
  notify_url: v.pipe(v.string(), v.nonEmpty(), v.maxLength(255)),
  amount: v.object({
    total: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
    currency: v.optional(v.literal('CNY')),
  }),
  payer: v.object({ openid: v.pipe(v.string(), v.nonEmpty(), v.maxLength(128)) }),
});

const PREPAY_LIFE_MS = 2 * 3_600_000;

/** Makes or repeats an order and gives a prepay_id. Refuses what the vendor's error table lists. */
export function placeJsapiOrder(parts: Surroundings, body: unknown): { prepay_id: string } {
  const request = parseOrder(body);
  const { keys, state } = parts;
  if (request.mchid !== keys.wechatPay.mchid) throw new WechatRefusal(400, 'MCH_NOT_EXISTS', '商户号不存在');
  const { miniProgram, officialAccount } = keys.wechatApps;
  if (request.appid !== miniProgram.appid && request.appid !== officialAccount.appid) {
    throw new WechatRefusal(400, 'APPID_MCHID_NOT_MATCH', 'appid和mch_id不匹配，请检查后再试');
  }
  refuseNotifyUrl(request.notify_url);
  refuseOpenid(parts, request.appid, request.payer.openid);
  const known = lookup(state.wechatOrders, request.out_trade_no);
  const order = known ? repeatOrder(parts, known, request) : newOrder(parts, request);
  const prepayId = `wx${beijingDigits(parts.clock())}${randomText(parts.randomBytes, 20, '0123456789abcdef')}`;
  order.prepayIds.push({ id: prepayId, issuedAt: parts.clock() });
  parts.changed();
  return { prepay_id: prepayId };
}

type JsapiRequest = v.InferOutput<typeof jsapiRequest>;

function parseOrder(body: unknown): JsapiRequest {
  const result = v.safeParse(jsapiRequest, body);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = `/${(issue.path ?? []).map((item) => String(item.key)).join('/')}`;
  throw badParameter(`参数错误：输入源“${path}”不符合规则`, path, issue.message);
}

function newOrder(parts: Surroundings, request: JsapiRequest): WechatOrder {
  const now = parts.clock();
  const order: WechatOrder = {
    outTradeNo: request.out_trade_no,
    appid: request.appid,
    openid: request.payer.openid,
    description: request.description,
    attach: request.attach ?? null,
    totalFen: request.amount.total,
    notifyUrl: request.notify_url,
    createdAt: now,
    expiresAt: expiryOf(request.time_expire, now),
    prepayIds: [],
    state: 'NOTPAY',
    transactionId: null,
    paidAt: null,
  };
  parts.state.wechatOrders[order.outTradeNo] = order;
  parts.events.publish('wechat-pay', 'order.created', order.outTradeNo, { totalFen: order.totalFen, appid: order.appid });
  return order;
}

/** Same number, same parameters: a fresh prepay_id. The expiry stays what the first order fixed. */
function repeatOrder(parts: Surroundings, known: WechatOrder, request: JsapiRequest): WechatOrder {
  if (known.state === 'SUCCESS' || known.state === 'REFUND') throw new WechatRefusal(400, 'ORDERPAID', '该订单已支付');
  if (currentState(known, parts.clock()) === 'CLOSED') throw new WechatRefusal(400, 'ORDER_CLOSED', '该订单已关闭，请重新下单');
  const same =
    known.appid === request.appid &&
    known.openid === request.payer.openid &&
    known.totalFen === request.amount.total &&
    known.description === request.description &&
    known.attach === (request.attach ?? null) &&
    known.notifyUrl === request.notify_url;
  if (!same) throw new WechatRefusal(403, 'OUT_TRADE_NO_USED', '201 商户订单号重复');
  return known;
}

function expiryOf(text: string | undefined, now: EpochMs): EpochMs {
  if (text === undefined) return now + 7 * DAY_MS;
  const at = Date.parse(text);
  const allowed = at - now >= 60_000 && at - now <= 90 * DAY_MS;
  if (!allowed) throw badParameter('time_expire时间过短或过长，刷卡至少1分钟，最长90天', '/time_expire', 'out of range');
  return at;
}

/** HTTPS and public in the world; the sandbox also takes plain HTTP on this machine. No query string, ever. */
function refuseNotifyUrl(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const local = url?.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  const good = url && (url.protocol === 'https:' || local) && url.search === '' && !text.includes('?') && url.hash === '';
  if (!good) throw badParameter('notify_url必须是外网可访问的https地址，且不能携带参数', '/notify_url', 'illegal url');
}

function refuseOpenid({ state }: Surroundings, appid: string, openid: string): void {
  const appids = Object.values(state.persons).flatMap((person) =>
    Object.entries(person.openids).flatMap(([app, id]) => (id === openid ? [app] : [])),
  );
  if (appids.length === 0) throw new WechatRefusal(400, 'PARAM_ERROR', '无效的openid');
  if (!appids.includes(appid)) throw new WechatRefusal(500, 'OPENID_MISMATCH', 'openid和appid不匹配');
}

/** An unpaid order past its time_expire cannot be paid any more, and is closed for all purposes. */
export function currentState(order: WechatOrder, now: EpochMs): WechatOrder['state'] {
  return order.state === 'NOTPAY' && now >= order.expiresAt ? 'CLOSED' : order.state;
}

export function findByPrepayId({ state }: Surroundings, prepayId: string): { order: WechatOrder; issuedAt: EpochMs } | undefined {
  for (const order of Object.values(state.wechatOrders)) {
    const prepay = order.prepayIds.find((one) => one.id === prepayId);
    if (prepay) return { order, issuedAt: prepay.issuedAt };
  }
  return undefined;
}

export function prepayExpired(issuedAt: EpochMs, now: EpochMs): boolean {
  return now - issuedAt > PREPAY_LIFE_MS;
}

/** The payer pressed 支付. Returns false when the order can no longer be paid. */
export function payOrder(parts: Surroundings, order: WechatOrder): boolean {
  const now = parts.clock();
  if (currentState(order, now) !== 'NOTPAY') return false;
  order.state = 'SUCCESS';
  order.paidAt = now;
  order.transactionId = `42000${randomDigits(parts.randomBytes, 5)}${beijingDigits(now).slice(0, 8)}${randomDigits(parts.randomBytes, 10)}`;
  parts.changed();
  parts.events.publish('wechat-pay', 'order.paid', order.outTradeNo, { totalFen: order.totalFen });
  return true;
}

/** Unpaid becomes closed; a paid order is refused, so that the merchant never takes it for unpaid. */
export function closeOrder(parts: Surroundings, outTradeNo: string, body: unknown): void {
  const parsed = v.safeParse(v.object({ mchid: v.string() }), body);
  if (!parsed.success) throw badParameter('参数错误：缺少mchid', '/mchid', 'missing');
  if (parsed.output.mchid !== parts.keys.wechatPay.mchid) throw new WechatRefusal(400, 'MCH_NOT_EXISTS', '商户号不存在');
  const order = lookup(parts.state.wechatOrders, outTradeNo);
  if (!order) throw new WechatRefusal(404, 'ORDER_NOT_EXIST', '订单不存在');
  if (order.state === 'SUCCESS' || order.state === 'REFUND') throw new WechatRefusal(400, 'ORDERPAID', '该订单已支付');
  if (order.state === 'CLOSED') throw new WechatRefusal(400, 'ORDER_CLOSED', '该订单已关闭');
  order.state = 'CLOSED';
  parts.changed();
  parts.events.publish('wechat-pay', 'order.closed', outTradeNo);
}

const TRADE_STATE_TEXT = { NOTPAY: '订单未支付', SUCCESS: '支付成功', CLOSED: '订单已关闭', REFUND: '订单发生过退款' } as const;

/** The transaction object of the query; the callback carries the same of a paid order. */
export function transactionOf(parts: Surroundings, order: WechatOrder): Record<string, unknown> {
  const state = currentState(order, parts.clock());
  const base = {
    appid: order.appid,
    mchid: parts.keys.wechatPay.mchid,
    out_trade_no: order.outTradeNo,
    trade_state: state,
    trade_state_desc: TRADE_STATE_TEXT[state],
  };
  const amount = { total: order.totalFen, currency: 'CNY' };
  if (order.paidAt === null) return { ...base, amount, payer: { openid: order.openid } };
  return {
    ...base,
    transaction_id: order.transactionId,
    trade_type: 'JSAPI',
    bank_type: 'OTHERS',
    attach: order.attach ?? '',
    success_time: rfc3339(order.paidAt),
    payer: { openid: order.openid },
    amount: { ...amount, payer_total: order.totalFen, payer_currency: 'CNY' },
  };
}
