import { ENTRY, firstOf, type Group, RETURNED, type TableLine } from './bill-table';
import type { OrderRow, RefundRow } from './reconciliation';
import { differLine, type KeptEntry, matchLine, mustStandInBooks, type Run } from './run';

/** Words by which a bill says that the payer has the money. WeChat Pay also prints refunds that are still on their way. */
const PAID_OUT = ['SUCCESS', '退款'];

/** Lines of one refund in the bill, and what row and books say of it. `order`: of a refund without a row, the row of its order. */
export function judgeRefund(run: Run, group: Group, row: RefundRow | undefined, order: OrderRow | undefined): void {
  const [line, ...repeats] = group;
  const first = firstOf(group);
  const entry = run.kept.get(first);
  for (const repeat of repeats) differLine(run, repeat, { class: 'duplicate-line', reason: 'repeated-refund', rowFen: row?.amountFen });
  const bookFen = entry?.entry.amountFen ?? ((run.table.marks(first) & ENTRY) !== 0 ? line.amountFen : undefined);
  const foreign = foreignReason(run, line, row);
  const given = row === undefined && isReversal(line, order);
  const reason =
    foreign ?? (given ? undefined : refundFault(run, line, row, { bookFen, returned: (run.table.marks(first) & RETURNED) !== 0 }));
  if (reason === undefined) {
    matchLine(run, line.index);
    endEntry(run, entry, 'bookMatched');
    return;
  }
  const place = entry?.entry ?? (row === undefined || row.entry === 'none' ? undefined : row.entry);
  const facts = { bookFen, rowFen: row?.amountFen, accountNo: place?.accountNo, n: place?.n };
  const named = foreign !== undefined ? 'foreign' : reason === 'entry-not-in-book' ? 'books-disagree' : 'refund-mismatch';
  differLine(run, line, { class: named, reason, ...facts });
  endEntry(run, entry, 'bookDifferent');
}

/** The whole of an order that was reversed at the platform, or goes back: the books never had it. */
function isReversal(line: TableLine, order: OrderRow | undefined): boolean {
  return order?.state === 'given-back' && order.amountFen === line.amountFen;
}

function foreignReason(run: Run, line: TableLine, row: RefundRow | undefined): string | undefined {
  if (line.appId !== '' && run.input.appIds?.has(line.appId) === false) return 'other-app';
  return row !== undefined && row.channel !== run.input.channel ? 'other-channel' : undefined;
}

/** Why line, row and books do not tell of the same refund; undefined when they do. */
function refundFault(
  run: Run,
  line: TableLine,
  row: RefundRow | undefined,
  books: { readonly bookFen: number | undefined; readonly returned: boolean },
): string | undefined {
  if (row === undefined) return books.bookFen === undefined ? 'unknown-refund' : 'entry-without-refund';
  if (row.orderNo !== line.orderNo) return 'other-order';
  if (row.amountFen !== line.amountFen) return 'other-in-bill';
  if (books.bookFen !== undefined && books.bookFen !== line.amountFen) return 'other-in-book';
  if ((books.returned || row.state === 'failed') && PAID_OUT.includes(line.status)) return 'paid-though-returned';
  const place = row.entry;
  return books.bookFen === undefined && place !== 'none' && mustStandInBooks(run, place) ? 'entry-not-in-book' : undefined;
}

function endEntry(run: Run, entry: KeptEntry | undefined, side: 'bookMatched' | 'bookDifferent'): void {
  if (entry?.ofDay === true) run.tally.addEntry(side, entry.entry);
}
