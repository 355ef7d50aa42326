import type { Item, Key, TableWrite, Value } from '../store/table';
import { itemSize } from './item-size';
import { copyItem, type KeyNames } from './model-rows';

/** The tables of the model, and what DynamoDB demands of a key and an item. */
export type TableName = TableWrite['table'];

export const TABLE_KEYS = {
  passbook: { partition: 'pk', sort: 'n' },
  records: { partition: 'pk', sort: 'sk' },
} as const satisfies Record<TableName, KeyNames>;

/** As in serverless.yml; the contract tests hold both to the same answers. */
export const INDEXES = {
  passbook: {
    name: 'book',
    keys: { partition: 'bookPk', sort: 'bookSk' },
    sortType: 'string',
    also: ['kind', 'id', 'legs', 'merchant', 'order', 'reverses', 'occurredAt', 'recordedAt', 'late'],
  },
  records: { name: 'due', keys: { partition: 'duePk', sort: 'dueAt' }, sortType: 'number', also: [] },
} as const;

const MAX_ITEM_BYTES = 409_600;

export class ValidationException extends Error {
  override readonly name = 'ValidationException';
}

/** A stored item never changes, so its size is worked out once. */
const sizes = new WeakMap<Item, number>();

export function sizeOf(item: Item): number {
  let size = sizes.get(item);
  if (size === undefined) {
    size = itemSize(item);
    sizes.set(item, size);
  }
  return size;
}

const SORT_TYPES = { passbook: 'number', records: 'string' } as const;

export function checkKey(table: TableName, key: Key): void {
  const { partition, sort } = TABLE_KEYS[table];
  if (Object.keys(key).length !== 2) throw new ValidationException('The provided key element does not match the schema');
  checkKeyValue(partition, key[partition], 'string');
  checkKeyValue(sort, key[sort], SORT_TYPES[table]);
}

export function checkedCopy(table: TableName, given: Item): Item {
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

export function isIndexed(table: TableName, item: Item): boolean {
  const { keys } = INDEXES[table];
  return item[keys.partition] !== undefined && item[keys.sort] !== undefined;
}

export function projected(table: TableName, item: Item): Item {
  const { keys, also } = INDEXES[table];
  const kept: Record<string, Value> = {};
  for (const name of [TABLE_KEYS[table].partition, TABLE_KEYS[table].sort, keys.partition, keys.sort, ...also]) {
    const value = item[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}
