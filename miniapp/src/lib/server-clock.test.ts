import { betterOffset, clockOffset } from './server-clock';

describe('the distance of the phone clock from the server', () => {
  it('takes the middle of question and answer for the instant of the stamp', () => {
    expect(clockOffset({ askedAt: 1_000, answeredAt: 1_200, serverTime: 61_100 })).toBe(60_000);
    expect(clockOffset({ askedAt: 100_000, answeredAt: 100_100, serverTime: 40_050 })).toBe(-60_000);
  });

  it('is wrong by at most half the round trip, whenever the server stamped within it', () => {
    for (const stampedAt of [0, 350, 700]) {
      const offset = clockOffset({ askedAt: 0, answeredAt: 700, serverTime: stampedAt + 5_000 });
      expect(Math.abs(offset - 5_000)).toBeLessThanOrEqual(350);
    }
  });

  it('keeps what is known when an answer was slow, and takes anything when nothing is known', () => {
    expect(betterOffset(120, { offset: 9_000, roundTripMs: 9_500 })).toBe(120);
    expect(betterOffset(120, { offset: 9_000, roundTripMs: 80 })).toBe(9_000);
    expect(betterOffset(undefined, { offset: 5, roundTripMs: 80 })).toBe(5);
    expect(betterOffset(undefined, { offset: 9_000, roundTripMs: 9_500 })).toBe(9_000);
  });

  it('does not follow the jitter of the network, so that a poll a second changes nothing', () => {
    expect(betterOffset(120, { offset: 320, roundTripMs: 80 })).toBe(120);
  });
});
