import * as v from 'valibot';
import { DAY_MS, type EpochMs } from '../../shared/time';
import { feeFen, yuan } from '../bills/fees';
import { linesOfDay } from '../bills/journal';
import type { JournalLine } from '../bills/state';
import { beijingText, parseBeijingText } from '../lib/beijing';
import type { Surroundings } from '../surroundings';
import { businessFailed } from './refusal';
import type { AlipayRequest } from './request';
import { parseContent } from './trades';

const pageNumber = v.union([v.pipe(v.string(), v.regex(/^\d{1,8}$/), v.transform(Number)), v.pipe(v.number(), v.integer())]);
const content = v.object({
  start_time: v.string(),
  end_time: v.string(),
  page_no: v.optional(pageNumber, 1),
  page_size: v.optional(pageNumber, 2_000),
});

interface Range {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/**
 * alipay.data.bill.accountlog.query: what moved on the merchant's account, payment and fee apart, available at once. Start within, end
 * without, at most 31 days, pages of 1000 to 2000 (docs.open.alipay.com/api_15/alipay.data.bill.accountlog.query).
 */
export function createAccountLog(parts: Surroundings): (request: AlipayRequest) => Record<string, unknown> {
  let last: Reading | undefined;

  /** Pages asked for one after the other go on where the last one ended; any other is counted from the start. */
  function readTo(range: Range, skip: number): Reading {
    const { alipay } = parts.state.journal;
    const key = `${range.from} ${range.to} ${alipay.length} ${parts.state.traffic.length}`;
    const reading = last?.key === key && last.read <= skip ? last : startReading(parts, key, range);
    while (reading.read < skip && next(reading)) {
      // Moves before the page only add to the balance.
    }
    last = reading;
    return reading;
  }

  return (request) => {
    const { start_time, end_time, page_no, page_size } = parseContent(content, request.bizContent);
    const [from, to] = [parseBeijingText(start_time), parseBeijingText(end_time)];
    if (from === undefined || to === undefined || to <= from || to - from > 31 * DAY_MS) {
      throw businessFailed('INVALID_PARAMETER', '查询时间范围不合法，起止时间间隔不超过31天');
    }
    if (page_no < 1 || page_size < 1_000 || page_size > 2_000) throw businessFailed('INVALID_PARAMETER', '分页大小为1000-2000');
    // What is still to come has not moved yet.
    const reading = readTo({ from, to: Math.min(to, parts.clock() + 1) }, (page_no - 1) * page_size);
    const details: Record<string, string>[] = [];
    while (details.length < page_size) {
      const move = next(reading);
      if (!move) break;
      details.push(detailOf(move, reading.balanceFen));
    }
    return { page_no: String(page_no), page_size: String(page_size), total_size: String(reading.total), detail_list: details };
  };
}

interface Range {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

interface Reading {
  readonly key: string;
  readonly moves: Iterator<Move>;
  readonly total: number;
  read: number;
  balanceFen: number;
}

function startReading(parts: Surroundings, key: string, range: Range): Reading {
  let total = 0;
  for (const _ of movesWithin(parts, range)) total += 1;
  return { key, moves: movesWithin(parts, range), total, read: 0, balanceFen: 0 };
}

function next(reading: Reading): Move | undefined {
  const step = reading.moves.next();
  if (step.done) return undefined;
  reading.read += 1;
  reading.balanceFen += step.value.amountFen;
  return step.value;
}

interface Move {
  readonly line: JournalLine;
  /** Above zero: into the merchant's account. */
  readonly amountFen: number;
  readonly type: '交易' | '收费' | '退费';
  readonly description: string;
}

function* movesWithin(parts: Surroundings, { from, to }: Range): Generator<Move> {
  for (let at = from; at < to + DAY_MS; at += DAY_MS) {
    for (const line of linesOfDay(parts.state, 'alipay', beijingText(at).slice(0, 10))) {
      if (line.at >= from && line.at < to) yield* movesOf(line);
    }
  }
}

function* movesOf(line: JournalLine): Generator<Move> {
  const amountFen = line.refund?.refundFen ?? line.orderFen;
  const fee = feeFen(amountFen);
  if (line.refund) {
    yield { line, amountFen: -amountFen, type: '交易', description: '交易退款' };
    if (fee > 0) yield { line, amountFen: fee, type: '退费', description: '交易退款服务费退还' };
  } else {
    yield { line, amountFen, type: '交易', description: '交易付款' };
    if (fee > 0) yield { line, amountFen: -fee, type: '收费', description: '交易服务费' };
  }
}

function detailOf({ line, amountFen, type, description }: Move, balanceFen: number): Record<string, string> {
  const fee = type === '交易' ? '1' : '2';
  return {
    trans_dt: beijingText(line.at),
    // One of its own for every move, made from the trade's.
    account_log_id: `${(line.refund?.platformRefundNo ?? line.platformTradeNo).slice(-18)}${line.refund ? '2' : '1'}${fee}`,
    alipay_order_no: line.platformTradeNo,
    merchant_order_no: line.orderNo,
    ...(line.refund ? { merchant_out_refund_no: line.refund.refundNo } : {}),
    trans_amount: yuan(Math.abs(amountFen)),
    direction: amountFen < 0 ? '支出' : '收入',
    balance: yuan(balanceFen),
    type,
    biz_desc: `0020001|${description}`,
    other_account: '*同学(138******00)',
    trans_memo: line.title,
    bill_source: '商家中心',
  };
}
