/** A random number in [0, 1). */
export type Chance = () => number;

const BASE_MS = 8;
const CAP_MS = 1_600;

/**
 * Waits before another try at an account: full jitter under a doubling bound, so that many at once spread out
 * instead of meeting again. `wait` and `chance` are parameters, so that a simulation owns both.
 */
export function createBackOff(wait: (delayMs: number) => Promise<void>, chance: Chance): (tries: number) => Promise<void> {
  return (tries) => wait(chance() * Math.min(CAP_MS, BASE_MS * 2 ** tries));
}
