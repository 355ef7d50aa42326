import type { Key } from '../store/table';
import { advance, type PayOutDeps } from './pay-out';

/** What one sweep did. `failed` names each that could not be looked at, and why, for the log and its alarm. */
export interface PayOutSweep {
  readonly looked: number;
  readonly settled: number;
  readonly failed: readonly { readonly payOutNo: string; readonly error: unknown }[];
  /** False when the time ran out first; the next sweep goes on. */
  readonly complete: boolean;
}

const MAX_PAGES = 400;

/** Asks about every pay-out that is due until none is left or `until` has passed. One's trouble never stops the others. */
export async function settleDuePayOuts(deps: PayOutDeps & { readonly dueShards: number }, until: number): Promise<PayOutSweep> {
  let looked = 0;
  let settled = 0;
  const failed: { payOutNo: string; error: unknown }[] = [];
  const dueAt = deps.clock();
  for (let shard = 0; shard < deps.dueShards; shard += 1) {
    let after: Key | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const { payOuts, next } = await deps.payOuts.due(shard, dueAt, after);
      for (const { schoolId, payOutNo } of payOuts) {
        if (deps.clock() >= until) return { looked, settled, failed, complete: false };
        looked += 1;
        try {
          const payOut = await deps.payOuts.find(schoolId, payOutNo);
          // The index lags: it may have been settled, or asked about, since.
          if (payOut?.state !== 'requested' || payOut.dueAt > dueAt) continue;
          if ((await advance(deps, payOut)).state !== 'requested') settled += 1;
        } catch (error) {
          failed.push({ payOutNo, error });
        }
      }
      if (next === undefined) break;
      after = next;
    }
  }
  return { looked, settled, failed, complete: true };
}
