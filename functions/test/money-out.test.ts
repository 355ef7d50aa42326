import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { localEnvironment } from '../../sandbox/local/environment';
import { loadSecrets } from '../../sandbox/local/secrets';
import { type Sandbox, startSandbox } from '../../sandbox/start';
import { fen } from '../../shared/money';
import type { PayOut } from '../domain/pay-out';
import { verifyPassbook } from '../domain/verify-passbook';
import { readConfig, tableSettings } from '../lib/config';
import type { HttpHandler } from '../lib/handler';
import { createTopUp, type Payer, type TopUpDeps } from '../operations/create-top-up';
import { type RefundDeps, refund } from '../operations/refund';
import { createSchools } from '../store/schools';
import type { Database } from '../store/table';
import { createDatabase } from '../wiring/money-in';
import { createRefundDeps, payOutSettings } from '../wiring/pay-outs';
import { createTopUpDeps } from '../wiring/top-ups';
import { startTestEngine, type TestEngine } from './engine';
import { loadPack, SaleFixture } from './sale-fixture';

/**
 * The way back of the money, nothing played by us: refunds by the product's own wiring at the stand-ins, their signed notices over HTTP into the
 * callback function, the sweep function, on the tables of serverless.yml.
 */
type Vendor = 'wechat-pay' | 'alipay';
type Student = Payer & { readonly till: SaleFixture };

let engine: TestEngine;
let database: Database;
let sandbox: Sandbox;
let folder: string;
let server: Server;
let topUps: TopUpDeps;
let refunds: RefundDeps;
let sweep: () => Promise<{ settled: number; failed: number }>;
let callbacks: Readonly<Record<string, HttpHandler>>;
let person: string;
let requests = 0;
/** Nobody hears the platform: every notice is lost. */
let isDeaf = false;
const realNow = Date.now;

beforeAll(async () => {
  engine = await startTestEngine();
  folder = mkdtempSync(join(tmpdir(), 'money-out-'));
  sandbox = await startSandbox({ port: 0, dataFolder: join(folder, 'sandbox'), speed: 1_000_000 });
  person = sandbox.world.addPerson('测试同学').id;
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const path = request.url ?? '';
      const reply = isDeaf ? undefined : await callbacks[path]?.(eventOf(path, Buffer.concat(chunks), request.headers));
      response.writeHead(reply?.statusCode ?? 404, reply?.headers).end(reply?.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A listening TCP server always has an AddressInfo; the type also covers pipes.
  const { port } = server.address() as AddressInfo;
  const addresses = { dynamodb: engine.endpoint, web: 'http://127.0.0.1:1', functions: `http://127.0.0.1:${port}` };
  const secrets = await loadSecrets(join(folder, 'secrets'), []);
  Object.assign(process.env, localEnvironment(sandbox.credentials, secrets, addresses), {
    PASSBOOK_TABLE: engine.tables.passbook,
    RECORDS_TABLE: engine.tables.records,
    AWS_REGION: 'ap-southeast-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
  });
  const config = readConfig(v.object({ ...tableSettings, ...payOutSettings }), process.env);
  database = createDatabase(config);
  for (const schoolId of ['shanghaitech', 'bistu']) await createSchools(database).publish(loadPack(schoolId));
  topUps = createTopUpDeps(database, config);
  refunds = createRefundDeps(database, config);
  callbacks = {
    '/callbacks/wechat-pay': (await import('../callbacks/wechat-pay')).handler,
    '/callbacks/wechat-pay/refunds': (await import('../callbacks/wechat-refunds')).handler,
    '/callbacks/alipay': (await import('../callbacks/alipay')).handler,
  };
  sweep = (await import('../jobs/settle-due-pay-outs')).handler;
});

afterAll(async () => {
  await sandbox.stop();
  await new Promise((resolve) => {
    server.closeAllConnections();
    server.close(resolve);
  });
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
});

afterEach(() => {
  Date.now = realNow;
  isDeaf = false;
  sandbox.world.books.planRefunds(null);
});

function eventOf(path: string, body: Buffer, headers: NodeJS.Dict<string | string[]>) {
  const flat = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  return {
    rawPath: path,
    headers: flat,
    body: body.toString('base64'),
    isBase64Encoded: true,
    requestContext: { http: { method: 'POST', sourceIp: '127.0.0.1' }, requestId: 'r' },
  };
}

/** A student who has paid 20.00 by this platform and has it on the account. */
async function paid(vendor: Vendor, schoolId: string): Promise<Student & { readonly orderNo: string }> {
  const till = new SaleFixture(database, schoolId);
  till.now = Date.now();
  const accountNo = await till.account();
  const { wechatLogin, alipay } = sandbox.credentials;
  const appId = vendor === 'alipay' ? alipay.miniProgramAppId : wechatLogin.miniProgram.appid;
  const openid = sandbox.world.openid(vendor === 'alipay' ? 'alipay' : 'wechat', appId, person) ?? '';
  const payer = { schoolId, accountNo, platform: vendor === 'alipay' ? 'alipay-mini' : 'wechat-mini', appId, openid, till } as const;
  const { orderNo, payParams } = await createTopUp(topUps, payer, { requestId: nextRequest(), amountFen: 2_000, channel: vendor });
  const { cashier } = sandbox.world;
  const opening = vendor === 'alipay' ? cashier.openAlipay(payParams, person) : cashier.openWechat(payParams, person);
  if ('refusal' in opening) throw new Error(opening.refusal);
  cashier.pay(opening.cashier.id);
  await until(async () => (await topUps.orders.find(schoolId, orderNo))?.state === 'credited');
  return { ...payer, orderNo };
}

function nextRequest(): string {
  requests += 1;
  return `money-out-${String(requests).padStart(12, '0')}`;
}

async function until(holds: () => Promise<boolean>, withinMs = 5_000): Promise<void> {
  for (const end = realNow() + withinMs; realNow() < end; ) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('it has not come about');
}

async function ask({ schoolId, accountNo }: Student, amountFen = 1_500): Promise<PayOut> {
  const wish = {
    schoolId,
    accountNo,
    requestId: nextRequest(),
    amountFen: fen(amountFen),
    whose: 'own',
    askedBy: 'holder',
    reason: '退款',
  } as const;
  const payOut = (await refund(refunds, wish)).payOuts[0];
  if (payOut === undefined) throw new Error('nothing was refunded');
  return payOut;
}

const stateOf = async (payOut: PayOut) => (await refunds.payOuts.find(payOut.schoolId, payOut.payOutNo))?.state;

async function money(student: Student & { readonly orderNo: string }): Promise<readonly [number, number]> {
  const { card, transit } = (await student.till.head(student.accountNo)).state.balances;
  const order = await topUps.orders.find(student.schoolId, student.orderNo);
  expect(verifyPassbook(await student.till.all(student.accountNo))).toEqual([]);
  return [card + transit, order?.state === 'credited' ? order.credit.remainingFen : -1];
}

describe('a refund at WeChat Pay', () => {
  test('is accepted, and its notice ends it', async () => {
    sandbox.world.books.planRefunds({ outcome: 'SUCCESS', afterMs: 50 });
    const student = await paid('wechat-pay', 'shanghaitech');
    const payOut = await ask(student);
    expect(payOut.state).toBe('requested');
    await until(async () => (await stateOf(payOut)) === 'succeeded');
    expect(await money(student)).toEqual([500, 500]);
  });

  test('that the platform closes comes back with its lot', async () => {
    sandbox.world.books.planRefunds({ outcome: 'CLOSED', afterMs: 50 });
    const student = await paid('wechat-pay', 'shanghaitech');
    const payOut = await ask(student);
    await until(async () => (await stateOf(payOut)) === 'returned');
    expect(await money(student)).toEqual([2_000, 2_000]);
  });

  test('that cannot be delivered is stuck, until the platform’s own staff delivers it', async () => {
    sandbox.world.books.planRefunds({ outcome: 'ABNORMAL', afterMs: 50 });
    const student = await paid('wechat-pay', 'shanghaitech');
    const payOut = await ask(student);
    await until(async () => (await stateOf(payOut)) === 'stuck');
    expect(sandbox.world.books.settleRefund('wechatPay', payOut.payOutNo, 'SUCCESS')).toBe(true);
    await until(async () => (await stateOf(payOut)) === 'succeeded');
    expect(await money(student)).toEqual([500, 500]);
  });

  test('whose notice never comes is ended by the sweep', async () => {
    sandbox.world.books.planRefunds({ outcome: 'SUCCESS', afterMs: 50 });
    const student = await paid('wechat-pay', 'bistu');
    isDeaf = true;
    const payOut = await ask(student);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await stateOf(payOut)).toBe('requested');
    Date.now = () => realNow() + 15_000;
    expect((await sweep()).failed).toBe(0);
    expect(await stateOf(payOut)).toBe('succeeded');
  });

  test('again within a minute waits its minute and is then one refund', async () => {
    sandbox.world.books.planRefunds({ outcome: 'SUCCESS', afterMs: 50 });
    const student = await paid('wechat-pay', 'bistu');
    await ask(student, 500);
    const wish = { amountFen: fen(700), whose: 'own', askedBy: 'staff:1', reason: '退款', requestId: nextRequest() } as const;
    const { payOuts } = await refund(refunds, { schoolId: student.schoolId, accountNo: student.accountNo, ...wish });
    const [second] = payOuts;
    if (second === undefined) throw new Error('nothing was refunded');
    expect(second).toMatchObject({ state: 'requested', asked: 0 });
    expect((await sweep()).failed).toBe(0);
    expect(await refunds.payOuts.find(second.schoolId, second.payOutNo)).toMatchObject({ asked: 0 });
    expect(await money(student)).toEqual([800, 800]);
  });

  test('a notice that nobody signed changes nothing', async () => {
    sandbox.world.books.planRefunds({ outcome: 'PROCESSING', afterMs: 0 });
    const student = await paid('wechat-pay', 'shanghaitech');
    const payOut = await ask(student);
    const path = '/callbacks/wechat-pay/refunds';
    const reply = await callbacks[path]?.(eventOf(path, Buffer.from('{"event_type":"REFUND.SUCCESS"}'), {}));
    expect(reply?.statusCode).toBe(401);
    expect(await stateOf(payOut)).toBe('requested');
    // The minute's sweep asks, and the platform says that it is not done: nothing is guessed.
    Date.now = () => realNow() + 15_000;
    await sweep();
    expect(await stateOf(payOut)).toBe('requested');
  });
});

describe('a refund at Alipay', () => {
  test('is done at once', async () => {
    const student = await paid('alipay', 'bistu');
    const payOut = await ask(student);
    expect(payOut.state).toBe('succeeded');
    expect(await money(student)).toEqual([500, 500]);
  });

  test.each(['error', 'answer-lost'] as const)('in an outage (%s) stays on its way and is done once by the sweep', async (outage) => {
    const student = await paid('alipay', 'bistu');
    sandbox.world.switchOutage('alipay', outage);
    const payOut = await ask(student).finally(() => sandbox.world.switchOutage('alipay', 'none'));
    expect(payOut.state).toBe('requested');
    expect(await money(student)).toEqual([500, 500]);
    Date.now = () => realNow() + 15_000;
    await sweep();
    expect(await stateOf(payOut)).toBe('succeeded');
    expect(await money(student)).toEqual([500, 500]);
  });
});
