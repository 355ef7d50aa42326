import * as v from 'valibot';
import { systemClock } from '../lib/clock';
import { loadEnvironment, readConfig, tableSettings } from '../lib/config';
import { createLog } from '../lib/logger';
import { createCounter } from '../lib/metrics';
import { type NightOfPurses, settleWaitingUses } from '../operations/settle-waiting-uses';
import { createPurseUses } from '../store/purse-uses';
import { createPurses } from '../store/purses';
import { createConfirmDeps, createDatabase } from './money-in';

export const purseNightReport = { log: createLog(), counter: createCounter() };

/** Of the function's 55 s; what is under way when it is over still needs some. */
const SWEEP_MS = 40_000;

/** It reads no secret: what a chip proved was judged when it was told. */
export async function wireSettlePurseUses(): Promise<() => Promise<NightOfPurses>> {
  const database = createDatabase(readConfig(v.object(tableSettings), await loadEnvironment(process.env, fetch)));
  const { counter } = purseNightReport;
  const deps = {
    ...createConfirmDeps(database),
    clock: systemClock,
    purses: createPurses(database),
    purseUses: createPurseUses(database),
    counter,
  };
  return () => settleWaitingUses(deps, systemClock() + SWEEP_MS);
}
