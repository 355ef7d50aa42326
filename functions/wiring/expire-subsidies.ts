import * as v from 'valibot';
import { systemClock } from '../lib/clock';
import { loadEnvironment, readConfig, tableSettings } from '../lib/config';
import { createLog } from '../lib/logger';
import { createCounter } from '../lib/metrics';
import { expireSubsidies, type SubsidySweepReport } from '../operations/expire-subsidies';
import { createNotices } from '../store/notices';
import { createSchools } from '../store/schools';
import { createSubsidies } from '../store/subsidies';
import { createConfirmDeps, createDatabase } from './money-in';

export const expiryReport = { log: createLog(), counter: createCounter() };

/** Of the function's 55 s; what is under way when it is over still needs some. */
const SWEEP_MS = 40_000;

export async function wireExpireSubsidies(): Promise<() => Promise<SubsidySweepReport>> {
  const database = createDatabase(readConfig(v.object(tableSettings), await loadEnvironment(process.env, fetch)));
  const deps = {
    ...createConfirmDeps(database),
    schools: createSchools(database),
    subsidies: createSubsidies(database),
    notices: createNotices(database),
  };
  return () => expireSubsidies(deps, systemClock() + SWEEP_MS);
}
