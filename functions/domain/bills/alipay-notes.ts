import { AppError } from '../../../shared/errors';
import { nextDay } from './beijing-day';
import type { ExpectedBill } from './bill';
import { malformed } from './malformed';
import { readMilli } from './money-text';

/** What a file says of its payments or of its refunds. Money in thousandths of a fen, refunds without their sign. */
export interface StatedTotal {
  readonly name: '交易合计' | '退款合计';
  readonly lines: number;
  readonly milli: number;
  /** Which column the sum is of. */
  readonly of: '商家实收' | '订单金额';
}

const ACCOUNT = /账号\s*[：:]\s*\[?\s*([^\]\s]+)/;
const FIRST_DAY = /起始日期\s*[：:]\s*\[?\s*(\d{4})年(\d{2})月(\d{2})日(?:\s+(\d{2}:\d{2}:\d{2}))?/;
const LAST_DAY = /终止日期\s*[：:]\s*\[?\s*(\d{4})年(\d{2})月(\d{2})日(?:\s+(\d{2}:\d{2}:\d{2}))?/;
const TOTAL = /^#+\s*(交易合计|退款合计)\s*[：:]\s*(\d{1,9})\s*笔\s*[，,](.*)$/;
/** "商家实收共0.06元", "商家实收退款共-0.04元"; "交易金额共…", "总金额…" and "退款共…" are those of other products, and sum the order amounts. */
const SUM = /^\s*(商家实收|交易|总金额|订单金额|退款)(?:退款)?(?:金额)?共?\s*(-?\d+(?:\.\d+)?)\s*元/;
/** The platform prints its account number of the merchant, which is the PID with this behind it. */
const ACCOUNT_ENDING = '0156';

/** The '#' lines around the rows of an Alipay bill. */
export class AlipayNotes {
  /** The list of rows has ended; only sums may follow. */
  ended = false;
  private readonly expected: ExpectedBill;
  private ownAccount = false;
  private ownDay = false;
  private readonly stated = new Map<string, StatedTotal>();

  constructor(expected: ExpectedBill) {
    this.expected = expected;
  }

  /** @throws AppError bill.malformed, bill.other-merchant, bill.other-day */
  take(text: string, line: number, inList: boolean): void {
    if (text.includes('业务明细列表结束')) {
      if (!inList || this.ended) throw malformed('a second end', line);
      this.ended = true;
      return;
    }
    const total = TOTAL.exec(text);
    if (total !== null) this.takeTotal(total[1] === '交易合计' ? '交易合计' : '退款合计', Number(total[2]), total[3] ?? '', line);
    else if (inList && (!this.ended || ACCOUNT.test(text) || FIRST_DAY.test(text) || text.includes('业务明细'))) {
      throw malformed('a second header', line);
    } else if (/合计/.test(text)) throw malformed('unknown form of the totals', line);
    if (!inList) this.takeHead(text);
  }

  private takeHead(text: string): void {
    const { merchantId, day } = this.expected;
    const account = ACCOUNT.exec(text)?.[1];
    if (account !== undefined) {
      if (account !== merchantId && account !== `${merchantId}${ACCOUNT_ENDING}`) throw new AppError('bill.other-merchant');
      this.ownAccount = true;
    }
    const first = FIRST_DAY.exec(text);
    const last = LAST_DAY.exec(text);
    if (first === null && last === null) return;
    const until = last === null ? '' : `${last[1]}-${last[2]}-${last[3]}`;
    const midnight = last?.[4] === undefined || last[4] === '00:00:00';
    // The end is written as the next midnight, or as the last second of the day.
    const isOurs =
      first !== null && `${first[1]}-${first[2]}-${first[3]}` === day && (until === day || (until === nextDay(day) && midnight));
    if (!isOurs) throw new AppError('bill.other-day');
    this.ownDay = true;
  }

  private takeTotal(name: StatedTotal['name'], lines: number, text: string, line: number): void {
    if (!this.ended) throw malformed('totals before the end', line);
    if (this.stated.has(name)) throw malformed('a second total', line);
    const sum = SUM.exec(text);
    if (sum === null) throw malformed('unknown form of the totals', line);
    this.stated.set(name, {
      name,
      lines,
      milli: milliOf(sum[2] ?? '', name),
      of: sum[1] === '商家实收' ? '商家实收' : '订单金额',
    });
  }

  /**
   * Payments first, then refunds; to be asked after the last line.
   * @throws AppError bill.damaged (cut before the end), bill.malformed (does not say whose bill and which day it is)
   */
  totals(): readonly [StatedTotal, StatedTotal] {
    const payments = this.stated.get('交易合计');
    const refunds = this.stated.get('退款合计');
    if (!this.ended || payments === undefined || refunds === undefined) throw new AppError('bill.damaged', { reason: 'no end' });
    if (!this.ownAccount || !this.ownDay) throw new AppError('bill.malformed', { reason: 'no account or no period' });
    return [payments, refunds];
  }
}

function milliOf(text: string, name: StatedTotal['name']): number {
  const milli = readMilli(Buffer.from(text, 'latin1'), 0, text.length);
  return name === '退款合计' ? Math.abs(milli) : milli;
}
