import { ENTRY, type Group, LOOK, RETURNED } from './bill-table';
import { judgePayment } from './judge-payment';
import { judgeRefund } from './judge-refund';
import { type OrderRow, type RefundRow, ROWS_AT_ONCE } from './reconciliation';
import { matchLine, type Run } from './run';

/**
 * Brings every line to its end. A line whose entry stands in the day's book with the same amount is matched: entry and row were written in
 * one transaction, so the row says the same. Only the others are looked up.
 */
export async function judgeLines(run: Run): Promise<void> {
  const { table } = run;
  const foreignApps = table.appIds.map((id) => id !== '' && run.input.appIds?.has(id) === false);
  let groups: Group[] = [];
  for (let index = 0; index < table.length; index += 1) {
    run.tally.addLine('bill', table, index);
    if (table.isRepeated(index)) continue;
    const marks = table.marks(index);
    const plain = (marks & (ENTRY | LOOK | RETURNED)) === ENTRY && !table.hasRepeats(index) && foreignApps[table.app(index)] !== true;
    if (plain) matchLine(run, index);
    else if (run.differences.full) leaveUnexamined(run, index);
    else groups.push(table.group(index));
    if (groups.length === ROWS_AT_ONCE) {
      await judge(run, groups);
      groups = [];
    }
  }
  await judge(run, groups);
}

async function judge(run: Run, groups: readonly Group[]): Promise<void> {
  const payments = groups.filter(([line]) => line.kind === 'payment');
  const refunds = groups.filter(([line]) => line.kind === 'refund');
  const orders = payments.length === 0 ? new Map<string, OrderRow>() : await run.input.rows.orders(payments.map(([line]) => line.orderNo));
  for (const group of payments) judgePayment(run, group, orders.get(group[0].orderNo));
  const numbers = refunds.map(([line]) => line.refundNo).filter((refundNo) => refundNo !== '');
  const rows = numbers.length === 0 ? new Map<string, RefundRow>() : await run.input.rows.refunds(numbers);
  // The platform gives back by itself what was reversed: such a refund has no number of ours, and its order's row knows it.
  const ours = refunds.filter(([line]) => !rows.has(line.refundNo)).map(([line]) => line.orderNo);
  const reversed = ours.length === 0 ? new Map<string, OrderRow>() : await run.input.rows.orders(ours);
  for (const group of refunds) judgeRefund(run, group, rows.get(group[0].refundNo), reversed.get(group[0].orderNo));
}

/** More differences than can be acted upon: whatever comes now is only counted. */
function leaveUnexamined(run: Run, index: number): void {
  const { table, tally, differences, kept } = run;
  differences.overflowed = true;
  for (const line of table.group(index)) tally.addLine('billUnexamined', table, line.index);
  const entry = kept.get(index);
  if (entry?.ofDay === true) tally.addEntry('bookUnexamined', entry.entry);
}
