import { fen } from '../../../../../shared/money';
import { entryOf } from '../test/entries';
import { isChecked, rowsDigest } from './checked-month';

const rows = [entryOf({ n: 3, amountFen: fen(-300) }), entryOf({ n: 2, amountFen: fen(-1_250) })];
const kept = { schoolId: 'dufl', month: '2026-11', digest: rowsDigest(rows) };
const shown = { schoolId: 'dufl', month: '2026-11', rows };

describe('a month whose rows were checked', () => {
  it('is that month with those rows', () => {
    expect(isChecked(kept, shown)).toBe(true);
  });

  it.each([
    ['nothing was checked', undefined, shown],
    ['it is of another school', kept, { ...shown, schoolId: 'sjtu' }],
    ['it is another month', kept, { ...shown, month: '2026-10' }],
    ['a row has come', kept, { ...shown, rows: [entryOf({ n: 4 }), ...rows] }],
    ['a row is gone', kept, { ...shown, rows: rows.slice(1) }],
    ['an amount is other', kept, { ...shown, rows: [entryOf({ n: 3, amountFen: fen(-301) }), ...rows.slice(1)] }],
  ])('is not, where %s', (_why, before, now) => {
    expect(isChecked(before, now)).toBe(false);
  });
});
