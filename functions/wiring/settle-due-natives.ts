import * as v from 'valibot';
import { systemClock } from '../lib/clock';
import { loadEnvironment, readConfig, tableSettings } from '../lib/config';
import { createLog } from '../lib/logger';
import { createCounter } from '../lib/metrics';
import { type NativeSweep, settleDueNatives } from '../operations/settle-due-natives';
import { NATIVE_SHARDS } from '../store/native-payments';
import { createDatabase } from './money-in';
import { createNativeDeps, nativeSettings } from './native-payments';

export const nativeSweepReport = { log: createLog(), counter: createCounter() };

const settings = v.object({ ...tableSettings, ...nativeSettings });
/** Of the function's 55 s; what is under way when it is over still needs some. */
const SWEEP_MS = 40_000;

/** @throws AppError config.invalid */
export async function wireSettleDueNatives(): Promise<() => Promise<NativeSweep>> {
  const config = readConfig(settings, await loadEnvironment(process.env, fetch));
  const deps = { ...createNativeDeps(createDatabase(config), config), dueShards: NATIVE_SHARDS };
  return () => settleDueNatives(deps, systemClock() + SWEEP_MS);
}
