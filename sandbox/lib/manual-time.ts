import type { EpochMs } from '../../shared/time';
import type { Timers } from './timers';

/** A clock with timers that only move when told: used by tests of the sandbox and by simulations. */
export interface ManualTime {
  readonly clock: () => EpochMs;
  readonly timers: Timers;
  /** Moves the clock, firing what falls due on the way, and lets promises settle after each. */
  advance(ms: number): Promise<void>;
}

export function createManualTime(start: EpochMs): ManualTime {
  let now = start;
  let waiting: { readonly due: EpochMs; readonly run: () => void }[] = [];
  return {
    clock: () => now,
    timers: {
      after(ms, run) {
        const entry = { due: now + Math.max(ms, 0), run };
        waiting.push(entry);
        return () => {
          waiting = waiting.filter((other) => other !== entry);
        };
      },
    },
    async advance(ms) {
      const end = now + ms;
      await settle();
      for (;;) {
        const next = waiting.filter((entry) => entry.due <= end).sort((a, b) => a.due - b.due)[0];
        if (!next) break;
        waiting = waiting.filter((entry) => entry !== next);
        now = Math.max(now, next.due);
        next.run();
        await settle();
      }
      now = end;
    },
  };
}

/** Several turns of the event loop: enough for a delivery that awaits an in-process receiver. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
