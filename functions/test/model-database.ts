import type { Condition, Database, Item, Key, QueryInput, QueryResult, Table, TransactResult, Write, WriteResult } from '../store/table';
import { page } from './model-page';
import { copyItem, Rows } from './model-rows';
import { checkedCopy, checkKey, INDEXES, isIndexed, projected, TABLE_KEYS, type TableName, ValidationException } from './model-tables';

/**
 * The store port in memory, meaning exactly what DynamoDB means: it passes the same contract tests as the engine
 * (database-contract.ts) and can do what no local engine does: lag. With `late`, indexes and reads that are not
 * consistent see a copy that follows only when `catchUp` is called.
 */
export interface ModelDatabase extends Database {
  /** Changes the late copy has not seen. */
  waiting(): number;
  /** Lets the late copy see `count` waiting changes, chosen by `pick`; changes of one item stay in their order. */
  catchUp(count?: number, pick?: (below: number) => number): void;
  /** Everything a table holds, in no order between partitions. The items are the model's own: read only. */
  all(table: TableName): Iterable<Item>;
  /** One partition in order. Read only. */
  partition(table: TableName, value: string): readonly Item[];
}

const TOKEN_MS = 600_000;

class IdempotentParameterMismatchException extends Error {
  override readonly name = 'IdempotentParameterMismatchException';
}

interface Change {
  readonly table: TableName;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
}

export function createModelDatabase(options: { readonly late?: boolean; readonly now?: () => number } = {}): ModelDatabase {
  const now = options.now ?? (() => 0);
  const newRows = (table: TableName) => new Rows(TABLE_KEYS[table], TABLE_KEYS[table]);
  const current = { passbook: newRows('passbook'), records: newRows('records') };
  const lateCopy = options.late ? { passbook: newRows('passbook'), records: newRows('records') } : current;
  const indexes = {
    passbook: new Rows(INDEXES.passbook.keys, TABLE_KEYS.passbook),
    records: new Rows(INDEXES.records.keys, TABLE_KEYS.records),
  };
  const changes: Change[] = [];
  const tokens = new Map<string, { content: string; until: number }>();

  return {
    passbook: tableOf('passbook'),
    records: tableOf('records'),
    async transact(writes, token) {
      if (writes.length === 0 || writes.length > 100) throw new ValidationException('a transaction has 1 to 100 writes');
      const keys = writes.map(({ table, write }) => `${table}|${keyText(table, keyOf(table, write))}`);
      if (new Set(keys).size !== keys.length) throw new ValidationException('a transaction names one item twice');
      const copies = writes.map(({ table, write }) => ('put' in write ? checkedCopy(table, write.put) : undefined));
      const content = JSON.stringify(writes);
      const known = token === undefined ? undefined : tokens.get(token);
      if (known !== undefined && known.until > now()) {
        if (known.content !== content) throw new IdempotentParameterMismatchException('the token came with other writes');
        return { written: true };
      }
      for (const [failed, { table, write }] of writes.entries()) {
        const found = current[table].find(keyOf(table, write));
        if (!holds(write.when, found)) return { written: false, failed, found: found && copyItem(found) } satisfies TransactResult;
      }
      for (const [index, { table, write }] of writes.entries()) {
        const copy = copies[index];
        if (copy !== undefined) store(table, copy);
        else if ('remove' in write) drop(table, write.remove);
      }
      if (token !== undefined) tokens.set(token, { content, until: now() + TOKEN_MS });
      return { written: true };
    },
    waiting: () => changes.length,
    catchUp(count = changes.length, pick = () => 0) {
      for (let done = 0; done < count && changes.length > 0; done += 1) applyWaiting(pick(changes.length));
    },
    all: (table) => current[table].all(),
    partition: (table, value) => current[table].partition(value),
  };

  function tableOf(table: TableName): Table {
    return {
      async get(key, { consistent = false } = {}) {
        checkKey(table, key);
        const found = (consistent ? current : lateCopy)[table].find(key);
        return found && copyItem(found);
      },
      query: async (input) => (input.index === undefined ? queryTable(table, input) : queryIndex(table, input)),
      async put(item, when): Promise<WriteResult> {
        const copy = checkedCopy(table, item);
        const found = current[table].find(copy);
        if (!holds(when, found)) return { written: false, found: found && copyItem(found) };
        store(table, copy);
        return { written: true };
      },
      async remove(key, when): Promise<WriteResult> {
        checkKey(table, key);
        const found = current[table].find(key);
        if (!holds(when, found)) return { written: false, found: found && copyItem(found) };
        drop(table, key);
        return { written: true };
      },
    };
  }

  function store(table: TableName, copy: Item): void {
    const before = current[table].find(copy);
    current[table].put(copy);
    follow({ table, before, after: copy });
  }

  function drop(table: TableName, key: Key): void {
    const before = current[table].find(key);
    if (before === undefined) return;
    current[table].remove(key);
    follow({ table, before, after: undefined });
  }

  function follow(change: Change): void {
    if (options.late) changes.push(change);
    else applyToIndex(change);
  }

  function applyWaiting(choice: number): void {
    const chosen = changes[choice];
    if (chosen === undefined) throw new RangeError('no such waiting change');
    const key = changeKey(chosen);
    const first = changes.findIndex((change) => changeKey(change) === key);
    const [change] = changes.splice(first, 1);
    if (change === undefined) return;
    const { table, before, after } = change;
    if (after !== undefined) lateCopy[table].put(after);
    else if (before !== undefined) lateCopy[table].remove(before);
    applyToIndex(change);
  }

  function changeKey({ table, before, after }: Change): string {
    return `${table}|${keyText(table, before ?? after ?? {})}`;
  }

  function applyToIndex({ table, before, after }: Change): void {
    if (before !== undefined && isIndexed(table, before)) indexes[table].remove(before);
    if (after !== undefined && isIndexed(table, after)) indexes[table].put(projected(table, after));
  }

  function queryTable(table: TableName, input: QueryInput): QueryResult {
    const rows = (input.consistent ? current : lateCopy)[table];
    return page(rows, TABLE_KEYS[table], [TABLE_KEYS[table]], input);
  }

  function queryIndex(table: TableName, input: QueryInput): QueryResult {
    if (input.index !== INDEXES[table].name) throw new ValidationException(`no index ${input.index}`);
    if (input.consistent) throw new ValidationException('Consistent reads are not supported on global secondary indexes');
    return page(indexes[table], INDEXES[table].keys, [TABLE_KEYS[table], INDEXES[table].keys], input);
  }
}

function holds(when: Condition | undefined, found: Item | undefined): boolean {
  if (when === undefined) return true;
  switch (when.is) {
    case 'absent':
      return found === undefined;
    case 'present':
      return found !== undefined;
    case 'equal':
      return found !== undefined && found[when.attribute] === when.to;
  }
}

function keyOf(table: TableName, write: Write): Item | Key {
  if ('put' in write) return write.put;
  const key = 'remove' in write ? write.remove : write.check;
  checkKey(table, key);
  return key;
}

function keyText(table: TableName, key: Item | Key): string {
  const { partition, sort } = TABLE_KEYS[table];
  return `${String(key[partition])}|${String(key[sort])}`;
}
