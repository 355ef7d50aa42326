import type { AuditDeps } from '../operations/audit';
import type { CardChargeDeps } from '../operations/charge-card-fee';
import type { ConfirmDeps } from '../operations/confirm-order';
import type { ImportSubsidiesDeps } from '../operations/import-subsidies';
import type { RefundDeps } from '../operations/refund';
import type { OfficeDeps } from '../operations/staff-office';
import { createBooks } from '../store/books';
import { createCardCharges } from '../store/card-charges';
import { createCloseOuts } from '../store/close-outs';
import { createDisputes } from '../store/disputes';
import { createHolders } from '../store/holders';
import { createNotices } from '../store/notices';
import { createPurses } from '../store/purses';
import { createReversals } from '../store/reversals';
import { createSubsidies } from '../store/subsidies';
import type { Database } from '../store/table';
import { createTerminalBatches } from '../store/terminal-batches';

export type OfficeRoutesDeps = OfficeDeps & AuditDeps & CardChargeDeps & ImportSubsidiesDeps;

/** What the card office's part of the staff API borrows from the world. */
export function createOfficeDeps(
  database: Database,
  parts: {
    readonly common: ConfirmDeps;
    readonly audit: AuditDeps;
    readonly refunds: RefundDeps;
    readonly saleApps: OfficeDeps['saleApps'];
  },
): OfficeRoutesDeps {
  const { common, audit, refunds, saleApps } = parts;
  return {
    ...common,
    ...audit,
    ...refunds,
    ...(saleApps === undefined ? {} : { saleApps }),
    holders: createHolders(database),
    reversals: createReversals(database),
    disputes: createDisputes(database),
    terminalBatches: createTerminalBatches(database),
    books: createBooks(database),
    closeOuts: createCloseOuts(database),
    cardCharges: createCardCharges(database),
    purses: createPurses(database),
    subsidies: createSubsidies(database),
    notices: createNotices(database),
  };
}
