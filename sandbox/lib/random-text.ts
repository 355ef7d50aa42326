import type { RandomBytes } from '../../shared/ids';

/** `count` characters drawn from an alphabet of at most 256; modulo bias does not matter in a sandbox. */
export function randomText(randomBytes: RandomBytes, count: number, alphabet: string): string {
  let text = '';
  for (const byte of randomBytes(count)) text += alphabet.charAt(byte % alphabet.length);
  return text;
}

export const DIGITS = '0123456789';
export const HEX_UPPER = '0123456789ABCDEF';
export const ALPHANUMERIC = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

export function randomDigits(randomBytes: RandomBytes, count: number): string {
  return randomText(randomBytes, count, DIGITS);
}

export function randomAlphanumeric(randomBytes: RandomBytes, count: number): string {
  return randomText(randomBytes, count, ALPHANUMERIC);
}
