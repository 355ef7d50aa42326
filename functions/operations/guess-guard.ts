import { AppError } from '../../shared/errors';
import { isBrowser, type VisitorIdentity } from '../domain/app-identity';
import { countGuess, GUESSES_OF_ALL, GUESSES_OF_ONE, type GuessLimit, returnGuess } from '../domain/lockout';
import type { Clock } from '../lib/clock';
import type { Counter } from '../lib/metrics';
import type { GuessPlace, Lockouts, StoredGuesses } from '../store/lockouts';

export interface GuessDeps {
  readonly lockouts: Lockouts;
  readonly clock: Clock;
  /** Waits a random while before the next try; `tries` made so far. */
  readonly backOff: (tries: number) => Promise<void>;
  readonly counter: Pick<Counter, 'count'>;
}

/** What is guessed at: an account, or a number that nobody has; both are counted alike. */
export interface GuessTarget {
  readonly schoolId: string;
  readonly subject: string;
  /** True leaves the limit over all guessers out: a crowd of strangers must not keep a holder from reporting a loss. */
  readonly isUrgent?: boolean;
  /** Of one guesser and of all of them, where it is not the limit of a password. */
  readonly ofOne?: GuessLimit;
  readonly ofAll?: GuessLimit;
}

interface Visitor {
  readonly identity: VisitorIdentity;
  readonly sourceIp: string;
}

/** Who guesses: somebody with a session, or whoever is told by other names (an address). */
export type Guesser = Visitor | { readonly guessers: readonly string[] };

/** A guess that has been counted as wrong and may be given back. */
export interface Guess {
  readonly own: readonly GuessPlace[];
  readonly all: GuessPlace | undefined;
}

const MAX_TRIES = 60;

/**
 * Counts a guess before it is judged, in one conditional write over all its limits: of any number of guesses made at
 * once, no more than the limit are ever judged.
 *
 * Throws AppError: `auth.locked` (detail.retryAfterSeconds), `request.busy`.
 */
export async function takeGuess(deps: GuessDeps, target: GuessTarget, guesser: Guesser): Promise<Guess> {
  const guess = placesOf(target, 'guessers' in guesser ? guesser.guessers : guessersOf(guesser));
  const limits: readonly (readonly [GuessPlace, GuessLimit])[] = [
    ...guess.own.map((place) => [place, target.ofOne ?? GUESSES_OF_ONE] as const),
    ...(guess.all === undefined ? [] : [[guess.all, target.ofAll ?? GUESSES_OF_ALL] as const]),
  ];
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    if (tries > 0) await deps.backOff(Math.min(tries, 4));
    const found = await Promise.all(limits.map(([place]) => deps.lockouts.find(place)));
    const now = deps.clock();
    const next = found.map((guesses, index) => withGuess(guesses, limits[index]?.[1] ?? GUESSES_OF_ONE, now));
    const full = next.flatMap((guesses) => ('lockedUntil' in guesses ? [guesses.lockedUntil] : []));
    if (full.length > 0) {
      deps.counter.count('AccountLocked');
      throw new AppError('auth.locked', { retryAfterSeconds: Math.ceil((Math.max(...full) - now) / 1_000) });
    }
    const rows = next.flatMap((guesses) => ('lockedUntil' in guesses ? [] : [deps.lockouts.changedRow(guesses)]));
    if (await deps.lockouts.save(rows)) return guess;
  }
  throw new AppError('request.busy');
}

function withGuess(guesses: StoredGuesses, limit: GuessLimit, now: number): StoredGuesses | { readonly lockedUntil: number } {
  const counted = countGuess(guesses, limit, now);
  return counted === undefined ? { lockedUntil: guesses.until } : { ...guesses, ...counted };
}

function placesOf({ schoolId, subject, isUrgent = false }: GuessTarget, guessers: readonly string[]): Guess {
  const place = (guesser: string): GuessPlace => ({ schoolId, subject, guesser });
  return { own: guessers.map(place), all: isUrgent ? undefined : place('all') };
}

function guessersOf({ identity, sourceIp }: Visitor): readonly string[] {
  const { platform, appId, openid } = identity;
  const openidGuesser = `openid|${platform}|${appId}|${openid}`;
  // A page can be opened under ever new identities; the address behind them is one.
  return isBrowser(platform) ? [openidGuesser, `address|${sourceIp}`] : [openidGuesser];
}

/** After a right guess: the guesser's own count begins anew, and the account's loses this one. */
export async function returnGuessed(deps: GuessDeps, guess: Guess): Promise<void> {
  await Promise.all(guess.own.map((place) => deps.lockouts.clear(place)));
  if (guess.all !== undefined) await giveBack(deps, guess.all);
}

/** After a right guess where the count is over many subjects: it loses this one guess and keeps the wrong ones. */
export async function takeBackGuess(deps: GuessDeps, guess: Guess): Promise<void> {
  await Promise.all([...guess.own, ...(guess.all === undefined ? [] : [guess.all])].map((place) => giveBack(deps, place)));
}

async function giveBack(deps: GuessDeps, place: GuessPlace): Promise<void> {
  for (let tries = 0; tries < 5; tries += 1) {
    const counted = await deps.lockouts.find(place);
    if (counted.version === 0 || (await deps.lockouts.save([deps.lockouts.changedRow({ ...counted, ...returnGuess(counted) })]))) return;
  }
  // Still contended: the count stays one too high for an hour, which errs on the safe side.
}
