import * as v from 'valibot';
import { identityPassesReply } from '../../../shared/api/identity-passes';
import { instantMs } from './dates';

/** Offline identity passes as the phone keeps them: whole numbers to be drawn, one for each stretch of time, no key. */
export const identityBookSchema = v.omit(identityPassesReply, ['serverTime']);
export type IdentityBook = v.InferOutput<typeof identityBookSchema>;

const MINUTE_MS = 60_000;
/** Asked for again when so much of the time they cover is over, so that whoever is online now and then always has days ahead. */
const RENEWED_AFTER = 1 / 4;

export interface ShownPass {
  readonly digits: string;
  /** When the next one takes its place. */
  readonly until: number;
}

/** The pass of this moment; undefined when they have run out, or the phone's clock is before them. */
export function identityPassAt({ passes, from, sliceMinutes }: IdentityBook, now: number): ShownPass | undefined {
  const sliceMs = sliceMinutes * MINUTE_MS;
  const place = Math.floor((now - instantMs(from)) / sliceMs);
  const digits = passes[place];
  return digits === undefined ? undefined : { digits, until: instantMs(from) + (place + 1) * sliceMs };
}

export function needsIdentityPasses(book: IdentityBook | null, now: number): boolean {
  if (book === null) return true;
  const { passes, from, sliceMinutes } = book;
  const since = now - instantMs(from);
  return since < 0 || since > RENEWED_AFTER * passes.length * sliceMinutes * MINUTE_MS;
}
