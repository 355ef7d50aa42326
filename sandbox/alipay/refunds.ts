import * as v from 'valibot';
import { fen, formatYuan } from '../../shared/money';
import { beijingText } from '../lib/beijing';
import type { AlipayTrade } from '../state';
import type { Surroundings } from '../surroundings';
import { businessFailed } from './refusal';
import type { AlipayRequest } from './request';
import { findTrade, parseAmount, parseContent } from './trades';

const refundContent = v.object({
  refund_amount: v.union([v.string(), v.number()]),
  out_request_no: v.optional(v.pipe(v.string(), v.maxLength(64))),
});

export function refundedFen(trade: AlipayTrade): number {
  return trade.refunds.reduce((total, refund) => total + refund.refundFen, 0);
}

/** alipay.trade.refund: idempotent by out_request_no; fund_change says whether money moved now. */
export function refundTrade(
  parts: Surroundings,
  request: AlipayRequest,
): { answer: Record<string, unknown>; trade: AlipayTrade; fresh: boolean } {
  const trade = findTrade(parts, request.bizContent);
  const content = parseContent(refundContent, request.bizContent);
  const refundFen = parseAmount(content.refund_amount);
  const outRequestNo = content.out_request_no ?? trade.outTradeNo;
  const known = trade.refunds.find((one) => one.outRequestNo === outRequestNo);
  if (known) {
    if (known.refundFen !== refundFen) throw businessFailed('ACQ.DISCORDANT_REPEAT_REQUEST', '不一致的请求');
    return { answer: refundAnswer(trade, 'N'), trade, fresh: false };
  }
  if (trade.status === 'TRADE_FINISHED') throw businessFailed('ACQ.TRADE_HAS_FINISHED', '交易已完结');
  if (trade.paidAt === null) throw businessFailed('ACQ.TRADE_STATUS_ERROR', '交易状态不合法');
  if (refundFen > trade.totalFen - refundedFen(trade)) throw businessFailed('ACQ.REFUND_AMT_NOT_EQUAL_TOTAL', '退款金额超限');
  if (content.out_request_no === undefined && refundFen < trade.totalFen) {
    throw businessFailed('ACQ.INVALID_PARAMETER', '参数无效：部分退款必须传入out_request_no');
  }
  trade.refunds.push({ outRequestNo, refundFen, refundedAt: parts.clock() });
  // A partial refund leaves TRADE_SUCCESS; the whole amount back closes the trade.
  if (refundedFen(trade) === trade.totalFen) {
    trade.status = 'TRADE_CLOSED';
    trade.closedAt = parts.clock();
  }
  parts.changed();
  parts.events.publish('alipay', 'order.refunded', trade.outTradeNo, { refundFen });
  return { answer: refundAnswer(trade, 'Y'), trade, fresh: true };
}

function refundAnswer(trade: AlipayTrade, fundChange: 'Y' | 'N'): Record<string, unknown> {
  return {
    trade_no: trade.tradeNo,
    out_trade_no: trade.outTradeNo,
    buyer_logon_id: '138******00',
    buyer_open_id: trade.buyerOpenId,
    fund_change: fundChange,
    // All that has been refunded of the trade so far, this call included.
    refund_fee: formatYuan(fen(refundedFen(trade))),
  };
}

const refundQuery = v.object({ out_request_no: v.pipe(v.string(), v.nonEmpty()) });

/** alipay.trade.fastpay.refund.query: an unknown request is code 10000 without a refund_status. */
export function queryRefund(parts: Surroundings, request: AlipayRequest): Record<string, unknown> {
  const trade = findTrade(parts, request.bizContent);
  const { out_request_no } = parseContent(refundQuery, request.bizContent);
  const refund = trade.refunds.find((one) => one.outRequestNo === out_request_no);
  if (!refund) return {};
  return {
    trade_no: trade.tradeNo,
    out_trade_no: trade.outTradeNo,
    out_request_no,
    total_amount: formatYuan(fen(trade.totalFen)),
    refund_amount: formatYuan(fen(refund.refundFen)),
    refund_status: 'REFUND_SUCCESS',
    gmt_refund_pay: beijingText(refund.refundedAt),
  };
}
