import type { EntryView } from '../../../../../shared/api/common';
import type { BookEntry } from '../../../../../shared/api/records';
import { add, type Fen } from '../../../../../shared/money';
import { holderChange, isHolders } from '../../../../../shared/passbook/postings';
import { instantMs } from '../../../lib/dates';
import type { FoundFault } from './faults';

/** What the statement must say of an entry, taken from the entry itself. */
export interface BookRow {
  readonly kind: string;
  readonly recordedAt: number;
  /** Undefined for a sale by the payer's own WeChat or Alipay code: nothing of the holder's moved in this book. */
  readonly amountFen: Fen | undefined;
  readonly runningFen: Fen;
  readonly walletFen: Fen;
}

export function bookRow({ kind, recordedAt, postings, state }: BookEntry): BookRow {
  const outside = postings.length > 0 && !postings.some(({ leg }) => isHolders(leg));
  return {
    kind,
    recordedAt,
    amountFen: outside ? undefined : holderChange(postings),
    runningFen: add(state.balances.card, state.balances.transit),
    walletFen: state.balances.wallet,
  };
}

/** Rows that say something else than the book, and what moved money in the month but was not listed. */
export function rowFaults(rows: readonly EntryView[], month: ReadonlyMap<number, BookRow>, headN: number): FoundFault[] {
  const faults: FoundFault[] = [];
  const listed = new Set(rows.map(({ n }) => n));
  for (const row of rows) {
    // What was written after the head was signed is for the next check.
    if (row.n <= headN && !isSame(row, month.get(row.n))) faults.push({ n: row.n, fault: 'row-differs' });
  }
  month.forEach(({ amountFen }, n) => {
    if (amountFen !== undefined && amountFen !== 0 && !listed.has(n)) faults.push({ n, fault: 'row-missing' });
  });
  return faults;
}

function isSame(row: EntryView, book: BookRow | undefined): boolean {
  return (
    book !== undefined &&
    row.kind === book.kind &&
    (book.amountFen === undefined || row.amountFen === book.amountFen) &&
    row.runningFen === book.runningFen &&
    row.balances.walletFen === book.walletFen &&
    instantMs(row.recordedAt) === book.recordedAt
  );
}
