import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { systemClock } from '../lib/clock';
import { loadEnvironment, readConfig, tableSettings } from '../lib/config';
import type { HandlerDeps } from '../lib/handler';
import { fieldKeysSetting, passwordPeppersSetting } from '../lib/key-ring-setting';
import { createLog } from '../lib/logger';
import { createCounter } from '../lib/metrics';
import type { readCaller } from '../operations/caller';
import { createSessions } from '../store/sessions';
import type { Database } from '../store/table';
import { createDatabase } from './money-in';
import { topUpSettings } from './top-ups';

export const studentMoneyHandlerDeps: HandlerDeps = { log: createLog(), counter: createCounter(), clock: systemClock };

export const studentMoneySettings = v.object({
  ...tableSettings,
  ...fieldKeysSetting,
  ...passwordPeppersSetting,
  ...topUpSettings,
});
export type StudentMoneyConfig = v.InferOutput<typeof studentMoneySettings>;

/** What each kind of money is built from: `functions/wiring/<kind>.ts` makes its routes' operations of these. */
export interface MoneyParts {
  readonly database: Database;
  readonly config: StudentMoneyConfig;
  readonly clock: typeof systemClock;
  readonly randomBytes: (length: number) => Uint8Array;
}

export interface StudentMoneyWiring {
  readonly callers: Parameters<typeof readCaller>[0];
  readonly parts: MoneyParts;
}

/** @throws AppError config.invalid */
export async function wireStudentMoney(): Promise<StudentMoneyWiring> {
  const config = readConfig(studentMoneySettings, await loadEnvironment(process.env, fetch));
  const database = createDatabase(config);
  return {
    callers: { sessions: createSessions(database), clock: systemClock },
    parts: { database, config, clock: systemClock, randomBytes },
  };
}
