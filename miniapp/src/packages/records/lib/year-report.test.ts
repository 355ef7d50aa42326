import { fen } from '../../../../../shared/money';
import { entryOf } from '../test/entries';
import { monthsOfYear, yearReport } from './year-report';

let n = 0;
function sale(amountFen: number, at: string, merchant = '一食堂') {
  n += 1;
  return entryOf({
    n,
    entryId: `7-${n}`,
    amountFen: fen(-amountFen),
    merchant: { zh: merchant, en: merchant },
    recordedAt: `${at}:00.000+08:00`,
  });
}
const months = monthsOfYear('2026', '2026-03');

describe('a year of purchases', () => {
  it('has its months up to the present one', () => {
    expect(months).toEqual(['2026-01', '2026-02', '2026-03']);
    expect(monthsOfYear('2025', '2026-03')).toHaveLength(12);
  });

  it('says how much, how often, on how many days, where most often, and which day was the dearest', () => {
    const dear = sale(9_000, '2026-03-02T12:00', '校园超市');
    const entries = [sale(500, '2026-01-05T07:30'), sale(700, '2026-01-05T12:10'), sale(800, '2026-03-01T18:00'), dear];
    expect(yearReport('2026', months, entries, 480)).toMatchObject({
      count: 4,
      spentFen: 11_000,
      days: 3,
      months: [
        { month: '2026-01', amountFen: 1_200, width: 12 },
        { month: '2026-02', amountFen: 0, width: 0 },
        { month: '2026-03', amountFen: 9_800, width: 100 },
      ],
      favourite: { merchant: { zh: '一食堂' }, count: 3, amountFen: 2_000 },
      dearestDay: { day: '2026-03-02', amountFen: 9_000 },
    });
  });

  it('takes a meal after midnight for late, and one before seven for early', () => {
    const [early, noon, night] = [sale(100, '2026-01-05T06:40'), sale(100, '2026-01-06T12:00'), sale(100, '2026-01-07T01:20')];
    const { earliest, latest } = yearReport('2026', months, [night, noon, early], 480);
    expect([earliest?.n, latest?.n]).toEqual([early.n, night.n]);
  });

  it('leaves out what was taken back', () => {
    const sold = sale(500, '2026-01-05T12:00');
    const back = entryOf({ kind: 'void', reverses: sold.entryId, amountFen: fen(500), entryId: 'back' });
    expect(yearReport('2026', months, [back, sold], 480)).toMatchObject({ count: 0, spentFen: 0, days: 0 });
  });

  it('without a purchase has no favourite, no dearest day and no hours', () => {
    const { favourite, dearestDay, earliest, latest } = yearReport('2026', months, [], 480);
    expect([favourite, dearestDay, earliest, latest]).toEqual([undefined, undefined, undefined, undefined]);
  });
});
