import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { alterOne } from '../test/alter-one';
import { arbitraryEntry } from '../test/arbitrary-entry';
import { acts, madePassbook } from '../test/made-passbook';
import { loadPack } from '../test/sale-fixture';
import { openedDraft } from './account-changes';
import { type Entry, entryHash, firstEntry, nextEntry, recordingTime } from './entry';
import { deriveSchoolKeys } from './school-keys';

const pack = loadPack('shanghaitech');
const school = { pack, keys: deriveSchoolKeys(new Uint8Array(32).fill(3), pack.schoolId) };
const at = (time: string): number => Date.parse(`${time}+08:00`);

describe('the hash of an entry', () => {
  it('is SHA-256 over its keys in order, without spaces', () => {
    const entry = firstEntry({
      schoolId: 's1',
      accountNo: 1,
      draft: openedDraft({ occurredAt: 5, cardIssue: 1 }),
      recordedAt: 6,
      utcOffsetMinutes: 0,
    });
    const slot = '{"bound":false,"keyVersion":0,"newestStep":0,"usedBitmap":0}';
    const json =
      '{"accountNo":1,"entryId":"opened","form":1,"kind":"opened","n":1,"occurredAt":5,"postings":[],"recordedAt":6,"schoolId":"s1","state":{' +
      `"apps":[${slot},${slot},${slot},${slot}],"balances":{"card":0,"chipPending":0,"purse":0,"transit":0,"wallet":0},"cardIssue":1,"closed":false,` +
      '"codesFrozen":false,"holds":[],"limits":{},"lostAt":0,"months":{"first":1,"month":"1970-01","previousFirst":0},"ownBankFen":0,' +
      '"ring":{"dropped":false,"places":[]},"spent":{"day":"","dayFen":0,"meal":"","mealFen":0},"subsidy":[],"walletOpen":false}}';
    expect(entryHash(entry)).toBe(createHash('sha256').update(json).digest('hex'));
  });

  it('does not depend on the order in which the entry was put together', () => {
    fc.assert(
      fc.property(arbitraryEntry, (entry) => {
        const reversed = Object.fromEntries(Object.entries(entry).reverse()) as unknown as Entry;
        expect(entryHash(reversed)).toBe(entryHash(entry));
      }),
    );
  });

  it('changes with any single value in the entry', () => {
    fc.assert(
      fc.property(arbitraryEntry, fc.nat(), (entry, choice) => {
        expect(entryHash(alterOne(entry, choice))).not.toBe(entryHash(entry));
      }),
      { numRuns: 500 },
    );
  });
});

describe('the next entry', () => {
  it('follows its head in number, account and hash, whatever happened', () => {
    fc.assert(
      fc.property(acts, (list) => {
        const entries = madePassbook(school, list);
        for (const [index, entry] of entries.entries()) {
          expect(entry.n).toBe(index + 1);
          const head = entries[index - 1];
          expect(entry.previousHash).toBe(head === undefined ? undefined : entryHash(head));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('never goes back in time, whatever the clock says', () => {
    const head = firstEntry({
      schoolId: 's1',
      accountNo: 1,
      draft: openedDraft({ occurredAt: 5, cardIssue: 1 }),
      recordedAt: 1_000,
      utcOffsetMinutes: 0,
    });
    expect(recordingTime(head, 999)).toBe(1_000);
    expect(recordingTime(head, 1_001)).toBe(1_001);
  });

  it('notes where this month and the one before begin, so that a month is found without a walk', () => {
    const draft = openedDraft({ occurredAt: 0, cardIssue: 1 });
    let entry = firstEntry({ schoolId: 's1', accountNo: 1, draft, recordedAt: at('2026-11-30T23:00:00'), utcOffsetMinutes: 480 });
    const next = (time: string): Entry => {
      entry = nextEntry(entry, { ...draft, state: entry.state }, { recordedAt: at(time), utcOffsetMinutes: 480 });
      return entry;
    };
    expect(entry.state.months).toEqual({ month: '2026-11', first: 1, previousFirst: 0 });
    expect(next('2026-11-30T23:59:59.999').state.months).toEqual({ month: '2026-11', first: 1, previousFirst: 0 });
    expect(next('2026-12-01T00:00:00').state.months).toEqual({ month: '2026-12', first: 3, previousFirst: 1 });
    expect(next('2026-12-02T00:00:00').state.months).toEqual({ month: '2026-12', first: 3, previousFirst: 1 });
    // A month without an entry: what is before March begins where December did.
    expect(next('2027-03-01T00:00:00').state.months).toEqual({ month: '2027-03', first: 5, previousFirst: 3 });
  });
});
