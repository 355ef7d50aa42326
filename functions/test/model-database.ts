import type {
  Condition,
  Database,
  Item,
  Key,
  QueryInput,
  QueryResult,
  Table,
  TableWrite,
  TransactResult,
  Value,
  Write,
  WriteResult,
} from '../store/table';
import { itemSize } from './item-size';
import { compareValues, copyItem, type KeyNames, Rows } from './model-rows';

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

type TableName = TableWrite['table'];

const TABLE_KEYS = {
  passbook: { partition: 'pk', sort: 'n' },
  records: { partition: 'pk', sort: 'sk' },
} as const satisfies Record<TableName, KeyNames>;

/** As in serverless.yml; the contract tests hold both to the same answers. */
const INDEXES = {
  passbook: {
    name: 'book',
    keys: { partition: 'bookPk', sort: 'bookSk' },
    sortType: 'string',
    also: ['kind', 'id', 'legs', 'merchant', 'order', 'reverses', 'occurredAt', 'recordedAt', 'late'],
  },
  records: { name: 'due', keys: { partition: 'duePk', sort: 'dueAt' }, sortType: 'number', also: [] },
} as const;

const MAX_ITEM_BYTES = 409_600;
const MAX_PAGE_BYTES = 1_048_576;
const TOKEN_MS = 600_000;

class ValidationException extends Error {
  override readonly name = 'ValidationException';
}

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

/** A stored item never changes, so its size is worked out once. */
const sizes = new WeakMap<Item, number>();

function sizeOf(item: Item): number {
  const known = sizes.get(item);
  if (known !== undefined) return known;
  const size = itemSize(item);
  sizes.set(item, size);
  return size;
}

function page(rows: Rows, names: KeyNames, keysOfNext: readonly KeyNames[], input: QueryInput): QueryResult {
  const { partition, sort, newestFirst = false, limit = Number.POSITIVE_INFINITY, after } = input;
  if (partition.name !== names.partition || (sort !== undefined && sort.name !== names.sort)) throw new ValidationException('not the key');
  if (partition.value === '') throw new ValidationException('an empty key');
  if (limit < 1) throw new ValidationException('limit below 1');
  if (sort?.from !== undefined && sort.to !== undefined && compareValues(sort.from, sort.to) > 0) {
    throw new ValidationException('BETWEEN needs its bounds in order');
  }
  const all = rows.partition(partition.value);
  const items: Item[] = [];
  let bytes = 0;
  let at = newestFirst ? all.length - 1 : 0;
  if (sort !== undefined || after !== undefined) at = startOf(all, rows, names, input);
  for (const step = newestFirst ? -1 : 1; at >= 0 && at < all.length; at += step) {
    const item = all[at];
    if (item === undefined || isPast(item, names, input)) break;
    items.push(copyItem(item));
    if (limit === items.length) return { items, next: keyOfNext(item, keysOfNext) };
    bytes += sizeOf(item);
    if (bytes >= MAX_PAGE_BYTES) return { items, next: keyOfNext(item, keysOfNext) };
  }
  return { items, next: undefined };
}

/** First place, walking in the asked direction, that lies within the range and beyond `after`. */
function startOf(all: readonly Item[], rows: Rows, names: KeyNames, { sort, newestFirst = false, after }: QueryInput): number {
  const before = (item: Item): boolean => {
    const value = item[names.sort];
    if (newestFirst)
      return (sort?.to !== undefined && compareValues(value, sort.to) > 0) || (after !== undefined && rows.compare(item, after) >= 0);
    return (sort?.from !== undefined && compareValues(value, sort.from) < 0) || (after !== undefined && rows.compare(item, after) <= 0);
  };
  // Along the walk the answers are: before, …, before, no more before. Bisected.
  let low = 0;
  let high = all.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = all[newestFirst ? all.length - 1 - middle : middle];
    if (item !== undefined && before(item)) low = middle + 1;
    else high = middle;
  }
  return newestFirst ? all.length - 1 - low : low;
}

function isPast(item: Item, names: KeyNames, { sort, newestFirst = false }: QueryInput): boolean {
  const value = item[names.sort];
  if (newestFirst) return sort?.from !== undefined && compareValues(value, sort.from) < 0;
  return sort?.to !== undefined && compareValues(value, sort.to) > 0;
}

function keyOfNext(item: Item, names: readonly KeyNames[]): Key {
  const key: Record<string, string | number> = {};
  for (const { partition, sort } of names) {
    for (const name of [partition, sort]) {
      const value = item[name];
      if (typeof value === 'string' || typeof value === 'number') key[name] = value;
    }
  }
  return key;
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

const SORT_TYPES = { passbook: 'number', records: 'string' } as const;

function checkKey(table: TableName, key: Key): void {
  const { partition, sort } = TABLE_KEYS[table];
  if (Object.keys(key).length !== 2) throw new ValidationException('The provided key element does not match the schema');
  checkKeyValue(partition, key[partition], 'string');
  checkKeyValue(sort, key[sort], SORT_TYPES[table]);
}

function checkedCopy(table: TableName, given: Item): Item {
  const item = copyItem(given);
  const { partition, sort } = TABLE_KEYS[table];
  checkKeyValue(partition, item[partition], 'string');
  checkKeyValue(sort, item[sort], SORT_TYPES[table]);
  const index = INDEXES[table];
  if (item[index.keys.partition] !== undefined) checkKeyValue(index.keys.partition, item[index.keys.partition], 'string');
  if (item[index.keys.sort] !== undefined) checkKeyValue(index.keys.sort, item[index.keys.sort], index.sortType);
  if (sizeOf(item) > MAX_ITEM_BYTES) throw new ValidationException('Item size has exceeded the maximum allowed size');
  return item;
}

function checkKeyValue(name: string, value: Value | undefined, type: 'string' | 'number'): void {
  if (typeof value !== type || value === '') throw new ValidationException(`key ${name} is missing, empty or of another type`);
}

function isIndexed(table: TableName, item: Item): boolean {
  const { keys } = INDEXES[table];
  return item[keys.partition] !== undefined && item[keys.sort] !== undefined;
}

function projected(table: TableName, item: Item): Item {
  const { keys, also } = INDEXES[table];
  const kept: Record<string, Value> = {};
  for (const name of [TABLE_KEYS[table].partition, TABLE_KEYS[table].sort, keys.partition, keys.sort, ...also]) {
    const value = item[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}
