import iconv from 'iconv-lite';
import { fen } from '../../shared/money';
import { verifyPassbook } from '../domain/verify-passbook';
import { createNotices } from '../store/notices';
import { createSubsidies } from '../store/subsidies';
import type { Database } from '../store/table';
import { Crash, faultyDatabase } from '../test/faulty-database';
import { createModelDatabase } from '../test/model-database';
import { SaleFixture } from '../test/sale-fixture';
import { type ImportSubsidiesDeps, importSubsidies } from './import-subsidies';

const HEADER = '学工号,姓名,金额(元),有效期至';
const utf8 = (...lines: string[]): Uint8Array => new TextEncoder().encode([HEADER, ...lines].join('\n'));

async function school(database = createModelDatabase(), holders = 3) {
  const till = new SaleFixture(database);
  const numbers = new Map<string, number>();
  for (let i = 1; i <= holders; i += 1) numbers.set(`202100000${i}`, await till.account());
  const depsOver = (over: Database): ImportSubsidiesDeps => ({
    ...new SaleFixture(over).deps,
    clock: () => till.now,
    backOff: async () => undefined,
    packOf: async () => till.pack,
    subsidies: createSubsidies(over),
    notices: createNotices(over),
    holders: {
      accountOf: async (_school, number) => numbers.get(number),
      // Of the holder only the name is looked at here.
      find: async () => ({ name: '测试甲' }) as never,
    },
  });
  const deps = depsOver(database);
  const load = (bytes: Uint8Array, batchId = 'b1', over = deps) => importSubsidies(over, { schoolId: 'shanghaitech', batchId, bytes });
  const account = (i: number): number => numbers.get(`202100000${i}`) ?? 0;
  const lots = async (i: number) => (await till.head(account(i))).state.subsidy;
  return { till, deps, depsOver, load, lots, account, database };
}

const END_OF_2026 = Date.parse('2027-01-01T00:00:00+08:00');

describe('a batch of subsidies (row 37)', () => {
  it('is granted line by line, until the end of the day in the school’s zone, from the funding of subsidies', async () => {
    const { load, lots, till, account, database } = await school();
    const report = await load(utf8('2021000001,测试甲,300.50,2026-12-31', '2021000002,测试甲,"1,200",2026/12/1'));
    expect(report).toMatchObject({ encoding: 'utf-8', complete: true, granted: 2, grantedFen: 150_050, refused: 0 });
    expect(await lots(1)).toEqual([{ amountFen: 30_050, expiresAt: END_OF_2026 }]);
    expect((await lots(2))[0]?.expiresAt).toBe(Date.parse('2026-12-02T00:00:00+08:00'));
    const head = await till.head(account(1));
    expect(head).toMatchObject({
      kind: 'subsidy-granted',
      postings: [
        { leg: 'funding:subsidy', amountFen: -30_050 },
        { leg: `subsidy:${END_OF_2026}`, amountFen: 30_050 },
      ],
    });
    expect(head.counterparty?.book).toMatch(/^subsidy\/2026-11-21\/\d$/);
    expect(verifyPassbook(await till.all(account(1)))).toEqual([]);
    const inbox = await createNotices(database).ofAccount('shanghaitech', account(1), { limit: 9 });
    expect(inbox.notices).toMatchObject([{ kind: 'subsidy-granted', amountFen: 30_050, expiresAt: END_OF_2026, about: 'b1' }]);
  });

  it('reads GBK as it reads UTF-8', async () => {
    const { load, lots } = await school();
    const report = await load(new Uint8Array(iconv.encode(`${HEADER}\r\n2021000001,测试甲,12,20261231\r\n`, 'gbk')));
    expect(report).toMatchObject({ encoding: 'gbk', granted: 1 });
    expect(await lots(1)).toHaveLength(1);
  });

  it('judges every line by itself, says what is wrong without the value, and grants the others', async () => {
    const { load, till, account, lots } = await school();
    await till.change(account(3), (head) => ({
      ...{ kind: 'account-closed', entryId: 'closed', postings: [], occurredAt: till.now },
      state: { ...head.state, closed: true },
    }));
    const report = await load(
      utf8(
        '2021000001,测试甲,10,2026-12-31',
        '2021000009,测试甲,10,2026-12-31',
        '2021000002,别的人,10,2026-12-31',
        '2021000002,测试甲,-5,2026-12-31',
        '2021000002,测试甲,0,2026-12-31',
        '2021000002,测试甲,1.005,2026-12-31',
        '2021000002,测试甲,10000.01,2026-12-31',
        '2021000002,测试甲,10,2026-02-30',
        '2021000008,测试甲,10,2026-11-20',
        '2.021E+09,测试甲,10,2026-12-31',
        '2021000001,测试甲,20,2026-12-31',
        '2021000003,测试甲,10,2026-12-31',
        ',,,',
        '2021000002,测试甲,10',
        '2021000002,测试甲,"10,2026-12-31',
      ),
    );
    const faults = report.lines.map((line) =>
      line.outcome === 'refused'
        ? `${line.line} ${line.errors.map(({ field, code }) => `${field} ${code}`).join(' ')}`
        : `${line.line} ${line.outcome}`,
    );
    expect(faults).toEqual([
      '2 granted',
      '3 number number-unknown',
      '4 name name-mismatch',
      '5 amount amount-form',
      '6 amount amount-form',
      '7 amount amount-form',
      '8 amount amount-too-large',
      '9 expiresOn date-form',
      '10 expiresOn date-past',
      '11 number scientific-notation',
      '12 number duplicate',
      '13 row account-closed',
      '14 number missing name missing amount missing expiresOn missing',
      '15 row column-count',
      '16 row unclosed-quote',
    ]);
    expect(JSON.stringify(report)).not.toMatch(/2021000|别的人/);
    expect(await lots(1)).toEqual([{ amountFen: 1_000, expiresAt: END_OF_2026 }]);
    expect(await lots(2)).toEqual([]);
  });

  it('is granted once: the same batch again changes nothing, another file under its number is refused', async () => {
    const { load, lots } = await school();
    const file = utf8('2021000001,测试甲,10,2026-12-31');
    const first = await load(file);
    const again = await load(file);
    expect(again).toEqual({ ...first, lines: [{ line: 2, outcome: 'granted', amountFen: 1_000, before: true }] });
    await expect(load(utf8('2021000001,测试甲,11,2026-12-31'))).rejects.toMatchObject({ code: 'request.replayed-differently' });
    expect(await lots(1)).toEqual([{ amountFen: 1_000, expiresAt: END_OF_2026 }]);
    await load(file, 'b2');
    expect(await lots(1)).toEqual([{ amountFen: 2_000, expiresAt: END_OF_2026 }]);
  });

  it('goes on after its day as it did before: what was granted is granted', async () => {
    const { load, till } = await school();
    const file = utf8('2021000001,测试甲,10,2026-11-21');
    await load(file);
    till.now += 2 * 86_400_000;
    expect((await load(file)).lines).toEqual([{ line: 2, outcome: 'granted', amountFen: 1_000, before: true }]);
  });

  it('is granted once wherever the function dies', async () => {
    const file = utf8('2021000001,测试甲,10,2026-12-31', '2021000002,测试甲,20,2026-12-31');
    for (const moment of ['before', 'after'] as const) {
      for (let at = 1; at <= 16; at += 1) {
        const database = createModelDatabase();
        const { load, lots, depsOver } = await school(database, 2);
        await load(file, 'b1', depsOver(faultyDatabase(database, { at, moment }))).catch((error: unknown) => {
          if (!(error instanceof Crash)) throw error;
        });
        expect(await load(file)).toMatchObject({ granted: 2, grantedFen: 3_000 });
        expect([await lots(1), await lots(2)].flat().map(({ amountFen }) => amountFen)).toEqual([1_000, 2_000]);
      }
    }
  });

  it('stops when its time is over and does the rest at the next call', async () => {
    const { till, deps, lots } = await school();
    const bytes = utf8('2021000001,测试甲,10,2026-12-31', '2021000002,测试甲,20,2026-12-31');
    const input = { schoolId: 'shanghaitech', batchId: 'b1', bytes };
    expect(await importSubsidies(deps, { ...input, until: till.now })).toMatchObject({ complete: false, granted: 0 });
    expect(await importSubsidies(deps, { ...input, until: till.now + 1 })).toMatchObject({ complete: true, granted: 2 });
    expect(await lots(2)).toHaveLength(1);
  });

  it('does not let a lot that ran out live on in a later one', async () => {
    const { load, lots, till, account } = await school();
    for (const [batch, day] of [
      ['a', '2026-11-21'],
      ['b', '2026-12-01'],
      ['c', '2026-12-02'],
    ] as const) {
      await load(utf8(`2021000001,测试甲,10,${day}`), batch);
    }
    till.now += 86_400_000;
    await load(utf8('2021000001,测试甲,10,2026-12-03'), 'd');
    expect((await lots(1)).map(({ amountFen }) => amountFen)).toEqual([1_000, 1_000, 1_000]);
    expect((await till.all(account(1))).slice(-2).map(({ kind }) => kind)).toEqual(['subsidy-expired', 'subsidy-granted']);
    // A fourth that has not run out joins the two that run out first, into the later of them.
    await load(utf8('2021000001,测试甲,10,2026-12-31'), 'e');
    expect(await lots(1)).toEqual([
      { amountFen: fen(2_000), expiresAt: Date.parse('2026-12-03T00:00:00+08:00') },
      { amountFen: fen(1_000), expiresAt: Date.parse('2026-12-04T00:00:00+08:00') },
      { amountFen: fen(1_000), expiresAt: END_OF_2026 },
    ]);
  });

  it.each([
    ['an empty file', new Uint8Array()],
    ['a file without a column', new TextEncoder().encode('学工号,姓名,金额\n1,2,3')],
    ['a file with a column twice', new TextEncoder().encode(`${HEADER},姓名\n`)],
    ['a spreadsheet', new Uint8Array([0x50, 0x4b, 3, 4, 0, 0, 0, 0])],
  ])('%s is refused whole, and its number stays free', async (_name, bytes) => {
    const { load } = await school();
    await expect(load(bytes)).rejects.toMatchObject({ code: 'subsidy.unreadable' });
    expect(await load(utf8('2021000001,测试甲,10,2026-12-31'))).toMatchObject({ granted: 1 });
  });

  it('is refused where the school grants none', async () => {
    const { deps, till } = await school();
    const { subsidy: _none, ...pack } = till.pack;
    await expect(
      importSubsidies({ ...deps, packOf: async () => pack }, { schoolId: 'shanghaitech', batchId: 'b', bytes: utf8() }),
    ).rejects.toMatchObject({ code: 'subsidy.not-offered' });
  });
});
