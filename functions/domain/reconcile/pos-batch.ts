import { type Fen, fen, sum } from '../../../shared/money';

/** The channel under which terminals' statements are reconciled. */
export const POS_CHANNEL = 'pos';

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
 * - `outcome`: one side says voided and the other does not, or the terminal never heard that its charge was written.
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

/**
 * A terminal's own statement of a day against the book of terminal and day. Pure and linear. Of a sequence that the batch names twice, and
 * of a batch whose totals contradict its lines, nothing it says may give money back: `trustworthy` is false.
 */
export function comparePosBatch(batch: PosBatch, book: readonly PosBookLine[]): PosComparison {
  const differences: PosDifference[] = [];
  const said = bySequence(batch.lines);
  const written = bySequence(book);
  const totals = totalsFault(batch);
  if (totals !== undefined) differences.push(totals);
  let count = 0;
  let amountFen = 0;
  for (const sequence of [...new Set([...said.keys(), ...written.keys()])].sort((a, b) => a - b)) {
    const lines = said.get(sequence) ?? [];
    const entries = written.get(sequence) ?? [];
    const found = compareSequence(sequence, lines, entries);
    if (found.length > 0) differences.push(...found);
    else if (entries[0]?.outcome === 'charged') {
      count += 1;
      amountFen += entries[0].amountFen;
    }
  }
  const contradicts = differences.some((one) => one.class === 'totals' || one.class === 'repeated-sequence');
  return {
    terminal: batch.terminal,
    day: batch.day,
    matched: { count, amountFen: fen(amountFen) },
    differences,
    trustworthy: !contradicts,
  };
}

function bySequence<Line extends { readonly sequence: number }>(lines: readonly Line[]): Map<number, readonly Line[]> {
  const found = new Map<number, Line[]>();
  for (const line of lines) {
    const same = found.get(line.sequence);
    if (same === undefined) found.set(line.sequence, [line]);
    else same.push(line);
  }
  return found;
}

function totalsFault({ lines, totals }: PosBatch): PosDifference | undefined {
  const sold = lines.filter(({ outcome }) => outcome === 'sold');
  const soldFen = sum(sold.map((line) => line.amountFen));
  return sold.length === totals.count && soldFen === totals.amountFen ? undefined : { class: 'totals', batchFen: totals.amountFen };
}

function compareSequence(sequence: number, lines: readonly PosBatchLine[], entries: readonly PosBookLine[]): readonly PosDifference[] {
  const charges = entries.filter(({ outcome }) => outcome !== 'fence');
  if (lines.length > 1) return [difference('repeated-sequence', sequence, lines[0], charges[0])];
  if (charges.length > 1) return charges.slice(1).map((charge) => difference('charged-twice', sequence, lines[0], charge));
  const [line] = lines;
  const [charge] = charges;
  const named = classOf(line, charge);
  return named === undefined ? [] : [difference(named, sequence, line, charge)];
}

/** Of one line at most and one charge at most. */
function classOf(line: PosBatchLine | undefined, charge: PosBookLine | undefined): PosDifferenceClass | undefined {
  const sold = line?.outcome === 'sold';
  if (charge === undefined) return sold ? 'missing-in-book' : undefined;
  if (line === undefined) return charge.outcome === 'charged' ? 'missing-in-batch' : undefined;
  const { requestHash } = line;
  if (requestHash !== undefined && charge.requestHash !== undefined && requestHash !== charge.requestHash) return 'other-body';
  if (line.amountFen !== charge.amountFen) return 'other-amount';
  switch (line.outcome) {
    case 'sold':
      return charge.outcome === 'charged' ? undefined : 'outcome';
    case 'voided':
      return charge.outcome === 'voided' ? undefined : 'outcome';
    case 'refused':
      // The terminal sold nothing for it, and says so under its signature.
      return charge.outcome === 'charged' ? 'missing-in-batch' : undefined;
    case 'unknown':
      // It does not know either, so a person must look before anything is given back.
      return charge.outcome === 'charged' ? 'outcome' : undefined;
  }
}

function difference(
  named: PosDifferenceClass,
  sequence: number,
  line: PosBatchLine | undefined,
  charge: PosBookLine | undefined,
): PosDifference {
  return {
    class: named,
    sequence,
    ...(line === undefined ? {} : { batchFen: line.amountFen }),
    ...(charge === undefined ? {} : { bookFen: charge.amountFen, accountNo: charge.accountNo, n: charge.n }),
  };
}
