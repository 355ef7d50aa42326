import type { EpochMs } from '../../shared/time';
import type { PinTries } from './account-state';

/** What became of a sealed password: compared with the holder's, or not to be opened by any key of ours. */
export type PinJudgement = 'right' | 'wrong' | 'unreadable';

const MOST_WRONG = 5;
const LOCKED_MS = 30 * 60_000;

export function isPinLocked(pin: PinTries | undefined, at: EpochMs): boolean {
  return pin !== undefined && pin.lockedUntil > at;
}

/** One more wrong password; the fifth in a row locks. A lock that has ended begins a new count. */
export function afterWrongPin(pin: PinTries | undefined, at: EpochMs): PinTries {
  const before = pin === undefined || pin.lockedUntil > 0 ? 0 : pin.wrong;
  const wrong = before + 1;
  return { wrong, lockedUntil: wrong < MOST_WRONG ? 0 : at + LOCKED_MS };
}
