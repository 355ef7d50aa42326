import { ENTRY, firstOf, type Group, type TableLine } from './bill-table';
import type { OrderRow } from './reconciliation';
import { differLine, type KeptEntry, matchLine, mustStandInBooks, type Run } from './run';

/** Payments of one order in the bill, and what row and books say of the order. */
export function judgePayment(run: Run, group: Group, row: OrderRow | undefined): void {
  const first = firstOf(group);
  const entry = run.kept.get(first);
  const booked = (run.table.marks(first) & ENTRY) !== 0;
  const [earliest, ...others] = withoutForeign(run, group, row, booked);
  if (earliest === undefined) {
    // It is the line that is strange. The entry has it.
    endEntry(run, entry, 'bookMatched');
    return;
  }
  const ours: readonly [TableLine, ...TableLine[]] = [earliest, ...others];
  if (row === undefined) {
    judgeOrphan(run, ours, booked);
    endEntry(run, entry, 'bookDifferent');
    return;
  }
  const own = ownPayment(ours, row);
  judgeRepeats(run, ours, own, row);
  if (own !== undefined) judgeOwn(run, own, { row, entry, booked });
  // The order was paid by a trade of another day, to whose bill the entry belongs.
  else if (entry?.ofDay === true) run.unresolved.push(entry.entry);
}

/** The order's own trade by its row; of an order that nobody has confirmed yet, the first that is of its amount. */
function ownPayment(lines: readonly [TableLine, ...TableLine[]], row: OrderRow): TableLine | undefined {
  const trade = row.platformTradeNo;
  const candidates = trade === undefined ? lines : lines.filter((line) => line.platformTradeNo === trade);
  return candidates.find((line) => line.amountFen === row.amountFen) ?? candidates[0];
}

function endEntry(run: Run, entry: KeptEntry | undefined, side: 'bookMatched' | 'bookDifferent'): void {
  if (entry?.ofDay === true) run.tally.addEntry(side, entry.entry);
}

/** The lines that may be ours; the others come to their end here. */
function withoutForeign(run: Run, group: Group, row: OrderRow | undefined, booked: boolean): readonly TableLine[] {
  const { input, schools } = run;
  return group.filter((line) => {
    const reason =
      line.appId !== '' && input.appIds?.has(line.appId) === false
        ? 'other-app'
        : row !== undefined && row.channel !== input.channel
          ? 'other-channel'
          : row === undefined && !booked && schools.shapeOf(line.orderNo) === 'other-school'
            ? 'other-school'
            : undefined;
    if (reason === undefined) return true;
    differLine(run, line, { class: 'foreign', reason, rowFen: row?.amountFen });
    return false;
  });
}

function judgeOrphan(run: Run, lines: readonly TableLine[], booked: boolean): void {
  const trades = new Set<string>();
  for (const line of lines) {
    if (booked) differLine(run, line, { class: 'books-disagree', reason: 'entry-without-order' });
    else if (trades.has(line.platformTradeNo)) differLine(run, line, { class: 'duplicate-line', reason: 'repeated-line' });
    else {
      const meantForUs = run.schools.shapeOf(line.orderNo) === 'ours' || run.input.appIds?.has(line.appId) === true;
      differLine(run, line, { class: 'orphan-payment', reason: 'no-order', act: meantForUs ? 'refund' : 'hold' });
    }
    trades.add(line.platformTradeNo);
  }
}

/**
 * Lines that are not the order's own payment: a trade printed again, or money that came a second time. One trade is one payment, however
 * often and with whatever amounts a bill prints it: the platform gives a number once.
 */
function judgeRepeats(run: Run, lines: readonly TableLine[], own: TableLine | undefined, row: OrderRow): void {
  const trades = new Set(own === undefined ? [] : [own.platformTradeNo]);
  for (const line of lines) {
    if (line === own) continue;
    if (trades.has(line.platformTradeNo)) {
      differLine(run, line, { class: 'duplicate-line', reason: 'repeated-line', rowFen: row.amountFen });
      continue;
    }
    trades.add(line.platformTradeNo);
    const act = line.amountFen === row.amountFen ? 'refund' : 'hold';
    differLine(run, line, { class: 'duplicate-payment', reason: 'second-trade', act, rowFen: row.amountFen });
  }
}

function judgeOwn(
  run: Run,
  line: TableLine,
  { row, entry, booked }: { readonly row: OrderRow; readonly entry: KeptEntry | undefined; readonly booked: boolean },
): void {
  const bookFen = entry?.entry.amountFen ?? (booked ? line.amountFen : undefined);
  if (line.amountFen !== row.amountFen || (bookFen !== undefined && bookFen !== line.amountFen)) {
    const place = entry?.entry ?? row.entry;
    const reason = line.amountFen === row.amountFen ? 'other-in-book' : 'other-in-bill';
    const facts = { rowFen: row.amountFen, bookFen, accountNo: place?.accountNo, n: place?.n };
    differLine(run, line, { class: 'amount-mismatch', reason, ...facts });
    endEntry(run, entry, 'bookDifferent');
    return;
  }
  if (bookFen === undefined && row.state !== 'credited' && row.state !== 'given-back') {
    differLine(run, line, { class: 'missing-callback', reason: row.state, rowFen: row.amountFen });
    return;
  }
  if (bookFen === undefined && row.entry !== undefined && mustStandInBooks(run, row.entry)) {
    const { accountNo, n } = row.entry;
    differLine(run, line, { class: 'books-disagree', reason: 'entry-not-in-book', rowFen: row.amountFen, accountNo, n });
    return;
  }
  matchLine(run, line.index);
  endEntry(run, entry, 'bookMatched');
}
