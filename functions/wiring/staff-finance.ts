import { writeWorkbook } from '../lib/workbook';
import type { AdjustDeps } from '../operations/adjust-books';
import type { AuditDeps } from '../operations/audit';
import type { ClearReceivableDeps } from '../operations/clear-receivable';
import type { CollectCashDeps } from '../operations/collect-cash';
import type { ConfirmDeps } from '../operations/confirm-order';
import type { ExportDeps } from '../operations/export-finance';
import { isReconciled } from '../operations/is-reconciled';
import type { ListReceivablesDeps } from '../operations/list-receivables';
import type { LockDayDeps } from '../operations/lock-day';
import type { PayMerchantsDeps } from '../operations/pay-merchants';
import type { ReadFinanceDeps } from '../operations/read-finance';
import type { SettleArrivalsDeps } from '../operations/settle-arrivals';
import type { VerifyDeps } from '../operations/verify-books';
import { createAdjustments } from '../store/adjustments';
import { createBalanceSheets } from '../store/balance-sheets';
import { createBankArrivals } from '../store/bank-arrivals';
import { createBooks } from '../store/books';
import { createCharts } from '../store/charts';
import { createDayLocks } from '../store/day-locks';
import { createHouseActs } from '../store/house-acts';
import { createMerchants } from '../store/merchants';
import { createPassControls, type PassControls } from '../store/passes';
import { createPayoutBatches } from '../store/payout-batches';
import { createReceivableCases } from '../store/receivable-cases';
import { createReconciliations } from '../store/reconciliations';
import { createSettlements } from '../store/settlements';
import type { Database } from '../store/table';
import { createTerminals } from '../store/terminals';

export type FinanceDeps = AuditDeps &
  ReadFinanceDeps &
  ExportDeps &
  AdjustDeps &
  SettleArrivalsDeps &
  CollectCashDeps &
  PayMerchantsDeps &
  LockDayDeps &
  ListReceivablesDeps &
  ClearReceivableDeps & { readonly passControls: PassControls } & VerifyDeps;

/** What finance's part of the staff API borrows from the world. */
export function createFinanceDeps(database: Database, common: ConfirmDeps, audit: AuditDeps): FinanceDeps {
  const reconciliations = createReconciliations(database);
  return {
    ...common,
    ...audit,
    reconciliations,
    settlements: createSettlements(database),
    sheets: createBalanceSheets(database),
    locks: createDayLocks(database),
    charts: createCharts(database),
    merchants: createMerchants(database),
    adjustments: createAdjustments(database),
    houseActs: createHouseActs(database),
    receivableCases: createReceivableCases(database),
    passControls: createPassControls(database),
    arrivals: createBankArrivals(database),
    batches: createPayoutBatches(database),
    books: createBooks(database),
    terminals: createTerminals(database),
    writeWorkbook,
    isReconciled: (schoolId, day) => isReconciled({ reconciliations }, schoolId, day),
  };
}
