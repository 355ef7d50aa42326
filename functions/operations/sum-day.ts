import { AppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import { dayClosesAt } from '../domain/book-day';
import { BOOK_FAMILIES, booksOf, terminalBook } from '../domain/books';
import { DayCounter, type DayTotals } from '../domain/finance/day-totals';
import type { Clock } from '../lib/clock';
import { mapInParallel } from '../lib/in-parallel';
import type { Books } from '../store/books';
import type { Terminals } from '../store/terminals';

export interface SumDayDeps {
  readonly books: Books;
  readonly terminals: Pick<Terminals, 'list'>;
  readonly clock: Clock;
  readonly packOf: (schoolId: string) => Promise<RulePack>;
}

/** The index of books follows the passbook within a second; five minutes are for a bad day of it. */
export const SETTLING_MS = 5 * 60_000;
/** First pages fetched together: most books of a day have one page or none. */
const TOGETHER = 16;

/**
 * One business day of a school, from the entries of all its books, each read to its end. Memory holds sums and a few pages. The order of
 * books and of lines in them is fixed, so the same entries give the same hashes.
 *
 * Throws AppError: `day.open` (before five minutes after the day's close), `school.unknown`.
 */
export async function sumDay(deps: SumDayDeps, schoolId: string, day: string): Promise<DayTotals> {
  const pack = await deps.packOf(schoolId);
  if (!isSummable(day, pack, deps.clock())) throw new AppError('day.open', { day });
  return sumBooks(deps, schoolId, day);
}

export function isSummable(day: string, pack: Pick<RulePack, 'utcOffsetMinutes'>, now: number): boolean {
  return now >= dayClosesAt(day, pack.utcOffsetMinutes) + SETTLING_MS;
}

/** The same of a day that is still being written: what it holds at this moment. Throws nothing of ours. */
export async function sumBooks(deps: Pick<SumDayDeps, 'books' | 'terminals'>, schoolId: string, day: string): Promise<DayTotals> {
  const counter = new DayCounter();
  const names = await booksOfDay(deps, schoolId, day);
  for (let from = 0; from < names.length; from += TOGETHER) {
    const together = names.slice(from, from + TOGETHER);
    const pages = await mapInParallel(together, TOGETHER, (book) => deps.books.page(schoolId, book));
    for (const [index, first] of pages.entries()) {
      let page = first;
      for (const line of page.lines) counter.add(line);
      while (page.next !== undefined) {
        page = await deps.books.page(schoolId, together[index] ?? '', page.next);
        for (const line of page.lines) counter.add(line);
      }
    }
  }
  return counter.totals();
}

/** Whether anything at all stands in the books of a day. */
export async function hasEntries(deps: Pick<SumDayDeps, 'books' | 'terminals'>, schoolId: string, day: string): Promise<boolean> {
  const names = await booksOfDay(deps, schoolId, day);
  const pages = await mapInParallel(names, TOGETHER, (book) => deps.books.page(schoolId, book));
  return pages.some(({ lines }) => lines.length > 0);
}

async function booksOfDay(deps: Pick<SumDayDeps, 'terminals'>, schoolId: string, day: string): Promise<readonly string[]> {
  const terminals = (await deps.terminals.list(schoolId)).map(({ terminal }) => terminal).sort((a, b) => a - b);
  return [...BOOK_FAMILIES.flatMap((family) => booksOf(family, day)), ...terminals.map((terminal) => terminalBook(terminal, day))];
}
