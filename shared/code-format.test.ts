import fc from 'fast-check';
import {
  CODE_FUTURE_MS,
  CODE_LENGTH,
  CODE_PAST_MS,
  type CodeKind,
  codeTiming,
  readCode,
  resolveTime,
  SLOTS,
  STEP_MS,
  stepAt,
  stepStart,
  timeDigits,
  writeCode,
} from './code-format';

const kinds = fc.constantFrom<CodeKind>('identity', 'card', 'wallet');
const digits = (length: number) => fc.stringMatching(new RegExp(`^\\d{${length}}$`));
const instants = fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2060, 0, 1) });

describe('a campus code', () => {
  it('is 24 digits that are read back as they were written', () => {
    fc.assert(
      fc.property(kinds, digits(9), digits(2), digits(11), (kind, handle, tt, mac) => {
        const text = writeCode({ kind, handle, tt, mac });
        expect(text).toMatch(/^9[012]\d{22}$/);
        expect(text).toHaveLength(CODE_LENGTH);
        expect(readCode(text)).toEqual({ system: 'campus', kind, handle, tt, mac });
      }),
    );
  });

  it.each([
    ['a WeChat code', '13' + '4'.repeat(16), 'wechat'],
    ['the first of WeChat', '10' + '0'.repeat(16), 'wechat'],
    ['the last of WeChat', '15' + '9'.repeat(16), 'wechat'],
    ['a short Alipay code', '25' + '0'.repeat(14), 'alipay'],
    ['a long Alipay code', '30' + '9'.repeat(22), 'alipay'],
    ['a UnionPay code', '62' + '1'.repeat(17), 'unionpay'],
    ['WeChat digits of another length', '13' + '4'.repeat(15), 'unknown'],
    ['Alipay digits of another length', '28' + '4'.repeat(23), 'unknown'],
    ['UnionPay digits of another length', '62' + '1'.repeat(16), 'unknown'],
    ['93, which is no code of ours', '93' + '0'.repeat(22), 'unknown'],
    ['one digit short', '91' + '0'.repeat(21), 'unknown'],
    ['one digit more', '91' + '0'.repeat(23), 'unknown'],
    ['a letter', `91${'0'.repeat(21)}x`, 'unknown'],
    ['a full-width digit', `91${'0'.repeat(21)}０`, 'unknown'],
    ['nothing', '', 'unknown'],
  ])('is told from %s', (_, text, system) => {
    expect(readCode(text)).toEqual({ system });
  });

  it('is never taken for another system, and no code of another system for ours', () => {
    const foreign = fc.oneof(
      fc.tuple(fc.integer({ min: 10, max: 15 }), digits(16)).map(([lead, rest]) => ({ text: `${lead}${rest}`, system: 'wechat' })),
      fc
        .integer({ min: 14, max: 22 })
        .chain((length) =>
          fc.tuple(fc.integer({ min: 25, max: 30 }), digits(length)).map(([lead, rest]) => ({ text: `${lead}${rest}`, system: 'alipay' })),
        ),
      digits(17).map((rest) => ({ text: `62${rest}`, system: 'unionpay' })),
    );
    fc.assert(fc.property(foreign, ({ text, system }) => readCode(text).system === system));
  });

  it('names its step and slot by two digits for every moment of a sale at which it can be good', () => {
    // A sale may be written from C − 30 s to C + 60 s, and a code is good from 60 s before to 30 s after that.
    const offset = fc.integer({ min: -CODE_PAST_MS - 30_000, max: CODE_FUTURE_MS + 60_000 });
    fc.assert(
      fc.property(instants, offset, fc.integer({ min: 0, max: SLOTS - 1 }), (claimed, back, slot) => {
        const step = stepAt(claimed + back);
        expect(resolveTime(timeDigits(step, slot), claimed)).toEqual({ step, slot });
      }),
      { numRuns: 2_000 },
    );
  });

  it('names each of the steps of the window, at the edges of a step too', () => {
    const claimed = Date.UTC(2026, 10, 21, 4, 8, 10);
    for (const at of [claimed, claimed + 1, claimed + STEP_MS - 1]) {
      for (let step = stepAt(at) - 12; step <= stepAt(at) + 12; step += 1) {
        for (let slot = 0; slot < SLOTS; slot += 1) expect(resolveTime(timeDigits(step, slot), at)).toEqual({ step, slot });
      }
    }
  });

  it('always names a step within 120 s and a slot of the four, whatever the digits', () => {
    fc.assert(
      fc.property(digits(2), instants, (tt, near) => {
        const { step, slot } = resolveTime(tt, near);
        expect(Math.abs(step - stepAt(near))).toBeLessThanOrEqual(12);
        expect(timeDigits(step, slot)).toBe(tt);
      }),
    );
  });

  it('is good for exactly nine steps at every moment', () => {
    fc.assert(
      fc.property(instants, (now) => {
        const good = Array.from({ length: 41 }, (_, index) => stepAt(now) - 20 + index).filter((step) => codeTiming(step, now) === 'valid');
        expect(good).toHaveLength(9);
      }),
    );
  });

  it('is good from its step on for 60 s, and up to 30 s before it', () => {
    const step = 179_523_409;
    const start = stepStart(step);
    expect(codeTiming(step, start - CODE_FUTURE_MS - 1)).toBe('early');
    expect(codeTiming(step, start - CODE_FUTURE_MS)).toBe('valid');
    expect(codeTiming(step, start + CODE_PAST_MS - 1)).toBe('valid');
    expect(codeTiming(step, start + CODE_PAST_MS)).toBe('expired');
  });
});
