import type { NativePayment } from '../domain/native-payment';
import type { QueryMessage } from '../platforms/queue/query-queue';
import type { Key } from '../store/table';
import { advanceNative, askLater, type NativeDeps } from './native-payment';

/** What one sweep did. `failed` names each that could not be looked at, and why, for the log and its alarm. */
export interface NativeSweep {
  readonly looked: number;
  readonly settled: number;
  readonly failed: readonly { readonly orderNo: string; readonly error: unknown }[];
  /** False when the time ran out first; the next sweep goes on. */
  readonly complete: boolean;
}

const MAX_PAGES = 400;

/** Asks about every payment by code that is due until none is left or `until` has passed. One's trouble never stops the others. */
export async function settleDueNatives(deps: NativeDeps & { readonly dueShards: number }, until: number): Promise<NativeSweep> {
  let looked = 0;
  let settled = 0;
  const failed: { orderNo: string; error: unknown }[] = [];
  const dueAt = deps.clock();
  for (let shard = 0; shard < deps.dueShards; shard += 1) {
    let after: Key | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const { payments, next } = await deps.natives.due(shard, dueAt, after);
      for (const { schoolId, orderNo } of payments) {
        if (deps.clock() >= until) return { looked, settled, failed, complete: false };
        looked += 1;
        try {
          const payment = await deps.natives.find(schoolId, orderNo);
          // The index lags: it may have been settled, or asked about, since.
          if (payment === undefined || !('dueAt' in payment) || payment.dueAt > dueAt) continue;
          if (!('dueAt' in (await advanceNative(deps, payment)))) settled += 1;
        } catch (error) {
          failed.push({ orderNo, error });
        }
      }
      if (next === undefined) break;
      after = next;
    }
  }
  return { looked, settled, failed, complete: true };
}

/**
 * What a message of the queue asks for. Only the message of the time that stands in the row counts, so that doubled messages never become
 * two chains. Undefined where there was nothing to do. Throws what `advanceNative` throws.
 */
export async function queryDueNative(deps: NativeDeps, { schoolId, orderNo, dueAt }: QueryMessage): Promise<NativePayment | undefined> {
  const payment = await deps.natives.find(schoolId, orderNo);
  if (payment === undefined || !('dueAt' in payment) || payment.dueAt !== dueAt) return undefined;
  if (dueAt <= deps.clock()) return advanceNative(deps, payment);
  if (payment.state !== 'returning') await askLater(deps, payment);
  return undefined;
}
