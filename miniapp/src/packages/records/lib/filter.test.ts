import { entryKindSchema } from '../../../../../shared/api/common';
import { KINDS, NO_FILTER, partsSet, withPart } from './filter';

describe('a filter', () => {
  it('chooses a part, changes it, and lets go of it when chosen again', () => {
    const one = withPart(NO_FILTER, 'kind', 'charge');
    expect(one).toEqual({ kind: 'charge' });
    expect(withPart(one, 'kind', 'top-up')).toEqual({ kind: 'top-up' });
    expect(withPart(one, 'kind', 'charge')).toEqual({});
    expect(withPart(withPart(one, 'flow', 'in'), 'flow', undefined)).toEqual({ kind: 'charge' });
  });

  it('counts its parts', () => {
    expect([partsSet(NO_FILTER), partsSet({ kind: 'charge', flow: 'in', place: undefined })]).toEqual([0, 2]);
  });

  it('offers kinds that there are, each once', () => {
    expect(KINDS.every((kind) => entryKindSchema.options.includes(kind))).toBe(true);
    expect(new Set(KINDS).size).toBe(KINDS.length);
  });
});
