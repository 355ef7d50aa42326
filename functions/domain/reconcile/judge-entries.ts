import type { EpochMs } from '../../../shared/time';
import { OtherBills, type OtherLine } from './other-bills';
import { type BookLine, type OrderRow, type RefundRow, ROWS_AT_ONCE } from './reconciliation';
import { daysBetween, differEntry, type Run } from './run';

/** Our clock and the platform's, and ours of two functions, may differ by so much around midnight. */
const CLOCKS_MS = 10 * 60_000;
/** A refund is asked for until the platform takes it; its line stands on the day it did. */
const MOST_DAYS_OF_REFUND = 10;

/** An entry and where its line may be. */
interface Sought {
  readonly entry: BookLine;
  readonly row: OrderRow | RefundRow;
  /** Days other than the bill's. */
  readonly days: readonly string[];
}

/**
 * Entries of the day whose line is not in the day's bill. Their rows say when the platform was paid; where that can be another day, that
 * day's bill is read. What then has a line is explained; what can still stand in a bill to come is `late`; the rest the platform does not
 * know of.
 */
export async function judgeEntries(run: Run): Promise<void> {
  const sought: Sought[] = [];
  const seen = new Set<string>();
  for (let from = 0; from < run.unresolved.length; from += ROWS_AT_ONCE) {
    const entries = run.unresolved.slice(from, from + ROWS_AT_ONCE);
    if (run.differences.full) {
      run.differences.overflowed = true;
      for (const entry of entries) run.tally.addEntry('bookUnexamined', entry);
      continue;
    }
    sought.push(...(await lookUp(run, entries, seen)));
  }
  if (sought.length === 0) return;
  const bills = await OtherBills.open(run.input, sought);
  for (const one of sought) judge(run, one, bills);
}

async function lookUp(run: Run, entries: readonly BookLine[], seen: Set<string>): Promise<readonly Sought[]> {
  const orderNos = unique(entries.filter(({ kind }) => kind === 'payment').map(({ orderNo }) => orderNo));
  const refundNos = unique(entries.filter(({ kind }) => kind !== 'payment').map(({ refundNo = '' }) => refundNo));
  const orders = orderNos.length === 0 ? new Map<string, OrderRow>() : await run.input.rows.orders(orderNos);
  const refunds = refundNos.length === 0 ? new Map<string, RefundRow>() : await run.input.rows.refunds(refundNos);
  return entries.flatMap((entry) => {
    const key = `${entry.kind}\n${entry.orderNo}\n${entry.refundNo ?? ''}`;
    if (seen.has(key)) {
      differEntry(run, { entry, ofDay: true }, { class: 'credited-twice', reason: 'second-entry' });
      return [];
    }
    seen.add(key);
    if (entry.kind === 'payment') return seekPayment(run, entry, orders.get(entry.orderNo));
    return seekRefund(run, entry, refunds.get(entry.refundNo ?? ''));
  });
}

function seekPayment(run: Run, entry: BookLine, row: OrderRow | undefined): readonly Sought[] {
  if (row === undefined) {
    differEntry(run, { entry, ofDay: true }, { class: 'books-disagree', reason: 'entry-without-order' });
    return [];
  }
  if (row.channel !== run.input.channel) {
    differEntry(run, { entry, ofDay: true }, { class: 'foreign', reason: 'other-channel', rowFen: row.amountFen });
    return [];
  }
  const paidAt = row.paidAt ?? entry.recordedAt;
  return [{ entry, row, days: otherDays(run, paidAt, paidAt) }];
}

function seekRefund(run: Run, entry: BookLine, row: RefundRow | undefined): readonly Sought[] {
  if (row === undefined) {
    differEntry(run, { entry, ofDay: true }, { class: 'books-disagree', reason: 'entry-without-refund' });
    return [];
  }
  // Nothing left us under this number, so no bill has it; what was taken has come back, or is coming back, in an entry of its own.
  if (row.state === 'failed') {
    run.tally.addEntry('bookMatched', entry);
    return [];
  }
  if (entry.kind === 'refund-returned') {
    differEntry(run, { entry, ofDay: true }, { class: 'refund-mismatch', reason: 'returned-though-not-failed', rowFen: row.amountFen });
    return [];
  }
  return [{ entry, row, days: otherDays(run, entry.recordedAt, row.refundedAt ?? entry.recordedAt) }];
}

function otherDays(run: Run, from: EpochMs, to: EpochMs): readonly string[] {
  return daysBetween(from - CLOCKS_MS, to + CLOCKS_MS, MOST_DAYS_OF_REFUND).filter((day) => day !== run.input.day);
}

function judge(run: Run, { entry, row, days }: Sought, bills: OtherBills): void {
  const lines = days.flatMap((day) => bills.linesOf(day, entry));
  const trade = 'refundNo' in row ? undefined : row.platformTradeNo;
  const line = lines.find((one) => trade === undefined || one.platformTradeNo === trade);
  if (line !== undefined) judgeFound(run, entry, line, row.amountFen);
  else if ('refundNo' in row && row.state === 'pending') {
    differEntry(run, { entry, ofDay: true }, { class: 'late', reason: 'refund-pending', rowFen: row.amountFen });
  } else if (days.some((day) => !bills.has(day))) {
    differEntry(run, { entry, ofDay: true }, { class: 'late', reason: 'bill-to-come', rowFen: row.amountFen });
  } else {
    const named = entry.kind === 'payment' ? 'missing-in-bill' : 'refund-mismatch';
    differEntry(run, { entry, ofDay: true }, { class: named, reason: 'not-in-bill', rowFen: row.amountFen });
  }
}

function judgeFound(run: Run, entry: BookLine, line: OtherLine, rowFen: OrderRow['amountFen']): void {
  if (line.amountFen === entry.amountFen) {
    run.tally.addEntry('bookMatched', entry);
    return;
  }
  const named = entry.kind === 'payment' ? 'amount-mismatch' : 'refund-mismatch';
  const { amountFen, platformTradeNo } = line;
  differEntry(run, { entry, ofDay: true }, { class: named, reason: 'other-in-bill', rowFen, billFen: amountFen, platformTradeNo });
}

function unique(numbers: readonly string[]): readonly string[] {
  return [...new Set(numbers)];
}
