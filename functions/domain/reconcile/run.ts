import type { EpochMs } from '../../../shared/time';
import { businessDay, shiftDay } from '../../../shared/time';
import { beijingDay } from '../bills/beijing-day';
import type { BillTable, TableLine } from './bill-table';
import type { Differences, Found } from './differences';
import type { BookLine, EntryPlace, ReconcileInput } from './reconciliation';
import type { Schools } from './schools';
import type { Tally } from './tally';

/** The index behind a book shows an entry within seconds; an entry as new as this may be missing from what we read. */
const INDEX_LAG_MS = 60_000;

/** An entry beside the plain case, kept whole. */
export interface KeptEntry {
  readonly entry: BookLine;
  readonly ofDay: boolean;
}

/** What all steps of one reconciliation share. */
export interface Run {
  readonly input: ReconcileInput;
  readonly schools: Schools;
  readonly table: BillTable;
  readonly tally: Tally;
  readonly differences: Differences;
  /** First entries of lines that are to be looked at. */
  readonly kept: Map<number, KeptEntry>;
  /** Entries of the day that the bill of the day does not have. */
  readonly unresolved: BookLine[];
}

/** A line of the bill comes to its end as matched. */
export function matchLine(run: Run, index: number): void {
  run.tally.addLine('matched', run.table, index);
}

/** A line of the bill comes to its end as a difference. */
export function differLine(
  run: Run,
  line: TableLine,
  found: Pick<Found, 'class' | 'act' | 'reason' | 'bookFen' | 'rowFen' | 'accountNo' | 'n'>,
): void {
  const { table, tally, differences, schools } = run;
  const school = table.school(line.index);
  tally.addLine('billDifferent', table, line.index);
  differences.add({
    schoolId: schools.id(school),
    kind: line.kind,
    orderNo: line.orderNo,
    refundNo: line.refundNo,
    platformTradeNo: line.platformTradeNo,
    billFen: line.amountFen,
    at: line.at,
    ...found,
  });
}

/** An entry of the day comes to its end as a difference. */
export function differEntry(
  run: Run,
  { entry, ofDay }: KeptEntry,
  found: Pick<Found, 'class' | 'act' | 'reason' | 'rowFen' | 'billFen' | 'platformTradeNo'>,
): void {
  if (ofDay) run.tally.addEntry('bookDifferent', entry);
  run.differences.add({
    schoolId: entry.schoolId,
    kind: entry.kind === 'payment' ? 'payment' : 'refund',
    orderNo: entry.orderNo,
    refundNo: entry.refundNo,
    bookFen: entry.amountFen,
    at: entry.recordedAt,
    accountNo: entry.accountNo,
    n: entry.n,
    ...found,
  });
}

/** Whether the books that were read must hold the entry that a row names. */
export function mustStandInBooks(run: Run, place: EntryPlace): boolean {
  const { day, startedAt } = run.input;
  const from = beijingDay(shiftDay(day, -1)).startsAt;
  const until = beijingDay(shiftDay(day, 2)).startsAt;
  return place.recordedAt >= from && place.recordedAt < until && place.recordedAt < startedAt - INDEX_LAG_MS;
}

/** Beijing days from one instant to another, at most `most` of them. */
export function daysBetween(from: EpochMs, to: EpochMs, most: number): readonly string[] {
  const days = [businessDay(from)];
  const last = businessDay(to);
  for (let day = days[0] ?? last; day < last && days.length < most; ) {
    day = shiftDay(day, 1);
    days.push(day);
  }
  return days;
}
