import type { EntryView } from '../../../../../shared/api/common';
import type { StatementQuery } from '../../../../../shared/api/records';
import type { StatementReply } from '../../../../../shared/api/student';
import { appendPage } from '../../../lib/statement-view';

/** 30 rows a page: more than 6,000 entries in a month is nobody's. */
const MOST_PAGES = 200;

export interface WholeMonth {
  readonly first: StatementReply;
  /** Newest first. */
  readonly entries: readonly EntryView[];
}

/** Every page of a month, for what needs all of it: charts, a table, a comparison. Nothing of it is drawn as it comes. */
export async function loadMonth(page: (query: StatementQuery) => Promise<StatementReply>, month: string): Promise<WholeMonth> {
  const first = await page({ month });
  let { entries, nextCursor } = first;
  for (let pages = 1; nextCursor !== null && pages < MOST_PAGES; pages += 1) {
    const next = await page({ month, cursor: nextCursor });
    entries = appendPage(entries, next.entries);
    nextCursor = next.nextCursor;
  }
  return { first, entries };
}
