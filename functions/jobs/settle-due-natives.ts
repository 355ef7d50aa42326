import { errorFields } from '../lib/logger';
import { nativeSweepReport, wireSettleDueNatives } from '../wiring/settle-due-natives';

let started: ReturnType<typeof wireSettleDueNatives> | undefined;

/** Every minute: asks about each sale by a payer's own code whose end nobody knows. Throws only when the sweep itself could not be done. */
export async function handler(): Promise<{ looked: number; settled: number; failed: number }> {
  const { log, counter } = nativeSweepReport;
  started ??= wireSettleDueNatives();
  const settle = await started.catch((error: unknown) => {
    // A failed start is tried again by the next sweep.
    started = undefined;
    throw error;
  });
  const { looked, settled, failed, complete } = await settle();
  for (const { orderNo, error } of failed) {
    counter.count('Refusal');
    log.error('native', { orderNo, ...errorFields(error) });
  }
  const report = { looked, settled, failed: failed.length };
  log.info('native-sweep', { ...report, complete });
  if (failed.length > 0) counter.publish();
  return report;
}
