import fc from 'fast-check';
import type { Ring, RingPlace } from './account-state';
import { enterRing, findInRing, ringCovers, saleEntryId } from './terminal-ring';

const empty: Ring = { places: [], dropped: false };

/** Terminal entries as a passbook gets them: n goes up, time never goes down. */
const history = fc
  .array(
    fc.record({ terminal: fc.integer({ min: 1, max: 3 }), wait: fc.integer({ min: 0, max: 3 }), skip: fc.integer({ min: 1, max: 3 }) }),
    { maxLength: 30 },
  )
  .map((steps) => {
    let at = 1_000;
    let n = 0;
    return steps.map(({ terminal, wait, skip }, sequence): RingPlace => {
      at += wait;
      n += skip;
      return { terminal, sequence, n, at };
    });
  });

const ringOf = (places: readonly RingPlace[]): Ring => places.reduce(enterRing, empty);

describe('the ring of terminal entries', () => {
  it('holds the last eight, newest last, and tells when it has dropped one', () => {
    fc.assert(
      fc.property(history, (places) => {
        const ring = ringOf(places);
        expect(ring.places).toEqual(places.slice(-8));
        expect(ring.dropped).toBe(places.length > 8);
      }),
    );
  });

  it('finds a sale by terminal and sequence together', () => {
    const ring = ringOf([
      { terminal: 1, sequence: 2, n: 5, at: 1 },
      { terminal: 2, sequence: 1, n: 6, at: 1 },
    ]);
    expect(findInRing(ring, { terminal: 2, sequence: 1 })?.n).toBe(6);
    expect(findInRing(ring, { terminal: 1, sequence: 1 })).toBeUndefined();
  });

  it('says that it covers a time only when no dropped entry can lie at or after it', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 990, max: 1_100 }), fc.integer({ min: 0, max: 60 }), (places, since, above) => {
        const dropped = places.slice(0, -8);
        if (ringCovers(ringOf(places), { since, above })) {
          expect(dropped.filter(({ at, n }) => at >= since && n > above)).toEqual([]);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('covers everything as long as nothing was dropped, and what is older than its oldest place never', () => {
    expect(ringCovers(empty, { since: 0, above: 0 })).toBe(true);
    const nine = ringOf(Array.from({ length: 9 }, (_, index) => ({ terminal: 1, sequence: index, n: index + 1, at: 100 + index })));
    expect(ringCovers(nine, { since: 102, above: 0 })).toBe(true);
    expect(ringCovers(nine, { since: 101, above: 0 })).toBe(false);
    expect(ringCovers(nine, { since: 0, above: 2 })).toBe(true);
    expect(ringCovers(nine, { since: 0, above: 1 })).toBe(false);
  });

  it('names an entry by terminal and sequence', () => {
    expect(saleEntryId({ terminal: 7, sequence: 42 })).toBe('7-42');
  });
});
