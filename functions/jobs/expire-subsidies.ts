import { errorFields } from '../lib/logger';
import { expiryReport, wireExpireSubsidies } from '../wiring/expire-subsidies';

let started: ReturnType<typeof wireExpireSubsidies> | undefined;

/** Soon after every school's midnight: takes back what ran out of a subsidy, and tells whose is about to. */
export async function handler(): Promise<{ looked: number; expiredFen: number; noticed: number; failed: number; complete: boolean }> {
  const { log, counter } = expiryReport;
  started ??= wireExpireSubsidies();
  const sweep = await started.catch((error: unknown) => {
    // A failed start is tried again by the next one.
    started = undefined;
    throw error;
  });
  const { looked, expiredFen, noticed, failed, complete } = await sweep();
  for (const { schoolId, accountNo, error } of failed) {
    counter.count('Refusal');
    log.error('subsidy', { schoolId, accountNo, ...errorFields(error) });
  }
  const report = { looked, expiredFen, noticed, failed: failed.length, complete };
  log.info('subsidies', report);
  if (failed.length > 0) counter.publish();
  return report;
}
