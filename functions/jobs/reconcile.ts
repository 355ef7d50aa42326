import { errorFields } from '../lib/logger';
import { needsSomebody } from '../operations/run-reconciliation';
import { reconcileReport, wireReconcile } from '../wiring/reconcile';

let started: ReturnType<typeof wireReconcile> | undefined;

interface Line {
  readonly channel: string;
  readonly day: string;
  readonly schoolId: string;
  readonly state: string;
  readonly differences: number;
}

/**
 * In the morning, several times: yesterday's bills and terminals against the books, and every day before that is not explained yet. What needs
 * somebody is counted, and the alarm on the count calls them. Throws only when the run itself could not be done.
 */
export async function handler(event: unknown): Promise<{ days: readonly Line[]; failed: number }> {
  const { log, counter, clock } = reconcileReport;
  started ??= wireReconcile();
  const run = await started.catch((error: unknown) => {
    // A failed start is tried again by the next run.
    started = undefined;
    throw error;
  });
  const reports = await run(event);
  const days: Line[] = [];
  let called = 0;
  for (const { channel, day, records, error } of reports) {
    if (error !== undefined) {
      counter.count('InternalError');
      log.error('reconciliation', { channel, day, ...errorFields(error) });
    }
    for (const record of records) {
      const { schoolId, state, differences } = record;
      days.push({ channel, day, schoolId, state, differences });
      log.info('reconciliation', { channel, day, schoolId, state, differences, failure: record.failure ?? '' });
      if (needsSomebody(record, clock())) called += 1;
    }
  }
  const failed = reports.filter(({ error }) => error !== undefined).length;
  if (called + failed > 0) counter.count('ReconciliationTrouble', called + failed);
  counter.publish();
  log.info('reconciliation-run', { days: days.length, called, failed });
  return { days, failed };
}
