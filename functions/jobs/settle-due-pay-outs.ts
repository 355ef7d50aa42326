import { errorFields } from '../lib/logger';
import { payOutSweepReport, wireSettleDuePayOuts } from '../wiring/settle-due-pay-outs';

let started: ReturnType<typeof wireSettleDuePayOuts> | undefined;

/** Every minute: asks about each refund, withdrawal and payment to a supplier that is due. Throws only when the sweep itself could not be done. */
export async function handler(): Promise<{ looked: number; settled: number; failed: number }> {
  const { log, counter } = payOutSweepReport;
  started ??= wireSettleDuePayOuts();
  const settle = await started.catch((error: unknown) => {
    // A failed start is tried again by the next sweep.
    started = undefined;
    throw error;
  });
  const { looked, settled, failed, complete } = await settle();
  for (const { payOutNo, error } of failed) {
    counter.count('Refusal');
    log.error('pay-out', { payOutNo, ...errorFields(error) });
  }
  const report = { looked, settled, failed: failed.length };
  log.info('pay-out-sweep', { ...report, complete });
  if (failed.length > 0) counter.publish();
  return report;
}
