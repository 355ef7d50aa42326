import { errorFields } from '../lib/logger';
import { sweepReport, wireSettleDueOrders } from '../wiring/settle-due-orders';

let started: ReturnType<typeof wireSettleDueOrders> | undefined;

/** Every minute: asks the platform about each order that is due. Throws only when the sweep itself could not be done. */
export async function handler(): Promise<{ looked: number; credited: number; closed: number; failed: number }> {
  const { log, counter } = sweepReport;
  started ??= wireSettleDueOrders();
  const settle = await started.catch((error: unknown) => {
    // A failed start is tried again by the next sweep.
    started = undefined;
    throw error;
  });
  const { looked, credited, closed, failed, complete } = await settle();
  for (const { orderNo, error } of failed) {
    counter.count('Refusal');
    log.error('order', { orderNo, ...errorFields(error) });
  }
  const report = { looked, credited, closed, failed: failed.length };
  log.info('sweep', { ...report, complete });
  if (failed.length > 0) counter.publish();
  return report;
}
