import * as v from 'valibot';
import { type Fen, fen, formatYuan, parseYuan } from '../../shared/money';
import { DAY_MS, type EpochMs } from '../../shared/time';
import { record } from '../bills/journal';
import type { JournalLine } from '../bills/state';
import { beijingText } from '../lib/beijing';
import { lookup } from '../lib/lookup';
import { putMoney } from '../lib/merchant-money';
import { openidOf } from '../login/persons';
import type { AlipayTrade, Person } from '../state';
import type { Surroundings } from '../surroundings';
import { refundedFen } from './refund-amounts';
import { businessFailed } from './refusal';
import type { AlipayRequest } from './request';

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

const REFUNDABLE_MS = 365 * DAY_MS;

/** An unpaid trade past its time is closed, and so is one given back in full; a year after payment nothing can be refunded any more. */
export function currentStatus(trade: AlipayTrade, now: EpochMs): AlipayTrade['status'] {
  if (trade.status === 'WAIT_BUYER_PAY') return now >= trade.expiresAt ? 'TRADE_CLOSED' : trade.status;
  if (trade.status !== 'TRADE_SUCCESS') return trade.status;
  if (refundedFen(trade, now) === trade.totalFen) return 'TRADE_CLOSED';
  return trade.paidAt !== null && now - trade.paidAt > REFUNDABLE_MS ? 'TRADE_FINISHED' : trade.status;
}

const tradeNames = v.object({ out_trade_no: v.optional(v.string()), trade_no: v.optional(v.string()) });

/** trade_no wins where both are given. Only trades of the asking merchant exist for it. */
export function findTrade({ state }: Surroundings, bizContent: unknown): AlipayTrade {
  const names = parseContent(tradeNames, bizContent);
  if (!names.trade_no && !names.out_trade_no) throw businessFailed('ACQ.INVALID_PARAMETER', '参数无效：out_trade_no和trade_no不能同时为空');
  const trade = names.trade_no
    ? Object.values(state.alipayTrades).find((one) => one.tradeNo === names.trade_no)
    : lookup(state.alipayTrades, names.out_trade_no ?? '');
  if (!trade || trade.existsSince === null) throw businessFailed('ACQ.TRADE_NOT_EXIST', '交易不存在');
  return trade;
}

/** alipay.trade.query. */
export function queryTrade(parts: Surroundings, request: AlipayRequest): Record<string, unknown> {
  const trade = findTrade(parts, request.bizContent);
  const status = currentStatus(trade, parts.clock());
  const base = {
    trade_no: trade.tradeNo,
    out_trade_no: trade.outTradeNo,
    ...(trade.buyerOpenId === null ? {} : { buyer_logon_id: '138******00', buyer_open_id: trade.buyerOpenId }),
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

/** The payer pressed 支付; who that is the trade learns here where it was scanned. Returns false when it can no longer be paid. */
export function payTrade(parts: Surroundings, trade: AlipayTrade, payer: Person | undefined): boolean {
  const now = parts.clock();
  if (currentStatus(trade, now) !== 'WAIT_BUYER_PAY') return false;
  if (trade.buyerOpenId === null && payer === undefined) return false;
  trade.buyerOpenId ??= payer ? openidOf(parts, payer, 'alipay', trade.appId) : null;
  trade.existsSince ??= now;
  putMoney(parts.state, 'alipay', trade.totalFen);
  trade.status = 'TRADE_SUCCESS';
  trade.paidAt = now;
  record(parts, 'alipay', { kind: 'payment', at: now, ...journalOf(trade), refund: null });
  parts.changed();
  parts.events.publish('alipay', 'order.paid', trade.outTradeNo, { totalFen: trade.totalFen });
  return true;
}

/** What the books say of a trade, beside what became of it. */
export function journalOf(trade: AlipayTrade): Omit<JournalLine, 'kind' | 'at' | 'refund'> {
  return {
    orderedAt: trade.createdAt,
    orderNo: trade.outTradeNo,
    platformTradeNo: trade.tradeNo,
    appId: trade.appId,
    payer: trade.buyerOpenId ?? '',
    tradeType: trade.product,
    title: trade.subject,
    attach: trade.passbackParams ?? '',
    orderFen: trade.totalFen,
  };
}
