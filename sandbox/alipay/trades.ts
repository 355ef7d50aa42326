import * as v from 'valibot';
import { type Fen, fen, formatYuan, parseYuan } from '../../shared/money';
import { DAY_MS, type EpochMs } from '../../shared/time';
import { beijingDigits, beijingText, parseBeijingText } from '../lib/beijing';
import { lookup } from '../lib/lookup';
import { randomDigits } from '../lib/random-text';
import type { AlipayTrade } from '../state';
import type { Surroundings } from '../surroundings';
import { businessFailed } from './refusal';
import type { AlipayRequest } from './request';

const text = (max: number) => v.pipe(v.string(), v.nonEmpty(), v.maxLength(max));

const createContent = v.object({
  out_trade_no: v.pipe(v.string(), v.regex(/^[0-9A-Za-z_]{1,64}$/)),
  total_amount: v.union([v.string(), v.number()]),
  subject: text(256),
  product_code: v.literal('JSAPI_PAY'),
  op_app_id: v.optional(text(32)),
  buyer_open_id: v.optional(text(128)),
  seller_id: v.optional(v.string()),
  body: v.optional(v.pipe(v.string(), v.maxLength(128))),
  passback_params: v.optional(v.pipe(v.string(), v.maxLength(512))),
  time_expire: v.optional(v.string()),
  timeout_express: v.optional(v.pipe(v.string(), v.regex(/^\d{1,4}[mhd]$|^1c$/))),
});

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: DAY_MS };

/** alipay.trade.create for the mini-program. The same order again gives the same trade; another content is refused. */
export function createTrade(parts: Surroundings, request: AlipayRequest): Record<string, unknown> {
  const content = parseContent(createContent, request.bizContent);
  const totalFen = parseAmount(content.total_amount);
  if (content.op_app_id === undefined) throw businessFailed('ACQ.INVALID_PARAMETER', '参数无效：op_app_id不能为空');
  if (content.buyer_open_id === undefined) throw businessFailed('ACQ.INVALID_PARAMETER', '参数无效：买家不能为空');
  const { miniProgramAppId, webAppId, sellerId } = parts.keys.alipay;
  if (content.op_app_id !== miniProgramAppId && content.op_app_id !== webAppId) {
    throw businessFailed('ACQ.INVALID_PARAMETER', '参数无效：op_app_id无效');
  }
  if (content.seller_id !== undefined && content.seller_id !== '' && content.seller_id !== sellerId) {
    throw businessFailed('ACQ.PARTNER_ERROR', '商户协议不存在或seller_id有误');
  }
  // An open_id belongs to one app: another app's is nobody's here.
  if (!openidExists(parts, request.appId, content.buyer_open_id)) throw businessFailed('ACQ.BUYER_NOT_EXIST', '买家不存在');
  const known = lookup(parts.state.alipayTrades, content.out_trade_no);
  if (known) {
    refuseRepeat(parts, known, { totalFen, subject: content.subject, buyerOpenId: content.buyer_open_id, appId: request.appId });
    return { out_trade_no: known.outTradeNo, trade_no: known.tradeNo };
  }
  const now = parts.clock();
  const trade: AlipayTrade = {
    outTradeNo: content.out_trade_no,
    tradeNo: `${beijingDigits(now).slice(0, 8)}2200${randomDigits(parts.randomBytes, 16)}`,
    appId: request.appId,
    opAppId: content.op_app_id,
    buyerOpenId: content.buyer_open_id,
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
  return { out_trade_no: trade.outTradeNo, trade_no: trade.tradeNo };
}

/** Any refused field of biz_content is the vendor's ACQ.INVALID_PARAMETER. */
export function parseContent<T>(schema: v.GenericSchema<unknown, T>, bizContent: unknown): T {
  const parsed = v.safeParse(schema, bizContent);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw businessFailed('ACQ.INVALID_PARAMETER', `参数无效：${(issue.path ?? []).map((item) => String(item.key)).join('.')}`);
}

/** Yuan with at most two decimals, 0.01 to 100,000,000. */
export function parseAmount(value: string | number): Fen {
  let amount: Fen;
  try {
    amount = parseYuan(String(value));
  } catch {
    throw businessFailed('ACQ.INVALID_PARAMETER', '参数无效：total_amount格式错误');
  }
  if (amount < 1 || amount > 10_000_000_000) throw businessFailed('ACQ.TOTAL_FEE_EXCEED', '订单总金额不在允许范围内');
  return amount;
}

function expiryOf(content: v.InferOutput<typeof createContent>, now: EpochMs): EpochMs {
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

type Repeat = Pick<AlipayTrade, 'totalFen' | 'subject' | 'buyerOpenId' | 'appId'>;

function refuseRepeat(parts: Surroundings, known: AlipayTrade, repeat: Repeat): void {
  if (known.paidAt !== null) throw businessFailed('ACQ.TRADE_HAS_SUCCESS', '交易已被支付');
  if (currentStatus(known, parts.clock()) === 'TRADE_CLOSED') throw businessFailed('ACQ.TRADE_HAS_CLOSE', '交易已经关闭');
  if (known.buyerOpenId !== repeat.buyerOpenId) throw businessFailed('ACQ.TRADE_BUYER_NOT_MATCH', '交易买家不匹配');
  if (known.totalFen !== repeat.totalFen || known.subject !== repeat.subject || known.appId !== repeat.appId) {
    throw businessFailed('ACQ.CONTEXT_INCONSISTENT', '交易信息被篡改');
  }
}

/** An unpaid trade past its time is closed. */
export function currentStatus(trade: AlipayTrade, now: EpochMs): AlipayTrade['status'] {
  return trade.status === 'WAIT_BUYER_PAY' && now >= trade.expiresAt ? 'TRADE_CLOSED' : trade.status;
}

const tradeNames = v.object({ out_trade_no: v.optional(v.string()), trade_no: v.optional(v.string()) });

/** trade_no wins where both are given. Only trades of the asking merchant exist for it. */
export function findTrade({ state }: Surroundings, bizContent: unknown): AlipayTrade {
  const names = parseContent(tradeNames, bizContent);
  if (!names.trade_no && !names.out_trade_no) throw businessFailed('ACQ.INVALID_PARAMETER', '参数无效：out_trade_no和trade_no不能同时为空');
  const trade = names.trade_no
    ? Object.values(state.alipayTrades).find((one) => one.tradeNo === names.trade_no)
    : lookup(state.alipayTrades, names.out_trade_no ?? '');
  if (!trade) throw businessFailed('ACQ.TRADE_NOT_EXIST', '交易不存在');
  return trade;
}

/** alipay.trade.query. */
export function queryTrade(parts: Surroundings, request: AlipayRequest): Record<string, unknown> {
  const trade = findTrade(parts, request.bizContent);
  const status = currentStatus(trade, parts.clock());
  const base = {
    trade_no: trade.tradeNo,
    out_trade_no: trade.outTradeNo,
    buyer_logon_id: '138******00',
    buyer_open_id: trade.buyerOpenId,
    trade_status: status,
    total_amount: formatYuan(fen(trade.totalFen)),
    point_amount: '0.00',
    invoice_amount: '0.00',
  };
  if (trade.paidAt === null) return { ...base, receipt_amount: '0.00', buyer_pay_amount: '0.00' };
  const paid = formatYuan(fen(trade.totalFen));
  return {
    ...base,
    receipt_amount: paid,
    buyer_pay_amount: paid,
    invoice_amount: paid,
    send_pay_date: beijingText(trade.paidAt),
    fund_bill_list: [{ amount: paid, fund_channel: 'ALIPAYACCOUNT' }],
  };
}

/** alipay.trade.close: only what waits for the buyer can be closed. */
export function closeTrade(parts: Surroundings, request: AlipayRequest): Record<string, unknown> {
  const trade = findTrade(parts, request.bizContent);
  if (currentStatus(trade, parts.clock()) !== 'WAIT_BUYER_PAY') throw businessFailed('ACQ.TRADE_STATUS_ERROR', '交易状态不合法');
  trade.status = 'TRADE_CLOSED';
  trade.closedAt = parts.clock();
  parts.changed();
  parts.events.publish('alipay', 'order.closed', trade.outTradeNo);
  return { trade_no: trade.tradeNo, out_trade_no: trade.outTradeNo };
}

/** The payer pressed 支付. Returns false when the trade can no longer be paid. */
export function payTrade(parts: Surroundings, trade: AlipayTrade): boolean {
  const now = parts.clock();
  if (currentStatus(trade, now) !== 'WAIT_BUYER_PAY') return false;
  trade.status = 'TRADE_SUCCESS';
  trade.paidAt = now;
  parts.changed();
  parts.events.publish('alipay', 'order.paid', trade.outTradeNo, { totalFen: trade.totalFen });
  return true;
}
