import fc from 'fast-check';
import { isStepUsed, markStepUsed, type UsedSteps } from './used-steps';

const fresh: UsedSteps = { newestStep: 0, usedBitmap: 0 };
const step = fc.integer({ min: 179_523_400, max: 179_523_460 });

describe('used steps', () => {
  it('knows a step that was used, and every step that is 16 or more behind the newest', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), step, (wanted, asked) => {
        let used = fresh;
        const taken = new Set<number>();
        for (const one of wanted) {
          if (isStepUsed(used, one)) continue;
          used = markStepUsed(used, one);
          taken.add(one);
        }
        const newest = Math.max(...taken);
        expect(used.newestStep).toBe(newest);
        expect(isStepUsed(used, asked)).toBe(taken.has(asked) || asked <= newest - 16);
      }),
      { numRuns: 1_000 },
    );
  });

  it('lets each step be used at most once, in any order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (wanted) => {
        let used = fresh;
        const taken: number[] = [];
        for (const one of wanted) {
          if (isStepUsed(used, one)) continue;
          taken.push(one);
          used = markStepUsed(used, one);
        }
        expect(new Set(taken).size).toBe(taken.length);
      }),
    );
  });

  it('takes the nine codes of one moment in any order', () => {
    const nine = Array.from({ length: 9 }, (_, index) => 179_523_400 + index);
    fc.assert(
      fc.property(fc.shuffledSubarray(nine, { minLength: 9 }), (order) => {
        let used = fresh;
        for (const one of order) {
          expect(isStepUsed(used, one)).toBe(false);
          used = markStepUsed(used, one);
        }
        expect(order.every((one) => isStepUsed(used, one))).toBe(true);
      }),
    );
  });

  it('stays within the 16 bits that are stored', () => {
    fc.assert(
      fc.property(fc.array(step), (wanted) => {
        let used = fresh;
        for (const one of wanted) if (!isStepUsed(used, one)) used = markStepUsed(used, one);
        expect(used.usedBitmap >>> 0).toBeLessThanOrEqual(0xffff);
        expect(used.usedBitmap >= 0).toBe(true);
      }),
    );
  });

  it('keeps what else the slot holds', () => {
    expect(markStepUsed({ ...fresh, keyVersion: 7, bound: true }, 5)).toEqual({ newestStep: 5, usedBitmap: 1, keyVersion: 7, bound: true });
  });
});
