import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import * as v from 'valibot';
import { type Fen, fen, ZERO } from '../../shared/money';
import { type RulePack, rulePackSchema } from '../../shared/rule-pack';
import { DAY_MS } from '../../shared/time';
import { emptyState } from './account-state';
import { brokenLimit, limitsOf, mealKey, spend, spentAt, unspend } from './limits';

const sjtu: RulePack = v.parse(rulePackSchema, JSON.parse(readFileSync(path.join(__dirname, '../../packs/sjtu.json'), 'utf8')));
const name = { zh: '餐', en: 'Meal' };
const at = (time: string): number => Date.parse(`2026-11-21T${time}+08:00`);
const withPeriods = (mealPeriods: RulePack['limits']['mealPeriods']): RulePack => ({ ...sjtu, limits: { ...sjtu.limits, mealPeriods } });

const nightPeriods = [
  { id: 'supper', name, fromMinute: 1_320, toMinute: 120 },
  { id: 'lunch', name, fromMinute: 600, toMinute: 840 },
] as const;

describe('meal periods', () => {
  it.each([
    ['09:59:59.999', ''],
    ['10:00:00.000', '2026-11-21/lunch'],
    ['13:59:59.999', '2026-11-21/lunch'],
    ['14:00:00.000', ''],
    ['21:59:59.999', ''],
    ['22:00:00.000', '2026-11-21/supper'],
    ['23:59:59.999', '2026-11-21/supper'],
    // After midnight it is still the supper of the day before.
    ['00:00:00.000', '2026-11-20/supper'],
    ['01:59:59.999', '2026-11-20/supper'],
    ['02:00:00.000', ''],
  ])('at %s it is %p', (time, wanted) => {
    expect(mealKey(at(time), nightPeriods, 480)).toBe(wanted);
  });

  it('gives one key to a whole period over midnight and another to the next night', () => {
    const evening = at('22:00:00.000');
    const keys = new Set(Array.from({ length: 240 }, (_, minute) => mealKey(evening + minute * 60_000, nightPeriods, 480)));
    expect([...keys]).toEqual(['2026-11-21/supper']);
    expect(mealKey(evening + DAY_MS, nightPeriods, 480)).toBe('2026-11-22/supper');
  });

  it('is the period that holds the minute, and none where none does', () => {
    const period = fc.record({ fromMinute: fc.integer({ min: 0, max: 1_439 }), toMinute: fc.integer({ min: 1, max: 1_440 }) });
    fc.assert(
      fc.property(period, fc.integer({ min: 0, max: 1_439 }), ({ fromMinute, toMinute }, minute) => {
        fc.pre(fromMinute !== toMinute);
        const inside: boolean[] = Array.from({ length: 1_440 }, () => false);
        for (let m = fromMinute; m !== toMinute % 1_440; m = (m + 1) % 1_440) inside[m] = true;
        // From 0 to 1440 is a whole day, which the walk above never begins.
        if (fromMinute === 0 && toMinute === 1_440) inside.fill(true);
        const key = mealKey(at('00:00:00.000') + minute * 60_000, [{ id: 'dinner', name, fromMinute, toMinute }], 480);
        expect(key !== '').toBe(inside[minute]);
      }),
      { numRuns: 500 },
    );
  });

  it('covers every minute of the day with one period at SJTU (SJ-info-1061)', () => {
    for (let minute = 0; minute < 1_440; minute += 1) {
      expect(mealKey(at('00:00:00.000') + minute * 60_000, sjtu.limits.mealPeriods, 480)).toMatch(
        /^2026-11-21\/(breakfast|lunch|dinner|supper)$/,
      );
    }
  });
});

describe('what has been spent', () => {
  it('begins anew with the day and with the meal', () => {
    const lunch = spend(spentAt(emptyState().spent, at('12:00:00'), sjtu), fen(1_250));
    expect(lunch).toEqual({ day: '2026-11-21', dayFen: 1_250, meal: '2026-11-21/lunch', mealFen: 1_250 });
    expect(spentAt(lunch, at('18:00:00'), sjtu)).toMatchObject({ dayFen: 1_250, meal: '2026-11-21/dinner', mealFen: 0 });
    expect(spentAt(lunch, at('12:00:00') + DAY_MS, sjtu)).toMatchObject({
      day: '2026-11-22',
      dayFen: 0,
      meal: '2026-11-22/lunch',
      mealFen: 0,
    });
  });

  it('counts for the day only, outside every meal', () => {
    const pack = withPeriods([]);
    const spent = spend(spentAt(emptyState().spent, at('12:00:00'), pack), fen(500));
    expect(spent).toEqual({ day: '2026-11-21', dayFen: 500, meal: '', mealFen: 0 });
    expect(spentAt({ ...spent, mealFen: fen(700) }, at('12:00:00'), pack).mealFen).toBe(0);
  });

  it('is given back by a void of the same meal, or of the same day only, and never goes below zero', () => {
    const sale = spend(spentAt(emptyState().spent, at('12:00:00'), sjtu), fen(1_000));
    expect(unspend(sale, sale, fen(1_000))).toMatchObject({ dayFen: 0, mealFen: 0 });
    const dinner = spend(spentAt(sale, at('18:00:00'), sjtu), fen(300));
    expect(unspend(dinner, sale, fen(1_000))).toMatchObject({ dayFen: 300, mealFen: 300 });
    const tomorrow = spend(spentAt(dinner, at('12:00:00') + DAY_MS, sjtu), fen(50));
    expect(unspend(tomorrow, sale, fen(1_000))).toEqual(tomorrow);
    expect(unspend({ ...sale, dayFen: fen(1), mealFen: fen(1) }, sale, fen(1_000))).toMatchObject({ dayFen: 0, mealFen: 0 });
  });
});

describe('limits', () => {
  it('lets ¥30.00 pass in one meal at SJTU and not one fen more (SJ-info-1061)', () => {
    const limits = limitsOf(emptyState(), sjtu);
    const lunch = (mealFen: Fen) => ({ day: '2026-11-21', dayFen: mealFen, meal: '2026-11-21/lunch', mealFen });
    expect(brokenLimit(fen(3_000), lunch(ZERO), limits)).toBeUndefined();
    expect(brokenLimit(fen(3_001), lunch(ZERO), limits)).toBe('payment.over-meal-limit');
    expect(brokenLimit(fen(1), lunch(fen(2_999)), limits)).toBeUndefined();
    expect(brokenLimit(fen(1), lunch(fen(3_000)), limits)).toBe('payment.over-meal-limit');
  });

  it('are the narrowest that is broken: transaction, meal, day', () => {
    const limits = { perTransactionFen: fen(100), perMealPeriodFen: fen(150), perDayFen: fen(180) };
    const spent = (mealFen: number, dayFen: number) => ({ day: 'd', dayFen: fen(dayFen), meal: 'd/lunch', mealFen: fen(mealFen) });
    expect(brokenLimit(fen(101), spent(150, 180), limits)).toBe('payment.over-transaction-limit');
    expect(brokenLimit(fen(100), spent(51, 180), limits)).toBe('payment.over-meal-limit');
    expect(brokenLimit(fen(100), spent(50, 81), limits)).toBe('payment.over-day-limit');
    expect(brokenLimit(fen(100), spent(50, 80), limits)).toBeUndefined();
    expect(brokenLimit(fen(100), { ...spent(0, 80), meal: '' }, limits)).toBeUndefined();
    expect(brokenLimit(fen(1e9), spent(1e9, 1e9), {})).toBeUndefined();
  });

  it('are broken by the largest amount there is, which is no fault of arithmetic', () => {
    const most = fen(Number.MAX_SAFE_INTEGER);
    const spent = { day: 'd', dayFen: fen(1), meal: 'd/lunch', mealFen: fen(1) };
    expect(brokenLimit(most, spent, { perMealPeriodFen: fen(100) })).toBe('payment.over-meal-limit');
    expect(brokenLimit(most, spent, { perDayFen: fen(100) })).toBe('payment.over-day-limit');
  });

  it("are the holder's own where the holder set one, also 0, and the pack's elsewhere", () => {
    const state = { ...emptyState(), limits: { perMealPeriodFen: ZERO, perDayFen: fen(500) } };
    expect(limitsOf(state, sjtu)).toEqual({ perMealPeriodFen: 0, perDayFen: 500 });
    expect(limitsOf(emptyState(), sjtu)).toEqual({ perMealPeriodFen: 3_000 });
    expect(limitsOf(emptyState(), { ...sjtu, limits: { mealPeriods: [] } })).toEqual({});
  });

  it('hold over any run of sales: what passes never adds up to more', () => {
    const sales = fc.array(fc.record({ amount: fc.integer({ min: 1, max: 3_200 }), waitMinutes: fc.integer({ min: 0, max: 300 }) }), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(sales, (list) => {
        const limits = { ...limitsOf(emptyState(), sjtu), perDayFen: fen(5_000) };
        const totals = new Map<string, number>();
        let now = at('07:00:00');
        let spent = emptyState().spent;
        for (const { amount, waitMinutes } of list) {
          now += waitMinutes * 60_000;
          spent = spentAt(spent, now, sjtu);
          if (brokenLimit(fen(amount), spent, limits) !== undefined) continue;
          spent = spend(spent, fen(amount));
          for (const key of [spent.day, spent.meal]) totals.set(key, (totals.get(key) ?? 0) + amount);
        }
        for (const [key, total] of totals) expect(total).toBeLessThanOrEqual(key.includes('/') ? 3_000 : 5_000);
      }),
    );
  });
});
