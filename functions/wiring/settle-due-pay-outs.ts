import * as v from 'valibot';
import { systemClock } from '../lib/clock';
import { loadEnvironment, readConfig, tableSettings } from '../lib/config';
import { createLog } from '../lib/logger';
import { createCounter } from '../lib/metrics';
import { type PayOutSweep, settleDuePayOuts } from '../operations/settle-due-pay-outs';
import { PAY_OUT_SHARDS } from '../store/pay-outs';
import { createDatabase } from './money-in';
import { createPayOutDeps, payOutSettings } from './pay-outs';

export const payOutSweepReport = { log: createLog(), counter: createCounter() };

const settings = v.object({ ...tableSettings, ...payOutSettings });
/** Of the function's 55 s; what is under way when it is over still needs some. */
const SWEEP_MS = 40_000;

/** @throws AppError config.invalid */
export async function wireSettleDuePayOuts(): Promise<() => Promise<PayOutSweep>> {
  const config = readConfig(settings, await loadEnvironment(process.env, fetch));
  const deps = { ...createPayOutDeps(createDatabase(config), config), dueShards: PAY_OUT_SHARDS };
  return () => settleDuePayOuts(deps, systemClock() + SWEEP_MS);
}
