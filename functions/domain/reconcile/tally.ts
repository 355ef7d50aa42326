import { fen } from '../../../shared/money';
import type { BillTable } from './bill-table';
import type { BookLine, SchoolSums, Sums } from './reconciliation';
import type { Schools } from './schools';

/** Which side of the comparison a sum is of, as `SchoolSums` and the remainders that must close it. */
const SIDES = ['bill', 'matched', 'billDifferent', 'billUnexamined', 'book', 'bookMatched', 'bookDifferent', 'bookUnexamined'] as const;
type Side = (typeof SIDES)[number];
type BookSide = 'book' | 'bookMatched' | 'bookDifferent' | 'bookUnexamined';

/** Sums per school. Amounts are whole fen in plain numbers, checked to be safe integers when they leave. */
export class Tally {
  private readonly schools: Schools;
  private readonly sums: Readonly<Record<Side, Float64Array>>;

  constructor(schools: Schools) {
    this.schools = schools;
    const empty = () => new Float64Array(schools.count * 4);
    this.sums = {
      bill: empty(),
      matched: empty(),
      billDifferent: empty(),
      billUnexamined: empty(),
      book: empty(),
      bookMatched: empty(),
      bookDifferent: empty(),
      bookUnexamined: empty(),
    };
  }

  /** A line of the bill, by its place in the table: called for millions of them, so it makes nothing. */
  addLine(side: 'bill' | 'matched' | 'billDifferent' | 'billUnexamined', table: BillTable, line: number): void {
    const sums = this.sums[side];
    const at = table.school(line) * 4;
    this.add(sums, at, table.isRefund(line), table.amountFen(line));
    sums[at + 3] = (sums[at + 3] ?? 0) + table.feeFen(line);
  }

  private add(sums: Float64Array, at: number, refund: boolean, amountFen: number): void {
    const money = at + (refund ? 2 : 1);
    sums[at] = (sums[at] ?? 0) + 1;
    sums[money] = (sums[money] ?? 0) + amountFen;
  }

  addEntry(side: BookSide, entry: BookLine): void {
    this.addEntryOf(side, this.schools.placeOf(entry.schoolId), entry);
  }

  /** As `addEntry`, where the school's place is known. */
  addEntryOf(side: BookSide, school: number, entry: BookLine): void {
    const amountFen = entry.kind === 'refund-returned' ? -entry.amountFen : entry.amountFen;
    this.add(this.sums[side], school * 4, entry.kind !== 'payment', amountFen);
  }

  /** Every line and every entry must have come to exactly one end. Throws when it has not: a fault of ours, and no day may be called anything. */
  close(): void {
    for (let at = 0; at < this.schools.count * 4; at += 1) {
      const of = (side: Side) => this.sums[side][at] ?? 0;
      // Integers far below 2^53, so that sums of them are exact in any order.
      if (of('bill') !== of('matched') + of('billDifferent') + of('billUnexamined'))
        throw new Error('a line of the bill has no end, or two');
      if (of('book') !== of('bookMatched') + of('bookDifferent') + of('bookUnexamined')) throw new Error('an entry has no end, or two');
    }
  }

  ofSchool(school: number): SchoolSums {
    return this.sumsOf([school]);
  }

  total(): SchoolSums {
    return this.sumsOf(Array.from({ length: this.schools.count }, (_, school) => school));
  }

  unexamined(): { readonly bill: Sums; readonly book: Sums } {
    const all = Array.from({ length: this.schools.count }, (_, school) => school);
    return { bill: this.plain('billUnexamined', all), book: this.plain('bookUnexamined', all) };
  }

  private sumsOf(schools: readonly number[]): SchoolSums {
    return {
      bill: { ...this.plain('bill', schools), feeFen: fen(this.of('bill', schools, 3)) },
      matched: { ...this.plain('matched', schools), feeFen: fen(this.of('matched', schools, 3)) },
      book: this.plain('book', schools),
      bookMatched: this.plain('bookMatched', schools),
    };
  }

  private plain(side: Side, schools: readonly number[]): Sums {
    return {
      count: this.of(side, schools, 0),
      paymentFen: fen(this.of(side, schools, 1)),
      refundFen: fen(this.of(side, schools, 2)),
    };
  }

  private of(side: Side, schools: readonly number[], column: number): number {
    return schools.reduce((sum, school) => sum + (this.sums[side][school * 4 + column] ?? 0), 0);
  }
}
