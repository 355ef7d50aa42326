import type { RandomBytes } from '../shared/ids';
import type { EpochMs } from '../shared/time';
import type { WorldKeys } from './keys';
import type { Events } from './lib/events';
import type { WorldState } from './state';

/** What every stand-in gets: the seams of the sandbox. `changed` says that the state must be written. */
export interface Surroundings {
  /** What the platforms write in their books: real time, moved by as much as the control API says. */
  readonly clock: () => EpochMs;
  /** Real time, which signatures, their windows and short-lived links are about; it is never moved. */
  readonly wireClock: () => EpochMs;
  readonly randomBytes: RandomBytes;
  readonly keys: WorldKeys;
  readonly state: WorldState;
  readonly events: Events;
  changed(): void;
}
