import { beijingText } from '../lib/beijing';
import { refundStatus } from '../wechat-pay/refunds';
import { type Column, lyingColumns } from './columns';
import { FEE_RATE_TEXT, feeFen, yuan } from './fees';
import { dayBounds } from './journal';
import { tells } from './lies';
import { lyingLines } from './lying-lines';
import type { BillLie, JournalLine } from './state';

const SUMMARY = '总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额';

/** The trade bill (bill_type=ALL) as text, one line at a time: no back-tick in headers, one before every cell, CR LF. */
export function* wechatBill(
  bill: { readonly mchid: string; readonly day: string; readonly lies: readonly BillLie[] },
  lines: Iterable<JournalLine>,
): Generator<string> {
  const { lies } = bill;
  const mchid = tells(lies, 'other-merchant') ? otherMerchant(bill.mchid) : bill.mchid;
  const columns = lyingColumns(columnsOf(mchid, dayBounds(bill.day).to), lies);
  yield `${columns.map((column) => column.name).join(',')}\r\n`;
  const totals = { count: 0, paidFen: 0, refundedFen: 0, feeFen: 0 };
  for (const line of lyingLines(lines, lies)) {
    totals.count += 1;
    totals.feeFen += lineFeeFen(line);
    if (line.refund) totals.refundedFen += line.refund.refundFen;
    else totals.paidFen += line.orderFen;
    let text = '';
    for (const column of columns) text += text === '' ? `\`${column.cell(line)}` : `,\`${column.cell(line)}`;
    yield `${text}\r\n`;
  }
  if (tells(lies, 'wrong-total')) totals.paidFen += 100;
  const paid = yuan(totals.paidFen);
  const refunded = yuan(totals.refundedFen);
  const sums = [String(totals.count), paid, refunded, '0.00', fee(totals.feeFen), paid, refunded];
  yield `${SUMMARY}\r\n`;
  yield `${sums.map((cell) => `\`${cell}`).join(',')}\r\n`;
}

function columnsOf(mchid: string, dayEnd: number): readonly Column[] {
  // A refund's row is of the day it was asked for, and says what had become of it when that day ended.
  const status = (line: JournalLine) =>
    line.refund ? refundStatus({ settledAt: line.refund.settledAt, outcome: outcomeOf(line.refund.outcome) }, dayEnd) : '';
  const ofPayment = (line: JournalLine) => (line.refund ? '0.00' : yuan(line.orderFen));
  const ofRefund = (line: JournalLine) => (line.refund ? yuan(line.refund.refundFen) : '0.00');
  return [
    { name: '交易时间', cell: (line) => beijingText(line.at) },
    { name: '公众账号ID', cell: (line) => line.appId },
    { name: '商户号', cell: () => mchid },
    { name: '特约商户号', cell: () => '0' },
    { name: '设备号', cell: () => '' },
    { name: '微信订单号', cell: (line) => line.platformTradeNo },
    { name: '商户订单号', cell: (line) => line.orderNo },
    { name: '用户标识', cell: (line) => line.payer },
    { name: '交易类型', cell: (line) => line.tradeType },
    { name: '交易状态', cell: tradeState },
    { name: '付款银行', cell: () => 'OTHERS' },
    { name: '货币种类', cell: () => 'CNY' },
    { name: '应结订单金额', cell: ofPayment },
    { name: '代金券金额', cell: () => '0.00' },
    { name: '微信退款单号', cell: (line) => line.refund?.platformRefundNo ?? '0' },
    { name: '商户退款单号', cell: (line) => line.refund?.refundNo || '0' },
    { name: '退款金额', cell: ofRefund },
    { name: '充值券退款金额', cell: () => '0.00' },
    { name: '退款类型', cell: (line) => (line.refund ? 'ORIGINAL' : '') },
    { name: '退款状态', cell: status },
    { name: '商品名称', cell: (line) => line.title },
    { name: '商户数据包', cell: (line) => line.attach },
    { name: '手续费', cell: (line) => fee(lineFeeFen(line)) },
    { name: '费率', cell: () => FEE_RATE_TEXT },
    { name: '订单金额', cell: ofPayment },
    { name: '申请退款金额', cell: ofRefund },
    { name: '费率备注', cell: () => '' },
  ];
}

/** A reversal is the platform's own refund: the merchant named no number. */
function tradeState({ refund }: JournalLine): string {
  if (refund === null) return 'SUCCESS';
  return refund.refundNo === '' ? 'REVOKED' : 'REFUND';
}

/** Below zero for a refund: the fee comes back. */
function lineFeeFen(line: JournalLine): number {
  // A refund that the platform closes gives nothing back, and no fee either.
  if (line.refund?.outcome === 'CLOSED') return 0;
  return line.refund ? -feeFen(line.refund.refundFen) : feeFen(line.orderFen);
}

/** The vendor writes fees with five decimals. */
function fee(amountFen: number): string {
  return `${yuan(amountFen)}000`;
}

function outcomeOf(text: string): 'SUCCESS' | 'ABNORMAL' | 'CLOSED' {
  return text === 'ABNORMAL' || text === 'CLOSED' ? text : 'SUCCESS';
}

/** A number of the same form that is another's. */
export function otherMerchant(mchid: string): string {
  return mchid.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10));
}
