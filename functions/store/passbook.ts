import type { Entry } from '../domain/entry';
import { fromItem, passbookKey, toItem } from './entry-item';
import type { Database, TableWrite, TransactResult } from './table';

/** Entries of one account, newest first, a page at a time. */
export interface EntryPage {
  readonly entries: readonly Entry[];
  readonly more: boolean;
}

/**
 * The passbook: entries only, and one way to write them. Access patterns: head (1 read unit), one entry by number,
 * entries downward or upward from a number, append.
 */
export interface Passbook {
  /** The newest entry, strongly consistent; undefined for an account that was never opened. */
  head(schoolId: string, accountNo: number): Promise<Entry | undefined>;
  entry(schoolId: string, accountNo: number, n: number): Promise<Entry | undefined>;
  /** Entries with from ≤ n ≤ to, newest first. */
  entries(schoolId: string, accountNo: number, range: { from: number; to: number; limit: number }): Promise<EntryPage>;
  /**
   * Writes entry n when there is none. `found` is the entry that was first, which may be our own earlier attempt
   * whose answer was lost.
   */
  append(entry: Entry): Promise<{ appended: true } | { appended: false; found: Entry | undefined }>;
  /** Writes the entry together with its permanent rows in `records`, all or nothing. The entry is write 0. */
  appendWith(entry: Entry, writes: readonly TableWrite[]): Promise<TransactResult>;
  /** Writes several entries, of one account or many, with their permanent rows, all or nothing: at most 100 writes in all. */
  appendTogether(entries: readonly Entry[], writes: readonly TableWrite[]): Promise<TransactResult>;
}

function entryWrite(entry: Entry): TableWrite {
  return { table: 'passbook', write: { put: toItem(entry), when: { is: 'absent' } } };
}

export function createPassbook(database: Database): Passbook {
  const { passbook } = database;
  const partition = (schoolId: string, accountNo: number) => ({ name: 'pk', value: passbookKey(schoolId, accountNo) });
  return {
    async head(schoolId, accountNo) {
      const found = await passbook.query({ partition: partition(schoolId, accountNo), newestFirst: true, limit: 1, consistent: true });
      const item = found.items[0];
      return item === undefined ? undefined : fromItem(item);
    },
    async entry(schoolId, accountNo, n) {
      const sort = { name: 'n', from: n, to: n };
      const found = await passbook.query({ partition: partition(schoolId, accountNo), sort, limit: 1, consistent: true });
      const item = found.items[0];
      return item === undefined ? undefined : fromItem(item);
    },
    async entries(schoolId, accountNo, { from, to, limit }) {
      const sort = { name: 'n', from, to };
      const found = await passbook.query({ partition: partition(schoolId, accountNo), sort, newestFirst: true, limit, consistent: true });
      const last = found.items.at(-1);
      const more = found.next !== undefined && last !== undefined && Number(last.n) > from;
      return { entries: found.items.map(fromItem), more };
    },
    async append(entry) {
      const result = await passbook.put(toItem(entry), { is: 'absent' });
      if (result.written) return { appended: true };
      return { appended: false, found: result.found && fromItem(result.found) };
    },
    appendWith: (entry, writes) => database.transact([entryWrite(entry), ...writes]),
    appendTogether: (entries, writes) => database.transact([...entries.map(entryWrite), ...writes]),
  };
}
