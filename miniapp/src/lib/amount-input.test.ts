import fc from 'fast-check';
import { type AmountKey, judgeAmount, pressKey, typedAmount } from './amount-input';

const type = (keys: string) => Array.from(keys).reduce((text, key) => pressKey(text, key as AmountKey), '');
const bistu = { minFen: 1, maxFen: 99_900 };

describe('typing an amount', () => {
  it('takes yuan with at most two decimals', () => {
    expect(type('20')).toBe('20');
    expect(type('12.345')).toBe('12.34');
    expect(type('.5')).toBe('0.5');
    expect(type('1.2.3')).toBe('1.23');
  });

  it('drops a leading zero and stops at six whole digits', () => {
    expect(type('007')).toBe('7');
    expect(type('12345678')).toBe('123456');
  });

  it('deletes one key and clears all', () => {
    expect(pressKey('12.3', 'back')).toBe('12.');
    expect(pressKey('12.3', 'clear')).toBe('');
  });

  it('is an amount whatever is pressed, in whatever order', () => {
    const keys = fc.array(fc.constantFrom<AmountKey>('0', '1', '5', '9', '.', 'back'), { maxLength: 20 });
    fc.assert(
      fc.property(keys, (pressed) => {
        const text = pressed.reduce(pressKey, '');
        expect(() => judgeAmount(text, bistu)).not.toThrow();
      }),
    );
  });
});

describe('judging an amount', () => {
  it('BI-10 takes 999.00 and refuses 999.01', () => {
    expect(judgeAmount('999', bistu)).toEqual({ kind: 'ok', amountFen: 99_900 });
    expect(judgeAmount('999.01', bistu)).toEqual({ kind: 'above', amountFen: 99_901 });
  });

  it('DL-36 takes 200 and refuses 200.01', () => {
    const dufl = { minFen: 1, maxFen: 20_000 };
    expect(judgeAmount('200.00', dufl)).toMatchObject({ kind: 'ok' });
    expect(judgeAmount('200.01', dufl)).toMatchObject({ kind: 'above' });
  });

  it('has no cap where the school states none', () => {
    expect(judgeAmount('999999', { minFen: 1, maxFen: undefined })).toMatchObject({ kind: 'ok' });
  });

  it('finds nothing typed in "", "0", "0." and "0.00"', () => {
    for (const text of ['', '0', '0.', '0.00']) expect(judgeAmount(text, bistu)).toEqual({ kind: 'empty' });
  });

  it('refuses below the least amount', () => {
    expect(judgeAmount('0.99', { minFen: 100, maxFen: undefined })).toEqual({ kind: 'below', amountFen: 99 });
  });
});

it('begins with an amount that another screen asks for, and with nothing else', () => {
  expect(['18.10', '50.00', '0.05', '999999', '', '-1', '1e3', '01', '1.234', '¥5'].map(typedAmount)).toEqual([
    ...['18.10', '50', '0.05', '999999'],
    ...['', '', '', '', '', ''],
  ]);
});
