import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localEnvironment } from '../../sandbox/local/environment';
import { loadSecrets } from '../../sandbox/local/secrets';
import { type Sandbox, startSandbox } from '../../sandbox/start';
import type { Fault } from '../../sandbox/state';
import { verifyPassbook } from '../domain/verify-passbook';
import type { HttpHandler } from '../lib/handler';
import { createTopUp, type Payer, type TopUpDeps } from '../operations/create-top-up';
import { readOrder } from '../operations/read-order';
import { createSchools } from '../store/schools';
import type { Database } from '../store/table';
import { createDatabase } from '../wiring/money-in';
import { createTopUpDeps } from '../wiring/top-ups';
import { startTestEngine, type TestEngine } from './engine';
import { loadPack, SaleFixture } from './sale-fixture';

/**
 * The whole way of the money, nothing played by us: orders by the product's own wiring, the stand-ins' cashier, their
 * signed callbacks over HTTP into the callback functions, the sweep function, on the tables of serverless.yml.
 */
type Vendor = 'wechat-pay' | 'alipay';

let engine: TestEngine;
let database: Database;
let sandbox: Sandbox;
let folder: string;
let server: Server;
let deps: TopUpDeps;
let sweep: () => Promise<{ credited: number; closed: number; failed: number }>;
let callbacks: Readonly<Record<string, HttpHandler>>;
let person: string;
let requests = 0;
const realNow = Date.now;

beforeAll(async () => {
  engine = await startTestEngine();
  folder = mkdtempSync(join(tmpdir(), 'money-in-'));
  sandbox = await startSandbox({ port: 0, dataFolder: join(folder, 'sandbox'), speed: 1_000_000 });
  person = sandbox.world.addPerson('测试同学').id;
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const path = request.url ?? '';
      const reply = await callbacks[path]?.(eventOf(path, Buffer.concat(chunks), request.headers));
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
  database = createDatabase({
    PASSBOOK_TABLE: engine.tables.passbook,
    RECORDS_TABLE: engine.tables.records,
    DYNAMODB_ENDPOINT: engine.endpoint,
  });
  for (const schoolId of ['shanghaitech', 'bistu']) await createSchools(database).publish(loadPack(schoolId));
  deps = createTopUpDeps(database, {
    ECODE_WECHAT_PAY: JSON.parse(process.env.ECODE_WECHAT_PAY ?? ''),
    ECODE_ALIPAY: JSON.parse(process.env.ECODE_ALIPAY ?? ''),
    ECODE_CALLBACK_BASE_URL: addresses.functions,
  });
  callbacks = {
    '/callbacks/wechat-pay': (await import('../callbacks/wechat-pay')).handler,
    '/callbacks/alipay': (await import('../callbacks/alipay')).handler,
  };
  sweep = (await import('../jobs/settle-due-orders')).handler;
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

/** A student whose app knows them by the openid that the sign-in platform gave. */
async function student(vendor: Vendor, schoolId: string): Promise<Payer & { readonly till: SaleFixture }> {
  const till = new SaleFixture(database, schoolId);
  till.now = Date.now();
  const accountNo = await till.account();
  const { wechatLogin, alipay } = sandbox.credentials;
  const appId = vendor === 'alipay' ? alipay.miniProgramAppId : wechatLogin.miniProgram.appid;
  const openid = sandbox.world.openid(vendor === 'alipay' ? 'alipay' : 'wechat', appId, person) ?? '';
  return { schoolId, accountNo, platform: vendor === 'alipay' ? 'alipay-mini' : 'wechat-mini', appId, openid, till };
}

function wish(vendor: Vendor, amountFen = 2_000) {
  requests += 1;
  return { requestId: `money-in-${String(requests).padStart(12, '0')}`, amountFen, channel: vendor };
}

function pay(vendor: Vendor, payParams: Readonly<Record<string, string>>): void {
  const { cashier } = sandbox.world;
  const opening = vendor === 'alipay' ? cashier.openAlipay(payParams, person) : cashier.openWechat(payParams, person);
  if ('refusal' in opening) throw new Error(opening.refusal);
  expect(cashier.pay(opening.cashier.id)?.state).toBe('paid');
}

async function credited(payer: Payer & { readonly till: SaleFixture }, orderNo: string, withinMs = 4_000): Promise<boolean> {
  for (const end = realNow() + withinMs; realNow() < end; ) {
    const order = await deps.orders.find(payer.schoolId, orderNo);
    if (order?.state === 'credited') return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

async function expectOneCredit(payer: Payer & { readonly till: SaleFixture }, amountFen = 2_000): Promise<void> {
  const entries = await payer.till.all(payer.accountNo);
  expect(entries.filter((entry) => entry.kind === 'top-up')).toHaveLength(1);
  const { card, transit } = (await payer.till.head(payer.accountNo)).state.balances;
  expect(payer.schoolId === 'bistu' ? card : transit).toBe(amountFen);
  expect(verifyPassbook(entries)).toEqual([]);
}

describe.each<[Vendor, string]>([
  ['wechat-pay', 'shanghaitech'],
  ['alipay', 'bistu'],
])('%s at %s', (vendor, schoolId) => {
  test('order, cashier, callback, credit: what the payer paid is on the account once', async () => {
    const payer = await student(vendor, schoolId);
    const { orderNo, payParams } = await createTopUp(deps, payer, wish(vendor, 2_000));
    expect(await readOrder(deps, payer, orderNo)).toMatchObject({ state: 'created', paidAt: null });
    pay(vendor, payParams);
    expect(await credited(payer, orderNo)).toBe(true);
    await expectOneCredit(payer);
    expect(await readOrder(deps, payer, orderNo)).toMatchObject({
      state: 'credited',
      arrivedIn: schoolId === 'bistu' ? 'card' : 'transit',
    });
  });

  const faults: readonly Fault[] = [
    'repeated',
    'late',
    'byte-flipped',
    'amount-changed',
    'other-seller',
    'other-app',
    'unknown-order',
    'unsigned',
    ...(vendor === 'alipay'
      ? (['sign-type-rsa', 'bad-percent-encoding'] as const)
      : (['currency-changed', 'stale-time', 'unknown-serial', 'bad-tag', 'wrong-associated-data', 'sign-test'] as const)),
  ];

  test.each(faults)('a callback with the fault "%s" is one credit in the end', async (fault) => {
    const payer = await student(vendor, schoolId);
    const { orderNo, payParams } = await createTopUp(deps, payer, wish(vendor));
    sandbox.world.switchFault({ fault, attempts: fault === 'repeated' || fault === 'late' ? null : 1 }, orderNo);
    pay(vendor, payParams);
    expect(await credited(payer, orderNo)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await expectOneCredit(payer);
  });

  test('a callback that never comes: the sweep asks and credits, once', async () => {
    const payer = await student(vendor, schoolId);
    const { orderNo, payParams } = await createTopUp(deps, payer, wish(vendor));
    sandbox.world.switchFault({ fault: 'lost', attempts: null }, orderNo);
    pay(vendor, payParams);
    expect((await deps.orders.find(schoolId, orderNo))?.state).toBe('created');
    Date.now = () => realNow() + 60_000;
    expect((await sweep()).failed).toBe(0);
    await sweep();
    expect(await credited(payer, orderNo, 100)).toBe(true);
    await expectOneCredit(payer);
  });

  test('a callback that never comes, and a student who looks: the look asks and credits, once', async () => {
    const payer = await student(vendor, schoolId);
    const { orderNo, payParams } = await createTopUp(deps, payer, wish(vendor));
    sandbox.world.switchFault({ fault: 'lost', attempts: null }, orderNo);
    pay(vendor, payParams);
    Date.now = () => realNow() + 5_000;
    await Promise.all([readOrder(deps, payer, orderNo), readOrder(deps, payer, orderNo)]);
    expect(await readOrder(deps, payer, orderNo)).toMatchObject({ state: 'credited' });
    await expectOneCredit(payer);
  });

  test.each(['error', 'answer-lost'] as const)(
    'a platform in outage (%s): the repeat makes the same order, which is paid once',
    async (outage) => {
      const payer = await student(vendor, schoolId);
      const wanted = wish(vendor);
      const name = vendor === 'alipay' ? 'alipay' : 'wechatPay';
      sandbox.world.switchOutage(name, outage);
      try {
        await expect(createTopUp(deps, payer, wanted)).rejects.toThrow('top-up.platform-unavailable');
      } finally {
        sandbox.world.switchOutage(name, 'none');
      }
      const { orderNo, payParams } = await createTopUp(deps, payer, wanted);
      pay(vendor, payParams);
      expect(await credited(payer, orderNo)).toBe(true);
      await expectOneCredit(payer);
    },
  );
});
