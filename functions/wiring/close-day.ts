import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { newId } from '../../shared/ids';
import { systemClock } from '../lib/clock';
import { loadEnvironment, readConfig, tableSettings } from '../lib/config';
import { createLog } from '../lib/logger';
import { createCounter } from '../lib/metrics';
import { type CloseDueDaysDeps, type ClosingReport, closeDueDays } from '../operations/close-due-days';
import { isReconciled } from '../operations/is-reconciled';
import { createAccountNumbers } from '../store/account-numbers';
import { createAdjustments } from '../store/adjustments';
import { createBalanceSheets } from '../store/balance-sheets';
import { createBankArrivals } from '../store/bank-arrivals';
import { createBooks } from '../store/books';
import { createCloseRuns } from '../store/close-runs';
import { createDayLocks } from '../store/day-locks';
import { createHouseActs } from '../store/house-acts';
import { createMerchants } from '../store/merchants';
import { createReconciliations } from '../store/reconciliations';
import { createSchools } from '../store/schools';
import { createSettlements } from '../store/settlements';
import type { Database } from '../store/table';
import { createTerminals } from '../store/terminals';
import { createConfirmDeps, createDatabase } from './money-in';

export const closingReport = { log: createLog(), counter: createCounter() };

/** It reads and writes the tables only: no platform is asked, so no secret is needed. */
const settings = v.object(tableSettings);
/** Of the function's five minutes; the day that is being closed when it is over still needs some: three readings of all its books. */
const RUN_MS = 180_000;

function createCloseDayDeps(database: Database): CloseDueDaysDeps {
  const reconciliations = createReconciliations(database);
  const common = createConfirmDeps(database);
  return {
    ...common,
    accountNumbers: createAccountNumbers(database, common.backOff),
    books: createBooks(database),
    terminals: createTerminals(database),
    merchants: createMerchants(database),
    settlements: createSettlements(database),
    sheets: createBalanceSheets(database),
    locks: createDayLocks(database),
    adjustments: createAdjustments(database),
    houseActs: createHouseActs(database),
    arrivals: createBankArrivals(database),
    schools: createSchools(database),
    runs: createCloseRuns(database),
    isReconciled: (schoolId, day) => isReconciled({ reconciliations }, schoolId, day),
    newRunId: () => newId('run', systemClock(), randomBytes),
  };
}

/** @throws AppError config.invalid */
export async function wireCloseDay(): Promise<() => Promise<ClosingReport>> {
  const config = readConfig(settings, await loadEnvironment(process.env, fetch));
  const deps = createCloseDayDeps(createDatabase(config));
  return () => closeDueDays(deps, systemClock() + RUN_MS);
}
