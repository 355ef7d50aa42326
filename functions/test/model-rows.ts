import type { Item, Key, Value } from '../store/table';

/** Names of a table's or an index's key. The table's own key tells two items with one index key apart. */
export interface KeyNames {
  readonly partition: string;
  readonly sort: string;
}

/** Items by partition, each partition in order of its sort key. What is put here is never changed afterwards. */
export class Rows {
  readonly #names: KeyNames;
  readonly #tieBreak: KeyNames;
  readonly #partitions = new Map<string, Item[]>();

  constructor(names: KeyNames, tieBreak: KeyNames) {
    this.#names = names;
    this.#tieBreak = tieBreak;
  }

  partition(value: string): readonly Item[] {
    return this.#partitions.get(value) ?? [];
  }

  find(key: Item | Key): Item | undefined {
    const items = this.partition(String(key[this.#names.partition]));
    const found = items[this.#place(items, key)];
    return found !== undefined && this.compare(found, key) === 0 ? found : undefined;
  }

  put(item: Item): void {
    const name = String(item[this.#names.partition]);
    const items = this.#partitions.get(name) ?? [];
    if (items.length === 0) this.#partitions.set(name, items);
    const place = this.#place(items, item);
    const found = items[place];
    items.splice(place, found !== undefined && this.compare(found, item) === 0 ? 1 : 0, item);
  }

  remove(key: Item | Key): void {
    const items = this.#partitions.get(String(key[this.#names.partition])) ?? [];
    const place = this.#place(items, key);
    const found = items[place];
    if (found !== undefined && this.compare(found, key) === 0) items.splice(place, 1);
  }

  *all(): Iterable<Item> {
    for (const items of this.#partitions.values()) yield* items;
  }

  /** Order within one partition. */
  compare(a: Item | Key, b: Item | Key): number {
    return (
      compareValues(a[this.#names.sort], b[this.#names.sort]) ||
      compareValues(a[this.#tieBreak.partition], b[this.#tieBreak.partition]) ||
      compareValues(a[this.#tieBreak.sort], b[this.#tieBreak.sort])
    );
  }

  /** Where the key is, or where it would be put. Most writes are appends, so the end is tried first. */
  #place(items: readonly Item[], key: Item | Key): number {
    const last = items.at(-1);
    if (last === undefined || this.compare(last, key) < 0) return items.length;
    let low = 0;
    let high = items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.compare(items[middle] ?? key, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Keys are texts or numbers. All our texts are ASCII, where the order of UTF-16 is that of UTF-8 bytes. */
export function compareValues(a: Value | undefined, b: Value | undefined): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const left = String(a);
  const right = String(b);
  return left === right ? 0 : left < right ? -1 : 1;
}

/** A copy that shares nothing. Like the document client it leaves out an undefined attribute and refuses one further down. */
export function copyItem(item: Item): Item {
  const copy: Record<string, Value> = {};
  for (const name in item) if (item[name] !== undefined) copy[name] = copyValue(item[name]);
  return copy;
}

function copyMap(map: { readonly [name: string]: Value }): Value {
  const copy: Record<string, Value> = {};
  for (const name in map) copy[name] = copyValue(map[name]);
  return copy;
}

function copyValue(value: Value | undefined): Value {
  if (value === undefined) throw new Error('pass options.removeUndefinedValues=true to remove undefined values');
  if (typeof value === 'number' && (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER)) {
    throw new Error(`number ${value} cannot be stored`);
  }
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Uint8Array) return value.slice();
  return isList(value) ? value.map(copyValue) : copyMap(value);
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}
