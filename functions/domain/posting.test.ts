import fc from 'fast-check';
import { type Fen, fen, sum, ZERO } from '../../shared/money';
import { BALANCES, type Balances, emptyState } from './account-state';
import { claimedFen, holderChange, isBalance, mirror, move, type Posting, post, salePostings } from './posting';

const amount = fc.integer({ min: 1, max: 1e9 }).map(fen);
const balances: fc.Arbitrary<Balances> = fc.record({ card: amount, transit: amount, chipPending: amount, wallet: amount, purse: amount });
const total = (all: Balances): Fen => sum(BALANCES.map((name) => all[name]));
const leg = fc.constantFrom(...BALANCES, 'merchant:12', 'channel:alipay', 'funding:subsidy');
const moves = fc.array(
  fc.tuple(leg, leg, fc.integer({ min: 0, max: 1_000 }).map(fen)).map(([from, to, one]) => move(from, to, one)),
  { minLength: 1, maxLength: 4 },
);

/** A claim together with a purchase, or either alone, as a charge writes them. */
const sale = fc.record({ claimed: fc.integer({ min: 0, max: 5_000 }).map(fen), paid: amount }).map(({ claimed, paid }) => ({
  claimed,
  paid,
  postings: [...(claimed > 0 ? move('transit', 'card', claimed) : []), ...move('card', 'merchant:12', paid)],
}));

describe('postings', () => {
  it('of any moves sum to zero, and so does their mirror', () => {
    fc.assert(
      fc.property(moves, (list) => {
        const postings = list.flat();
        expect(sum(postings.map(({ amountFen }) => amountFen))).toBe(0);
        expect(sum(mirror(postings).map(({ amountFen }) => amountFen))).toBe(0);
        expect(mirror(mirror(postings))).toEqual(postings);
      }),
    );
  });

  it('change the holder by what left for or came from the other side, and nothing else', () => {
    fc.assert(
      fc.property(balances, moves, (before, list) => {
        const postings = list.flat();
        let after: Balances;
        try {
          after = post(before, postings);
        } catch {
          // Some balance would have gone below zero: shown on its own below.
          return;
        }
        expect(total(after) - total(before)).toBe(holderChange(postings));
        expect(holderChange(postings) + sum(postings.filter(({ leg: name }) => !isBalance(name)).map(({ amountFen }) => amountFen))).toBe(
          0,
        );
        expect(post(after, mirror(postings))).toEqual(before);
      }),
    );
  });

  it('are refused when they do not sum to zero or would overdraw any balance, and leave what they were given', () => {
    const before = { ...emptyState().balances, card: fen(100) };
    const half: Posting[] = [{ leg: 'card', amountFen: fen(-1) }];
    expect(() => post(before, half)).toThrow(/sum to zero/);
    for (const name of BALANCES) {
      expect(() => post(before, move(name, 'merchant:1', fen(before[name] + 1)))).toThrow(`${name} below zero`);
    }
    expect(post(before, move('card', 'merchant:1', fen(100))).card).toBe(0);
    expect(before.card).toBe(100);
  });

  it('of a sale without the claim that came with it are the purchase alone', () => {
    fc.assert(
      fc.property(sale, ({ claimed, paid, postings }) => {
        expect(claimedFen(postings)).toBe(claimed);
        const alone = salePostings(postings);
        expect(sum(alone.map(({ amountFen }) => amountFen))).toBe(0);
        expect(holderChange(alone)).toBe(-paid);
        expect([...alone].sort(byLeg)).toEqual([...move('card', 'merchant:12', paid)].sort(byLeg));
      }),
    );
  });

  it('of a sale that cost exactly what was claimed are still the purchase', () => {
    const postings = [...move('transit', 'card', fen(500)), ...move('card', 'merchant:12', fen(500))];
    expect([...salePostings(postings)].sort(byLeg)).toEqual([...move('card', 'merchant:12', fen(500))].sort(byLeg));
  });

  it('of a claim alone claim all of it, and of a top-up nothing', () => {
    expect(claimedFen(move('transit', 'card', fen(500)))).toBe(500);
    expect(claimedFen(move('channel:alipay', 'transit', fen(500)))).toBe(ZERO);
    expect(salePostings(move('transit', 'card', fen(500)))).toEqual([]);
  });
});

function byLeg(a: Posting, b: Posting): number {
  return a.leg < b.leg ? -1 : 1;
}
