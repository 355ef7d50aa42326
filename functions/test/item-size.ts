import type { Item, Value } from '../store/table';

/**
 * Size of an item in bytes as DynamoDB counts it: names and texts as UTF-8, binary by its length, a number one byte per
 * two significant digits and one more (and one for a minus), true, false and null one, a list or map 3 and one per
 * member. Source: Amazon DynamoDB Developer Guide, "DynamoDB item sizes and formats".
 */
export function itemSize(item: Item): number {
  let total = 0;
  for (const [name, value] of Object.entries(item)) total += utf8Length(name) + valueSize(value);
  return total;
}

function valueSize(value: Value): number {
  if (value === null || typeof value === 'boolean') return 1;
  if (typeof value === 'string') return utf8Length(value);
  if (typeof value === 'number') return numberSize(value);
  if (value instanceof Uint8Array) return value.length;
  if (isList(value)) return value.reduce<number>((total, member) => total + 1 + valueSize(member), 3);
  return Object.entries(value).reduce<number>((total, [name, member]) => total + 1 + utf8Length(name) + valueSize(member), 3);
}

/** Leading and trailing zeros do not count; an odd number of digits takes the half byte too. */
function numberSize(value: number): number {
  const digits = Number.isInteger(value) ? wholeDigits(Math.abs(value)) : fractionDigits(Math.abs(value));
  return Math.ceil(digits / 2) + 1 + (value < 0 ? 1 : 0);
}

function wholeDigits(value: number): number {
  let digits = 0;
  let isTrailing = true;
  for (let rest = value; rest > 0; rest = Math.floor(rest / 10)) {
    isTrailing &&= rest % 10 === 0;
    if (!isTrailing) digits += 1;
  }
  return digits;
}

function fractionDigits(value: number): number {
  return value.toFixed(20).replace('.', '').replace(/^0+/, '').replace(/0+$/, '').length;
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function utf8Length(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}
