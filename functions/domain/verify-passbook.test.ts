import fc from 'fast-check';
import { fen } from '../../shared/money';
import { alterOne } from '../test/alter-one';
import { type Act, acts, madePassbook } from '../test/made-passbook';
import { loadPack } from '../test/sale-fixture';
import { type Entry, entryHash } from './entry';
import { deriveSchoolKeys } from './school-keys';
import { type PassbookFault, rebuild, verifyPassbook } from './verify-passbook';

const pack = loadPack('shanghaitech');
const school = { pack, keys: deriveSchoolKeys(new Uint8Array(32).fill(3), pack.schoolId) };
const lunch: readonly Act[] = [
  { act: 'top-up', amountFen: 2_000, waitMs: 1_000 },
  { act: 'charge', amountFen: 1_250, waitMs: 1_000 },
  { act: 'bind', slot: 0, waitMs: 1_000 },
  { act: 'charge', amountFen: 300, waitMs: 1_000 },
];

/** The third entry altered and, as a forger would, all later hashes made to fit. */
function forged(change: (entry: Entry) => Entry): readonly Entry[] {
  const entries: Entry[] = [];
  for (const entry of madePassbook(school, lunch)) {
    const previous = entries.at(-1);
    const linked = previous === undefined ? entry : { ...entry, previousHash: entryHash(previous) };
    entries.push(entry.n === 3 ? change(linked) : linked);
  }
  return entries;
}

const faultsOf = (entries: readonly Entry[]): readonly PassbookFault['fault'][] => verifyPassbook(entries).map(({ fault }) => fault);

describe('verify a passbook', () => {
  it('finds nothing in what the rules wrote, and rebuilds the balances it holds', () => {
    fc.assert(
      fc.property(acts, (list) => {
        const entries = madePassbook(school, list);
        expect(verifyPassbook(entries)).toEqual([]);
        expect(rebuild(entries)).toEqual(entries.at(-1)?.state.balances);
      }),
      { numRuns: 100 },
    );
  });

  it('finds nothing in an empty one', () => {
    expect(verifyPassbook([])).toEqual([]);
  });

  it('finds an entry taken out, put in twice or moved', () => {
    const entries = madePassbook(school, lunch);
    fc.assert(
      fc.property(fc.nat(entries.length - 2), fc.nat(entries.length - 1), (place, other) => {
        const without = entries.filter((_, index) => index !== place);
        expect(faultsOf(without)).toContain('gap');
        const twice = [...entries.slice(0, place + 1), ...entries.slice(place)];
        expect(faultsOf(twice)).toContain('gap');
        fc.pre(place !== other);
        const swapped = entries.map((entry, index) => entries[index === place ? other : index === other ? place : index] ?? entry);
        expect(faultsOf(swapped)).toContain('gap');
      }),
    );
  });

  it('finds a passbook that begins in the middle', () => {
    expect(faultsOf(madePassbook(school, lunch).slice(1))).toEqual(expect.arrayContaining(['gap', 'chain-broken']));
  });

  it('finds any single value altered in any entry but the last, by the chain', () => {
    const entries = madePassbook(school, lunch);
    fc.assert(
      fc.property(fc.nat(entries.length - 2), fc.nat(), (place, choice) => {
        const altered = entries.map((entry, index) => (index === place ? alterOne(entry, choice) : entry));
        expect(verifyPassbook(altered)).not.toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('finds a forger who also makes the hashes fit: legs that do not sum to zero', () => {
    const entries = forged((entry) => ({
      ...entry,
      postings: entry.postings.map((posting) => ({ ...posting, amountFen: fen(posting.amountFen + 1) })),
    }));
    expect(faultsOf(entries)).toEqual(['postings-unbalanced']);
  });

  it('finds a forger who also makes the hashes fit: a balance that its legs do not make', () => {
    const entries = forged((entry) => ({ ...entry, state: { ...entry.state, balances: { ...entry.state.balances, card: fen(900_000) } } }));
    // The entry itself, and the next one, which goes on from the true balance.
    expect(faultsOf(entries)).toEqual(['balance-differs', 'balance-differs']);
  });

  it('finds a forger who also makes the hashes fit: a balance below zero', () => {
    const move = fen(-1_000_000);
    const entries = forged((entry) => ({
      ...entry,
      postings: [
        { leg: 'card', amountFen: move },
        { leg: 'merchant:1', amountFen: fen(1_000_000) },
      ],
      state: { ...entry.state, balances: { ...entry.state.balances, card: fen(entry.state.balances.card - 1_000_000), transit: fen(0) } },
    }));
    expect(faultsOf(entries)).toContain('balance-differs');
    expect(() => rebuild(entries)).toThrow(/below zero/);
  });

  it('finds a forger who also makes the hashes fit: time that runs back', () => {
    expect(faultsOf(forged((entry) => ({ ...entry, recordedAt: 1 })))).toEqual(['time-runs-back']);
  });

  it("finds another account's entry", () => {
    expect(faultsOf(forged((entry) => ({ ...entry, accountNo: 5 })))).toEqual(['other-account', 'other-account']);
    expect(faultsOf(forged((entry) => ({ ...entry, schoolId: 'sjtu' })))).toEqual(['other-account', 'other-account']);
  });

  it('names the entry at fault', () => {
    expect(verifyPassbook(forged((entry) => ({ ...entry, recordedAt: 1 })))).toEqual([{ n: 3, fault: 'time-runs-back' }]);
  });
});
