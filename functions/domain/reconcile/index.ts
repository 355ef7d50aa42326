export type { PosBatch, PosBatchLine, PosBookLine, PosComparison, PosDifference, PosDifferenceClass } from './pos-batch';
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
