import type { DisputeDeps } from '../operations/dispute-sale';
import type { PayOutDeps } from '../operations/pay-out';
import { createBooks } from '../store/books';
import { createDisputes } from '../store/disputes';
import { createReversals } from '../store/reversals';
import type { Database } from '../store/table';
import { createTerminalBatches } from '../store/terminal-batches';

/** Disputes over any ways out: a terminal's function asks no payment platform, and must not carry one. */
export function disputeDepsOver(database: Database, payOuts: PayOutDeps): DisputeDeps {
  return {
    ...payOuts,
    reversals: createReversals(database),
    disputes: createDisputes(database),
    terminalBatches: createTerminalBatches(database),
    books: createBooks(database),
  };
}
