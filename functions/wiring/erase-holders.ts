import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { systemClock } from '../lib/clock';
import { loadEnvironment, masterKeySetting, readConfig, tableSettings } from '../lib/config';
import { createLog } from '../lib/logger';
import { createCounter } from '../lib/metrics';
import { type EraseReport, eraseDueHolders } from '../operations/erase-due-holders';
import { createEraseDeps } from './erase-deps';
import { createDatabase } from './money-in';

export const eraseReport = { log: createLog(), counter: createCounter() };

/** Of the function's 300 s; what is under way when it is over still needs some. */
const SWEEP_MS = 240_000;

export async function wireEraseHolders(): Promise<() => Promise<EraseReport>> {
  const config = readConfig(v.object({ ...tableSettings, ...masterKeySetting }), await loadEnvironment(process.env, fetch));
  const deps = createEraseDeps({ database: createDatabase(config), clock: systemClock, randomBytes, masterKey: config.ECODE_MASTER_KEY });
  return () => eraseDueHolders(deps, systemClock() + SWEEP_MS);
}
