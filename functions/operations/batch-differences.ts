import { type BATCH_DIFFERENCES, type BatchReply, MOST_DIFFERENCES } from '../../shared/api/terminal-batches';
import { sum } from '../../shared/money';
import type { BatchHead } from '../store/terminal-batches';
import { type CompareTerminalDeps, compareStatement, readTerminalDay } from './compare-terminal';

type Told = Pick<BatchReply, 'book' | 'differences' | 'more'>;

/**
 * What a cashier sees at the end of the day: whether the books have what the till states. It is what finance compares the next morning, told
 * while the cashier still stands there; the books show a sale a moment after it was made. Nothing of an open day. Throws what the store throws.
 */
export async function batchDifferences(
  deps: Pick<CompareTerminalDeps, 'terminalBatches' | 'books' | 'reversals'>,
  at: BatchHead,
): Promise<Told> {
  if (at.closedAt === undefined) return {};
  const { differences, book } = await compareStatement(deps, at, await readTerminalDay(deps, at));
  const told = differences.flatMap(({ class: kind, sequence, batchFen, bookFen }) =>
    kind === 'totals' || sequence === undefined
      ? []
      : [{ sequence, kind: kind satisfies (typeof BATCH_DIFFERENCES)[number], batchFen: batchFen ?? null, bookFen: bookFen ?? null }],
  );
  const sold = book.filter(({ outcome }) => outcome === 'charged');
  return {
    book: { count: sold.length, amountFen: sum(sold.map(({ amountFen }) => amountFen)) },
    differences: told.slice(0, MOST_DIFFERENCES),
    more: told.length > MOST_DIFFERENCES,
  };
}
