import * as v from 'valibot';
import { DAY_MS, type EpochMs } from '../../shared/time';
import { beijingDigits } from '../lib/beijing';
import { lookup } from '../lib/lookup';
import { randomAlphanumeric, randomText } from '../lib/random-text';
import type { WechatOrder } from '../state';
import type { Surroundings } from '../surroundings';
import { currentState } from './orders';
import { badParameter, WechatRefusal } from './refusal';

/** Fields of POST /v3/pay/transactions/native that the sandbox looks at; others are accepted as the vendor does. */
const nativeRequest = v.object({
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
});

/** JSAPI wants to know who will pay. */
const jsapiRequest = v.object({
  ...nativeRequest.entries,
  payer: v.object({ openid: v.pipe(v.string(), v.nonEmpty(), v.maxLength(128)) }),
});

type NativeRequest = v.InferOutput<typeof nativeRequest>;
type Asked = NativeRequest & { readonly tradeType: WechatOrder['tradeType']; readonly openid: string | null };

/** Makes or repeats an order and gives a prepay_id. Refuses what the vendor's error table lists. */
export function placeJsapiOrder(parts: Surroundings, body: unknown): { prepay_id: string } {
  const request = parseBody(jsapiRequest, body);
  refuseMerchant(parts, request);
  refuseOpenid(parts, request.appid, request.payer.openid);
  const prepayId = `wx${beijingDigits(parts.clock())}${randomText(parts.randomBytes, 20, '0123456789abcdef')}`;
  placeOrder(parts, { ...request, tradeType: 'JSAPI', openid: request.payer.openid }, prepayId);
  return { prepay_id: prepayId };
}

/** Makes or repeats an order that anybody pays who scans the code. */
export function placeNativeOrder(parts: Surroundings, body: unknown): { code_url: string } {
  const request = parseBody(nativeRequest, body);
  refuseMerchant(parts, request);
  const pr = `${randomAlphanumeric(parts.randomBytes, 7)}zz`;
  placeOrder(parts, { ...request, tradeType: 'NATIVE', openid: null }, pr);
  return { code_url: `weixin://wxpay/bizpayurl?pr=${pr}` };
}

/** Any refused field is the vendor's PARAM_ERROR with the field's path. */
export function parseBody<T>(schema: v.GenericSchema<unknown, T>, body: unknown): T {
  const result = v.safeParse(schema, body);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = `/${(issue.path ?? []).map((item) => String(item.key)).join('/')}`;
  throw badParameter(`参数错误：输入源“${path}”不符合规则`, path, issue.message);
}

export function refuseMerchant(parts: Surroundings, request: { mchid?: string; appid: string; notify_url: string }): void {
  refuseApp(parts, request);
  refuseNotifyUrl(request.notify_url);
}

export function refuseApp({ keys }: Surroundings, request: { mchid?: string; appid: string }): void {
  if (request.mchid !== undefined && request.mchid !== keys.wechatPay.mchid) {
    throw new WechatRefusal(400, 'MCH_NOT_EXISTS', '商户号不存在');
  }
  const { miniProgram, officialAccount } = keys.wechatApps;
  if (request.appid !== miniProgram.appid && request.appid !== officialAccount.appid) {
    throw new WechatRefusal(400, 'APPID_MCHID_NOT_MATCH', 'appid和mch_id不匹配，请检查后再试');
  }
}

function placeOrder(parts: Surroundings, asked: Asked, prepayId: string): void {
  const known = lookup(parts.state.wechatOrders, asked.out_trade_no);
  const order = known ? repeatOrder(parts, known, asked) : newOrder(parts, asked);
  order.prepayIds.push({ id: prepayId, issuedAt: parts.clock() });
  parts.changed();
}

function newOrder(parts: Surroundings, asked: Asked): WechatOrder {
  const now = parts.clock();
  const order: WechatOrder = {
    outTradeNo: asked.out_trade_no,
    appid: asked.appid,
    tradeType: asked.tradeType,
    openid: asked.openid,
    payer: null,
    description: asked.description,
    attach: asked.attach ?? null,
    totalFen: asked.amount.total,
    notifyUrl: asked.notify_url,
    createdAt: now,
    expiresAt: expiryOf(asked.time_expire, now),
    prepayIds: [],
    state: 'NOTPAY',
    deduction: null,
    transactionId: null,
    paidAt: null,
  };
  parts.state.wechatOrders[order.outTradeNo] = order;
  parts.events.publish('wechat-pay', 'order.created', order.outTradeNo, { totalFen: order.totalFen, appid: order.appid });
  return order;
}

/** Same number, same parameters: a fresh prepay_id. The expiry stays what the first order fixed. */
function repeatOrder(parts: Surroundings, known: WechatOrder, asked: Asked): WechatOrder {
  if (known.tradeType !== asked.tradeType) throw new WechatRefusal(403, 'OUT_TRADE_NO_USED', '201 商户订单号重复');
  if (known.state === 'SUCCESS' || known.state === 'REFUND') throw new WechatRefusal(400, 'ORDERPAID', '该订单已支付');
  if (currentState(known, parts.clock()) === 'CLOSED') throw new WechatRefusal(400, 'ORDER_CLOSED', '该订单已关闭，请重新下单');
  const same =
    known.appid === asked.appid &&
    known.openid === asked.openid &&
    known.totalFen === asked.amount.total &&
    known.description === asked.description &&
    known.attach === (asked.attach ?? null) &&
    known.notifyUrl === asked.notify_url;
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

export function refuseOpenid({ state }: Surroundings, appid: string, openid: string): void {
  const appids = Object.values(state.persons).flatMap((person) =>
    Object.entries(person.openids).flatMap(([app, id]) => (id === openid ? [app] : [])),
  );
  if (appids.length === 0) throw new WechatRefusal(400, 'PARAM_ERROR', '无效的openid');
  if (!appids.includes(appid)) throw new WechatRefusal(500, 'OPENID_MISMATCH', 'openid和appid不匹配');
}
