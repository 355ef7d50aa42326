import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { verifyPassbook } from '../../functions/domain/verify-passbook';
import { type Engine, startEngine } from '../../sandbox/local/dynamodb-engine';
import { localEnvironment } from '../../sandbox/local/environment';
import { type FunctionsProcess, startFunctions } from '../../sandbox/local/functions-process';
import { root } from '../support/project';
import { eventually, Phone, type Student, studentOf, succeeded } from './support/phone';
import { openStallableDatabase, type StallableDatabase } from './support/stallable-database';
import { Till } from './support/till';
import { type HttpWorld, portsFor, startHttpWorld } from './support/world';

const FILE = 3;
const folder = mkdtempSync(path.join(tmpdir(), 'ecode-killed-'));
let engine: Engine | undefined;
let database: StallableDatabase;
let world: HttpWorld;
let till: Till;
/** The functions that took over from those that were killed. */
let successor: FunctionsProcess | undefined;

beforeAll(async () => {
  engine = await startEngine({ dbPath: path.join(folder, 'dynamodb.sqlite'), env: {} });
  database = await openStallableDatabase(engine.endpoint);
  process.env.DYNAMODB_ENDPOINT = database.endpoint;
  world = await startHttpWorld(FILE, { cardholdersPerSchool: 12, dataFolder: folder });
  delete process.env.DYNAMODB_ENDPOINT;
  till = new Till(world, 'shanghaitech');
}, 120_000);
afterAll(async () => {
  await successor?.stop();
  await world?.stop();
  await database?.close();
  await engine?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const passbookTable = (): string => world.stack.tables.passbook;
const entriesOf = async ({ schoolId, accountNo }: Student) => {
  const { entries } = await world.passbook.entries(schoolId, accountNo, { from: 1, to: 10_000, limit: 10_000 });
  return [...entries].reverse();
};

/** As a machine loses its power: no signal is caught, nothing is tidied up. Then new functions on the same address. */
async function killAndRestart(): Promise<void> {
  process.kill((successor ?? world.stack.functions).pid, 'SIGKILL');
  await eventually(
    async () =>
      !(await fetch(world.stack.functionsUrl).then(
        () => true,
        () => false,
      )),
  );
  const { http, lambda } = { http: Number(new URL(world.stack.functionsUrl).port), lambda: portsFor(FILE).lambda + 4 };
  const addresses = { dynamodb: database.endpoint, web: world.stack.web.url, functions: world.stack.functionsUrl };
  successor = await startFunctions({
    root,
    stage: 'local',
    httpPort: http,
    lambdaPort: lambda,
    environment: localEnvironment(world.stack.sandbox.credentials, world.stack.secrets, addresses),
    logFile: path.join(folder, 'successor.log'),
    onEnded: () => undefined,
  });
}

const payer = async (nth: number, amountFen = 2_000): Promise<{ student: Student; phone: Phone }> => {
  const student = await studentOf(world, 'shanghaitech', nth);
  const phone = await new Phone(world).able(student);
  await phone.topUp(amountFen);
  return { student, phone };
};

describe('functions that are killed with kill -9', () => {
  it('after a charge was committed and before it was answered: the retry gets that answer, and there is one entry', async () => {
    const { student, phone } = await payer(0);
    const body = till.sale({ code: await phone.code(), amountFen: 1_250 });
    const committed = database.catchNext('after', 'PutItem', passbookTable());
    const lost = till.send(body).catch(() => 'no answer');
    await committed;
    const before = await entriesOf(student);
    expect(before.at(-1)?.kind).toBe('charge');
    await killAndRestart();
    expect(await lost).toBe('no answer');

    const retried = await till.send(body, { attempt: 2 });
    expect(retried).toMatchObject({
      status: 200,
      body: { outcome: 'charged', definite: true, amountFen: 1_250, claimedFen: 2_000, cardFen: 750 },
    });
    const { n, entryId, recordedAt } = before.at(-1) ?? {};
    expect(retried.body).toMatchObject({ n, entryId });
    expect(Date.parse(retried.body.recordedAt)).toBe(recordedAt);
    const { serverTime: _time, ...answer } = retried.body;
    expect((await till.send(body, { attempt: 3 })).body).toMatchObject(answer);
    expect((await till.send(body, { purpose: 'query', attempt: 4 })).body).toMatchObject(answer);
    expect(await entriesOf(student)).toEqual(before);
    expect(verifyPassbook(before)).toEqual([]);
  });

  it('before a charge was committed: the retry charges once, also when the first write arrives after all', async () => {
    const { student, phone } = await payer(1);
    const body = till.sale({ code: await phone.code(), amountFen: 700 });
    const underWay = database.catchNext('before', 'PutItem', passbookTable());
    const lost = till.send(body).catch(() => 'no answer');
    const straggler = await underWay;
    await killAndRestart();
    expect(await lost).toBe('no answer');
    expect((await till.send(body, { attempt: 2 })).body).toMatchObject({ outcome: 'charged', amountFen: 700 });
    const entries = await entriesOf(student);
    await straggler.release();
    expect(await entriesOf(student)).toEqual(entries);
    expect(entries.filter(({ kind }) => kind === 'charge')).toHaveLength(1);
  });

  it('after a top-up was credited and before the platform was answered: its repeat is accepted, and credited once', async () => {
    const { student, phone } = await payer(2, 100);
    const before = await entriesOf(student);
    const { orderNo, payParams } = succeeded(await phone.order(5_000));
    const committed = database.catchNext('after', 'TransactWriteItems', passbookTable());
    await phone.pay(payParams);
    await committed;
    await killAndRestart();
    const { world: outside } = world.stack.sandbox;
    outside.setSpeed(1_000_000);
    await eventually(async () => outside.events.list().some(({ kind, subject }) => kind === 'callback.accepted' && subject === orderNo));
    outside.setSpeed(1);
    const entries = await entriesOf(student);
    expect(entries).toHaveLength(before.length + 1);
    expect(entries.filter(({ entryId }) => entryId === orderNo)).toHaveLength(1);
    expect(succeeded(await phone.get(`/student/top-ups/${orderNo}`)).state).toBe('credited');
  });

  it('after a bind was committed and before it was answered: the repeat is the same binding', async () => {
    const student = await studentOf(world, 'shanghaitech', 3);
    const phone = new Phone(world);
    await phone.signIn();
    const committed = database.catchNext('after', 'TransactWriteItems', passbookTable());
    const lost = phone.bind(student, student.initialPassword).catch(() => 'no answer');
    await committed;
    await killAndRestart();
    expect(await lost).toBe('no answer');
    const { bound } = succeeded(await phone.bind(student, student.initialPassword));
    const entries = await entriesOf(student);
    expect(entries.map(({ kind, entryId }) => [kind, kind === 'app-bound' ? entryId : '']).at(-1)).toEqual(['app-bound', bound.bindingId]);
    expect(entries).toHaveLength(2);
  });
});

describe('a function that is frozen', () => {
  it('cannot charge, once thawed, what its retry was told was not charged', async () => {
    const { student, phone } = await payer(4);
    const body = till.sale({ code: await phone.code(), amountFen: 300 });
    const underWay = database.catchNext('before', 'PutItem', passbookTable());
    const first = till.send(body);
    const frozen = await underWay;
    succeeded(await phone.post('/student/loss', { password: '730518', keepCodes: false }));
    const retried = await till.send(body, { attempt: 2 });
    expect(retried.body).toMatchObject({ outcome: 'not-charged', definite: true, reason: { code: 'code.frozen' } });
    await frozen.release();
    expect((await first).body).toMatchObject({ outcome: 'not-charged', definite: true, reason: { code: 'code.frozen' } });
    const entries = await entriesOf(student);
    expect(entries.map(({ kind }) => kind).slice(-2)).toEqual(['loss-reported', 'fence']);
    expect(entries.filter(({ kind }) => kind === 'charge')).toEqual([]);
    expect(verifyPassbook(entries)).toEqual([]);
  });
});

describe('the whole stack, started again on its folder', () => {
  it('knows every entry, session, order and key, and answers an old sale as before', async () => {
    const { student, phone } = await payer(5);
    const body = till.sale({ code: await phone.code(), amountFen: 800 });
    const { serverTime: _before, ...answer } = (await till.send(body)).body;
    const key = succeeded(await phone.get('/student/code-key'));
    const unpaid = succeeded(await phone.order(600));
    const entries = await world.ledger.entries();
    const records = await world.ledger.records();

    await successor?.stop();
    successor = undefined;
    await world.stop();
    await database.close();
    await engine?.stop();
    engine = undefined;
    // With an engine of its own now, on the same file.
    world = await startHttpWorld(FILE + 1, { cardholdersPerSchool: 12, dataFolder: folder });

    expect(await world.ledger.entries()).toEqual(expect.arrayContaining([...entries]));
    expect(await world.ledger.records()).toEqual(expect.arrayContaining([...records]));
    const again = new Phone(world, phone.platform, phone.holder);
    again.token = phone.token;
    expect(succeeded(await again.get('/student/account'))).toMatchObject({ balances: { cardFen: 1_200, transitFen: 0 } });
    expect(succeeded(await again.get('/student/code-key')).keys).toEqual(key.keys);
    const sameTill = new Till(world, 'shanghaitech');
    expect((await sameTill.send(body, { attempt: 2 })).body).toMatchObject(answer);

    await again.pay(unpaid.payParams);
    await eventually(async () => succeeded(await again.get(`/student/top-ups/${unpaid.orderNo}`)).state === 'credited');
    const after = await entriesOf(student);
    expect(after.filter(({ entryId }) => entryId === unpaid.orderNo)).toHaveLength(1);
    expect(verifyPassbook(after)).toEqual([]);
  });
});
