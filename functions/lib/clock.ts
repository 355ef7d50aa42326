import type { EpochMs } from '../../shared/time';

/** Our time, epoch ms. Only wiring hands in a real one. */
export type Clock = () => EpochMs;

export const systemClock: Clock = () => Date.now();
