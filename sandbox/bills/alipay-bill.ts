import { DAY_MS, type EpochMs } from '../../shared/time';
import { beijingText } from '../lib/beijing';
import { type Column, lyingColumns } from './columns';
import { feeFen, yuan } from './fees';
import { dayBounds } from './journal';
import { tells } from './lies';
import { lyingLines } from './lying-lines';
import type { BillLie, JournalLine } from './state';
import { otherMerchant } from './wechat-bill';

export interface AlipayBill {
  readonly sellerId: string;
  readonly day: string;
  readonly madeAt: EpochMs;
  readonly lies: readonly BillLie[];
}

interface Totals {
  payments: number;
  paidFen: number;
  refunds: number;
  refundedFen: number;
  feeFen: number;
}

/** The detail file (业务明细) as text, one line at a time: "#" lines around a table whose text cells end in a tab. */
export function* alipayDetails(bill: AlipayBill, lines: Iterable<JournalLine>): Generator<string> {
  yield* heading(bill, '#支付宝业务明细查询');
  yield '#-----------------------------------------业务明细列表----------------------------------------\r\n';
  const columns = lyingColumns(COLUMNS, bill.lies);
  yield `${columns.map((column) => column.name).join(',')}\r\n`;
  const totals = emptyTotals();
  for (const line of lyingLines(lines, bill.lies)) {
    count(totals, line);
    let text = '';
    for (const column of columns) text += text === '' ? column.cell(line) : `,${column.cell(line)}`;
    yield `${text}\r\n`;
  }
  if (tells(bill.lies, 'wrong-total')) totals.paidFen += 100;
  yield '#-----------------------------------------业务明细列表结束------------------------------------\r\n';
  yield `#交易合计：${totals.payments}笔，商家实收共${yuan(totals.paidFen)}元，商家优惠共0.00元\r\n`;
  yield `#退款合计：${totals.refunds}笔，商家实收退款共${yuan(-totals.refundedFen)}元，商家优惠退款共0.00元\r\n`;
  yield `#导出时间：[${chineseTime(bill.madeAt)}]\r\n`;
}

const SUMMARY =
  '门店编号,门店名称,交易订单总笔数,退款订单总笔数,订单金额（元）,商家实收（元）,支付宝优惠（元）,商家优惠（元）,卡消费金额（元）,服务费（元）,分润（元）,实收净额（元）';

/** The summary file (业务明细(汇总)): one row for the merchant, which has no stores. */
export function* alipaySummary(bill: AlipayBill, lines: Iterable<JournalLine>): Generator<string> {
  const totals = emptyTotals();
  for (const line of lyingLines(lines, bill.lies)) count(totals, line);
  if (tells(bill.lies, 'wrong-total')) totals.paidFen += 100;
  const netFen = totals.paidFen - totals.refundedFen;
  const amounts = [yuan(netFen), yuan(netFen), '0.00', '0.00', '0.00', yuan(-totals.feeFen), '0.00', yuan(netFen - totals.feeFen)];
  yield* heading(bill, '#支付宝业务汇总查询');
  yield '#-----------------------------------------业务汇总列表----------------------------------------\r\n';
  yield `${SUMMARY}\r\n`;
  yield `${['合计\t', '\t', `${totals.payments}\t`, `${totals.refunds}\t`, ...amounts].join(',')}\r\n`;
  yield '#----------------------------------------业务汇总列表结束-------------------------------------\r\n';
  yield `#导出时间：[${chineseTime(bill.madeAt)}]\r\n`;
}

function* heading(bill: AlipayBill, title: string): Generator<string> {
  const seller = tells(bill.lies, 'other-merchant') ? otherMerchant(bill.sellerId) : bill.sellerId;
  const shiftMs = tells(bill.lies, 'wrong-date') ? -DAY_MS : 0;
  const { from, to } = dayBounds(bill.day);
  yield `${title}\r\n`;
  // The account number is the seller's with four digits behind it.
  yield `#账号：[${seller}0156]\r\n`;
  yield `#起始日期：[${chineseTime(from + shiftMs)}]   终止日期：[${chineseTime(to + shiftMs)}]\r\n`;
}

const amountOf = (line: JournalLine): string => yuan(line.refund ? -line.refund.refundFen : line.orderFen);

const COLUMNS: readonly Column[] = [
  { name: '支付宝交易号', cell: (line) => `${line.platformTradeNo}\t` },
  { name: '商户订单号', cell: (line) => `${line.orderNo}\t` },
  { name: '业务类型', cell: (line) => (line.refund ? '退款\t' : '交易\t') },
  { name: '商品名称', cell: (line) => line.title },
  { name: '创建时间', cell: (line) => beijingText(line.orderedAt) },
  { name: '完成时间', cell: (line) => beijingText(line.at) },
  { name: '门店编号', cell: () => '\t' },
  { name: '门店名称', cell: () => '\t' },
  { name: '操作员', cell: () => '\t' },
  { name: '终端号', cell: () => '\t' },
  { name: '对方账户', cell: () => '*同学(138******00)\t' },
  { name: '订单金额（元）', cell: amountOf },
  { name: '商家实收（元）', cell: amountOf },
  { name: '支付宝红包（元）', cell: () => '0.00' },
  { name: '集分宝（元）', cell: () => '0.00' },
  { name: '支付宝优惠（元）', cell: () => '0.00' },
  { name: '商家优惠（元）', cell: () => '0.00' },
  { name: '券核销金额（元）', cell: () => '0.00' },
  { name: '券名称', cell: () => '' },
  { name: '商家红包消费金额（元）', cell: () => '0.00\t' },
  { name: '卡消费金额（元）', cell: () => '0.00' },
  { name: '退款批次号/请求号', cell: (line) => `${line.refund?.refundNo ?? ''}\t` },
  // What Alipay takes stands below zero; of a refund it comes back.
  { name: '服务费（元）', cell: (line) => yuan(line.refund ? feeFen(line.refund.refundFen) : -feeFen(line.orderFen)) },
  { name: '分润（元）', cell: () => '0.00' },
  { name: '备注', cell: (line) => line.attach },
];

function emptyTotals(): Totals {
  return { payments: 0, paidFen: 0, refunds: 0, refundedFen: 0, feeFen: 0 };
}

function count(totals: Totals, line: JournalLine): void {
  if (line.refund) {
    totals.refunds += 1;
    totals.refundedFen += line.refund.refundFen;
    totals.feeFen -= feeFen(line.refund.refundFen);
  } else {
    totals.payments += 1;
    totals.paidFen += line.orderFen;
    totals.feeFen += feeFen(line.orderFen);
  }
}

/** "2026年11月21日 00:00:00". */
function chineseTime(at: EpochMs): string {
  const text = beijingText(at);
  return `${text.slice(0, 4)}年${text.slice(5, 7)}月${text.slice(8, 10)}日 ${text.slice(11)}`;
}
