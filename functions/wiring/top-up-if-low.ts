import * as v from 'valibot';
import { loadEnvironment, readConfig, tableSettings } from '../lib/config';
import type { ChargedAccount } from '../operations/charged-accounts';
import { type LowDeps, topUpAfterCharge } from '../operations/top-up-if-low';
import { createAutoTopUps } from '../store/auto-top-ups';
import { createConfirmDeps, createDatabase } from './money-in';
import { createQueryQueue, queueSettings } from './query-queue';

const settings = v.object({ ...tableSettings, ...queueSettings });

/** Writes intents only: it knows of no platform and holds no key of one. */
export async function wireTopUpAfterCharge(): Promise<(charged: ChargedAccount) => ReturnType<typeof topUpAfterCharge>> {
  const config = readConfig(settings, await loadEnvironment(process.env, fetch));
  const database = createDatabase(config);
  const queue = createQueryQueue(config);
  const deps: LowDeps = {
    ...createConfirmDeps(database),
    autoTopUps: createAutoTopUps(database),
    ...(queue === undefined ? {} : { queue }),
  };
  return (charged) => topUpAfterCharge(deps, charged);
}
