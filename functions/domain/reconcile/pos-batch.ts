import type { Fen } from '../../../shared/money';

/** What a terminal says it did in one day, by its own sequence. */
export interface PosBatch {
  readonly terminal: number;
  readonly day: string;
  readonly lines: readonly PosBatchLine[];
  /** Of the sold lines that were not voided, as the terminal added them up itself. */
  readonly totals: { readonly count: number; readonly amountFen: Fen };
}

export interface PosBatchLine {
  readonly sequence: number;
  readonly amountFen: Fen;
  /** `unknown`: the terminal never heard an answer. */
  readonly outcome: 'sold' | 'voided' | 'refused' | 'unknown';
  /** SHA-256 (hex) of the signed body, where the terminal keeps it. */
  readonly requestHash?: string;
}

/** A sequence of the terminal as the passbooks know it, from the book of terminal and day. */
export interface PosBookLine {
  readonly sequence: number;
  /** `voided`: charged and reversed. `fence`: never charged. */
  readonly outcome: 'charged' | 'voided' | 'fence';
  readonly amountFen: Fen;
  readonly accountNo: number;
  readonly n: number;
  readonly requestHash?: string;
}

/**
 * - `missing-in-book`: the terminal handed out a meal that nobody paid.
 * - `missing-in-batch`: somebody was charged for what the terminal says it never sold; this is what gives a wrong charge back.
 * - `other-amount`, `other-body`: one sequence means two different sales.
 * - `charged-twice`: one sequence in two passbooks.
 * - `repeated-sequence`: the batch names a sequence twice, so what it says of it counts for nothing.
 * - `outcome`: one side says voided and the other does not.
 * - `totals`: the terminal's own sum is not that of its lines; nothing may be given back by such a batch.
 */
export type PosDifferenceClass =
  | 'missing-in-book'
  | 'missing-in-batch'
  | 'other-amount'
  | 'other-body'
  | 'charged-twice'
  | 'repeated-sequence'
  | 'outcome'
  | 'totals';

export interface PosDifference {
  readonly class: PosDifferenceClass;
  /** Absent from `totals`. */
  readonly sequence?: number;
  readonly batchFen?: Fen;
  readonly bookFen?: Fen;
  readonly accountNo?: number;
  readonly n?: number;
}

export interface PosComparison {
  readonly terminal: number;
  readonly day: string;
  readonly matched: { readonly count: number; readonly amountFen: Fen };
  readonly differences: readonly PosDifference[];
  /** False: the batch contradicts itself, and no charge may be reversed for being absent from it. */
  readonly trustworthy: boolean;
}
