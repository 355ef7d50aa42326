import { FF1 } from '@noble/ciphers/ff1.js';

const DIGITS = 9;

/**
 * 18 digits that stand for two numbers of at most nine, under the school's permutation with a tweak of its own. Whoever has the key finds the name
 * without a read; nobody else can tell whether two names are one holder's. Throws RangeError for a longer number.
 */
export function pairedName(key: Uint8Array, tweak: string, first: number, second: number): string {
  const text = String(first).padStart(DIGITS, '0') + String(second).padStart(DIGITS, '0');
  if (text.length !== 2 * DIGITS) throw new RangeError('a number of more than nine digits');
  return FF1(10, key, new Uint8Array(Buffer.from(tweak, 'ascii')))
    .encrypt(Array.from(text, Number))
    .join('');
}
