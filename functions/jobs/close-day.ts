import { errorFields } from '../lib/logger';
import { closingReport, wireCloseDay } from '../wiring/close-day';

let started: ReturnType<typeof wireCloseDay> | undefined;

/** In the morning, several times: settles and closes every day that is over, locks what is reconciled. Throws only when it could not begin. */
export async function handler(): Promise<{ schools: number; closed: number; locked: number; failed: number }> {
  const { log, counter } = closingReport;
  started ??= wireCloseDay();
  const close = await started.catch((error: unknown) => {
    // A failed start is tried again by the next run.
    started = undefined;
    throw error;
  });
  const { schools, complete } = await close();
  for (const { schoolId, closed, locked, posted, error } of schools) {
    log.info('closing', { schoolId, closed: closed.join(' '), locked: locked.join(' '), posted: posted.join(' ') });
    if (error === undefined) continue;
    counter.count('ClosingFailed');
    log.error('closing', { schoolId, ...errorFields(error) });
  }
  const report = {
    schools: schools.length,
    closed: schools.reduce((total, { closed }) => total + closed.length, 0),
    locked: schools.reduce((total, { locked }) => total + locked.length, 0),
    failed: schools.filter(({ error }) => error !== undefined).length,
  };
  log.info('closing-run', { ...report, complete });
  if (report.failed > 0) counter.publish();
  return report;
}
