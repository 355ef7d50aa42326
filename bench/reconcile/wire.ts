import iconv from 'iconv-lite';
import { fen, formatYuan } from '../../shared/money';

/** A line as the platform knows it, before it is written down. */
export interface WireLine {
  readonly kind: 'payment' | 'refund';
  readonly orderNo: string;
  readonly tradeNo: string;
  readonly refundNo?: string;
  readonly amountFen: number;
  /** What the platform keeps; negative where it gives back. */
  readonly feeFen: number;
  /** "2026-11-20 08:05:30" */
  readonly time: string;
  readonly appId?: string;
  readonly refundStatus?: string;
  readonly goods?: string;
  readonly attach?: string;
}

export interface WireBill {
  readonly channel: 'wechat-pay' | 'alipay';
  readonly merchantId: string;
  readonly day: string;
  readonly lines: Iterable<WireLine>;
}

/** What a test does to a bill. Columns are written in the given order; unknown ones hold a word. */
export interface WireTricks {
  readonly columns?: readonly string[];
  /** Changes the totals before they are written. */
  readonly totals?: (totals: WireTotals) => WireTotals;
}

export interface WireTotals {
  readonly lines: number;
  readonly refunds: number;
  readonly paymentFen: number;
  readonly refundFen: number;
  readonly feeFen: number;
}

export const WECHAT_COLUMNS = (
  '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,' +
  '微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注'
).split(',');
export const ALIPAY_COLUMNS = (
  '支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,' +
  '支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,' +
  '退款批次号/请求号,服务费（元）,分润（元）,备注'
).split(',');
const WECHAT_SUMMARY = '总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额';
const LINES_AT_ONCE = 500;

/** The bytes of a bill in the platform's own form: UTF-8 with a mark at WeChat Pay, GBK at Alipay. */
export function* wireBytes(bill: WireBill, tricks: WireTricks = {}): Generator<Buffer, WireTotals> {
  const encoding = bill.channel === 'alipay' ? 'gbk' : 'utf-8';
  const texts = bill.channel === 'alipay' ? alipayTexts(bill, tricks) : wechatTexts(bill, tricks);
  for (;;) {
    const { done, value } = texts.next();
    if (done === true) return value;
    yield encoding === 'gbk' ? iconv.encode(value, 'gbk') : Buffer.from(value);
  }
}

function* wechatTexts(
  { lines, merchantId }: WireBill,
  { columns = WECHAT_COLUMNS, totals = same }: WireTricks,
): Generator<string, WireTotals> {
  yield `\ufeff${columns.join(',')}\r\n`;
  const counted = yield* rows(lines, (line) => `\`${columns.map((column) => wechatCell(line, column, merchantId)).join(',`')}`);
  const stated = totals(counted);
  const { feeFen, refundFen, paymentFen } = stated;
  const sums = [yuan(paymentFen), yuan(refundFen), '0.00', `${yuan(feeFen)}000`, yuan(paymentFen), yuan(refundFen)];
  yield `${WECHAT_SUMMARY}\r\n\`${stated.lines},\`${sums.join(',`')}\r\n`;
  return counted;
}

function wechatCell(line: WireLine, column: string, merchantId: string): string {
  const refund = line.kind === 'refund';
  switch (column) {
    case '交易时间':
      return line.time;
    case '公众账号ID':
      return line.appId ?? 'wx0123456789abcdef';
    case '商户号':
      return merchantId;
    case '微信订单号':
      return line.tradeNo;
    case '商户订单号':
      return line.orderNo;
    case '用户标识':
      return 'oAbcdefghijklmnopqrstuvwxyz0';
    case '交易类型':
      return 'JSAPI';
    case '交易状态':
      return refund ? 'REFUND' : 'SUCCESS';
    case '付款银行':
      return 'OTHERS';
    case '货币种类':
      return 'CNY';
    case '应结订单金额':
    case '订单金额':
      return refund ? '0.00' : yuan(line.amountFen);
    case '微信退款单号':
      return refund ? `5${line.tradeNo.slice(1)}` : '0';
    case '商户退款单号':
      return refund ? (line.refundNo ?? '') : '0';
    case '退款金额':
    case '申请退款金额':
      return refund ? yuan(line.amountFen) : '0.00';
    case '退款类型':
      return refund ? 'ORIGINAL' : '';
    case '退款状态':
      return refund ? (line.refundStatus ?? 'SUCCESS') : '';
    case '商品名称':
      return line.goods ?? '校园卡充值';
    case '商户数据包':
      return line.attach ?? '';
    case '手续费':
      return `${yuan(line.feeFen)}000`;
    case '费率':
      return '0.60%';
    case '代金券金额':
    case '充值券退款金额':
      return '0.00';
    default:
      return '';
  }
}

function* alipayTexts(
  { lines, merchantId, day }: WireBill,
  { columns = ALIPAY_COLUMNS, totals = same }: WireTricks,
): Generator<string, WireTotals> {
  const next = new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
  yield `#支付宝业务明细查询\r\n#账号：[${merchantId}0156]\r\n`;
  yield `#起始日期：[${inWords(day)} 00:00:00]   终止日期：[${inWords(next)} 00:00:00]\r\n`;
  yield `#-----------------------------------------业务明细列表----------------------------------------\r\n${columns.join(',')}\r\n`;
  const counted = yield* rows(lines, (line) => columns.map((column) => alipayCell(line, column)).join(','));
  const stated = totals(counted);
  yield '#-----------------------------------------业务明细列表结束------------------------------------\r\n';
  yield `#交易合计：${stated.lines - stated.refunds}笔，商家实收共${yuan(stated.paymentFen)}元，商家优惠共0.00元\r\n`;
  yield `#退款合计：${stated.refunds}笔，商家实收退款共${yuan(-stated.refundFen)}元，商家优惠退款共0.00元\r\n`;
  yield `#导出时间：[${inWords(next)} 06:27:10]\r\n`;
  return counted;
}

function alipayCell(line: WireLine, column: string): string {
  const refund = line.kind === 'refund';
  switch (column) {
    case '支付宝交易号':
      return `${line.tradeNo}\t`;
    case '商户订单号':
      return `${line.orderNo}\t`;
    case '业务类型':
      return refund ? '退款\t' : '交易\t';
    case '商品名称':
      return line.goods ?? '校园卡充值';
    case '创建时间':
    case '完成时间':
      return line.time;
    case '对方账户':
      return '*某某(138****0000)\t';
    case '订单金额（元）':
    case '商家实收（元）':
      return yuan(refund ? -line.amountFen : line.amountFen);
    case '退款批次号/请求号':
      return refund ? `${line.refundNo ?? ''}\t` : '\t';
    case '服务费（元）':
      return yuan(-line.feeFen);
    case '门店编号':
    case '门店名称':
    case '操作员':
    case '终端号':
      return '\t';
    case '券名称':
      return '';
    case '备注':
      return line.attach ?? '';
    default:
      return column.endsWith('（元）') ? '0.00' : '甲乙丙';
  }
}

/** Writes the rows, some hundred at once, and adds them up. */
function* rows(lines: Iterable<WireLine>, write: (line: WireLine) => string): Generator<string, WireTotals> {
  let totals: WireTotals = { lines: 0, refunds: 0, paymentFen: 0, refundFen: 0, feeFen: 0 };
  let texts: string[] = [];
  for (const line of lines) {
    texts.push(write(line));
    totals = {
      lines: totals.lines + 1,
      refunds: totals.refunds + (line.kind === 'refund' ? 1 : 0),
      paymentFen: totals.paymentFen + (line.kind === 'payment' ? line.amountFen : 0),
      refundFen: totals.refundFen + (line.kind === 'refund' ? line.amountFen : 0),
      feeFen: totals.feeFen + line.feeFen,
    };
    if (texts.length < LINES_AT_ONCE) continue;
    yield `${texts.join('\r\n')}\r\n`;
    texts = [];
  }
  if (texts.length > 0) yield `${texts.join('\r\n')}\r\n`;
  return totals;
}

function yuan(amountFen: number): string {
  return formatYuan(fen(amountFen));
}

function same(totals: WireTotals): WireTotals {
  return totals;
}

/** "2026年11月20日" */
function inWords(day: string): string {
  return day.replace(/^(\d{4})-(\d{2})-(\d{2})$/, '$1年$2月$3日');
}
