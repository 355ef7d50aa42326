import * as v from 'valibot';
import { systemClock } from '../lib/clock';
import { loadEnvironment, readConfig, tableSettings } from '../lib/config';
import { createLog } from '../lib/logger';
import { createCounter } from '../lib/metrics';
import { type Sweep, settleDueOrders } from '../operations/settle-due-orders';
import { DUE_SHARDS } from '../store/orders';
import { createDatabase } from './money-in';
import { createTopUpDeps, topUpSettings } from './top-ups';

export const sweepReport = { log: createLog(), counter: createCounter() };

const settings = v.object({ ...tableSettings, ...topUpSettings });
/** Of the function's 55 s; what is under way when it is over still needs some. */
const SWEEP_MS = 40_000;

export async function wireSettleDueOrders(): Promise<() => Promise<Sweep>> {
  const config = readConfig(settings, await loadEnvironment(process.env, fetch));
  const deps = { ...createTopUpDeps(createDatabase(config), config), dueShards: DUE_SHARDS };
  return () => settleDueOrders(deps, systemClock() + SWEEP_MS);
}
