import fc from 'fast-check';
import { type Fen, fen, negate, subtract, sum, ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { loadPack, NOON } from '../test/sale-fixture';
import { emptyState, type HolderGroup, type Spent } from './account-state';
import { holderChange, isHolders, type Posting } from './posting';
import { priceOf } from './price';
import { partOfMirror } from './reversal';
import { cardLegs, priceOfLegs } from './sale-legs';

const label = { zh: '搭伙费', en: 'Surcharge' };
const plain = loadPack('sjtu');
type Pricing = NonNullable<RulePack['pricing']>;
const withPricing = (pricing: Pricing): RulePack => ({ ...plain, pricing });
const lunch: Spent = { day: '2026-11-21', dayFen: ZERO, meal: '2026-11-21/lunch', mealFen: ZERO };
const price = (
  amountFen: number,
  pack: RulePack,
  more: { group?: HolderGroup; spent?: Spent; prices?: Parameters<typeof priceOf>[1] } = {},
) =>
  priceOf(fen(amountFen), more.prices, { state: more.group === undefined ? {} : { group: more.group }, pack, spent: more.spent ?? lunch });

const guests = withPricing({ surcharge: { by: 'part', label, groups: ['temporary'], basisPoints: 1_500 } });
const firstMeal = withPricing({ firstMeal: { label, groups: ['student'], offFen: fen(200), periods: ['lunch', 'dinner'] } });

test('identity prices: the server takes the price of the group, and the list price where there is none', () => {
  const prices = { student: 800, temporary: 1_500 };
  expect(
    [undefined, 'staff', 'temporary'].map(
      (group) => price(1_000, plain, { prices, ...(group ? { group: group as HolderGroup } : {}) }).paidFen,
    ),
  ).toEqual([800, 1_000, 1_500]);
  expect(price(1_000, plain).paidFen).toBe(1_000);
});

test('搭伙费: a part of the price, rounded down to the fen, or a sum; of the groups that the pack names', () => {
  expect(price(1_003, guests, { group: 'temporary' })).toEqual({ listFen: 1_003, surchargeFen: 150, discountFen: 0, paidFen: 1_153 });
  expect(price(1_003, guests, { group: 'staff' }).surchargeFen).toBe(0);
  const bySum = withPricing({ surcharge: { by: 'sum', label, groups: ['temporary', 'staff'], fen: fen(100) } });
  expect(price(1_003, bySum, { group: 'staff' }).paidFen).toBe(1_103);
});

test('首餐补贴: off the first sale of a meal period that is named, for its groups, and never the last fen', () => {
  expect(price(1_000, firstMeal)).toEqual({ listFen: 1_000, surchargeFen: 0, discountFen: 200, paidFen: 800 });
  const spent = { ...lunch, mealFen: fen(1) };
  const other = { ...lunch, meal: '2026-11-21/breakfast' };
  const between = { ...lunch, meal: '' };
  for (const at of [spent, other, between]) expect(price(1_000, firstMeal, { spent: at }).discountFen).toBe(0);
  expect(price(1_000, firstMeal, { group: 'staff' }).discountFen).toBe(0);
  expect([1, 2, 200, 201].map((amount) => price(amount, firstMeal).paidFen)).toEqual([1, 1, 1, 1]);
  expect(price(202, firstMeal).paidFen).toBe(2);
});

const anyPricing = fc.record({
  basisPoints: fc.integer({ min: 1, max: 10_000 }),
  offFen: fc.integer({ min: 1, max: 5_000 }),
  listFen: fc.integer({ min: 1, max: 1_000_000_000 }),
  subsidyFen: fc.integer({ min: 0, max: 3_000 }),
});

function soldWith({
  basisPoints,
  offFen,
  listFen,
  subsidyFen,
}: {
  basisPoints: number;
  offFen: number;
  listFen: number;
  subsidyFen: number;
}) {
  const pack = withPricing({
    surcharge: { by: 'part', label, groups: ['student'], basisPoints },
    firstMeal: { label, groups: ['student'], offFen: fen(offFen) },
  });
  const cost = price(listFen, pack);
  const state = {
    ...emptyState(),
    balances: { ...emptyState().balances, card: fen(4_000_000_000) },
    subsidy: subsidyFen === 0 ? [] : [{ amountFen: fen(subsidyFen), expiresAt: NOON + 1 }],
  };
  const legs = cardLegs(state, cost, 12, { pack, recordedAt: NOON });
  if (legs === undefined) throw new Error('too little money');
  return { cost, legs };
}

const total = (postings: readonly Posting[]): Fen => sum(postings.map(({ amountFen }) => amountFen));
const byLeg = (postings: readonly Posting[]): Record<string, number> => {
  const sums: Record<string, number> = {};
  for (const { leg, amountFen } of postings) sums[leg] = (sums[leg] ?? 0) + amountFen;
  return sums;
};

test('whatever the price, the legs sum to zero, the holder pays what it says and the merchant gets the list price', () => {
  fc.assert(
    fc.property(anyPricing, (facts) => {
      const { cost, legs } = soldWith(facts);
      expect(total(legs)).toBe(0);
      expect(negate(holderChange(legs))).toBe(cost.paidFen);
      expect(cost.paidFen).toBeGreaterThanOrEqual(1);
      expect(byLeg(legs)['merchant:12']).toBe(facts.listFen);
      expect(priceOfLegs(legs)).toEqual(cost);
    }),
  );
});

test('taken back in parts of whatever size, each part is balanced and gives in one direction, and all of them are the mirror of the whole', () => {
  fc.assert(
    fc.property(anyPricing, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 }), (facts, cuts) => {
      const { cost, legs } = soldWith(facts);
      const marks = [...new Set([...cuts.map((cut) => Math.floor(cut * cost.paidFen)), cost.paidFen])]
        .filter((mark) => mark > 0)
        .sort((a, b) => a - b);
      const all: Posting[] = [];
      let taken: Fen = ZERO;
      for (const mark of marks) {
        const part = partOfMirror(legs, taken, subtract(fen(mark), taken));
        expect(total(part)).toBe(0);
        expect(holderChange(part)).toBe(mark - taken);
        for (const { leg, amountFen } of part.filter((posting) => !isHolders(posting.leg))) {
          expect(leg === 'funding:meal-subsidy' ? amountFen >= 0 : amountFen <= 0).toBe(true);
        }
        all.push(...part);
        taken = fen(mark);
      }
      const sold = byLeg(legs);
      const back = byLeg(all);
      expect(back).toEqual(Object.fromEntries(Object.entries(sold).map(([leg, amountFen]) => [leg, -amountFen])));
    }),
  );
});
