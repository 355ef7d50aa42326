/** Waiting is a parameter, so that a test moves 25 hours in no time. */
export interface Timers {
  /** Calls `run` after `ms`; the returned function cancels it. */
  after(ms: number, run: () => void): () => void;
}

// setTimeout overflows above 2^31-1 ms (24.8 days) and would fire at once.
const LONGEST_MS = 2_147_483_647;

export const systemTimers: Timers = {
  after(ms, run) {
    const timer = setTimeout(run, Math.min(Math.max(ms, 0), LONGEST_MS));
    return () => clearTimeout(timer);
  },
};
