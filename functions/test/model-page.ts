import type { Item, Key, QueryInput, QueryResult } from '../store/table';
import { compareValues, copyItem, type KeyNames, type Rows } from './model-rows';
import { sizeOf, ValidationException } from './model-tables';

const MAX_PAGE_BYTES = 1_048_576;

/** One page of a query, as DynamoDB cuts it: by `limit`, by 1 MB, and with a `next` also where the page is exactly full. */
export function page(rows: Rows, names: KeyNames, keysOfNext: readonly KeyNames[], input: QueryInput): QueryResult {
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
