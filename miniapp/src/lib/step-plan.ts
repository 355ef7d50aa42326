import { CODE_FUTURE_MS, CODE_PAST_MS, STEP_MS, stepAt, stepStart } from '../../../shared/code-format';
import type { EpochMs } from '../../../shared/time';

/** A code on the screen changes this often, or at once after use. */
export const REFRESH_MS = 30_000;

/** Kept off both ends of the server's window, for the error of the clock offset and the cashier's reaction. */
const MARGIN_MS = 5_000;

/** What the phone remembers of its steps. Card and wallet codes share it; identity codes use up no step. */
export interface StepMemory {
  /** Steps of codes that paid. */
  readonly used: readonly number[];
  /** Steps of payment codes that were on the screen; they may have been used while the phone had no network. */
  readonly shown: readonly number[];
}

export const NO_STEPS: StepMemory = { used: [], shown: [] };

export type StepPlan =
  | { readonly kind: 'show'; readonly step: number; readonly until: EpochMs }
  /** Every code of the window has been used: the next step opens then. */
  | { readonly kind: 'wait'; readonly until: EpochMs };

/** Nearest to now first: a current code lives longest, and a future one may be early for a slow server clock. */
const ORDER = [0, 1, 2, -1, -2, -3, -4];

/**
 * Which step's code to show at `now` (server time): the first of the window that was neither used nor shown, else
 * the first that was not used. Identity codes pass NO_STEPS.
 */
export function planStep(memory: StepMemory, now: EpochMs): StepPlan {
  const current = stepAt(now);
  const open = ORDER.map((distance) => current + distance).filter((step) => isOpen(step, now) && !memory.used.includes(step));
  const step = open.find((each) => !memory.shown.includes(each)) ?? open[0];
  if (step === undefined) return { kind: 'wait', until: stepStart(current + 1) };
  const closes = stepStart(step) + CODE_PAST_MS - MARGIN_MS;
  return { kind: 'show', step, until: Math.min(now + REFRESH_MS, closes) };
}

function isOpen(step: number, now: EpochMs): boolean {
  const start = stepStart(step);
  return start > now - CODE_PAST_MS + 2 * MARGIN_MS && start <= now + CODE_FUTURE_MS - MARGIN_MS;
}

/** Drops what no window can name again, so that the memory stays small. */
function recent(steps: readonly number[], now: EpochMs): number[] {
  const oldest = stepAt(now) - CODE_PAST_MS / STEP_MS - 1;
  return steps.filter((step) => step >= oldest);
}

export function rememberShown(memory: StepMemory, step: number, now: EpochMs): StepMemory {
  const shown = recent(memory.shown, now);
  return { used: recent(memory.used, now), shown: shown.includes(step) ? shown : [...shown, step] };
}

/** After a charge: the code on the screen, or the one just before it, has been used. */
export function rememberUsed(memory: StepMemory, steps: readonly number[], now: EpochMs): StepMemory {
  const used = recent(memory.used, now);
  return { used: [...used, ...steps.filter((step) => !used.includes(step))], shown: recent(memory.shown, now) };
}
