import * as v from 'valibot';
import type { Entry } from '../domain/entry';
import { systemClock } from '../lib/clock';
import { loadEnvironment, readConfig, tableSettings } from '../lib/config';
import { createLog } from '../lib/logger';
import { createCounter } from '../lib/metrics';
import { type TellDeps, tellOfEntry } from '../operations/tell-of-entry';
import { createNoticeWishes } from '../store/notice-wishes';
import { createNotices } from '../store/notices';
import { createConfirmDeps, createDatabase } from './money-in';
import { createMessageQueue, queueSettings } from './query-queue';

export { readInsertedEntries } from '../store/stream-entries';

export const watchReport = { log: createLog(), counter: createCounter() };

/** Puts notices into inboxes. It holds no key and can neither read nor write the passbook. */
export async function wireTelling(): Promise<(entry: Entry) => Promise<number>> {
  const config = readConfig(v.object({ ...tableSettings, ...queueSettings }), await loadEnvironment(process.env, fetch));
  const database = createDatabase(config);
  const deps: TellDeps = {
    packOf: createConfirmDeps(database).packOf,
    clock: systemClock,
    notices: createNotices(database),
    wishes: createNoticeWishes(database),
    messages: createMessageQueue(config),
  };
  return (entry) => tellOfEntry(deps, entry);
}
