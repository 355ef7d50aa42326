/**
 * Money is an integer number of fen (分, 1/100 yuan). A `Fen` is made only here, so a float, a string or an
 * amount in yuan cannot reach the books by accident.
 */
declare const fenBrand: unique symbol;
export type Fen = number & { readonly [fenBrand]: true };

export class MoneyError extends RangeError {}

/** A safe integer of fen, of either sign. Throws MoneyError on anything else. */
export function fen(value: number): Fen {
  if (!Number.isSafeInteger(value)) throw new MoneyError('not a whole number of fen');
  // Brand: this is the one place where a checked number becomes money. `+ 0` turns -0 into 0.
  return (value + 0) as Fen;
}

export const ZERO: Fen = fen(0);

const YUAN = /^(0|[1-9]\d{0,12})(?:\.(\d{1,2}))?$/;

/** Reads yuan as a person or Alipay writes them ("12", "12.5", "12.50"): no sign, exponent, spaces or third decimal. */
export function parseYuan(text: string): Fen {
  const match = YUAN.exec(text);
  if (!match) throw new MoneyError('not an amount in yuan');
  const cents = (match[2] ?? '').padEnd(2, '0');
  return fen(Number(match[1]) * 100 + Number(cents));
}

/** "12.50", "-0.05". Two decimals always, no thousands separator (Alipay's wire form). */
export function formatYuan(amount: Fen): string {
  const digits = String(Math.abs(amount)).padStart(3, '0');
  return `${amount < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

export function add(a: Fen, b: Fen): Fen {
  return fen(a + b);
}

export function subtract(a: Fen, b: Fen): Fen {
  return fen(a - b);
}

export function negate(a: Fen): Fen {
  return fen(-a);
}

export function sum(amounts: Iterable<Fen>): Fen {
  let total = 0;
  for (const amount of amounts) total = fen(total + amount);
  return fen(total);
}

export function smaller(a: Fen, b: Fen): Fen {
  return a < b ? a : b;
}
