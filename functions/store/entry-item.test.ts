import fc from 'fast-check';
import { entryHash } from '../domain/entry';
import { arbitraryEntry } from '../test/arbitrary-entry';
import { itemSize } from '../test/item-size';
import { TYPICAL_ENTRY, WORST_ENTRIES } from '../test/large-entries';
import { fromItem, toItem } from './entry-item';
import type { Item, Value } from './table';

describe('an entry as an item', () => {
  it('comes back as the same entry with the same hash', () => {
    fc.assert(
      fc.property(arbitraryEntry, (entry) => {
        const back = fromItem(toItem(entry));
        expect(back).toEqual(entry);
        expect(entryHash(back)).toBe(entryHash(entry));
      }),
      { numRuns: 500 },
    );
  });

  it('stores no zero, no empty text, list or map, and nothing undefined', () => {
    const isNothing = (value: Value | undefined): boolean =>
      value === undefined ||
      value === 0 ||
      value === '' ||
      value === false ||
      (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
    fc.assert(
      fc.property(arbitraryEntry, (entry) => {
        for (const value of Object.values(toItem(entry))) expect(isNothing(value)).toBe(false);
      }),
    );
  });

  it.each(Object.entries(WORST_ENTRIES))('is at most 1,024 bytes, one write unit, at its worst: %s', (_, entry) => {
    expect(fromItem(toItem(entry))).toEqual(entry);
    expect(itemSize(toItem(entry))).toBeLessThanOrEqual(1_024);
  });

  it('is well below 750 bytes on a usual day', () => {
    expect(itemSize(toItem(TYPICAL_ENTRY))).toBeLessThanOrEqual(750);
  });

  it.each<[string, (item: Item) => Item]>([
    ['an unknown kind', (item) => ({ ...item, kind: 'gift' })],
    ['half a fen', (item) => ({ ...item, balances: { card: 0.5 } })],
    ['an unknown balance', (item) => ({ ...item, balances: { card: 1, gold: 5 } })],
    ['another form', (item) => ({ ...item, form: 2 })],
    ['a hash that is text', (item) => ({ ...item, previous: 'ab' })],
    ['an unknown reason', (item) => ({ ...item, reason: 'because' })],
    ['no month', ({ months: _, ...item }) => item],
  ])('is refused when it holds %s', (_, change) => {
    expect(() => fromItem(change(toItem(TYPICAL_ENTRY)))).toThrow();
  });
});
