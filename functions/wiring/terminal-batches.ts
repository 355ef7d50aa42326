import * as v from 'valibot';
import { batchBody } from '../../shared/api/terminal-batches';
import { errorTable } from '../../shared/errors';
import { systemClock } from '../lib/clock';
import { loadEnvironment, readConfig, tableSettings } from '../lib/config';
import type { HandlerDeps } from '../lib/handler';
import type { HttpRequest } from '../lib/http';
import { createLog, errorFields } from '../lib/logger';
import { createCounter } from '../lib/metrics';
import { batchDifferences } from '../operations/batch-differences';
import { advanceDisputesAt } from '../operations/dispute-sale';
import { takeBatch } from '../operations/take-batch';
import { verifySigned } from '../operations/verify-terminal';
import { createBooks } from '../store/books';
import { createPayOuts } from '../store/pay-outs';
import type { BatchHead } from '../store/terminal-batches';
import { disputeDepsOver } from './dispute-deps';
import { createVerifyDeps } from './look-ups';
import { createConfirmDeps, createDatabase } from './money-in';

export const batchesHandlerDeps: HandlerDeps = { log: createLog(), counter: createCounter(), clock: systemClock, texts: errorTable };

const settings = v.object(tableSettings);

/** How far the day is stated, and beside a closed one what the books have of it. */
export interface TakenBatch {
  readonly head: BatchHead;
  readonly told: Awaited<ReturnType<typeof batchDifferences>>;
}

/** Apart from the payment function, which may write to no other table. Asks no payment platform: a sale paid through one is left to the student's function. */
export async function wireTerminalBatches(): Promise<(request: HttpRequest) => Promise<TakenBatch>> {
  const database = createDatabase(readConfig(settings, await loadEnvironment(process.env, fetch)));
  const deps = disputeDepsOver(database, { ...createConfirmDeps(database), payOuts: createPayOuts(database), routes: {} });
  const verifyDeps = createVerifyDeps(database, systemClock);
  return async ({ headers, rawBody }) => {
    const head = await takeBatch(deps, await verifySigned(verifyDeps, { purpose: 'batch', headers, rawBody }, batchBody));
    const { advanced, failed } = await advanceDisputesAt(deps, head);
    for (const { n, error } of failed) batchesHandlerDeps.log.error('dispute', { n, ...errorFields(error) });
    if (advanced.length > 0) batchesHandlerDeps.log.info('disputes', { advanced: advanced.length });
    return { head, told: await batchDifferences({ ...deps, books: createBooks(database) }, head) };
  };
}
