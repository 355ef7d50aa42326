import * as v from 'valibot';
import { fen, formatYuan } from '../../shared/money';
import { beijingText } from '../lib/beijing';
import type { Courier } from '../lib/courier';
import { lookup } from '../lib/lookup';
import { personOfOpenid, takeFromPayer } from '../lib/payer-money';
import { findPerson } from '../login/persons';
import type { AlipayTrade } from '../state';
import type { Surroundings } from '../surroundings';
import { beginWithholding } from './begin-trade';
import { newNotifyId } from './notice';
import { businessFailed } from './refusal';
import type { AlipayRequest } from './request';
import { parseAmount, parseContent, payTrade } from './trades';

const content = v.object({
  total_amount: v.union([v.string(), v.number()]),
  agreement_params: v.object({ agreement_no: v.pipe(v.string(), v.nonEmpty()) }),
});

/**
 * alipay.trade.pay with agreement_params: the money is taken without the payer. 10000 paid; 10003 under way, which a query ends;
 * a refusal leaves no trade behind.
 */
export function withhold(parts: Surroundings, courier: Pick<Courier, 'send'>, request: AlipayRequest): Record<string, unknown> {
  const { agreement_params, total_amount } = parseContent(content, request.bizContent);
  const agreement = Object.values(parts.state.alipayAgreements).find((one) => one.agreementNo === agreement_params.agreement_no);
  if (!agreement?.signedAt || agreement.openId === null) throw businessFailed('ACQ.AGREEMENT_NOT_EXIST', '用户协议不存在');
  if (agreement.endedAt !== null) throw businessFailed('ACQ.AGREEMENT_INVALID', '用户协议已失效');
  if (agreement.appId !== request.appId) throw businessFailed('ACQ.AGREEMENT_ERROR', '协议信息异常');
  const { held } = parts.state.deductions;
  const known = lookup(parts.state.alipayTrades, outTradeNoOf(request));
  if (!known && !held && !enough(parts, agreement, parseAmount(total_amount))) {
    throw businessFailed('ACQ.BUYER_BALANCE_NOT_ENOUGH', '买家余额不足');
  }
  const trade = beginWithholding(parts, request, agreement.openId);
  const answer = { trade_no: trade.tradeNo, out_trade_no: trade.outTradeNo, total_amount: formatYuan(fen(trade.totalFen)) };
  if (held) return { code: '10003', msg: 'order success pay inprocess', ...answer };
  if (!takeAndPay(parts, courier, trade)) throw businessFailed('ACQ.BUYER_BALANCE_NOT_ENOUGH', '买家余额不足');
  return {
    ...answer,
    buyer_logon_id: '138******00',
    buyer_open_id: trade.buyerOpenId,
    receipt_amount: answer.total_amount,
    gmt_payment: beijingText(trade.paidAt ?? parts.clock()),
    fund_bill_list: [{ amount: answer.total_amount, fund_channel: 'ALIPAYACCOUNT' }],
  };
}

function outTradeNoOf(request: AlipayRequest): string {
  return parseContent(v.object({ out_trade_no: v.string() }), request.bizContent).out_trade_no;
}

function enough(parts: Surroundings, agreement: { appId: string; openId: string | null }, amountFen: number): boolean {
  const person = personOfOpenid(parts.state, agreement.appId, agreement.openId ?? '');
  const has = lookup(parts.state.payerFunds, person ?? '')?.alipay ?? null;
  return has === null || has >= amountFen;
}

function takeAndPay(parts: Surroundings, courier: Pick<Courier, 'send'>, trade: AlipayTrade): boolean {
  const person = personOfOpenid(parts.state, trade.appId, trade.buyerOpenId ?? '');
  if (!takeFromPayer(parts.state, 'alipay', person, trade.totalFen)) return false;
  if (!payTrade(parts, trade, findPerson(parts, person ?? ''))) return false;
  const { notifyUrl: url, outTradeNo: orderNo } = trade;
  if (url !== null) courier.send({ platform: 'alipay', subject: 'payment', orderNo, refundNo: null, url, noticeId: newNotifyId(parts) });
  return true;
}

/** Ends a deduction that was held back: paid, or closed where the payer has too little. False when there is none. */
export function settleWithholding(parts: Surroundings, courier: Pick<Courier, 'send'>, outTradeNo: string): boolean {
  const trade = lookup(parts.state.alipayTrades, outTradeNo);
  if (trade?.product !== 'GENERAL_WITHHOLDING' || trade.status !== 'WAIT_BUYER_PAY') return false;
  if (!takeAndPay(parts, courier, trade)) {
    trade.status = 'TRADE_CLOSED';
    trade.closedAt = parts.clock();
    parts.changed();
  }
  return true;
}
