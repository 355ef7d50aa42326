import type { CloseOutDeps } from '../operations/close-account';
import { createCardCharges } from '../store/card-charges';
import { createCloseOuts } from '../store/close-outs';
import type { Database } from '../store/table';
import { createRefundDeps } from './pay-outs';

/** What closing an account borrows from the world. */
export function createCloseOutDeps(database: Database, config: Parameters<typeof createRefundDeps>[1]): CloseOutDeps {
  return { ...createRefundDeps(database, config), closeOuts: createCloseOuts(database), cardCharges: createCardCharges(database) };
}
