import { errorFields } from '../lib/logger';
import { eraseReport, wireEraseHolders } from '../wiring/erase-holders';

let started: ReturnType<typeof wireEraseHolders> | undefined;

/** Every hour: erases holders whose days for cancelling are over. */
export async function handler(): Promise<{ looked: number; erased: number; putOff: number; failed: number; complete: boolean }> {
  const { log, counter } = eraseReport;
  started ??= wireEraseHolders();
  const sweep = await started.catch((error: unknown) => {
    // A failed start is tried again by the next one.
    started = undefined;
    throw error;
  });
  const { looked, erased, putOff, failed, complete } = await sweep();
  for (const { schoolId, accountNo, error } of failed) {
    counter.count('Refusal');
    log.error('erasure', { schoolId, accountNo, ...errorFields(error) });
  }
  const report = { looked, erased, putOff, failed: failed.length, complete };
  log.info('erasures', report);
  if (failed.length > 0) counter.publish();
  return report;
}
