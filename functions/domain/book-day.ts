import type { RulePack } from '../../shared/rule-pack';
import { businessDay, DAY_MS, type EpochMs } from '../../shared/time';

/** A business day is closed at this minute of the next day, after which both platforms have made their bills. */
export const DAY_CLOSES_AT_MINUTE = 10 * 60;

/** First instant at which nothing more is written into the books of `day`. */
export function dayClosesAt(day: string, utcOffsetMinutes: number): EpochMs {
  return Date.parse(`${day}T00:00:00Z`) + DAY_MS + (DAY_CLOSES_AT_MINUTE - utcOffsetMinutes) * 60_000;
}

/**
 * The business day whose book an entry belongs to: the day it happened, or, once that day is closed, the day it is recorded, marked
 * late. By the clock alone, so that no writer has to read whether somebody has settled.
 */
export function bookDay(
  at: { readonly occurredAt: EpochMs; readonly recordedAt: EpochMs },
  { utcOffsetMinutes }: Pick<RulePack, 'utcOffsetMinutes'>,
): { readonly day: string; readonly late: boolean } {
  const day = businessDay(at.occurredAt, utcOffsetMinutes);
  if (at.recordedAt < dayClosesAt(day, utcOffsetMinutes)) return { day, late: false };
  return { day: businessDay(at.recordedAt, utcOffsetMinutes), late: true };
}
