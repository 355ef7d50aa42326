import type { DisputeDeps } from '../operations/dispute-sale';
import type { PayOutDeps } from '../operations/pay-out';
import { createBooks } from '../store/books';
import { createDisputes } from '../store/disputes';
import { createReversals } from '../store/reversals';
import type { Database } from '../store/table';
import { createTerminalBatches } from '../store/terminal-batches';
import type { MoneyParts } from './money-parts';
import { createPayOutDeps } from './pay-outs';
import { scanAppsOf } from './top-ups';

/** What a student's disputes borrow from the world. */
export function createStudentDisputeDeps({ database, config, common }: MoneyParts): DisputeDeps {
  return { ...disputeDepsOver(database, createPayOutDeps(database, config, common)), saleApps: scanAppsOf(config) };
}

export function disputeDepsOver(database: Database, payOuts: PayOutDeps): DisputeDeps {
  return {
    ...payOuts,
    reversals: createReversals(database),
    disputes: createDisputes(database),
    terminalBatches: createTerminalBatches(database),
    books: createBooks(database),
  };
}
