import { fen } from '../../../../../shared/money';
import { entryOf } from '../test/entries';
import { averageFen, mealShares, merchantShares, salesOf } from './month-charts';

let n = 0;
function sale(amountFen: number, time: string, merchant: string | null = '一食堂') {
  n += 1;
  return entryOf({
    n,
    entryId: `7-${n}`,
    amountFen: fen(-amountFen),
    merchant: merchant === null ? null : { zh: merchant, en: merchant },
    recordedAt: `2026-11-21T${time}:00.000+08:00`,
  });
}

describe('purchases of a month', () => {
  it('are sales only: no top-up, no withdrawal, no transfer', () => {
    const others = (['top-up', 'withdrawal', 'transfer', 'fee'] as const).map((kind) => entryOf({ kind, amountFen: fen(-100) }));
    expect(salesOf([...others, sale(500, '12:00')])).toHaveLength(1);
  });

  it('leave out what was taken back, and of a part of it only the part', () => {
    const whole = sale(500, '12:00');
    const part = sale(800, '12:05');
    const back = (of: string, amountFen: number) =>
      entryOf({ kind: 'reversal', reverses: of, amountFen: fen(amountFen), entryId: `${of}-back` });
    const sales = salesOf([whole, part, back(whole.entryId, 500), back(part.entryId, 300)]);
    expect(sales.map(({ entry, amountFen }) => [entry.n, amountFen])).toEqual([[part.n, 500]]);
  });
});

describe('by meal', () => {
  it('parts the whole day without a gap, the night to supper', () => {
    const sales = salesOf(
      ['00:10', '03:59', '04:00', '09:59', '10:00', '15:29', '15:30', '20:29', '20:30', '23:59'].map((time) => sale(100, time)),
    );
    const shares = mealShares(sales, [], 480);
    expect(shares.map(({ id, count }) => [id, count])).toEqual([
      ['breakfast', 2],
      ['lunch', 2],
      ['dinner', 2],
      ['supper', 4],
    ]);
    expect(shares.reduce((total, { amountFen }) => total + amountFen, 0)).toBe(1_000);
  });

  it('by the school’s own periods and words where it has them', () => {
    const lunch = { id: 'lunch', name: { zh: '午餐', en: 'Lunch' }, fromMinute: 660, toMinute: 720 } as const;
    expect(mealShares(salesOf([sale(100, '11:00'), sale(100, '12:00')]), [lunch], 480)).toEqual([
      { id: 'lunch', name: lunch.name, amountFen: 100, count: 1, width: 100 },
    ]);
  });
});

describe('by merchant', () => {
  it('the most first, each as wide as its share', () => {
    const sales = salesOf([sale(300, '12:00', '二食堂'), sale(700, '12:00'), sale(300, '12:00'), sale(100, '12:00', null)]);
    const { top, rest } = merchantShares(sales, 8);
    expect(top.map(({ merchant, amountFen, count, width }) => [merchant?.zh, amountFen, count, width])).toEqual([
      ['一食堂', 1_000, 2, 100],
      ['二食堂', 300, 1, 30],
      [undefined, 100, 1, 10],
    ]);
    expect(rest).toEqual([]);
  });

  it('puts what does not fit into one line, and loses nothing', () => {
    const sales = salesOf(Array.from({ length: 12 }, (_, at) => sale(100 + at, '12:00', `商户 ${at}`)));
    const { top, rest } = merchantShares(sales, 8);
    expect([top.length, rest.length]).toEqual([7, 5]);
    expect([...top, ...rest].reduce((total, { amountFen }) => total + amountFen, 0)).toBe(12 * 100 + 66);
  });
});

it('an average is whole fen, and of nothing nothing', () => {
  expect(averageFen(fen(1_000), 3)).toBe(333);
  expect(averageFen(fen(0), 0)).toBe(0);
});
