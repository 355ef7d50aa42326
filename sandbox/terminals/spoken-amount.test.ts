import fc from 'fast-check';
import { spokenAmount } from './spoken-amount';

test.each([
  [0, '零元', 'zero yuan'],
  [5, '五分', 'five fen'],
  [2, '两分', 'two fen'],
  [20, '两角', 'twenty fen'],
  [50, '五角', 'fifty fen'],
  [55, '五角五分', 'fifty-five fen'],
  [200, '两元', 'two yuan'],
  [222, '两元二角二分', 'two yuan twenty-two'],
  [1_000, '十元', 'ten yuan'],
  [1_005, '十元零五分', 'ten yuan and five fen'],
  [1_200, '十二元', 'twelve yuan'],
  [1_250, '十二元五角', 'twelve yuan fifty'],
  [2_000, '二十元', 'twenty yuan'],
  [2_200, '二十二元', 'twenty-two yuan'],
  [10_000, '一百元', 'one hundred yuan'],
  [10_200, '一百零二元', 'one hundred two yuan'],
  [11_000, '一百一十元', 'one hundred ten yuan'],
  [20_000, '两百元', 'two hundred yuan'],
  [22_200, '两百二十二元', 'two hundred twenty-two yuan'],
  [100_200, '一千零二元', 'one thousand two yuan'],
  [101_000, '一千零一十元', 'one thousand ten yuan'],
  [200_000, '两千元', 'two thousand yuan'],
  [222_000, '两千二百二十元', 'two thousand two hundred twenty yuan'],
  [2_000_000, '两万元', 'twenty thousand yuan'],
  [2_200_000, '两万二千元', 'twenty-two thousand yuan'],
  [10_000_500, '十万零五元', 'one hundred thousand five yuan'],
  [12_345_678, '十二万三千四百五十六元七角八分', 'one hundred twenty-three thousand four hundred fifty-six yuan seventy-eight'],
  [100_000_000, '一百万元', 'one million yuan'],
])('%i fen is said %s and %s', (amountFen, zh, en) => {
  expect(spokenAmount(amountFen)).toEqual({ zh, en });
});

test('two amounts are never said alike, and 零 never stands twice in a row nor before a unit', () => {
  const said = new Map<string, number>();
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9_999_999_999 }), (amountFen) => {
      const { zh, en } = spokenAmount(amountFen);
      for (const text of [zh, en]) {
        expect(said.get(text) ?? amountFen).toBe(amountFen);
        said.set(text, amountFen);
      }
      expect(zh).not.toMatch(/零零|零[十百千万元角]/u);
    }),
  );
});

test.each([-1, 1.5, 10_000_000_000, Number.NaN])('%p is not said', (amountFen) => {
  expect(() => spokenAmount(amountFen)).toThrow(RangeError);
});
