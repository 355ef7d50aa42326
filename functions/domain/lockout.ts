import type { EpochMs } from '../../shared/time';

/** How many wrong guesses may be made before the next is refused unheard. */
export interface GuessLimit {
  readonly guesses: number;
  readonly windowMs: number;
  /** 'sliding': each guess starts the wait anew. 'fixed': the wait counts from the first guess, so that it always ends. */
  readonly window: 'sliding' | 'fixed';
}

const MINUTE_MS = 60_000;

/** 5 wrong tries lock the account for that openid (in a browser, that address) for 30 minutes after the last. */
export const GUESSES_OF_ONE: GuessLimit = { guesses: 5, windowMs: 30 * MINUTE_MS, window: 'sliding' };

/**
 * All openids and addresses together: 20 wrong tries in an hour, then nobody may try until that hour is over. With it
 * a crowd of openids needs a year of guessing for one chance in six at a changed 6-digit password, and the holder is
 * never kept waiting longer than the rest of the hour.
 */
export const GUESSES_OF_ALL: GuessLimit = { guesses: 20, windowMs: 60 * MINUTE_MS, window: 'fixed' };

/** Names and numbers tried by one who pays for others, over all the school: a guesser must not walk through a list of numbers. */
export const GUESSES_AT_ANY: GuessLimit = { guesses: 20, windowMs: 60 * MINUTE_MS, window: 'fixed' };

/** Codes by e-mail or mobile that one asks for, whoever they name. */
export const CODES_OF_ONE: GuessLimit = { guesses: 10, windowMs: 60 * MINUTE_MS, window: 'fixed' };

/** Codes that are asked for one number, by whomever: messages cost money and annoy. */
export const CODES_AT_ONE: GuessLimit = { guesses: 10, windowMs: 24 * 60 * MINUTE_MS, window: 'fixed' };

/** Orders that pages of one address may make: many students share a campus address. */
export const ORDERS_OF_ADDRESS: GuessLimit = { guesses: 60, windowMs: 60 * MINUTE_MS, window: 'fixed' };

export interface GuessCount {
  readonly count: number;
  /** When the count is forgotten. */
  readonly until: EpochMs;
}

export const NO_GUESSES: GuessCount = { count: 0, until: 0 };

/** The count with one more guess, made before the guess is judged; undefined when no guess is left. */
export function countGuess(before: GuessCount, limit: GuessLimit, now: EpochMs): GuessCount | undefined {
  const current = now < before.until ? before : NO_GUESSES;
  if (current.count >= limit.guesses) return undefined;
  const isRunning = limit.window === 'fixed' && current.count > 0;
  return { count: current.count + 1, until: isRunning ? current.until : now + limit.windowMs };
}

/** The count with one guess given back, because it was right. */
export function returnGuess(before: GuessCount): GuessCount {
  return { ...before, count: Math.max(0, before.count - 1) };
}
