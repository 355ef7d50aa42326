import type { EpochMs } from '../../../shared/time';

/**
 * How far the phone's clock is from the server's. The server stamped its answer somewhere between question and answer,
 * so the middle of the two is the best guess, wrong by at most half the round trip.
 */
export function clockOffset(input: { readonly askedAt: EpochMs; readonly answeredAt: EpochMs; readonly serverTime: EpochMs }): number {
  return input.serverTime - Math.round((input.askedAt + input.answeredAt) / 2);
}

/** An answer that took this long says too little about the clock to replace what is known. */
export const TRUSTED_ROUND_TRIP_MS = 4_000;

/** Below this a new measurement says nothing new: it is the network's own jitter. */
const JITTER_MS = 1_000;

/** The offset to use from now on: the new one when nothing is known yet, or when a quick answer tells it has moved. */
export function betterOffset(known: number | undefined, measured: { offset: number; roundTripMs: number }): number {
  if (known === undefined) return measured.offset;
  const moved = Math.abs(measured.offset - known) > JITTER_MS;
  return moved && measured.roundTripMs <= TRUSTED_ROUND_TRIP_MS ? measured.offset : known;
}
