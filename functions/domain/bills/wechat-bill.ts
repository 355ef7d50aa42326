import { AppError } from '../../../shared/errors';
import { fen } from '../../../shared/money';
import { type BeijingDay, beijingDay, NOT_A_TIME, OTHER_DAY, readSecond } from './beijing-day';
import { type BillReading, CheckedBill, type ExpectedBill } from './bill';
import { blocksOf } from './blocks';
import { ColumnMap } from './column-map';
import { LineColumns, putAmount, putFee, toFen } from './line-columns';
import { cutShort, malformed } from './malformed';
import { isNotMoney, MILLI, readMilli } from './money-text';
import { Row } from './row';
import { isUtf8 } from './utf8';
import { COUNT_NAME, FEE, findPlaces, type Places, TOTALS } from './wechat-columns';

const BACK_TICK = 0x60;
const ASCII = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const PAID = ASCII('SUCCESS');
const REFUNDED = ASCII('REFUND');
/** A code payment taken back by `reverse` (付款码撤销). As a refund, it stands as a row of its own beside the payment. */
const REVOKED = ASCII('REVOKED');
const CNY = ASCII('CNY');
const NO_NUMBER = ASCII('0');

/**
 * Reads a WeChat Pay trade bill (bill_type ALL, unpacked): a header, rows whose cells begin with a back-tick, a summary header and one
 * summary row. Columns are found by name, so another order and further columns are fine.
 * Source: pay.weixin.qq.com/doc/v3/merchant/4012791912.
 * @throws while reading AppError bill.malformed (not UTF-8, a needed column missing, a row that fits no header, a second header),
 * bill.damaged (no summary: cut short), bill.other-merchant, bill.other-day, bill.totals, and what the source throws
 */
export async function* readWechatBill(chunks: AsyncIterable<Uint8Array>, expected: ExpectedBill): BillReading {
  const { blocks, sha256 } = blocksOf(chunks);
  const reader = new WechatReader(expected);
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

class WechatReader {
  readonly lines = new LineColumns();
  private readonly expected: ExpectedBill;
  private readonly day: BeijingDay;
  private readonly merchant: Uint8Array;
  private readonly row = new Row();
  private readonly utf8 = new TextDecoder('utf-8', { fatal: true });
  private places: Places | undefined;
  private summary: ColumnMap | undefined;
  private stated: ReadonlyMap<string, number> | undefined;
  private lineNo = 0;
  private rows = 0;
  private readonly counted = new Float64Array(TOTALS.length);
  /** The amounts of one row, as `TOTALS` names them. */
  private readonly cells = new Float64Array(TOTALS.length);
  private paidMilli = 0;
  private refundedMilli = 0;
  private feeMilli = 0;

  constructor(expected: ExpectedBill) {
    this.expected = expected;
    this.day = beijingDay(expected.day);
    this.merchant = ASCII(expected.merchantId);
  }

  read(bytes: Buffer, end: number): void {
    this.lines.begin(bytes);
    for (let at = 0; at < end; ) {
      this.lineNo += 1;
      at = bytes[at] === BACK_TICK ? this.readTicked(bytes, at, end) : this.readPlain(bytes, at, end);
    }
  }

  finish(sha256: string): CheckedBill {
    const { stated } = this;
    if (stated === undefined) throw new AppError('bill.damaged', { reason: 'no summary' });
    return CheckedBill.of({
      channel: 'wechat-pay',
      expected: this.expected,
      summary: {
        lines: this.rows,
        paymentFen: fen(this.paidMilli / MILLI),
        refundFen: fen(this.refundedMilli / MILLI),
        feeFen: fen(toFen(this.feeMilli)),
      },
      sha256,
      totals: [
        { name: COUNT_NAME, stated: this.needStated(stated, [COUNT_NAME]), counted: this.rows },
        ...TOTALS.flatMap(({ name }, index) => {
          const says = stated.get(name);
          return says === undefined ? [] : [{ name, stated: says, counted: this.counted[index] ?? 0 }];
        }),
      ],
    });
  }

  /** A summary without a count, without money in, out or fees proves nothing. */
  private needStated(stated: ReadonlyMap<string, number>, names: readonly string[]): number {
    const found = names.map((name) => stated.get(name)).find((value) => value !== undefined);
    if (found === undefined) throw new AppError('bill.malformed', { reason: `no total ${names[0]}` });
    return found;
  }

  /** A line without back-ticks: the header, the header of the summary, or nothing. */
  private readPlain(bytes: Buffer, from: number, end: number): number {
    const found = bytes.indexOf(0x0a, from);
    const to = found < 0 || found >= end ? end : found;
    const names = this.decode(bytes.subarray(from, to)).replace(/\r$/, '');
    if (names.trim() === '') return to + 1;
    if (this.places === undefined) this.places = findPlaces(new ColumnMap(names.split(','), this.lineNo));
    else if (this.summary === undefined) this.summary = this.summaryMap(names);
    else throw malformed('text after the summary', this.lineNo);
    return to + 1;
  }

  private summaryMap(names: string): ColumnMap {
    const map = new ColumnMap(names.split(','), this.lineNo);
    if (map.find(COUNT_NAME) < 0) throw malformed(map.find('交易时间') < 0 ? 'unknown line' : 'a second header', this.lineNo);
    return map;
  }

  private decode(bytes: Uint8Array): string {
    try {
      // The byte order mark, if there is one, is dropped by the decoder.
      return this.utf8.decode(bytes);
    } catch {
      throw malformed('not UTF-8', this.lineNo);
    }
  }

  private readTicked(bytes: Buffer, from: number, end: number): number {
    const { places } = this;
    if (places === undefined) throw malformed('a row before the header', this.lineNo);
    const lineEnd = this.row.readTicked(bytes, from, end);
    if (this.summary !== undefined) this.readSummary(bytes, this.summary);
    else {
      if (this.row.count !== places.map.count) {
        if (this.row.count < places.map.count) throw malformed('too few cells', this.lineNo);
        this.row.align(places.map.count, places.free, () => this.reading(bytes, places));
      }
      this.readRow(bytes, places);
    }
    return lineEnd + 1;
  }

  private readRow(bytes: Buffer, places: Places): void {
    const { row, lines } = this;
    if (!row.is(bytes, places.merchant, this.merchant)) throw new AppError('bill.other-merchant');
    if (places.currency >= 0 && !row.is(bytes, places.currency, CNY)) throw malformed('not CNY', this.lineNo);
    // Numbers and amounts are ASCII in any encoding; a file that is not UTF-8 shows in its texts.
    for (const place of places.free) if (!isUtf8(bytes, row.start(place), row.end(place))) throw malformed('not UTF-8', this.lineNo);
    const refund = this.isRefund(bytes, places.state);
    const line = lines.add();
    this.rows += 1;
    lines.refund[line] = refund ? 1 : 0;
    lines.at[line] = this.day.startsAt + this.second(bytes, refund && places.refundAt >= 0 ? places.refundAt : places.at) * 1_000;
    row.put(lines.order, line, places.order);
    row.put(lines.trade, line, places.trade);
    row.put(lines.attach, line, places.attach);
    lines.app[line] = lines.apps.indexOf(bytes, row.start(places.app), row.end(places.app));
    const status = refund && places.refundState >= 0 ? places.refundState : places.state;
    lines.status[line] = lines.statuses.indexOf(bytes, row.start(status), row.end(status));
    this.putMoney(bytes, places, line, refund);
    row.put(lines.refundNo, line, refund ? this.refundNumber(bytes, places) : -1);
  }

  /** A refund made by hand in the merchant's console has no number of ours; theirs then tells it from others of the order. */
  private refundNumber(bytes: Buffer, { refundNo, refundTrade }: Places): number {
    const { row } = this;
    return row.start(refundNo) === row.end(refundNo) || row.is(bytes, refundNo, NO_NUMBER) ? refundTrade : refundNo;
  }

  private putMoney(bytes: Buffer, places: Places, line: number, refund: boolean): void {
    const { lines, cells, counted } = this;
    for (let index = 0; index < places.sums.length; index += 1) {
      const place = places.sums[index] ?? -1;
      if (place < 0) continue;
      const milli = this.milli(bytes, place);
      cells[index] = milli;
      counted[index] = (counted[index] ?? 0) + milli;
    }
    const amount = cells[refund ? places.refunded : places.paid] ?? 0;
    if (amount < 0) throw malformed('an amount below zero', this.lineNo);
    const fee = cells[FEE] ?? 0;
    putAmount(lines, line, amount);
    putFee(lines, line, fee);
    if (refund) this.refundedMilli += amount;
    else this.paidMilli += amount;
    this.feeMilli += fee;
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
    if (this.row.is(bytes, place, REFUNDED) || this.row.is(bytes, place, REVOKED)) return true;
    throw malformed('unknown trade state', this.lineNo);
  }

  /** The values of a possible reading of a row with too many cells; undefined where one cannot be what its column holds. */
  private reading(bytes: Buffer, places: Places): string | undefined {
    const { row } = this;
    const text = (place: number) => (place < 0 ? '' : bytes.toString('latin1', row.start(place), row.end(place)));
    const needed = [places.merchant, places.order, places.trade, places.refundNo, places.state, places.refundState, places.at, places.app];
    const amounts = places.sums.filter((place) => place >= 0);
    const fits =
      row.is(bytes, places.merchant, this.merchant) &&
      [PAID, REFUNDED, REVOKED].some((state) => row.is(bytes, places.state, state)) &&
      (places.currency < 0 || row.is(bytes, places.currency, CNY)) &&
      readSecond(bytes, row.start(places.at), row.end(places.at), this.day) !== NOT_A_TIME &&
      amounts.every((place) => !isNotMoney(readMilli(bytes, row.start(place), row.end(place))));
    return fits ? [...needed, ...amounts].map(text).join('\n') : undefined;
  }

  private readSummary(bytes: Buffer, map: ColumnMap): void {
    if (this.stated !== undefined) throw malformed('a second summary', this.lineNo);
    if (this.row.count !== map.count) throw malformed('summary does not fit its header', this.lineNo);
    const stated = new Map([[COUNT_NAME, this.milli(bytes, map.need(COUNT_NAME)) / (100 * MILLI)]]);
    for (const { name } of TOTALS) if (map.find(name) >= 0) stated.set(name, this.milli(bytes, map.find(name)));
    this.needStated(stated, ['订单总金额', '应结订单总金额']);
    this.needStated(stated, ['申请退款总金额', '退款总金额']);
    this.needStated(stated, ['手续费总金额']);
    this.stated = stated;
  }
}
