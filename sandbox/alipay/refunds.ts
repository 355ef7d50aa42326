import * as v from 'valibot';
import { fen, formatYuan } from '../../shared/money';
import { record } from '../bills/journal';
import { beijingText } from '../lib/beijing';
import { putMoney, refundPlanFor, takeMoney } from '../lib/merchant-money';
import type { AlipayRefund, AlipayTrade } from '../state';
import type { Surroundings } from '../surroundings';
import { claimedFen, refundArrived, refundedFen } from './refund-amounts';
import { businessFailed } from './refusal';
import type { AlipayRequest } from './request';
import { currentStatus, findTrade, journalOf, parseAmount, parseContent } from './trades';

const refundContent = v.object({
  refund_amount: v.union([v.string(), v.number()]),
  out_request_no: v.optional(v.pipe(v.string(), v.maxLength(64))),
});

/** alipay.trade.refund: idempotent by out_request_no; fund_change says whether money moved now. */
export function refundTrade(
  parts: Surroundings,
  request: AlipayRequest,
): { answer: Record<string, unknown>; trade: AlipayTrade; fresh: AlipayRefund | undefined } {
  const trade = findTrade(parts, request.bizContent);
  const content = parseContent(refundContent, request.bizContent);
  const refundFen = parseAmount(content.refund_amount);
  const outRequestNo = content.out_request_no ?? trade.outTradeNo;
  const known = trade.refunds.find((one) => one.outRequestNo === outRequestNo);
  if (known) {
    if (known.refundFen !== refundFen) throw businessFailed('ACQ.DISCORDANT_REPEAT_REQUEST', '不一致的请求');
    return { answer: refundAnswer(parts, trade, 'N'), trade, fresh: undefined };
  }
  const now = parts.clock();
  if (trade.paidAt === null) throw businessFailed('ACQ.TRADE_STATUS_ERROR', '交易状态不合法');
  if (currentStatus(trade, now) === 'TRADE_FINISHED') throw businessFailed('ACQ.TRADE_HAS_FINISHED', '交易已完结');
  if (refundFen > trade.totalFen - claimedFen(trade)) throw businessFailed('ACQ.REFUND_AMT_NOT_EQUAL_TOTAL', '退款金额超限');
  if (content.out_request_no === undefined && refundFen < trade.totalFen) {
    throw businessFailed('ACQ.INVALID_PARAMETER', '参数无效：部分退款必须传入out_request_no');
  }
  if (!takeMoney(parts.state, 'alipay', refundFen)) throw businessFailed('ACQ.SELLER_BALANCE_NOT_ENOUGH', '商户余额不足');
  const plan = refundPlanFor(parts.state, outRequestNo) ?? { outcome: 'SUCCESS', afterMs: 0 };
  const fresh: AlipayRefund = {
    outRequestNo,
    refundFen,
    requestedAt: now,
    settledAt: plan.outcome === 'PROCESSING' ? null : now + plan.afterMs,
    outcome: plan.outcome === 'ABNORMAL' || plan.outcome === 'CLOSED' ? 'FAILED' : 'SUCCESS',
  };
  if (fresh.outcome === 'FAILED') putMoney(parts.state, 'alipay', refundFen);
  trade.refunds.push(fresh);
  recordRefund(parts, trade, fresh);
  closeWhenAllIsBack(parts, trade);
  parts.changed();
  parts.events.publish('alipay', 'order.refunded', trade.outTradeNo, { refundFen });
  return { answer: refundAnswer(parts, trade, refundArrived(fresh, now) ? 'Y' : 'N'), trade, fresh };
}

/** Into the books when it is known to arrive, dated then. One that fails moves nothing, and Alipay's bill does not know it. */
function recordRefund(parts: Surroundings, trade: AlipayTrade, { outRequestNo, refundFen, settledAt, outcome }: AlipayRefund): void {
  if (settledAt === null || outcome === 'FAILED') return;
  const refund = { refundNo: outRequestNo, platformRefundNo: trade.tradeNo, refundFen, settledAt, outcome };
  record(parts, 'alipay', { kind: 'refund', at: settledAt, ...journalOf(trade), refund });
}

/** A partial refund leaves TRADE_SUCCESS; the whole amount back closes the trade. */
function closeWhenAllIsBack(parts: Surroundings, trade: AlipayTrade): void {
  if (refundedFen(trade, parts.clock()) !== trade.totalFen) return;
  trade.status = 'TRADE_CLOSED';
  trade.closedAt = parts.clock();
}

function refundAnswer(parts: Surroundings, trade: AlipayTrade, fundChange: 'Y' | 'N'): Record<string, unknown> {
  return {
    trade_no: trade.tradeNo,
    out_trade_no: trade.outTradeNo,
    buyer_logon_id: '138******00',
    buyer_open_id: trade.buyerOpenId,
    fund_change: fundChange,
    // All that has been refunded of the trade so far, this call included.
    refund_fee: formatYuan(fen(refundedFen(trade, parts.clock()))),
  };
}

const refundQuery = v.object({ out_request_no: v.pipe(v.string(), v.nonEmpty()) });

/** Ends a refund that was held back, well or not at all. False for any other. */
export function settleAlipayRefund(
  parts: Surroundings,
  trade: AlipayTrade,
  refund: AlipayRefund,
  outcome: AlipayRefund['outcome'],
): boolean {
  if (refund.settledAt !== null) return false;
  if (outcome === 'FAILED' && refund.outcome !== 'FAILED') putMoney(parts.state, 'alipay', refund.refundFen);
  refund.outcome = outcome;
  refund.settledAt = parts.clock();
  recordRefund(parts, trade, refund);
  closeWhenAllIsBack(parts, trade);
  parts.changed();
  return true;
}

/** alipay.trade.fastpay.refund.query: an unknown request is code 10000 without a refund_status. */
export function queryRefund(parts: Surroundings, request: AlipayRequest): Record<string, unknown> {
  const trade = findTrade(parts, request.bizContent);
  const { out_request_no } = parseContent(refundQuery, request.bizContent);
  const refund = trade.refunds.find((one) => one.outRequestNo === out_request_no);
  if (!refund) return {};
  if (!refundArrived(refund, parts.clock())) {
    // Still under way, or failed: the vendor says which refund was meant and leaves refund_status out.
    return { trade_no: trade.tradeNo, out_trade_no: trade.outTradeNo, out_request_no };
  }
  return {
    trade_no: trade.tradeNo,
    out_trade_no: trade.outTradeNo,
    out_request_no,
    total_amount: formatYuan(fen(trade.totalFen)),
    refund_amount: formatYuan(fen(refund.refundFen)),
    refund_status: 'REFUND_SUCCESS',
    gmt_refund_pay: beijingText(refund.settledAt ?? refund.requestedAt),
  };
}
