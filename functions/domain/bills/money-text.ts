/**
 * Amounts of a bill, read from its bytes without making a string of each: a day has tens of millions of cells. Counted in thousandths of a
 * fen, because WeChat Pay prints fees with five decimals ("0.02000"); JavaScript's safe integers then reach 90 billion yuan.
 */
export const MILLI = 1_000;

/** What `readMilli` answers for anything that is not an amount. */
const NOT_MONEY = Number.NaN;
export const { isNaN: isNotMoney } = Number;

const ZERO_CODE = 0x30;
const NINE_CODE = 0x39;
const POINT = 0x2e;
const MINUS = 0x2d;
/** 9,999,999,999.99 yuan; more is no amount of a day, and the sums stay safe integers. */
const MOST_DIGITS = 10;
const DECIMALS = 5;

/** Yuan in [from, to) as thousandths of a fen, or NOT_MONEY: no exponent, no thousands separator, no space, at most five decimals. */
export function readMilli(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  const negative = bytes[at] === MINUS;
  if (negative) at += 1;
  const whole = at;
  let value = 0;
  for (; at < to; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < ZERO_CODE || byte > NINE_CODE) break;
    value = value * 10 + (byte - ZERO_CODE);
  }
  if (at === whole || at - whole > MOST_DIGITS) return NOT_MONEY;
  let missing = DECIMALS;
  if (at < to) {
    if (bytes[at] !== POINT || at + 1 === to) return NOT_MONEY;
    for (at += 1; at < to; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte < ZERO_CODE || byte > NINE_CODE || missing === 0) return NOT_MONEY;
      value = value * 10 + (byte - ZERO_CODE);
      missing -= 1;
    }
  }
  for (; missing > 0; missing -= 1) value *= 10;
  // `0 -` so that "-0.00" is 0 and not -0, which is another number to toEqual and to a hash.
  return negative ? 0 - value : value;
}
