import type { EntryView } from '../../../shared/api/common';
import { dayOf, daysInMonth } from './dates';

export interface DayGroup<Row> {
  readonly day: string;
  readonly rows: readonly Row[];
}

/** Rows newest first, grouped by the day of what `at` says of each, in the school's zone. */
export function groupByDay<Row>(rows: readonly Row[], at: (row: Row) => string, offsetMinutes?: number): DayGroup<Row>[] {
  const groups: { day: string; rows: Row[] }[] = [];
  for (const row of rows) {
    const day = dayOf(at(row), offsetMinutes);
    const last = groups[groups.length - 1];
    if (last !== undefined && last.day === day) last.rows.push(row);
    else groups.push({ day, rows: [row] });
  }
  return groups;
}

export interface DayBar {
  readonly day: string;
  readonly spentFen: number;
  /** Percent of the tallest bar; a day on which something was spent is never invisible. */
  readonly height: number;
  readonly today: boolean;
}

export function dayBars(month: string, spentByDay: Readonly<Record<string, number>>, today: string): DayBar[] {
  const tallest = Math.max(1, ...Object.values(spentByDay));
  return Array.from({ length: daysInMonth(month) }, (_, index) => {
    const day = `${month}-${String(index + 1).padStart(2, '0')}`;
    const spentFen = spentByDay[day] ?? 0;
    return { day, spentFen, height: spentFen === 0 ? 0 : Math.max(8, Math.round((100 * spentFen) / tallest)), today: day === today };
  });
}

/** Pages may overlap when entries were added between two of them; an entry is listed once. */
export function appendPage(known: readonly EntryView[], page: readonly EntryView[]): EntryView[] {
  const seen = new Set(known.map((entry) => entry.n));
  return [...known, ...page.filter((entry) => !seen.has(entry.n))];
}
