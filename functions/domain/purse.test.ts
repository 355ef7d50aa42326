import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { ChipPurse } from '../../sandbox/terminals/chip-purse';
import { fen } from '../../shared/money';
import { emptyState } from './account-state';
import { applyPostings, move } from './posting';
import { contradicts, loadMac, type Purse, purseMac } from './purse';

const CARD = '000000037010';
const key = new Uint8Array(32).fill(1);

test('the vector of docs/terminal-api.md: what a chip tells, and the load that it takes', () => {
  const document = readFileSync(path.resolve(__dirname, '../../docs/terminal-api.md'), 'utf8');
  const vector = /<!-- vector:purse -->\n```\n([\s\S]*?)\n```/.exec(document)?.[1] ?? '';
  const [told = '', load = ''] = [...vector.matchAll(/→ ([0-9a-f]{16})$/gm)].map(([, mac]) => mac);
  const sums = { loadedFen: fen(1_000), spentFen: fen(340), counter: 17 };
  expect(purseMac(key, { schoolId: 'bistu', card: CARD }, sums)).toBe(told);
  expect(loadMac(key, { schoolId: 'bistu', card: CARD }, fen(1_340))).toBe(load);
  const chip = new ChipPurse({ cardNumber: CARD, chipKey: key }, sums);
  expect(chip.tell('bistu')).toEqual({ ...sums, mac: told });
  expect(chip.load('bistu', { loadedFen: 1_340, mac: load })).toBe(true);
  expect(chip.restFen).toBe(1_000);
});

test('a chip takes a load of its own card and school only, and an older one changes nothing', () => {
  const chip = new ChipPurse({ cardNumber: CARD, chipKey: key });
  const load = { loadedFen: 900, mac: loadMac(key, { schoolId: 'bistu', card: CARD }, fen(900)) };
  for (const forged of [
    { ...load, loadedFen: 901 },
    { ...load, mac: '0'.repeat(16) },
  ])
    expect(chip.load('bistu', forged)).toBe(false);
  expect(chip.load('dufl', load)).toBe(false);
  expect(new ChipPurse({ cardNumber: '000000037028', chipKey: key }).load('bistu', load)).toBe(false);
  expect(chip.restFen).toBe(0);
  expect(chip.load('bistu', load)).toBe(true);
  chip.spend(250);
  expect(chip.load('bistu', { loadedFen: 500, mac: loadMac(key, { schoolId: 'bistu', card: CARD }, fen(500)) })).toBe(true);
  expect(chip.sums).toEqual({ loadedFen: 900, spentFen: 250, counter: 1 });
});

describe('contradicts', () => {
  const purse: Purse = {
    ...{ schoolId: 'bistu', accountNo: 37, issue: 1, state: 'live', counter: 10, settledAt: 0, version: 3 },
    ...{ loadedFen: fen(1_000), settledFen: fen(500) },
  };

  test.each([
    ['more loaded than the books gave', { loadedFen: 1_001, spentFen: 600, counter: 11 }],
    ['more spent than loaded', { loadedFen: 400, spentFen: 401, counter: 9 }],
    ['a higher counter and less spent', { loadedFen: 1_000, spentFen: 499, counter: 11 }],
    ['a higher counter and nothing more spent', { loadedFen: 1_000, spentFen: 500, counter: 11 }],
    ['a lower counter and more spent', { loadedFen: 1_000, spentFen: 501, counter: 9 }],
    ['the same counter and another sum', { loadedFen: 1_000, spentFen: 501, counter: 10 }],
  ])('%s', (_name, sums) => {
    expect(contradicts(purse, { ...sums, loadedFen: fen(sums.loadedFen), spentFen: fen(sums.spentFen) })).toBe(true);
  });

  test('a card that was never loaded and says that it was', () => {
    expect(contradicts(undefined, { loadedFen: fen(1), spentFen: fen(0), counter: 0 })).toBe(true);
    expect(contradicts(undefined, { loadedFen: fen(0), spentFen: fen(0), counter: 0 })).toBe(false);
  });

  test('no two moments of one honest chip contradict each other, in either order', () => {
    const steps = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(steps, fc.nat(30), fc.nat(30), (spent, known, told) => {
        const chip = new ChipPurse({ cardNumber: CARD, chipKey: key }, { loadedFen: 1_000, spentFen: 0, counter: 0 });
        const moments = [0, ...spent].map((amount) => {
          chip.spend(amount);
          const { loadedFen, spentFen, counter } = chip.sums;
          return { loadedFen: fen(loadedFen), spentFen: fen(spentFen), counter };
        });
        const [a, b] = [moments[known % moments.length], moments[told % moments.length]];
        if (a === undefined || b === undefined) return;
        expect(contradicts({ ...purse, settledFen: a.spentFen, counter: a.counter }, b)).toBe(false);
      }),
    );
  });
});

test('what the holder’s own bank card brought keeps its colour on its way through the purse', () => {
  const state = { ...emptyState(), balances: { ...emptyState().balances, card: fen(1_000) }, ownBankFen: fen(1_000) };
  const loaded = applyPostings(state, move('card', 'purse', fen(1_000)));
  expect(loaded.ownBankFen).toBe(1_000);
  expect(applyPostings(loaded, move('purse', 'card', fen(1_000))).ownBankFen).toBe(1_000);
  // Spent as water it is gone.
  expect(applyPostings(loaded, move('purse', 'merchant:3', fen(400))).ownBankFen).toBe(600);
});
