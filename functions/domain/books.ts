/**
 * Every entry that moves money stands in exactly one book of the other side: `family/day/shard`, or `terminal/number/day` for what a
 * terminal asked. A day of a school is the sum over these families and its terminals, so the list must name them all.
 */
export const BOOK_FAMILIES = [
  'channel/wechat-pay',
  'channel/alipay',
  'channel/bank-card',
  'channel/cash',
  'utility/network',
  'utility/electricity',
  'subsidy',
  'internal',
  'income',
  'adjustment',
  'house',
] as const;
export type BookFamily = (typeof BOOK_FAMILIES)[number];

/** So that no book becomes a hot key. */
export const BOOK_SHARDS = 8;

export function bookOf(family: BookFamily, day: string, accountNo: number): string {
  return `${family}/${day}/${accountNo % BOOK_SHARDS}`;
}

export function booksOf(family: BookFamily, day: string): readonly string[] {
  return Array.from({ length: BOOK_SHARDS }, (_, shard) => `${family}/${day}/${shard}`);
}

export function terminalBook(terminal: number, day: string): string {
  return `terminal/${terminal}/${day}`;
}
