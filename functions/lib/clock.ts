import type { EpochMs } from '../../shared/time';

/** Our time, epoch ms. Only wiring hands in a real one. */
export type Clock = () => EpochMs;

export const systemClock: Clock = () => Date.now();

/** Waits before the next try of a contended write; `tries` made so far, from 1. */
export type BackOff = (tries: number) => Promise<void>;

const FIRST_MS = 5;
const LONGEST_MS = 120;

/** Full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"): anywhere between nothing and a bound that doubles. */
export function jitteredBackOff(random: () => number = Math.random): BackOff {
  return (tries) => {
    const bound = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tries, 10));
    return new Promise((resolve) => setTimeout(resolve, random() * bound));
  };
}
