import { judgeTypedAmount } from './typed-amount';

const rules = { minFen: 100, maxFen: 20_000 };

describe('an amount typed on a computer', () => {
  it.each([
    ['1', 100],
    ['１２．５０', 1_250],
    ['¥ 50.00 元', 5_000],
    ['12。5', 1_250],
    ['200.', 20_000],
  ])('reads %s', (text, amountFen) => {
    expect(judgeTypedAmount(text, rules)).toEqual({ kind: 'ok', amountFen });
  });

  it.each(['1.005', 'abc', '-5', '1e3', '1.2.3', '1,2', '007', '💰', '٥٠', '1234567890'])('says that %s is no amount', (text) => {
    expect(judgeTypedAmount(text, rules).kind).toBe('bad');
  });

  it('takes a comma between thousands, and tells too little and too much apart', () => {
    expect(judgeTypedAmount('1,000.00', { minFen: 1, maxFen: undefined })).toEqual({ kind: 'ok', amountFen: 100_000 });
    expect(judgeTypedAmount('0.99', rules).kind).toBe('below');
    expect(judgeTypedAmount('200.01', rules).kind).toBe('above');
    expect(judgeTypedAmount('  ', rules).kind).toBe('empty');
  });
});
