import fc from 'fast-check';
import { fen } from '../../../shared/money';
import { comparePosBatch, type PosBatch, type PosBatchLine, type PosBookLine } from './pos-batch';

const line = (sequence: number, more: Partial<PosBatchLine> = {}): PosBatchLine => ({
  sequence,
  amountFen: fen(500),
  outcome: 'sold',
  requestHash: `h${sequence}`,
  ...more,
});
const charge = (sequence: number, more: Partial<PosBookLine> = {}): PosBookLine => ({
  sequence,
  outcome: 'charged',
  amountFen: fen(500),
  accountNo: 7,
  n: sequence,
  requestHash: `h${sequence}`,
  ...more,
});

function batch(lines: readonly PosBatchLine[], more: Partial<PosBatch> = {}): PosBatch {
  const sold = lines.filter(({ outcome }) => outcome === 'sold');
  const amountFen = fen(sold.reduce((total, one) => total + one.amountFen, 0));
  return { terminal: 12, day: '2026-11-20', lines, totals: { count: sold.length, amountFen }, ...more };
}

const classes = (lines: readonly PosBatchLine[], book: readonly PosBookLine[]) =>
  comparePosBatch(batch(lines), book).differences.map((one) => one.class);

describe('a terminal batch against the passbooks', () => {
  it('matches sales, voids and refusals that both sides tell alike', () => {
    const compared = comparePosBatch(batch([line(1), line(2, { outcome: 'voided' }), line(3, { outcome: 'refused' }), line(4)]), [
      charge(1),
      charge(2, { outcome: 'voided' }),
      charge(3, { outcome: 'fence' }),
      charge(4),
    ]);
    expect(compared).toMatchObject({ matched: { count: 2, amountFen: 1_000 }, differences: [], trustworthy: true });
  });

  it('finds a meal that nobody paid, also where a fence stands', () => {
    expect(classes([line(1), line(2)], [charge(2, { outcome: 'fence' })])).toEqual(['missing-in-book', 'missing-in-book']);
  });

  it('finds a charge that the terminal never sold, with the account that it is to be given back to', () => {
    expect(comparePosBatch(batch([line(1), line(3, { outcome: 'refused' })]), [charge(1), charge(2), charge(3)]).differences).toEqual([
      { class: 'missing-in-batch', sequence: 2, bookFen: 500, accountNo: 7, n: 2 },
      { class: 'missing-in-batch', sequence: 3, batchFen: 500, bookFen: 500, accountNo: 7, n: 3 },
    ]);
  });

  it('asks for nothing where a charge the terminal does not have was voided', () => {
    expect(classes([], [charge(1, { outcome: 'voided' })])).toEqual([]);
  });

  it('finds one sequence that means two sales', () => {
    expect(classes([line(1, { amountFen: fen(600) })], [charge(1)])).toEqual(['other-amount']);
    expect(classes([line(1, { requestHash: 'x' })], [charge(1)])).toEqual(['other-body']);
    expect(classes([line(1)], [charge(1), charge(1, { accountNo: 8 })])).toEqual(['charged-twice']);
  });

  it('leaves to a person what one side calls voided, or what the terminal does not know', () => {
    expect(classes([line(1, { outcome: 'voided' })], [charge(1)])).toEqual(['outcome']);
    expect(classes([line(1)], [charge(1, { outcome: 'voided' })])).toEqual(['outcome']);
    expect(classes([line(1, { outcome: 'unknown' })], [charge(1)])).toEqual(['outcome']);
    expect(classes([line(1, { outcome: 'unknown' })], [])).toEqual([]);
  });

  it('is not trusted when it contradicts itself', () => {
    const wrong = batch([line(1)], { totals: { count: 2, amountFen: fen(500) } });
    expect(comparePosBatch(wrong, [charge(1)])).toMatchObject({ trustworthy: false, differences: [{ class: 'totals' }] });
    expect(comparePosBatch(batch([line(1), line(1)]), [charge(1)])).toMatchObject({
      trustworthy: false,
      differences: [{ class: 'repeated-sequence', sequence: 1 }],
    });
  });

  it('says the same whatever order lines and entries come in', () => {
    const lines = [line(1), line(2, { outcome: 'voided' }), line(4), line(5)];
    const book = [charge(1), charge(2), charge(3), charge(5, { amountFen: fen(1) })];
    fc.assert(
      fc.property(fc.shuffledSubarray(lines, { minLength: 4 }), fc.shuffledSubarray(book, { minLength: 4 }), (some, others) => {
        expect(comparePosBatch(batch(some), others)).toEqual(comparePosBatch(batch(lines), book));
      }),
    );
  });
});
