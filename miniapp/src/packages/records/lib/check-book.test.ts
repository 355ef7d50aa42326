import fc from 'fast-check';
import * as v from 'valibot';
import type { Entry } from '../../../../../functions/domain/entry';
import { entryHash } from '../../../../../functions/domain/entry';
import { entryView, isShown } from '../../../../../functions/domain/entry-view';
import { createHeadSigner } from '../../../../../functions/domain/head-signer';
import { deriveSchoolKeys } from '../../../../../functions/domain/school-keys';
import { alterOne } from '../../../../../functions/test/alter-one';
import { type Act, madePassbook } from '../../../../../functions/test/made-passbook';
import { loadPack } from '../../../../../functions/test/sale-fixture';
import type { EntryView } from '../../../../../shared/api/common';
import { type PassbookReply, passbookReply } from '../../../../../shared/api/records';
import { fen } from '../../../../../shared/money';
import { monthOf } from '../../../../../shared/time';
import { type CheckWish, checkBook, type KeptHead } from './check-book';

const master = new Uint8Array(32).fill(3);
const signer = createHeadSigner(master);
const pack = loadPack('shanghaitech');
const school = { pack, keys: deriveSchoolKeys(master, pack.schoolId) };
const days: readonly Act[] = [
  { act: 'top-up', amountFen: 2_000, waitMs: 1_000 },
  { act: 'charge', amountFen: 1_250, waitMs: 1_000 },
  { act: 'bind', slot: 0, waitMs: 1_000 },
  { act: 'charge', amountFen: 300, waitMs: 1_000 },
  { act: 'top-up', amountFen: 5_000, waitMs: 40 * 86_400_000 },
  { act: 'charge', amountFen: 1_700, waitMs: 1_000 },
];
const book = madePassbook(school, days);
const newest = book.at(-1);
if (newest === undefined) throw new Error('no book');
const month = monthOf(newest.recordedAt);

function signedHead(of: Entry, signedAt = of.recordedAt + 5_000): PassbookReply['head'] {
  const facts = { schoolId: of.schoolId, accountNo: of.accountNo, n: of.n, hash: entryHash(of), signedAt };
  return { ...facts, ...signer.sign(facts) };
}

/** What the server would list of the month. */
function rowsOf(entries: readonly Entry[]): EntryView[] {
  return entries
    .filter((entry) => monthOf(entry.recordedAt) === month && isShown(entry))
    .map((entry) => entryView(entry, { utcOffsetMinutes: 480, merchants: new Map() }))
    .reverse();
}

interface Served {
  readonly entries?: readonly Entry[];
  readonly head?: PassbookReply['head'];
  readonly rows?: readonly EntryView[];
  readonly kept?: KeptHead | undefined;
  readonly pageSize?: number;
}

/** The check as the phone makes it, of what a server gives: over the wire, through the schema. */
function checked(
  { entries = book, head = signedHead(newest as Entry), rows = rowsOf(book), kept, pageSize = 2 }: Served,
  more: Partial<CheckWish> = {},
) {
  return checkBook({
    page: async (from) => {
      const page = entries.slice(from - 1, from - 1 + pageSize);
      const reply = { entries: page, nextFrom: from - 1 + pageSize < entries.length ? from + pageSize : null, head };
      return v.parse(passbookReply, JSON.parse(JSON.stringify(reply)));
    },
    rows: async () => rows,
    isOfMonth: (recordedAt) => monthOf(recordedAt) === month,
    schoolId: 'shanghaitech',
    kept,
    onProgress: () => undefined,
    ...more,
  });
}
const faultsOf = async (served: Served) => (await checked(served)).faults.map(({ fault }) => fault);

describe('the check of a passbook on the phone', () => {
  it('finds nothing in what the rules wrote, and says from where to where, how many, signed by which key and when', async () => {
    const progress: (readonly [number, number])[] = [];
    const result = await checked({}, { onProgress: (done, all) => progress.push([done, all]) });
    expect(result).toMatchObject({ faults: [], from: 1, to: book.length, count: book.length, rows: rowsOf(book), since: undefined });
    expect(result.head).toEqual(signedHead(newest));
    expect(progress).toEqual([2, 4, 6, book.length].map((done) => [Math.min(done, book.length), book.length]));
  });

  it('is the same whatever the size of a page', async () => {
    for (const pageSize of [1, 3, 100]) expect(await faultsOf({ pageSize })).toEqual([]);
  });

  it('finds any single value altered in any entry', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(book.length - 1), fc.nat(), async (place, choice) => {
        const entries = book.map((entry, at) => (at === place ? alterOne(entry, choice) : entry));
        // What no longer is an entry is refused by the schema, and is a failure; all else is a fault.
        const found = await checked({ entries }).then(
          ({ faults }) => faults.length,
          (reason: unknown) => (v.isValiError(reason) ? 1 : 0),
        );
        expect(found).toBeGreaterThan(0);
      }),
      { numRuns: 60 },
    );
  });

  it('finds an entry taken out, and a book that ends too early', async () => {
    expect(await faultsOf({ entries: book.filter(({ n }) => n !== 3) })).toEqual(expect.arrayContaining(['gap', 'chain-broken']));
    expect(await faultsOf({ entries: book.slice(0, -1), rows: rowsOf(book.slice(0, -1)) })).toEqual(['head-differs']);
    expect(await faultsOf({ entries: [] })).toContain('head-differs');
  });

  it('finds an amount that is no amount', async () => {
    const entries = book.map((entry) =>
      entry.n === 2
        ? { ...entry, postings: entry.postings.map((posting) => ({ ...posting, amountFen: Number.MAX_SAFE_INTEGER as never })) }
        : entry,
    );
    expect(await faultsOf({ entries })).toContain('unreadable');
  });

  it('finds a head that was signed for another number, by nobody, or of another account', async () => {
    expect(await faultsOf({ head: { ...signedHead(newest), n: newest.n + 1 } })).toEqual(['head-differs', 'signature-bad']);
    expect(await faultsOf({ head: { ...signedHead(newest), signature: '0'.repeat(128) } })).toEqual(['signature-bad']);
    expect(await faultsOf({ head: signedHead({ ...newest, accountNo: newest.accountNo + 1 }) })).toContain('head-differs');
    expect((await checked({}, { schoolId: 'dufl' })).faults).toEqual([{ n: newest.n, fault: 'head-differs' }]);
  });

  it('goes on from the check before: the same book passes through it', async () => {
    const kept = signedHead(book[3] as Entry);
    const result = await checked({ kept });
    expect(result.faults).toEqual([]);
    expect(result.since).toEqual(kept);
  });

  it('finds a book that was written anew from some entry on, with hashes and signature made to fit', async () => {
    const kept = signedHead(newest);
    const anew = madePassbook(school, [...days.slice(0, 3), { act: 'charge', amountFen: 301, waitMs: 1_000 }, ...days.slice(4)]);
    const head = signedHead(anew.at(-1) as Entry);
    const { faults } = await checked({ entries: anew, head, rows: rowsOf(anew), kept });
    expect(faults).toEqual([{ n: newest.n, fault: 'rewritten' }]);
  });

  it('finds a book that is shorter than the one checked before', async () => {
    const short = book.slice(0, -1);
    const { faults } = await checked({
      entries: short,
      head: signedHead(short.at(-1) as Entry),
      rows: rowsOf(short),
      kept: signedHead(newest),
    });
    expect(faults).toEqual([{ n: newest.n, fault: 'rewritten' }]);
  });

  it('says when the school signs with another key under the same number', async () => {
    const kept = { ...signedHead(newest), publicKey: 'ab'.repeat(32) };
    expect(await faultsOf({ kept })).toEqual(['key-changed']);
  });

  it('takes no notice of a check of another account', async () => {
    const kept = { ...signedHead(newest), accountNo: newest.accountNo + 1, hash: '0'.repeat(64) };
    expect(await checked({ kept })).toMatchObject({ faults: [], since: undefined });
  });

  it.each<[string, (row: EntryView) => EntryView]>([
    ['another amount', (row) => ({ ...row, amountFen: fen(row.amountFen + 1) })],
    ['another balance', (row) => ({ ...row, runningFen: fen(row.runningFen + 1) })],
    ['another wallet', (row) => ({ ...row, balances: { ...row.balances, walletFen: fen(1) } })],
    ['another time', (row) => ({ ...row, recordedAt: row.recordedAt.replace(/:\d\d\./, ':59.') })],
    ['another kind', (row) => ({ ...row, kind: 'fee' })],
    ['a number that the book does not have', (row) => ({ ...row, n: 1 })],
  ])('finds a row of the statement with %s', async (_what, change) => {
    const rows = rowsOf(book).map((row, at) => (at === 0 ? change(row) : row));
    expect(await faultsOf({ rows })).toContain('row-differs');
  });

  it('finds money that the statement does not list, and lets a newer row wait for the next check', async () => {
    expect(await faultsOf({ rows: rowsOf(book).slice(1) })).toEqual(['row-missing']);
    const [row] = rowsOf(book);
    if (row === undefined) throw new Error('no row');
    expect(await faultsOf({ rows: [{ ...row, n: newest.n + 1 }, ...rowsOf(book)] })).toEqual([]);
  });

  it('is a failure, not a verdict, when a page or the rows do not come', async () => {
    await expect(checked({}, { page: () => Promise.reject(new Error('offline')) })).rejects.toThrow('offline');
    await expect(checked({}, { rows: () => Promise.reject(new Error('offline')) })).rejects.toThrow('offline');
  });

  it('ends where a server never would', async () => {
    const page = async () => v.parse(passbookReply, JSON.parse(JSON.stringify({ entries: [], nextFrom: 1, head: signedHead(newest) })));
    expect((await checked({}, { page })).faults.map(({ fault }) => fault)).toContain('head-differs');
  });
});
