import { AppError } from '../../../shared/errors';
import { fen } from '../../../shared/money';
import { AlipayNotes } from './alipay-notes';
import { type BeijingDay, beijingDay, NOT_A_TIME, OTHER_DAY, readSecond } from './beijing-day';
import { type BillReading, CheckedBill, type ExpectedBill } from './bill';
import { blocksOf } from './blocks';
import { ColumnMap } from './column-map';
import { LineColumns, putAmount, putFee, toFen } from './line-columns';
import { cutShort, malformed } from './malformed';
import { isNotMoney, MILLI, readMilli } from './money-text';
import { Row } from './row';

const HASH = 0x23;
/** 交易 and 退款 in GBK, compared without decoding. */
const PAID = Uint8Array.of(0xbd, 0xbb, 0xd2, 0xd7);
const TAKEN_BACK = Uint8Array.of(0xcd, 0xcb, 0xbf, 0xee);

/** Free texts of merchant and platform. The platform does not quote, so a comma in one looks like the edge of a cell. */
const FREE_TEXT = ['商品名称', '备注', '券名称', '门店名称', '操作员', '对方账户'];

/** Where the columns we read stand; -1 where this bill does not have one. */
interface Places {
  readonly map: ColumnMap;
  readonly trade: number;
  readonly order: number;
  readonly kind: number;
  /** 完成时间: by it the platform decides whose day a line is. */
  readonly at: number;
  readonly amount: number;
  readonly received: number;
  readonly refundNo: number;
  readonly fee: number;
  readonly free: readonly number[];
}

/** Sums in thousandths of a fen, of payments [0] and refunds [1]. */
interface Counted {
  readonly lines: [number, number];
  readonly amount: [number, number];
  readonly received: [number, number];
  fee: number;
}

/**
 * Reads the 业务明细 file of an Alipay trade bill (bill_type trade, unzipped, GBK): '#' lines with account and period, a header, rows padded
 * with tabs, a '#' line that ends the list, and '#' lines with count and sum of payments and of refunds. Columns are found by name, so
 * another order and further columns are fine. Only '#' lines and the header are decoded.
 * Source of the layout: bills published with open-source readers of them; of the download, opendocs.alipay.com/open/cd8ce4bc.
 * @throws while reading AppError bill.malformed (not GBK, a needed column missing, a row that fits no header, a second header), bill.damaged
 * (no end of the list or no sums: cut short), bill.other-merchant, bill.other-day, bill.totals, and what the source throws
 */
export async function* readAlipayBill(chunks: AsyncIterable<Uint8Array>, expected: ExpectedBill): BillReading {
  const { blocks, sha256 } = blocksOf(chunks);
  const reader = new AlipayReader(expected);
  for await (const { bytes, end, terminated } of blocks) {
    try {
      reader.read(bytes, end);
    } catch (error) {
      throw cutShort(error, terminated);
    }
    if (reader.lines.length > 0) yield reader.lines;
  }
  return reader.finish(sha256());
}

class AlipayReader {
  readonly lines = new LineColumns();
  private readonly expected: ExpectedBill;
  private readonly day: BeijingDay;
  private readonly paymentWord = this.lines.statuses.of('交易');
  private readonly refundWord = this.lines.statuses.of('退款');
  private readonly row = new Row();
  private readonly gbk = new TextDecoder('gbk', { fatal: true });
  private readonly notes: AlipayNotes;
  private places: Places | undefined;
  private lineNo = 0;
  private readonly counted: Counted = { lines: [0, 0], amount: [0, 0], received: [0, 0], fee: 0 };

  constructor(expected: ExpectedBill) {
    this.expected = expected;
    this.day = beijingDay(expected.day);
    this.notes = new AlipayNotes(expected);
  }

  read(bytes: Buffer, end: number): void {
    this.lines.begin(bytes);
    for (let at = 0; at < end; ) {
      this.lineNo += 1;
      if (this.places === undefined || this.notes.ended || bytes[at] === HASH) at = this.readText(bytes, at, end);
      else at = this.readRow(bytes, at, end, this.places);
    }
  }

  finish(sha256: string): CheckedBill {
    const { lines, amount, received, fee } = this.counted;
    const totals = this.notes.totals();
    return CheckedBill.of({
      channel: 'alipay',
      expected: this.expected,
      summary: {
        lines: lines[0] + lines[1],
        paymentFen: fen(amount[0] / MILLI),
        refundFen: fen(amount[1] / MILLI),
        feeFen: fen(toFen(fee)),
      },
      sha256,
      totals: totals.flatMap((stated, index) => {
        const of = index === 0 ? 0 : 1;
        return [
          { name: `${stated.name}笔数`, stated: stated.lines, counted: lines[of] },
          { name: `${stated.name}金额`, stated: stated.milli, counted: stated.of === '商家实收' ? received[of] : amount[of] },
        ];
      }),
    });
  }

  /** A line that is decoded: '#', the header, or nothing. */
  private readText(bytes: Buffer, from: number, end: number): number {
    const found = bytes.indexOf(0x0a, from);
    const to = found < 0 || found >= end ? end : found;
    const text = this.decode(bytes.subarray(from, to)).trim();
    if (text.startsWith('#')) this.notes.take(text, this.lineNo, this.places !== undefined);
    else if (text !== '') {
      if (this.places !== undefined) throw malformed('text after the end', this.lineNo);
      this.places = findPlaces(new ColumnMap(text.split(',').map(unquoted), this.lineNo));
    }
    return to + 1;
  }

  private decode(bytes: Uint8Array): string {
    try {
      return this.gbk.decode(bytes);
    } catch {
      throw malformed('not GBK', this.lineNo);
    }
  }

  private readRow(bytes: Buffer, from: number, end: number, places: Places): number {
    const lineEnd = this.row.readCommas(bytes, from, end);
    const { row } = this;
    if (row.count === 1 && row.start(0) === row.end(0)) return lineEnd + 1;
    if (row.count < places.map.count) throw malformed('too few cells', this.lineNo);
    if (row.count > places.map.count) row.align(places.map.count, places.free, () => this.reading(bytes, places));
    this.putRow(bytes, places);
    return lineEnd + 1;
  }

  private putRow(bytes: Buffer, places: Places): void {
    const { row, lines } = this;
    const refund = this.isRefund(bytes, places.kind);
    const line = lines.add();
    lines.refund[line] = refund ? 1 : 0;
    lines.at[line] = this.day.startsAt + this.second(bytes, places.at) * 1_000;
    row.put(lines.order, line, places.order);
    row.put(lines.trade, line, places.trade);
    row.put(lines.refundNo, line, refund ? places.refundNo : -1);
    row.put(lines.attach, line, -1);
    lines.app[line] = 0;
    lines.status[line] = refund ? this.refundWord : this.paymentWord;
    this.putMoney(bytes, places, line, refund);
  }

  private putMoney(bytes: Buffer, places: Places, line: number, refund: boolean): void {
    const amount = this.milli(bytes, places.amount);
    if (!refund && amount < 0) throw malformed('a payment below zero', this.lineNo);
    // 服务费 is what the fee does to the merchant's account: negative when it is taken.
    const fee = 0 - this.milli(bytes, places.fee);
    putAmount(this.lines, line, amount);
    putFee(this.lines, line, fee);
    const of = refund ? 1 : 0;
    const { counted } = this;
    counted.lines[of] += 1;
    // Refunds are printed below zero, by some exports above; their sums are compared without the sign.
    counted.amount[of] += Math.abs(amount);
    counted.received[of] += refund ? Math.abs(this.milli(bytes, places.received)) : this.milli(bytes, places.received);
    counted.fee += fee;
  }

  private milli(bytes: Buffer, place: number): number {
    const milli = readMilli(bytes, this.row.start(place), this.row.end(place));
    if (isNotMoney(milli)) throw malformed('not an amount', this.lineNo);
    return milli;
  }

  private second(bytes: Buffer, place: number): number {
    const second = readSecond(bytes, this.row.start(place), this.row.end(place), this.day);
    if (second === NOT_A_TIME) throw malformed('not a time', this.lineNo);
    if (second === OTHER_DAY) throw new AppError('bill.other-day', { line: this.lineNo });
    return second;
  }

  private isRefund(bytes: Buffer, place: number): boolean {
    if (this.row.is(bytes, place, PAID)) return false;
    if (this.row.is(bytes, place, TAKEN_BACK)) return true;
    throw malformed('unknown kind of business', this.lineNo);
  }

  /** The values of a possible reading of a row with too many cells; undefined where one cannot be what its column holds. */
  private reading(bytes: Buffer, places: Places): string | undefined {
    const { row } = this;
    const text = (place: number) => bytes.toString('latin1', row.start(place), row.end(place)).trim();
    const amounts = [places.amount, places.received, places.fee];
    const numbers = [places.order, places.trade, places.refundNo];
    const fits =
      (row.is(bytes, places.kind, PAID) || row.is(bytes, places.kind, TAKEN_BACK)) &&
      readSecond(bytes, row.start(places.at), row.end(places.at), this.day) !== NOT_A_TIME &&
      numbers.every((place) => /^[\x21-\x7e]*$/.test(text(place))) &&
      amounts.every((place) => !isNotMoney(readMilli(bytes, row.start(place), row.end(place))));
    return fits ? [...numbers, places.kind, places.at, ...amounts].map(text).join('\n') : undefined;
  }
}

function unquoted(name: string): string {
  return name
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .trim();
}

/** @throws AppError bill.malformed: a column is missing without which a line says nothing */
function findPlaces(map: ColumnMap): Places {
  return {
    map,
    trade: map.need('支付宝交易号'),
    order: map.need('商户订单号'),
    kind: map.need('业务类型'),
    at: map.need('完成时间'),
    amount: map.need('订单金额（元）'),
    received: map.need('商家实收（元）'),
    refundNo: map.need('退款批次号/请求号'),
    fee: map.need('服务费（元）'),
    free: map.those(FREE_TEXT),
  };
}
