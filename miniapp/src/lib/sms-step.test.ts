import { typedCode, waitSeconds } from './sms-step';

describe('the step of a text message', () => {
  it('counts down to the next code and never below', () => {
    expect([60_000, 59_001, 1, 0, -5_000].map((left) => waitSeconds(1_000_000 + left, 1_000_000))).toEqual([60, 60, 1, 0, 0]);
  });

  it('does not wait for hours because a clock is wrong', () => {
    expect(waitSeconds(86_400_000, 0)).toBe(120);
  });

  it('takes digits as phones and people write them', () => {
    expect(['123456', ' 123 456', '１２３４５６', '1234'].map(typedCode)).toEqual(['123456', '123456', '123456', '1234']);
    expect(['', '123', '123456789', '12a456', '①②③④'].map(typedCode)).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });
});
