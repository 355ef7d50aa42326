import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { fen } from '../../shared/money';
import { businessDay } from '../../shared/time';
import { verifyPassbook } from '../domain/verify-passbook';
import type { HttpHandler } from '../lib/handler';
import { createTopUp, type Payer } from '../operations/create-top-up';
import { readOrder } from '../operations/read-order';
import * as alipaySide from '../platforms/testing/alipay';
import * as wechatSide from '../platforms/testing/wechat-pay';
import { formatBeijing, formatRfc3339 } from '../platforms/wire';
import { createDynamoDatabase } from '../store/dynamo-database';
import { createSchools } from '../store/schools';
import type { Database } from '../store/table';
import { startTestEngine, type TestEngine } from './engine';
import { loadPack } from './sale-fixture';
import { TopUpFixture } from './top-up-fixture';

/** The entries themselves, with the tables of serverless.yml, the real adapters and today's clock. */
let engine: TestEngine;
let database: Database;
let world: TopUpFixture;
let payer: Payer;
let wechat: HttpHandler;
let alipay: HttpHandler;
const outside = jest.fn(() => Promise.reject(new Error('a callback must not reach the network')));

beforeAll(async () => {
  engine = await startTestEngine();
  database = createDynamoDatabase(DynamoDBDocumentClient.from(engine.client), engine.tables);
  await createSchools(database).publish(loadPack('shanghaitech'));
  Object.assign(process.env, {
    PASSBOOK_TABLE: engine.tables.passbook,
    RECORDS_TABLE: engine.tables.records,
    DYNAMODB_ENDPOINT: engine.endpoint,
    AWS_REGION: 'ap-southeast-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    POWERTOOLS_DEV: 'false',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
    ECODE_WECHAT_PAY: JSON.stringify(wechatSide.noticeSettings),
    ECODE_ALIPAY: JSON.stringify(alipaySide.noticeSettings),
  });
  globalThis.fetch = outside;
  wechat = (await import('../callbacks/wechat-pay')).handler;
  alipay = (await import('../callbacks/alipay')).handler;
});
afterAll(() => engine.stop());
beforeEach(async () => {
  world = new TopUpFixture(database);
  world.till.now = Date.now();
});
afterEach(() => expect(outside).not.toHaveBeenCalled());

function event(path: string, body: Buffer, headers: Readonly<Record<string, string | undefined>>, encoded = false) {
  return {
    rawPath: path,
    rawQueryString: '',
    headers,
    body: body.toString(encoded ? 'base64' : 'utf8'),
    isBase64Encoded: encoded,
    requestContext: { http: { method: 'POST', sourceIp: '127.0.0.1' }, requestId: 'r' },
  };
}

async function orderOf(platform: 'wechat-mini' | 'alipay-mini', appId: string, amountFen = 2_000): Promise<string> {
  payer = { ...(await world.student(platform)), appId };
  const channel = platform === 'wechat-mini' ? 'wechat-pay' : 'alipay';
  return (await createTopUp(world.deps, payer, world.wish({ amountFen, channel }))).orderNo;
}

async function expectNothingWritten(orderNo: string): Promise<void> {
  expect(await world.topUps(payer)).toEqual([]);
  expect(await world.deps.orders.find(payer.schoolId, orderNo)).toMatchObject({ state: 'created' });
}

async function expectCredited(orderNo: string, amountFen = 2_000): Promise<void> {
  expect(await world.topUps(payer)).toHaveLength(1);
  expect((await world.till.head(payer.accountNo)).state.balances.transit).toBe(amountFen);
  expect(await world.deps.orders.find(payer.schoolId, orderNo)).toMatchObject({ state: 'credited', credit: { remainingFen: amountFen } });
  expect(verifyPassbook(await world.till.all(payer.accountNo))).toEqual([]);
}

describe('POST /callbacks/wechat-pay', () => {
  const now = () => String(Math.floor(Date.now() / 1_000));
  const transaction = (orderNo: string, changes: object = {}) => ({
    ...wechatSide.paidTransaction,
    out_trade_no: orderNo,
    success_time: formatRfc3339(Date.now()),
    ...changes,
  });
  const order = () => orderOf('wechat-mini', wechatSide.MINI_APP);
  const send = ({ body, headers }: { body: Buffer; headers: Readonly<Record<string, string | undefined>> }, encoded = false) =>
    wechat(event('/callbacks/wechat-pay', body, headers, encoded));

  test.each([false, true])('credits the order total and answers 204 (body in base64: %p)', async (encoded) => {
    const orderNo = await order();
    const reply = await send(wechatSide.noticeOf(transaction(orderNo), { timestamp: now() }), encoded);
    expect(reply).toMatchObject({ statusCode: 204, body: '' });
    await expectCredited(orderNo);
    const [entry] = await world.topUps(payer);
    expect(entry?.counterparty?.book).toContain(`channel/wechat-pay/${businessDay(Date.now())}/`);
  });

  test('accepts the repeats of a notice, each freshly signed, and credits once', async () => {
    const orderNo = await order();
    for (let repeat = 0; repeat < 15; repeat += 1) {
      expect((await send(wechatSide.noticeOf(transaction(orderNo), { timestamp: now() }))).statusCode).toBe(204);
    }
    await expectCredited(orderNo);
  });

  test('50 copies at one moment and looks at the order beside them are one credit', async () => {
    const orderNo = await order();
    world.till.now += 5_000;
    world.wechat.pay(orderNo, Date.now());
    const notice = wechatSide.noticeOf(transaction(orderNo), { timestamp: now() });
    const looks = Array.from({ length: 5 }, () => readOrder(world.deps, payer, orderNo));
    const replies = await Promise.all(Array.from({ length: 50 }, () => send(notice)));
    await Promise.all(looks);
    expect(new Set(replies.map(({ statusCode }) => statusCode))).toEqual(new Set([204]));
    await expectCredited(orderNo);
  });

  test('takes notices of the platform certificate and of the public key while the merchant switches', async () => {
    const first = await order();
    const byKey = { keys: wechatSide.publicKeyKeys, serial: wechatSide.PUBLIC_KEY_SERIAL };
    expect((await send(wechatSide.noticeOf(transaction(first), { timestamp: now() }))).statusCode).toBe(204);
    await expectCredited(first);
    const second = await order();
    expect((await send(wechatSide.noticeOf(transaction(second), { timestamp: now(), ...byKey }))).statusCode).toBe(204);
    expect((await send(wechatSide.noticeOf(transaction(second), { timestamp: now() }))).statusCode).toBe(204);
    await expectCredited(second);
  });

  const sealed = (orderNo: string, change: (resource: ReturnType<typeof wechatSide.seal>) => object) =>
    wechatSide.signedNotice(wechatSide.envelope(change(wechatSide.seal(JSON.stringify(transaction(orderNo))))), { timestamp: now() });
  const flip = (base64: string, at: number) => {
    const bytes = Buffer.from(base64, 'base64');
    const place = at < 0 ? bytes.length + at : at;
    bytes[place] = (bytes[place] ?? 0) ^ 1;
    return bytes.toString('base64');
  };
  const good = (orderNo: string, changes: object = {}, signing: wechatSide.Signing = {}) =>
    wechatSide.noticeOf(transaction(orderNo, changes), { timestamp: now(), ...signing });
  type Notice = ReturnType<typeof good>;

  test.each<[string, number, (orderNo: string) => Notice]>([
    [
      'a flipped byte of the body',
      401,
      (orderNo) => ({ ...good(orderNo), body: Buffer.from(good(orderNo).body.toString().replace('EV-', 'EW-')) }),
    ],
    [
      'a flipped byte of the ciphertext, signed anew',
      400,
      (orderNo) => sealed(orderNo, (r) => ({ ...r, ciphertext: flip(r.ciphertext, 20) })),
    ],
    ['a wrong tag, signed anew', 400, (orderNo) => sealed(orderNo, (r) => ({ ...r, ciphertext: flip(r.ciphertext, -1) }))],
    ['other associated data, signed anew', 400, (orderNo) => sealed(orderNo, (r) => ({ ...r, associated_data: 'refund' }))],
    ['a time six minutes ago', 401, (orderNo) => good(orderNo, {}, { timestamp: String(Number(now()) - 360) })],
    ['a time in 1970', 401, (orderNo) => good(orderNo, {}, { timestamp: '1' })],
    ['an unknown serial', 401, (orderNo) => good(orderNo, {}, { serial: '5'.repeat(40) })],
    ['a serial of every object', 401, (orderNo) => good(orderNo, {}, { serial: 'toString' })],
    ['no signature', 401, (orderNo) => ({ ...good(orderNo), headers: { 'content-type': 'application/json' } })],
    ['another merchant', 400, (orderNo) => good(orderNo, { mchid: '1900000999' })],
    ['another app', 400, (orderNo) => good(orderNo, { appid: 'wx0000000000000009' })],
    ['another app of the merchant', 400, (orderNo) => good(orderNo, { appid: wechatSide.WEB_APP })],
    [
      'a fen less',
      400,
      (orderNo) => good(orderNo, { amount: { total: 1_999, payer_total: 1_999, currency: 'CNY', payer_currency: 'CNY' } }),
    ],
    [
      'a fen more',
      400,
      (orderNo) => good(orderNo, { amount: { total: 2_001, payer_total: 2_000, currency: 'CNY', payer_currency: 'CNY' } }),
    ],
    [
      'another currency',
      400,
      (orderNo) => good(orderNo, { amount: { total: 2_000, payer_total: 2_000, currency: 'USD', payer_currency: 'USD' } }),
    ],
    ['an order that does not exist', 404, () => good('shanghaitech0123456789ABCDE')],
    ['an order number that is none of ours', 404, () => good('ord_01JD0000000000000000000001')],
    [
      'a body that is not JSON',
      400,
      () => ({ body: Buffer.from('{'), headers: wechatSide.signedHeaders(Buffer.from('{'), { timestamp: now() }) }),
    ],
  ])('refuses %s with %i, in the platform’s words, and writes nothing', async (_, status, notice) => {
    const orderNo = await order();
    const reply = await send(notice(orderNo));
    expect(reply.statusCode).toBe(status);
    expect(JSON.parse(reply.body)).toMatchObject({ code: 'FAIL' });
    await expectNothingWritten(orderNo);
  });

  test('refuses the probe that carries a wrong signature like any other', async () => {
    const orderNo = await order();
    const notice = good(orderNo);
    const probe = { ...notice.headers, 'wechatpay-signature': `WECHATPAY/SIGNTEST/${notice.headers['wechatpay-signature']}` };
    expect((await send({ ...notice, headers: probe })).statusCode).toBe(401);
    await expectNothingWritten(orderNo);
  });

  test('refuses a body above 64 KB before it looks at it', async () => {
    const orderNo = await order();
    const body = Buffer.alloc(65_537, 0x20);
    expect((await send({ body, headers: wechatSide.signedHeaders(body, { timestamp: now() }) })).statusCode).toBe(413);
    await expectNothingWritten(orderNo);
  });
});

describe('POST /callbacks/alipay', () => {
  const order = () => orderOf('alipay-mini', alipaySide.APP_ID);
  const fields = (orderNo: string) => ({ out_trade_no: orderNo, total_amount: '20.00', gmt_payment: formatBeijing(Date.now()) });
  const send = (body: Buffer) =>
    alipay(event('/callbacks/alipay', body, { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }));
  const noticeOf = (orderNo: string, changes: Readonly<Record<string, string | undefined>> = {}) =>
    alipaySide.noticeOf({ ...fields(orderNo), ...changes });

  test.each(['TRADE_SUCCESS', 'TRADE_FINISHED'])('credits the order on %s and answers exactly the seven letters', async (trade_status) => {
    const orderNo = await order();
    const reply = await send(noticeOf(orderNo, { trade_status }));
    expect(reply.statusCode).toBe(200);
    expect(reply.body).toBe('success');
    expect(reply.headers['content-type']).toBe('text/plain');
    await expectCredited(orderNo);
  });

  test('accepts all nine sendings of a notice and credits once', async () => {
    const orderNo = await order();
    const notice = noticeOf(orderNo);
    for (let repeat = 0; repeat < 9; repeat += 1) expect((await send(notice)).body).toBe('success');
    await expectCredited(orderNo);
  });

  test('50 copies at one moment are one credit', async () => {
    const orderNo = await order();
    const notice = noticeOf(orderNo);
    const replies = await Promise.all(Array.from({ length: 50 }, () => send(notice)));
    expect(new Set(replies.map(({ body }) => body))).toEqual(new Set(['success']));
    await expectCredited(orderNo);
  });

  test.each(['WAIT_BUYER_PAY', 'TRADE_CLOSED', 'TRADE_OF_TOMORROW'])('accepts %s and credits nothing', async (trade_status) => {
    const orderNo = await order();
    expect((await send(noticeOf(orderNo, { trade_status }))).body).toBe('success');
    await expectNothingWritten(orderNo);
  });

  test('a refund in full, reported later, takes nothing back by itself', async () => {
    const orderNo = await order();
    await send(noticeOf(orderNo));
    expect((await send(noticeOf(orderNo, { trade_status: 'TRADE_CLOSED' }))).body).toBe('success');
    await expectCredited(orderNo);
  });

  const signedAs = (orderNo: string, signType: string, algorithm: string) => {
    const content = { ...alipaySide.paidNotice, ...fields(orderNo) };
    const sign = alipaySide.signText(alipaySide.contentOf(content), alipaySide.platformKeys.privateKey, algorithm);
    return alipaySide.formOf({ ...content, sign, sign_type: signType });
  };
  const replaced = (body: Buffer, from: string, to: string) => {
    const text = body.toString();
    if (!text.includes(from)) throw new Error(`no ${from} to replace`);
    return Buffer.from(text.replace(from, to));
  };

  test.each<[string, number, (orderNo: string) => Buffer]>([
    ['a flipped byte', 401, (orderNo) => replaced(noticeOf(orderNo), 'total_amount=20.00', 'total_amount=20.01')],
    ['no signature', 401, (orderNo) => alipaySide.formOf({ ...alipaySide.paidNotice, ...fields(orderNo) })],
    ['sign_type=RSA', 401, (orderNo) => signedAs(orderNo, 'RSA', 'RSA-SHA1')],
    ['sign_type=RSA over a good RSA2 signature', 401, (orderNo) => signedAs(orderNo, 'RSA', 'RSA-SHA256')],
    ['an unknown sign_type', 401, (orderNo) => signedAs(orderNo, 'toString', 'RSA-SHA256')],
    ['another seller', 400, (orderNo) => noticeOf(orderNo, { seller_id: '2088000000000009' })],
    ['no seller', 400, (orderNo) => noticeOf(orderNo, { seller_id: undefined })],
    ['a fen more', 400, (orderNo) => noticeOf(orderNo, { total_amount: '20.01' })],
    ['an amount in another notation', 400, (orderNo) => noticeOf(orderNo, { total_amount: '2e1' })],
    ['an amount with a third decimal', 400, (orderNo) => noticeOf(orderNo, { total_amount: '20.000' })],
    ['another currency', 400, (orderNo) => noticeOf(orderNo, { trans_currency: 'USD' })],
    ['bad percent-encoding', 400, (orderNo) => replaced(noticeOf(orderNo), 'subject=', 'subject=%E6%B')],
    ['a name that comes twice', 400, (orderNo) => Buffer.from(`${noticeOf(orderNo)}&total_amount=20.00`)],
    ['an order that does not exist', 404, () => noticeOf('shanghaitech0123456789ABCDE')],
    ['an empty body', 400, () => Buffer.alloc(0)],
  ])('refuses %s with %i, never says success, and writes nothing', async (_, status, notice) => {
    const orderNo = await order();
    const reply = await send(notice(orderNo));
    expect(reply.statusCode).toBe(status);
    expect(reply.body).toBe('failure');
    await expectNothingWritten(orderNo);
  });

  test('refuses a notice that another app of the merchant signed for this order', async () => {
    const orderNo = await order();
    const content = { ...alipaySide.paidNotice, ...fields(orderNo), app_id: alipaySide.WEB_APP_ID };
    const sign = alipaySide.signText(alipaySide.contentOf(content), alipaySide.webPlatformKeys.privateKey);
    expect((await send(alipaySide.formOf({ ...content, sign, sign_type: 'RSA2' }))).statusCode).toBe(400);
    await expectNothingWritten(orderNo);
  });

  test('refuses a notice of Alipay for an order of WeChat Pay', async () => {
    const orderNo = await orderOf('wechat-mini', alipaySide.APP_ID);
    expect((await send(noticeOf(orderNo))).statusCode).toBe(404);
    await expectNothingWritten(orderNo);
  });

  test('refuses a body above 64 KB before it looks at it', async () => {
    expect((await send(Buffer.alloc(65_537, 0x61))).statusCode).toBe(413);
  });
});

test('an amount is never a float on its way from yuan to fen', async () => {
  const orderNo = await orderOf('alipay-mini', alipaySide.APP_ID, 4_035);
  const body = alipaySide.noticeOf({ out_trade_no: orderNo, total_amount: '40.35', gmt_payment: formatBeijing(Date.now()) });
  expect((await alipay(event('/callbacks/alipay', body, {}))).body).toBe('success');
  await expectCredited(orderNo, fen(4_035));
});
