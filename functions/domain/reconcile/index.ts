export { compareAccountLog } from './account-log';
export type { PosBatch, PosBatchLine, PosBookLine, PosComparison, PosDifference, PosDifferenceClass } from './pos-batch';
export { comparePosBatch, POS_CHANNEL } from './pos-batch';
export { reconcile } from './reconcile';
export type {
  BookLine,
  BookPages,
  Difference,
  DifferenceClass,
  OrderRow,
  ReconcileInput,
  Reconciliation,
  RefundRow,
  Rows,
  SchoolSums,
} from './reconciliation';
export { ROWS_AT_ONCE } from './reconciliation';
