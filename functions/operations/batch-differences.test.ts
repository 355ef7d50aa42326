import type { BatchBody } from '../../shared/api/terminal-batches';
import { fen, sum } from '../../shared/money';
import { businessDay } from '../../shared/time';
import { saleOf } from '../domain/dispute';
import { createBooks } from '../store/books';
import { createTerminalBatches } from '../store/terminal-batches';
import { createModelDatabase } from '../test/model-database';
import { RefundFixture } from '../test/refund-fixture';
import { batchDifferences } from './batch-differences';
import { takeBatch } from './take-batch';
import { voidSale } from './void-sale';

type Line = BatchBody['lines'][number];

async function canteen() {
  const database = createModelDatabase();
  const world = new RefundFixture(database);
  const deps = { ...world.deps, terminalBatches: createTerminalBatches(database), books: createBooks(database, 3) };
  const accountNo = await world.till.account({ cardFen: 50_000 });
  const sell = async (amountFen: number): Promise<Line> => {
    const { entryId } = await world.charge(accountNo, amountFen);
    return { sequence: saleOf(entryId)?.sequence ?? 0, amountFen: fen(amountFen), outcome: 'sold' };
  };
  const close = async (lines: readonly Line[], closed = true) => {
    const sold = lines.filter(({ outcome }) => outcome === 'sold');
    const totals = { count: sold.length, amountFen: sum(sold.map(({ amountFen }) => amountFen)) };
    const day = businessDay(world.till.now, world.till.pack.utcOffsetMinutes);
    const at = { schoolId: 'bistu', terminal: 7, day, part: 1, fromSequence: 1, ackedSeq: 900 };
    const body: BatchBody = { ...at, lines: [...lines], totals, closed, ...(closed ? { dayTotals: totals } : {}) };
    return batchDifferences(deps, await takeBatch(deps, { body, bodyHash: JSON.stringify(body) }));
  };
  return { world, accountNo, sell, close, database };
}

describe('the books beside a statement', () => {
  it('have the same count and sum of a day that was rung up right, voids left out of both', async () => {
    const { world, accountNo, sell, close } = await canteen();
    const lines = [await sell(1_200), await sell(800)];
    const request = world.till.tapSale(accountNo, 500);
    await voidSale({ ...world.till.deps }, request);
    expect(await close(lines)).toEqual({ book: { count: 2, amountFen: 2_000 }, differences: [], more: false });
  });

  it('name each sequence that differs: what the till lacks, what the books lack, another amount', async () => {
    const { sell, close } = await canteen();
    const [first, second, third] = [await sell(1_200), await sell(800), await sell(300)];
    const told = await close([first, { ...second, amountFen: fen(900) }, { sequence: 400, amountFen: fen(50), outcome: 'sold' }]);
    expect(told).toEqual({
      book: { count: 3, amountFen: 2_300 },
      differences: [
        { sequence: second.sequence, kind: 'other-amount', batchFen: 900, bookFen: 800 },
        { sequence: third.sequence, kind: 'missing-in-batch', batchFen: null, bookFen: 300 },
        { sequence: 400, kind: 'missing-in-book', batchFen: 50, bookFen: null },
      ],
      more: false,
    });
  });

  it('say nothing of a day that is open, and name fifty differences at most', async () => {
    const { close } = await canteen();
    expect(await close([], false)).toEqual({});
    const other = await canteen();
    const lines = Array.from({ length: 51 }, (_, index): Line => ({ sequence: 100 + index, amountFen: fen(10), outcome: 'sold' }));
    const told = await other.close(lines);
    expect([told.differences?.length, told.more]).toEqual([50, true]);
  });
});
