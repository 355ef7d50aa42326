import * as v from 'valibot';
import { fen, formatYuan } from '../../shared/money';
import { record } from '../bills/journal';
import { nextStep, PASSWORD_ABOVE_FEN, takeCode } from '../code-pay/codes';
import { beijingText } from '../lib/beijing';
import { lookup } from '../lib/lookup';
import { AnswerLost } from '../lib/lost-answer';
import { takeMoney } from '../lib/merchant-money';
import { takeFromPayer } from '../lib/payer-money';
import { findPerson } from '../login/persons';
import type { AlipayTrade } from '../state';
import type { Surroundings } from '../surroundings';
import { beginCodeTrade } from './begin-trade';
import { AlipayRefusal, businessFailed } from './refusal';
import type { AlipayRequest } from './request';
import { currentStatus, journalOf, parseContent, payTrade } from './trades';

const payContent = v.object({
  out_trade_no: v.string(),
  scene: v.literal('bar_code'),
  auth_code: v.pipe(v.string(), v.regex(/^(?:2[5-9]|30)\d{14,22}$/)),
});

/** Whether alipay.trade.pay is by the payer's code; the other way is by agreement. */
export function hasCode(bizContent: unknown): boolean {
  return v.is(v.object({ auth_code: v.unknown() }), bizContent);
}

/** alipay.trade.pay with a payer's code: 10000 paid, 10003 the payer types a password, 20000 nobody knows, 40004 refused. */
export function payByCode(parts: Surroundings, request: AlipayRequest): Record<string, unknown> {
  const content = parseContent(payContent, request.bizContent);
  const step = nextStep(parts, 'alipay');
  if (step === 'systemerror') throw systemError();
  const known = lookup(parts.state.alipayTrades, content.out_trade_no);
  if (known !== undefined) throw refusalOfRepeat(parts, known);
  const person = takeCode(parts, 'alipay', content.auth_code);
  if (person === undefined) throw businessFailed('ACQ.PAYMENT_AUTH_CODE_INVALID', '支付授权码无效');
  if (step === 'refused') throw businessFailed('ACQ.BUYER_BALANCE_NOT_ENOUGH', '买家余额不足');
  const trade = beginCodeTrade(parts, request, person);
  const types = step === 'userpaying' || step === 'timeout' || (step === undefined && trade.totalFen > PASSWORD_ABOVE_FEN);
  if (!types && !pressPay(parts, trade)) {
    trade.status = 'TRADE_CLOSED';
    throw businessFailed('ACQ.BUYER_BALANCE_NOT_ENOUGH', '买家余额不足');
  }
  if (step === 'timeout' || step === 'late') throw new AnswerLost();
  const total = formatYuan(fen(trade.totalFen));
  const answer = { trade_no: trade.tradeNo, out_trade_no: trade.outTradeNo, total_amount: total };
  if (types) return { code: '10003', msg: ' order success pay inprocess', ...answer };
  return {
    ...answer,
    buyer_logon_id: '138******00',
    buyer_open_id: trade.buyerOpenId,
    receipt_amount: total,
    gmt_payment: beijingText(trade.paidAt ?? parts.clock()),
    fund_bill_list: [{ amount: total, fund_channel: 'ALIPAYACCOUNT' }],
  };
}

function refusalOfRepeat(parts: Surroundings, known: AlipayTrade): AlipayRefusal {
  if (known.paidAt !== null) return businessFailed('ACQ.TRADE_HAS_SUCCESS', '交易已被支付');
  if (currentStatus(known, parts.clock()) === 'TRADE_CLOSED') return businessFailed('ACQ.TRADE_HAS_CLOSE', '交易已经关闭');
  return businessFailed('ACQ.CONTEXT_INCONSISTENT', '交易信息被篡改');
}

/** What a script says of a question about a trade that a code began. */
export function questioned(parts: Surroundings, request: AlipayRequest): void {
  const named = v.safeParse(v.object({ out_trade_no: v.string() }), request.bizContent);
  const trade = named.success ? lookup(parts.state.alipayTrades, named.output.out_trade_no) : undefined;
  if (trade === undefined || trade.payer === null) return;
  const step = nextStep(parts, 'alipay');
  if (step === 'systemerror') throw systemError();
  if (step === 'success' || step === 'late') pressPay(parts, trade);
  if (step === 'timeout' || step === 'late') throw new AnswerLost();
}

/** The payer's phone asks for the password, and 付款 is pressed. False when nothing waits, or they have too little. */
export function pressPay(parts: Surroundings, trade: AlipayTrade): boolean {
  if (trade.payer === null || currentStatus(trade, parts.clock()) !== 'WAIT_BUYER_PAY') return false;
  if (!takeFromPayer(parts.state, 'alipay', trade.payer, trade.totalFen)) return false;
  return payTrade(parts, trade, findPerson(parts, trade.payer));
}

/** 取消 is pressed instead: the trade can never be paid any more. */
export function pressCancel(parts: Surroundings, trade: AlipayTrade): boolean {
  if (trade.payer === null || currentStatus(trade, parts.clock()) !== 'WAIT_BUYER_PAY') return false;
  close(parts, trade);
  return true;
}

const cancelContent = v.object({ out_trade_no: v.string() });

/** alipay.trade.cancel: an unpaid trade is closed, a paid one given back in full; of an unknown one it succeeds without an action. */
export function cancelTrade(parts: Surroundings, request: AlipayRequest): Record<string, unknown> {
  const { out_trade_no: outTradeNo } = parseContent(cancelContent, request.bizContent);
  const trade = lookup(parts.state.alipayTrades, outTradeNo);
  const step = nextStep(parts, 'alipay');
  if (step === 'systemerror') throw systemError();
  if (step === 'userpaying') return { out_trade_no: outTradeNo, retry_flag: 'Y' };
  if (trade === undefined) return { out_trade_no: outTradeNo, retry_flag: 'N' };
  if (step === 'success' || step === 'late') pressPay(parts, trade);
  const action = trade.status === 'TRADE_SUCCESS' ? 'refund' : 'close';
  if (action === 'refund') giveBack(parts, trade);
  close(parts, trade);
  parts.events.publish('alipay', 'order.reversed', outTradeNo, { afterMs: parts.clock() - trade.createdAt });
  if (step === 'timeout' || step === 'late') throw new AnswerLost();
  return { trade_no: trade.tradeNo, out_trade_no: outTradeNo, retry_flag: 'N', action };
}

/** The bill has a line of it without a number of the merchant's. */
function giveBack(parts: Surroundings, trade: AlipayTrade): void {
  const now = parts.clock();
  takeMoney(parts.state, 'alipay', trade.totalFen);
  trade.refunds.push({ outRequestNo: '', refundFen: trade.totalFen, requestedAt: now, settledAt: now, outcome: 'SUCCESS' });
  const refund = { refundNo: '', platformRefundNo: trade.tradeNo, refundFen: trade.totalFen, settledAt: now, outcome: 'SUCCESS' };
  record(parts, 'alipay', { kind: 'refund', at: now, ...journalOf(trade), refund });
}

function close(parts: Surroundings, trade: AlipayTrade): void {
  trade.status = 'TRADE_CLOSED';
  trade.closedAt = parts.clock();
  parts.changed();
}

function systemError(): AlipayRefusal {
  return new AlipayRefusal('20000', 'aop.ACQ.SYSTEM_ERROR', '系统异常');
}
