import type { EpochMs } from './time';

/** Source of random bytes: `node:crypto` in functions, the platform's generator on a phone, a seed in a simulation. */
export type RandomBytes = (count: number) => Uint8Array;

/** Crockford's base 32: no letter that a person takes for a digit. */
export const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Prefixed ULID: `ord_01J…`. 48 bits of time, 80 of chance; sorts by time. */
export function newId(prefix: string, now: EpochMs, randomBytes: RandomBytes): string {
  let time = '';
  for (let rest = now, i = 0; i < 10; i += 1, rest = Math.floor(rest / 32)) time = CROCKFORD.charAt(rest % 32) + time;
  let chance = '';
  for (const byte of randomBytes(16)) chance += CROCKFORD.charAt(byte % 32);
  return `${prefix}_${time}${chance}`;
}
