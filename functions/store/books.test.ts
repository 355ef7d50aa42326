import { deriveSchoolKeys } from '../domain/school-keys';
import { madePassbook } from '../test/made-passbook';
import { createModelDatabase } from '../test/model-database';
import { loadPack } from '../test/sale-fixture';
import { createBooks } from './books';
import { createPassbook } from './passbook';

const pack = loadPack('shanghaitech');
const school = { pack, keys: deriveSchoolKeys(new Uint8Array(32).fill(3), pack.schoolId) };

describe('a book of the other side', () => {
  it('is read to its last page, each line with what the entry moved', async () => {
    const entries = madePassbook(school, [
      { act: 'top-up', amountFen: 100_000, waitMs: 0 },
      ...Array.from({ length: 120 }, () => ({ act: 'charge', amountFen: 1, waitMs: 1 }) as const),
    ]);
    const database = createModelDatabase();
    const passbook = createPassbook(database);
    for (const entry of entries) await passbook.append(entry);
    const books = createBooks(database, 50);
    const lines = [];
    for await (const line of books.lines('shanghaitech', 'terminal/7/2026-11-21')) lines.push(line);
    const sales = entries.filter(({ kind }) => kind === 'charge');
    expect(lines.map(({ entryId }) => entryId)).toEqual(sales.map(({ entryId }) => entryId));
    expect(lines.map(({ postings }) => postings)).toEqual(sales.map(({ postings }) => postings));
    expect(lines[0]).toMatchObject({ accountNo: sales[0]?.accountNo, n: 3, kind: 'charge', merchant: 12, late: false });
    expect((await books.page('shanghaitech', 'terminal/7/2026-11-21')).lines).toHaveLength(50);
    expect((await books.page('shanghaitech', 'terminal/8/2026-11-21')).lines).toEqual([]);
  });
});
