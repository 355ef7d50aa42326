export { compareAccountLog } from './account-log';
export type { PosBatch, PosBatchLine, PosBookLine, PosComparison, PosDifference, PosDifferenceClass } from './pos-batch';
export { comparePosBatch } from './pos-batch';
export { reconcile } from './reconcile';
export type {
  Act,
  BookLine,
  BookPages,
  Difference,
  DifferenceClass,
  EntryPlace,
  OrderRow,
  ReconcileInput,
  Reconciliation,
  RefundRow,
  Rows,
  SchoolSums,
  Sums,
} from './reconciliation';
export { ROWS_AT_ONCE } from './reconciliation';
