import fc from 'fast-check';
import { add, fen, formatYuan, MoneyError, negate, parseYuan, smaller, subtract, sum, ZERO } from './money';

const amounts = fc.integer({ min: -1e12, max: 1e12 }).map(fen);

describe('money', () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, 0.1, 12.5, 2 ** 53, -(2 ** 53)])('is never made of %p', (value) => {
    expect(() => fen(value)).toThrow(MoneyError);
  });

  it('has one zero', () => {
    expect(Object.is(fen(-0), 0)).toBe(true);
    expect(Object.is(negate(ZERO), 0)).toBe(true);
  });

  it.each([
    ['0', 0],
    ['12', 1_200],
    ['12.5', 1_250],
    ['12.50', 1_250],
    ['0.05', 5],
    ['9999999999999.99', 999_999_999_999_999],
  ])('reads %s yuan as %i fen', (text, wanted) => {
    expect(parseYuan(text)).toBe(wanted);
  });

  it.each([
    '',
    ' ',
    '-1',
    '+1',
    '1e3',
    '1.',
    '.5',
    '01',
    '00.5',
    '1.234',
    '1,000',
    '１２',
    '12 ',
    '0x10',
    'NaN',
    '12.5元',
    '12345678901234',
  ])('refuses %p as yuan', (text) => {
    expect(() => parseYuan(text)).toThrow(MoneyError);
  });

  it('comes back from its written form', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 999_999_999_999_999 }).map(fen), (amount) => parseYuan(formatYuan(amount)) === amount));
  });

  it.each([
    [0, '0.00'],
    [5, '0.05'],
    [-5, '-0.05'],
    [-1_250, '-12.50'],
    [100_000_000, '1000000.00'],
  ])('writes %i fen as %s', (amount, wanted) => {
    expect(formatYuan(fen(amount))).toBe(wanted);
  });

  it('adds, subtracts and negates as whole numbers do', () => {
    fc.assert(
      fc.property(amounts, amounts, (a, b) => {
        expect(add(a, b)).toBe(add(b, a));
        expect(subtract(add(a, b), b)).toBe(a);
        expect(add(a, negate(a))).toBe(0);
        expect(smaller(a, b)).toBe(Math.min(a, b));
      }),
    );
  });

  it('sums exactly, and throws rather than lose a fen to the size of the number', () => {
    fc.assert(fc.property(fc.array(amounts), (list) => BigInt(sum(list)) === list.reduce((total, amount) => total + BigInt(amount), 0n)));
    expect(() => add(fen(Number.MAX_SAFE_INTEGER), fen(1))).toThrow(MoneyError);
    expect(() => sum([fen(Number.MAX_SAFE_INTEGER), fen(1), fen(-1)])).toThrow(MoneyError);
  });
});
