import * as v from 'valibot';
import { type PassesReply, passesReply } from '../../../shared/api/passes';
import { instantMs } from './dates';

/** Offline passes as the phone keeps them: whole numbers to be drawn, no key. `done`: what the person said a till has taken. */
export const passBookSchema = v.object({ ...passesReply.entries, done: v.array(v.number()) });
export type PassBook = v.InferOutput<typeof passBookSchema>;

/** What the server answered, beside what the person said of the same envelope before. */
export function keepPasses(before: PassBook | null, reply: PassesReply): PassBook {
  return { ...reply, done: before?.envelope === reply.envelope ? before.done : [] };
}

export interface NextPass {
  readonly index: number;
  readonly digits: string;
  /** With this one. */
  readonly left: number;
}

/** The first that nobody used, while the window is open. */
export function nextPass(book: PassBook, now: number): NextPass | undefined {
  if (now < instantMs(book.validFrom) || now > instantMs(book.validUntil)) return undefined;
  const free = book.passes.map((digits, index) => ({ digits, index })).filter(({ index }) => !isUsed(book, index));
  const first = free[0];
  return first === undefined ? undefined : { ...first, left: free.length };
}

/** A till has taken it: it is not shown again, whatever the server knows yet. */
export function markDone(book: PassBook, index: number): PassBook {
  return book.done.includes(index) ? book : { ...book, done: [...book.done, index] };
}

function isUsed({ used, done }: PassBook, index: number): boolean {
  return used.includes(index) || done.includes(index);
}
