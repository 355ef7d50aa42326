import { createHash } from 'node:crypto';
import { CROCKFORD, type RandomBytes } from '../../shared/ids';

/** A code is typed into a machine by whoever sets it up: within this time, and once. */
export const ENROLMENT_CODE_LIVES_MS = 30 * 60_000;

/** Ten letters of Crockford's alphabet: 50 bits, of which the guess limit leaves nothing to try. */
export function newEnrolmentCode(randomBytes: RandomBytes): string {
  return Array.from(randomBytes(10), (byte) => CROCKFORD.charAt(byte % CROCKFORD.length)).join('');
}

/** What is kept of it. A plain hash is enough: the code is of chance, and dead before anybody could have tried them all. */
export function hashEnrolmentCode(at: { readonly schoolId: string; readonly terminal: number }, code: string): string {
  return createHash('sha256').update(`enrolment|${at.schoolId}|${at.terminal}|${code}`).digest('hex');
}
