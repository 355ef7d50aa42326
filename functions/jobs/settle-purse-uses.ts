import { errorFields } from '../lib/logger';
import { purseNightReport, wireSettlePurseUses } from '../wiring/settle-purse-uses';

let started: ReturnType<typeof wireSettlePurseUses> | undefined;

/** In the night: settles what controllers told of purses and the day left unsettled. */
export async function handler(): Promise<{ looked: number; settled: number; refused: number; failed: number; complete: boolean }> {
  const { log, counter } = purseNightReport;
  started ??= wireSettlePurseUses();
  const settle = await started.catch((error: unknown) => {
    // A failed start is tried again by the next one.
    started = undefined;
    throw error;
  });
  const { failed, ...night } = await settle();
  for (const { use, error } of failed) {
    counter.count('Refusal');
    log.error('purse', { use: `${use.schoolId}#${use.terminal}-${use.serial}`, ...errorFields(error) });
  }
  const report = { ...night, failed: failed.length };
  log.info('purses', report);
  if (failed.length > 0) counter.publish();
  return report;
}
