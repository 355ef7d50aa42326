import fc from 'fast-check';
import { EMPTY_SLOT } from '../domain/account-state';
import { arbitraryEntry } from '../test/arbitrary-entry';
import { packApps, packRing, unpackApps, unpackRing } from './packed-state';

describe('packed state', () => {
  it('comes back as it was, whatever apps and ring hold', () => {
    fc.assert(
      fc.property(arbitraryEntry, ({ state }) => {
        expect(unpackApps(packApps(state.apps))).toEqual(state.apps);
        expect(unpackRing(packRing(state.ring))).toEqual(state.ring);
      }),
    );
  });

  it('is nothing at all where nothing was ever bound or charged', () => {
    expect(packApps([EMPTY_SLOT, EMPTY_SLOT, EMPTY_SLOT, EMPTY_SLOT])).toHaveLength(0);
    expect(unpackApps(new Uint8Array())).toEqual([EMPTY_SLOT, EMPTY_SLOT, EMPTY_SLOT, EMPTY_SLOT]);
    expect(packRing({ places: [], dropped: false })).toHaveLength(0);
    expect(unpackRing(new Uint8Array())).toEqual({ places: [], dropped: false });
  });

  it('throws rather than cut a number that is too large', () => {
    expect(() => packRing({ places: [{ terminal: 2 ** 24, sequence: 1, n: 1, at: 1 }], dropped: false })).toThrow(/out of range/);
    expect(() => packRing({ places: [{ terminal: 1, sequence: 2 ** 32, n: 1, at: 1 }], dropped: false })).toThrow(/out of range/);
    expect(() => packApps([{ ...EMPTY_SLOT, keyVersion: 65_536 }, EMPTY_SLOT, EMPTY_SLOT, EMPTY_SLOT])).toThrow(/out of range/);
  });
});
