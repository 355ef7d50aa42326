import * as v from 'valibot';
import { loadEnvironment, readConfig, tableSettings } from '../lib/config';
import { createLog } from '../lib/logger';
import { createCounter } from '../lib/metrics';
import { queryDueOrder } from '../operations/query-order';
import type { QueryMessage } from '../platforms/queue/query-queue';
import { createDatabase } from './money-in';
import { createTopUpDeps, topUpSettings } from './top-ups';

export const queryReport = { log: createLog(), counter: createCounter() };

const settings = v.object({ ...tableSettings, ...topUpSettings });

export async function wireQueryOrder(): Promise<(message: QueryMessage) => ReturnType<typeof queryDueOrder>> {
  const config = readConfig(settings, await loadEnvironment(process.env, fetch));
  const deps = createTopUpDeps(createDatabase(config), config);
  return (message) => queryDueOrder(deps, message);
}
