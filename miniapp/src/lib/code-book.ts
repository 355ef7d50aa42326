import * as v from 'valibot';
import { codeKeyReply } from '../../../shared/api/student';
import { CODE_LENGTH, type CodeKind } from '../../../shared/code-format';
import { makeCode, weekOfStep } from '../../../shared/code-mac';

/**
 * What the phone keeps to write codes without network: this week's and next week's key of its slot, and how far its
 * clock is from the server's.
 */
export const codeBookSchema = v.object({
  ...v.omit(codeKeyReply, ['serverTime']).entries,
  offsetMs: v.number(),
  fetchedAt: v.number(),
});
export type CodeBook = v.InferOutput<typeof codeBookSchema>;

export type WrittenCode =
  | { readonly kind: 'code'; readonly digits: string }
  /** No key for the step's week: the phone has been without network for too long. */
  | { readonly kind: 'no-key' };

export function codeOfStep(book: CodeBook, kind: CodeKind, step: number): WrittenCode {
  const week = weekOfStep(step);
  const named = book.keys.find((each) => each.week === week);
  if (named === undefined) return { kind: 'no-key' };
  const digits = makeCode(bytesOfHex(named.key), { kind, handle: book.handle, step, slot: book.slot, schoolId: book.schoolId });
  return digits.length === CODE_LENGTH ? { kind: 'code', digits } : { kind: 'no-key' };
}

/** Ask for keys again when one of the two weeks is missing, or once a day so that a re-used slot is noticed. */
export function needsFreshKeys(book: CodeBook | undefined, now: number, schoolId: string): boolean {
  if (book === undefined || book.schoolId !== schoolId) return true;
  if (now - book.fetchedAt > 20 * 3_600_000 || now < book.fetchedAt - 60_000) return true;
  const weeks = book.keys.map((each) => each.week);
  const server = now + book.offsetMs;
  return !weeks.includes(weekOfStep(Math.floor(server / 10_000))) || !weeks.includes(weekOfStep(Math.floor(server / 10_000) + 60_480));
}

function bytesOfHex(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** "9112 3456 …": groups of four, as people read a long number. */
export function groupDigits(digits: string): string {
  return digits.replace(/(\d{4})(?=\d)/g, '$1 ');
}
