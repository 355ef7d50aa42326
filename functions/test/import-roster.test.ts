import { randomBytes } from 'node:crypto';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { rosterFile } from '../../sandbox/roster/csv';
import { demoPerson } from '../../sandbox/roster/people';
import type { EpochMs } from '../../shared/time';
import { createNumberToken } from '../domain/number-token';
import { verifyPassbook } from '../domain/verify-passbook';
import { createBackOff } from '../lib/back-off';
import { createFieldCipher } from '../lib/field-cipher';
import { type ImportDeps, type ImportReport, importRoster } from '../operations/import-roster';
import { loadPacks } from '../operations/load-packs';
import { createAccountNumbers } from '../store/account-numbers';
import { createCards } from '../store/cards';
import { createDynamoDatabase } from '../store/dynamo-database';
import { createHolders, type Holder } from '../store/holders';
import { createPassbook } from '../store/passbook';
import { createPurses } from '../store/purses';
import { createRosterMarks } from '../store/roster-marks';
import { createSchools } from '../store/schools';
import type { Database } from '../store/table';
import { startTestEngine } from './engine';
import { Crash, faultyDatabase } from './faulty-database';
import { createModelDatabase } from './model-database';
import { loadPack, NOON } from './sale-fixture';

const HEADER = '学号,姓名,类别,身份证后7位,手机号,卡号';
const WANG = '2021000037,王小明,学生,031482X,10000000037,60000037';
const LI = '2021000038,李小红,学生,,10000000038,60000038';
const pack = loadPack('shanghaitech');
const SCHOOL = pack.schoolId;

class Office {
  readonly deps: ImportDeps;
  readonly database: Database;
  now: EpochMs = NOON;

  constructor(database: Database) {
    const backOff = createBackOff((delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)), Math.random);
    this.database = database;
    this.deps = {
      passbook: createPassbook(database),
      holders: createHolders(database, createNumberToken(new Uint8Array(32).fill(7))),
      cards: createCards(database),
      purses: createPurses(database),
      accountNumbers: createAccountNumbers(database, backOff),
      rosterMarks: createRosterMarks(database),
      cipher: createFieldCipher({ current: 'k1', keys: { k1: new Uint8Array(32).fill(9) } }, randomBytes),
      clock: () => this.now,
      backOff,
    };
  }

  import(...lines: string[]): Promise<ImportReport> {
    return importRoster(this.deps, pack, new TextEncoder().encode([HEADER, ...lines].join('\n')));
  }

  async holder(number: string): Promise<Holder> {
    const accountNo = await this.deps.holders.accountOf(SCHOOL, number);
    const holder = accountNo === undefined ? undefined : await this.deps.holders.find(SCHOOL, accountNo);
    if (holder === undefined) throw new Error(`nobody has the number ${number}`);
    return holder;
  }

  async kinds(number: string): Promise<string[]> {
    const { entries } = await this.deps.passbook.entries(SCHOOL, (await this.holder(number)).accountNo, { from: 1, to: 99, limit: 99 });
    const oldestFirst = [...entries].reverse();
    expect(verifyPassbook(oldestFirst)).toEqual([]);
    return oldestFirst.map(({ kind }) => kind);
  }
}

const newOffice = (): Office => new Office(createModelDatabase());
const counts = ({ opened, changed, unchanged, errors }: ImportReport) => [opened, changed, unchanged, errors.length];

describe('importing a roster', () => {
  it('that meets another writer asks to be run again, and calls no card taken for it', async () => {
    const office = newOffice();
    // What AWS says when two transactions meet on one row: not written, and no row that was in the way.
    const transact: Database['transact'] = async () => ({ written: false, failed: 1, found: undefined });
    const meeting = new Office({ ...office.database, transact });
    await expect(meeting.import(WANG)).rejects.toMatchObject({ code: 'request.busy' });
    expect(counts(await office.import(WANG))).toEqual([1, 0, 0, 0]);
  });

  it('opens an account for each new number: entry 1, holder, number and card', async () => {
    const office = newOffice();
    expect(counts(await office.import(WANG, LI))).toEqual([2, 0, 0, 0]);
    const wang = await office.holder('2021000037');
    expect(wang).toMatchObject({
      name: '王小明',
      kind: 'student',
      passwordHash: null,
      provenAt: null,
      cardNumbers: ['60000037'],
      version: 1,
    });
    expect(await office.kinds('2021000037')).toEqual(['opened']);
    expect(await office.deps.cards.find(SCHOOL, '60000037')).toEqual({ accountNo: wang.accountNo, issue: 1 });
    expect((await office.holder('2021000038')).accountNo).not.toBe(wang.accountNo);
  });

  it('keeps ID tail and mobile encrypted, bound to their account', async () => {
    const office = newOffice();
    await office.import(WANG);
    const { accountNo, idTail, mobile } = await office.holder('2021000037');
    expect(idTail).not.toContain('031482X');
    expect(office.deps.cipher.open({ schoolId: SCHOOL, accountNo, field: 'idTail' }, idTail)).toBe('031482X');
    expect(office.deps.cipher.open({ schoolId: SCHOOL, accountNo, field: 'mobile' }, mobile)).toBe('10000000037');
    expect(() => office.deps.cipher.open({ schoolId: SCHOOL, accountNo: accountNo + 1, field: 'mobile' }, mobile)).toThrow();
  });

  it('changes nothing when it is run again', async () => {
    const database = createModelDatabase();
    const office = new Office(database);
    await office.import(WANG, LI);
    const stored = () =>
      [...database.all('records'), ...database.all('passbook')]
        .filter(({ pk }) => pk !== `${SCHOOL}#ROSTER`)
        .map((item) => JSON.stringify(item))
        .sort();
    const before = stored();
    expect(counts(await office.import(WANG, LI))).toEqual([0, 0, 2, 0]);
    // In another order it is another file, and each line is looked at.
    expect(counts(await office.import(LI, WANG))).toEqual([0, 0, 2, 0]);
    expect(stored()).toEqual(before);
  });

  it('brings changed facts up to date and never touches a changed password, a proof or a link', async () => {
    const office = newOffice();
    await office.import(WANG);
    const before = await office.holder('2021000037');
    const links = { wechat: { appId: 'wx1', openid: 'o1' } };
    await office.deps.holders.save({ ...before, passwordHash: 'scrypt1$…', passwordChangedAt: NOON, provenAt: NOON, links });
    expect(counts(await office.import('2021000037,王晓明,教职工,1206218,10000000099,60000037'))).toEqual([0, 1, 0, 0]);
    const after = await office.holder('2021000037');
    expect(after).toMatchObject({
      accountNo: before.accountNo,
      name: '王晓明',
      kind: 'staff',
      passwordHash: 'scrypt1$…',
      passwordChangedAt: NOON,
      provenAt: NOON,
      links,
    });
    expect(office.deps.cipher.open({ schoolId: SCHOOL, accountNo: after.accountNo, field: 'idTail' }, after.idTail)).toBe('1206218');
    expect(await office.kinds('2021000037')).toEqual(['opened', 'group-changed']);
  });

  it('lets an empty cell erase nothing, and leaves alone who is missing', async () => {
    const office = newOffice();
    await office.import(WANG, LI);
    const before = await office.holder('2021000037');
    expect(counts(await office.import('2021000037,王小明,学生,,,'))).toEqual([0, 0, 1, 0]);
    expect(await office.holder('2021000037')).toEqual(before);
    expect((await office.holder('2021000038')).name).toBe('李小红');
  });

  it('issues a new card when its number changes: the old one is dead, and does not come back', async () => {
    const office = newOffice();
    await office.import(WANG);
    office.now += 60_000;
    expect(counts(await office.import(WANG.replace('60000037', '60000099')))).toEqual([0, 1, 0, 0]);
    const wang = await office.holder('2021000037');
    expect(wang.cardNumbers).toEqual(['60000037', '60000099']);
    expect(await office.kinds('2021000037')).toEqual(['opened', 'card-issued']);
    expect((await office.deps.passbook.head(SCHOOL, wang.accountNo))?.state.cardIssue).toBe(2);
    expect(await office.deps.cards.find(SCHOOL, '60000099')).toEqual({ accountNo: wang.accountNo, issue: 2 });
    const back = await office.import(WANG);
    expect(back.errors).toMatchObject([{ line: 2, field: 'cardNumber', code: 'card-replaced' }]);
    expect(await office.kinds('2021000037')).toEqual(['opened', 'card-issued']);
  });

  it('never gives a card number to a second account, new or known', async () => {
    const office = newOffice();
    await office.import(WANG, LI);
    const toNew = await office.import('2021000039,陈小华,学生,,,60000037');
    const toKnown = await office.import(LI.replace('60000038', '60000037'));
    expect([...toNew.errors, ...toKnown.errors].map(({ line, code }) => [line, code])).toEqual([
      [2, 'card-taken'],
      [2, 'card-taken'],
    ]);
    expect(await office.deps.holders.accountOf(SCHOOL, '2021000039')).toBeUndefined();
    expect((await office.holder('2021000038')).cardNumbers).toEqual(['60000038']);
  });

  it('imports the good lines and reports the bad ones, in the order of the file', async () => {
    const office = newOffice();
    const report = await office.import('20,王,学生,,,', WANG, '2021000050,赵小兰,学生,,,60000037', 'x', LI);
    expect(counts(report)).toEqual([2, 0, 0, 3]);
    expect(report.errors.map(({ line, code }) => [line, code])).toEqual([
      [2, 'number-form'],
      [4, 'duplicate'],
      [5, 'column-count'],
    ]);
  });

  it('writes nothing for a file that is no roster', async () => {
    const database = createModelDatabase();
    const office = new Office(database);
    await expect(importRoster(office.deps, pack, new TextEncoder().encode('a,b\n1,2\n'))).rejects.toMatchObject({
      code: 'roster.unreadable',
    });
    expect([...database.all('records'), ...database.all('passbook')]).toEqual([]);
  });

  it('opens each account once when two imports of one file run at the same time', async () => {
    const office = newOffice();
    const lines = Array.from({ length: 40 }, (_, i) => `20220000${10 + i},陈小华,学生,,,6100${i}`);
    const reports = await Promise.all([office.import(...lines), office.import(...lines)]);
    expect(reports.flatMap(({ errors }) => errors)).toEqual([]);
    expect(reports.reduce((total, { opened }) => total + opened, 0)).toBe(40);
    const numbers = await Promise.all(lines.map(async (line) => (await office.holder(line.slice(0, 10))).accountNo));
    expect(new Set(numbers).size).toBe(40);
  });

  it.each(['before', 'after'] as const)('ends in the same state when it dies %s any call and is run again', async (moment) => {
    const calls = faultyDatabase(createModelDatabase(), { at: Number.POSITIVE_INFINITY, moment });
    await new Office(calls).import(WANG, LI);
    expect(calls.calls()).toBeGreaterThan(4);
    for (let at = 1; at <= calls.calls(); at += 1) {
      const database = createModelDatabase();
      await expect(new Office(faultyDatabase(database, { at, moment })).import(WANG, LI)).rejects.toThrow(Crash);
      const again = new Office(database);
      const { opened, unchanged, errors } = await again.import(WANG, LI);
      expect([opened + unchanged, errors]).toEqual([2, []]);
      for (const [number, card] of [
        ['2021000037', '60000037'],
        ['2021000038', '60000038'],
      ] as const) {
        expect(await again.kinds(number)).toEqual(['opened']);
        expect((await again.holder(number)).cardNumbers).toEqual([card]);
      }
    }
  });

  it.each(['before', 'after'] as const)('issues one new card when it dies %s any call and is run again', async (moment) => {
    const renewed = WANG.replace('60000037', '60000099');
    for (let at = 1; ; at += 1) {
      const database = createModelDatabase();
      await new Office(database).import(WANG);
      const faulty = faultyDatabase(database, { at, moment });
      const done = await new Office(faulty).import(renewed).catch((error: unknown) => error);
      if (!(done instanceof Crash)) {
        expect(at).toBeGreaterThan(5);
        return;
      }
      const again = new Office(database);
      expect((await again.import(renewed)).errors).toEqual([]);
      expect(await again.kinds('2021000037')).toEqual(['opened', 'card-issued']);
    }
  });

  it('knows a file it has stored, and reads it again when a line of it was refused or another came between', async () => {
    const database = createModelDatabase();
    const office = new Office(database);
    await office.import(WANG, LI);
    let reads = 0;
    const get: Database['records']['get'] = (...call) => {
      reads += 1;
      return database.records.get(...call);
    };
    const counting = new Office({ ...database, records: { ...database.records, get } });
    expect(counts(await counting.import(WANG, LI))).toEqual([0, 0, 2, 0]);
    expect(reads).toBe(1);
    expect(counts(await counting.import(WANG.replace('王小明', '王晓明'), LI))).toEqual([0, 1, 1, 0]);
    expect(counts(await counting.import(WANG, LI))).toEqual([0, 1, 1, 0]);
    const refused = '2021000039,陈小华,学生,,,60000037';
    for (let i = 0; i < 2; i += 1) expect((await counting.import(refused)).errors).toMatchObject([{ code: 'card-taken' }]);
  });

  it('takes what it wrote for its own when the answer was lost and the write is sent again', async () => {
    const database = createModelDatabase();
    const twice: Database = {
      ...database,
      async transact(writes) {
        await database.transact(writes);
        return database.transact(writes);
      },
    };
    expect(counts(await new Office(twice).import(WANG, LI))).toEqual([2, 0, 0, 0]);
  });
});

describe('numbers of accounts', () => {
  it('are leased in blocks that never overlap', async () => {
    const { accountNumbers } = newOffice().deps;
    const firsts = await Promise.all([3, 1, 5, 2, 4].map(async (count) => ({ first: await accountNumbers.lease(SCHOOL, count), count })));
    const all = firsts.flatMap(({ first, count }) => Array.from({ length: count }, (_, i) => first + i));
    expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
    expect(await accountNumbers.lease('sjtu', 1)).toBe(1);
  });
});

describe('loading packs', () => {
  it('publishes each, changes nothing the second time, and leaves a faulty one out', async () => {
    const schools = createSchools(createModelDatabase());
    const packs = ['sjtu', 'shanghaitech', 'dufl', 'bistu'].map(loadPack);
    expect((await loadPacks({ schools }, packs)).map(({ result }) => result)).toEqual(Array(4).fill('published'));
    expect((await loadPacks({ schools }, packs)).map(({ result }) => result)).toEqual(Array(4).fill('unchanged'));
    const faulty = { ...pack, version: pack.version + 1, arrival: { ...pack.arrival, claimAt: [] } };
    const better = { ...pack, version: pack.version + 1, aliases: [] };
    const [refused, edited, published] = await loadPacks({ schools }, [faulty, { ...pack, aliases: [] }, better]);
    expect(refused).toMatchObject({ result: 'faulty', problems: ['arrival: money waits and can be claimed nowhere'] });
    expect(edited?.result).toBe('differs');
    expect(published?.result).toBe('published');
    expect(await schools.pack(SCHOOL, pack.version + 1)).toEqual(better);
    expect((await loadPacks({ schools }, [pack])).map(({ result }) => result)).toEqual(['older']);
    expect((await schools.versions()).get(SCHOOL)).toBe(pack.version + 1);
  });
});

describe('on the engine', () => {
  it('loads 2,000 generated cardholders, in UTF-8 or GBK, and knows them the second time', async () => {
    const engine = await startTestEngine();
    try {
      const office = new Office(createDynamoDatabase(DynamoDBDocumentClient.from(engine.client), engine.tables));
      for (const schoolId of ['shanghaitech', 'bistu']) {
        const report = await importRoster(office.deps, loadPack(schoolId), rosterFile(schoolId));
        expect(counts(report)).toEqual([2000, 0, 0, 0]);
        const { number, name } = demoPerson(schoolId, 'student');
        const accountNo = await office.deps.holders.accountOf(schoolId, number);
        expect(await office.deps.holders.find(schoolId, accountNo ?? 0)).toMatchObject({ name });
        expect(await office.deps.passbook.head(schoolId, accountNo ?? 0)).toMatchObject({ n: 1, kind: 'opened' });
      }
      expect(counts(await importRoster(office.deps, pack, rosterFile(SCHOOL)))).toEqual([0, 0, 2000, 0]);
      const longer = await importRoster(office.deps, pack, rosterFile(SCHOOL, 2100));
      expect(counts(longer)).toEqual([100, 0, 2000, 0]);
    } finally {
      await engine.stop();
    }
  }, 120_000);
});
