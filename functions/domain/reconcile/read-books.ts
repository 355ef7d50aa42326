import { ENTRY, LOOK, RETURNED } from './bill-table';
import type { BookLine, BookPages } from './reconciliation';
import { differEntry, type Run } from './run';
import { NONE } from './slot-table';

/** Entries that a bill does not explain, kept at most; above, the day is suspended anyway. */
const MOST_UNRESOLVED = 200_000;

/**
 * Lays the books over the bill: each entry finds its line by order number (and refund number). What is plain is only a mark on the line;
 * an entry of another day, of another amount or a second one is kept whole, to be looked at with the order's row.
 */
export async function readBooks(run: Run): Promise<void> {
  const { before, of, after } = run.input.books;
  await readBook(run, before, false);
  await readBook(run, of, true);
  await readBook(run, after, false);
}

async function readBook(run: Run, pages: BookPages, ofDay: boolean): Promise<void> {
  for await (const page of pages) {
    const lines = run.table.findAll(page);
    for (const [at, entry] of page.entries()) readEntry(run, entry, lines[at] ?? NONE, ofDay);
  }
}

function readEntry(run: Run, entry: BookLine, line: number, ofDay: boolean): void {
  const { table, tally } = run;
  const school = run.schools.placeOf(entry.schoolId);
  if (ofDay) tally.addEntryOf('book', school, entry);
  if (line === NONE) {
    if (ofDay) keepUnresolved(run, entry);
    return;
  }
  if (entry.kind === 'refund-returned') {
    table.mark(line, RETURNED);
    // What it undoes stands against the line; the undoing itself has no line to be compared with.
    if (ofDay) tally.addEntry('bookMatched', entry);
    return;
  }
  const first = (table.marks(line) & ENTRY) === 0;
  if (!first) {
    differEntry(run, { entry, ofDay }, { class: 'credited-twice', reason: 'second-entry' });
    return;
  }
  table.mark(line, ENTRY);
  table.setSchool(line, school);
  // An entry of another day may belong to an earlier payment of the same order, of which this line is then the duplicate.
  if (!ofDay || entry.late || entry.amountFen !== table.amountFen(line) || table.hasRepeats(line)) {
    table.mark(line, LOOK);
    run.kept.set(line, { entry, ofDay });
  } else tally.addEntryOf('bookMatched', school, entry);
}

function keepUnresolved(run: Run, entry: BookLine): void {
  if (run.unresolved.length < MOST_UNRESOLVED) {
    run.unresolved.push(entry);
    return;
  }
  run.differences.overflowed = true;
  run.tally.addEntry('bookUnexamined', entry);
}
