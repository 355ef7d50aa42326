import type { RandomBytes } from '../../shared/ids';
import type { EpochMs } from '../../shared/time';

/** The world as a platform client sees it; wiring hands it in, a test or a simulation plays it. */
export interface PlatformDeps {
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => EpochMs;
  readonly randomBytes: RandomBytes;
}
