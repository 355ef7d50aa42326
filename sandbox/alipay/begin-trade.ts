import * as v from 'valibot';
import { DAY_MS, type EpochMs } from '../../shared/time';
import { beijingDigits, parseBeijingText } from '../lib/beijing';
import { lookup } from '../lib/lookup';
import { randomDigits } from '../lib/random-text';
import type { AlipayTrade } from '../state';
import type { Surroundings } from '../surroundings';
import { businessFailed } from './refusal';
import type { AlipayRequest } from './request';
import { currentStatus, parseAmount, parseContent } from './trades';

const text = (max: number) => v.pipe(v.string(), v.nonEmpty(), v.maxLength(max));

/** What every way of beginning a trade may carry. */
const commonContent = v.object({
  out_trade_no: v.pipe(v.string(), v.regex(/^[0-9A-Za-z_]{1,64}$/)),
  total_amount: v.union([v.string(), v.number()]),
  subject: text(256),
  seller_id: v.optional(v.string()),
  body: v.optional(v.pipe(v.string(), v.maxLength(128))),
  passback_params: v.optional(v.pipe(v.string(), v.maxLength(512))),
  time_expire: v.optional(v.string()),
  timeout_express: v.optional(v.pipe(v.string(), v.regex(/^\d{1,4}[mhd]$|^1c$/))),
});

const jsapiContent = v.object({
  ...commonContent.entries,
  product_code: v.literal('JSAPI_PAY'),
  op_app_id: v.optional(text(32)),
  buyer_open_id: v.optional(text(128)),
});
const precreateContent = v.object({
  ...commonContent.entries,
  product_code: v.optional(v.picklist(['FACE_TO_FACE_PAYMENT', 'QR_CODE_OFFLINE'])),
});
const pagePayContent = v.object({ ...commonContent.entries, product_code: v.literal('FAST_INSTANT_TRADE_PAY') });
const withholdingContent = v.object({ ...commonContent.entries, product_code: v.picklist(['GENERAL_WITHHOLDING', 'CYCLE_PAY_AUTH']) });

const codeContent = v.object({ ...commonContent.entries, product_code: v.optional(v.literal('FACE_TO_FACE_PAYMENT')) });

type Content = v.InferOutput<typeof commonContent>;
type How = Pick<AlipayTrade, 'product' | 'opAppId' | 'buyerOpenId'> & { readonly payer?: string };

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: DAY_MS };

/** alipay.trade.create for the mini-program. The same order again gives the same trade; another content is refused. */
export function createTrade(parts: Surroundings, request: AlipayRequest): Record<string, unknown> {
  const content = parseContent(jsapiContent, request.bizContent);
  parseAmount(content.total_amount);
  const { op_app_id: opAppId, buyer_open_id: buyerOpenId } = content;
  if (opAppId === undefined) throw businessFailed('ACQ.INVALID_PARAMETER', '参数无效：op_app_id不能为空');
  if (buyerOpenId === undefined) throw businessFailed('ACQ.INVALID_PARAMETER', '参数无效：买家不能为空');
  const { miniProgramAppId, webAppId } = parts.keys.alipay;
  if (opAppId !== miniProgramAppId && opAppId !== webAppId) throw businessFailed('ACQ.INVALID_PARAMETER', '参数无效：op_app_id无效');
  // An open_id belongs to one app: another app's is nobody's here.
  if (!openidExists(parts, request.appId, buyerOpenId)) throw businessFailed('ACQ.BUYER_NOT_EXIST', '买家不存在');
  const trade = beginTrade(parts, request, content, { product: 'JSAPI_PAY', opAppId, buyerOpenId });
  return { out_trade_no: trade.outTradeNo, trade_no: trade.tradeNo };
}

/** alipay.trade.precreate: a code that anybody pays who scans it. Until then there is no trade to query or close. */
export function precreateTrade(parts: Surroundings, request: AlipayRequest): Record<string, unknown> {
  const content = parseContent(precreateContent, request.bizContent);
  const trade = beginTrade(parts, request, content, { product: 'FACE_TO_FACE_PAYMENT', opAppId: null, buyerOpenId: null });
  return { out_trade_no: trade.outTradeNo, qr_code: trade.qrCode };
}

/** alipay.trade.page.pay: the trade behind Alipay's own page on a computer. */
export function beginPagePay(parts: Surroundings, request: AlipayRequest): AlipayTrade {
  const content = parseContent(pagePayContent, request.bizContent);
  return beginTrade(parts, request, content, { product: 'FAST_INSTANT_TRADE_PAY', opAppId: null, buyerOpenId: null });
}

/** The trade of alipay.trade.pay by agreement; its buyer is known. */
export function beginWithholding(parts: Surroundings, request: AlipayRequest, buyerOpenId: string): AlipayTrade {
  const content = parseContent(withholdingContent, request.bizContent);
  return beginTrade(parts, request, content, { product: 'GENERAL_WITHHOLDING', opAppId: null, buyerOpenId });
}

/** The trade of alipay.trade.pay by the payer's code. It exists at once, and learns its buyer when it is paid. */
export function beginCodeTrade(parts: Surroundings, request: AlipayRequest, payer: string): AlipayTrade {
  const content = parseContent(codeContent, request.bizContent);
  return beginTrade(parts, request, content, { product: 'FACE_TO_FACE_PAYMENT', opAppId: null, buyerOpenId: null, payer });
}

function beginTrade(parts: Surroundings, request: AlipayRequest, content: Content, how: How): AlipayTrade {
  const totalFen = parseAmount(content.total_amount);
  const { sellerId } = parts.keys.alipay;
  if (content.seller_id !== undefined && content.seller_id !== '' && content.seller_id !== sellerId) {
    throw businessFailed('ACQ.PARTNER_ERROR', '商户协议不存在或seller_id有误');
  }
  const known = lookup(parts.state.alipayTrades, content.out_trade_no);
  if (known) {
    refuseRepeat(parts, known, { ...how, totalFen, subject: content.subject, appId: request.appId });
    return known;
  }
  const now = parts.clock();
  const scanned = how.buyerOpenId === null && how.payer === undefined;
  const { payer = null, ...ways } = how;
  const trade: AlipayTrade = {
    ...ways,
    payer,
    outTradeNo: content.out_trade_no,
    tradeNo: `${beijingDigits(now).slice(0, 8)}2200${randomDigits(parts.randomBytes, 16)}`,
    appId: request.appId,
    qrCode: scanned ? `https://qr.alipay.com/bax${randomDigits(parts.randomBytes, 20)}` : null,
    returnUrl: request.parameters.get('return_url') ?? null,
    existsSince: scanned ? null : now,
    subject: content.subject,
    body: content.body ?? null,
    passbackParams: content.passback_params ?? null,
    totalFen,
    notifyUrl: request.parameters.get('notify_url') ?? null,
    createdAt: now,
    expiresAt: expiryOf(content, now),
    status: 'WAIT_BUYER_PAY',
    paidAt: null,
    closedAt: null,
    refunds: [],
  };
  parts.state.alipayTrades[trade.outTradeNo] = trade;
  parts.changed();
  parts.events.publish('alipay', 'order.created', trade.outTradeNo, { totalFen, appId: trade.appId });
  return trade;
}

function expiryOf(content: Content, now: EpochMs): EpochMs {
  if (content.time_expire !== undefined) {
    const at = parseBeijingText(content.time_expire);
    if (at === undefined || at <= now) throw businessFailed('ACQ.INVALID_PARAMETER', '参数无效：time_expire');
    return at;
  }
  const match = /^(\d+)([mhd])$/.exec(content.timeout_express ?? '15d');
  return now + Number(match?.[1] ?? 15) * (UNIT_MS[match?.[2] ?? 'd'] ?? DAY_MS);
}

function openidExists({ state }: Surroundings, appId: string, openid: string): boolean {
  return Object.values(state.persons).some((person) => lookup(person.openids, appId) === openid);
}

type Repeat = Pick<AlipayTrade, 'totalFen' | 'subject' | 'buyerOpenId' | 'appId' | 'product'>;

function refuseRepeat(parts: Surroundings, known: AlipayTrade, repeat: Repeat): void {
  if (known.paidAt !== null) throw businessFailed('ACQ.TRADE_HAS_SUCCESS', '交易已被支付');
  if (currentStatus(known, parts.clock()) === 'TRADE_CLOSED') throw businessFailed('ACQ.TRADE_HAS_CLOSE', '交易已经关闭');
  if (known.product !== repeat.product) throw businessFailed('ACQ.CONTEXT_INCONSISTENT', '交易信息被篡改');
  if (known.buyerOpenId !== repeat.buyerOpenId) throw businessFailed('ACQ.TRADE_BUYER_NOT_MATCH', '交易买家不匹配');
  if (known.totalFen !== repeat.totalFen || known.subject !== repeat.subject || known.appId !== repeat.appId) {
    throw businessFailed('ACQ.CONTEXT_INCONSISTENT', '交易信息被篡改');
  }
}
