import * as v from 'valibot';
import { loadEnvironment, readConfig, tableSettings } from '../lib/config';
import { createLog } from '../lib/logger';
import { createCounter } from '../lib/metrics';
import { queryDueOrder } from '../operations/query-order';
import { queryDueNative } from '../operations/settle-due-natives';
import type { QueryMessage } from '../platforms/queue/query-queue';
import { createDatabase } from './money-in';
import { createNativeDeps } from './native-payments';
import { createTopUpDeps, topUpSettings } from './top-ups';

export const queryReport = { log: createLog(), counter: createCounter() };

const settings = v.object({ ...tableSettings, ...topUpSettings });

/** What the row says afterwards: an order's, or that of a payment by the payer's own code. Undefined where there was nothing to do. */
export async function wireQueryOrder(): Promise<(message: QueryMessage) => Promise<{ readonly state: string } | undefined>> {
  const config = readConfig(settings, await loadEnvironment(process.env, fetch));
  const database = createDatabase(config);
  const orders = createTopUpDeps(database, config);
  const natives = createNativeDeps(database, config);
  return (message) => (message.of === 'native' ? queryDueNative(natives, message) : queryDueOrder(orders, message));
}
