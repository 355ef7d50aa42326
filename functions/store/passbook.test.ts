import fc from 'fast-check';
import type { Entry } from '../domain/entry';
import { deriveSchoolKeys } from '../domain/school-keys';
import { acts, madePassbook } from '../test/made-passbook';
import { createModelDatabase } from '../test/model-database';
import { loadPack } from '../test/sale-fixture';
import { createPassbook } from './passbook';

const pack = loadPack('shanghaitech');
const school = { pack, keys: deriveSchoolKeys(new Uint8Array(32).fill(3), pack.schoolId) };
const busy = madePassbook(
  school,
  Array.from({ length: 30 }, (_, index) => ({ act: 'top-up', amountFen: index + 1, waitMs: 1_000 }) as const),
);
const [first, second] = busy as [Entry, Entry];

async function filled(entries: readonly Entry[]) {
  const database = createModelDatabase();
  const passbook = createPassbook(database);
  for (const entry of entries) await passbook.append(entry);
  return { database, passbook };
}

describe('the passbook', () => {
  it('gives back what was appended, whatever happened', async () => {
    await fc.assert(
      fc.asyncProperty(acts, async (list) => {
        const entries = madePassbook(school, list);
        const { passbook } = await filled(entries);
        const { schoolId, accountNo } = first;
        expect(await passbook.head(schoolId, accountNo)).toEqual(entries.at(-1));
        const page = await passbook.entries(schoolId, accountNo, { from: 1, to: entries.length, limit: 100 });
        expect(page).toEqual({ entries: [...entries].reverse(), more: false });
        expect(await passbook.entry(schoolId, accountNo, entries.length)).toEqual(entries.at(-1));
      }),
      { numRuns: 25 },
    );
  });

  it('has no head where no account was opened, and no entry beyond the head', async () => {
    const { passbook } = await filled([first]);
    expect(await passbook.head('shanghaitech', 1)).toBeUndefined();
    expect(await passbook.head('sjtu', first.accountNo)).toBeUndefined();
    expect(await passbook.entry('shanghaitech', first.accountNo, 2)).toBeUndefined();
  });

  it('takes each number once and shows who was first', async () => {
    const { passbook } = await filled([first, second]);
    const late = { ...second, recordedAt: second.recordedAt + 1 };
    expect(await passbook.append(late)).toEqual({ appended: false, found: second });
    expect(await passbook.head('shanghaitech', first.accountNo)).toEqual(second);
  });

  it('writes an entry with its rows, or neither', async () => {
    const { database, passbook } = await filled([first]);
    const row = { table: 'records', write: { put: { pk: 'order', sk: 'a' }, when: { is: 'absent' } } } as const;
    expect(await passbook.appendWith(second, [row])).toEqual({ written: true });
    const third = busy[2] as Entry;
    expect(await passbook.appendWith(third, [row])).toMatchObject({ written: false, failed: 1 });
    expect(await passbook.head('shanghaitech', first.accountNo)).toEqual(second);
    expect(await passbook.appendWith(second, [])).toMatchObject({ written: false, failed: 0 });
    expect(await database.records.get({ pk: 'order', sk: 'a' })).toBeDefined();
  });

  it('is read a page at a time, newest first, and says when there is more within the range', async () => {
    const { passbook } = await filled(busy);
    const read = async (from: number, to: number, limit: number) => {
      const { entries, more } = await passbook.entries('shanghaitech', first.accountNo, { from, to, limit });
      return { n: entries.map(({ n }) => n), more };
    };
    expect(await read(1, 31, 3)).toEqual({ n: [31, 30, 29], more: true });
    expect(await read(1, 3, 3)).toEqual({ n: [3, 2, 1], more: false });
    expect(await read(5, 7, 3)).toEqual({ n: [7, 6, 5], more: false });
    expect(await read(5, 8, 3)).toEqual({ n: [8, 7, 6], more: true });
    expect(await read(40, 50, 3)).toEqual({ n: [], more: false });
  });
});
