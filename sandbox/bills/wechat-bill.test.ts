import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { callWechat, jsapiOrder, json, NOON, paymentParameters, stage } from '../test/merchant';
import { collect } from '../test/unzip';
import type { NewLie } from './desk';

const DAY = '2026-11-21';
const TEN_NEXT_DAY = Date.parse('2026-11-22T10:00:00+08:00');

/** A shop that sold twice on the 21st, 20.00 and 3.33, and gave 5.00 back. */
async function setUp() {
  const on = stage();
  const { world, time } = on;
  const person = world.addPerson('甲').id;
  const call = (method: string, url: string, body?: unknown) =>
    callWechat(world, time.clock(), {
      method,
      url,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  const sell = async (outTradeNo: string, total: number) => {
    const order = jsapiOrder(world, person, { out_trade_no: outTradeNo, amount: { total }, attach: 'school', description: '充值,校园卡' });
    const { prepay_id } = json(await call('POST', '/v3/pay/transactions/jsapi', order));
    const opening = world.cashier.openWechat(paymentParameters(world, String(prepay_id), time.clock()), undefined);
    world.cashier.pay('cashier' in opening ? opening.cashier.id : '');
  };
  const refund = (outTradeNo: string, no: string, part: number, total: number) =>
    call('POST', '/v3/refund/domestic/refunds', {
      out_trade_no: outTradeNo,
      out_refund_no: no,
      amount: { refund: part, total, currency: 'CNY' },
    });
  await sell('order_000001', 2000);
  await sell('order_000002', 333);
  await refund('order_000001', 'refund_1', 500, 2000);
  const apply = (query = `bill_date=${DAY}&bill_type=ALL&tar_type=GZIP`) => call('GET', `/v3/bill/tradebill?${query}`);
  const download = (url: unknown) => call('GET', String(url).replace('/wechat-pay', ''));
  const bill = async () => {
    const applied: Record<string, unknown> = json(await apply());
    const packed = await collect((await download(applied.download_url)).stream);
    return { hash_type: applied.hash_type, hash_value: applied.hash_value, bytes: gunzipSync(packed) };
  };
  return { ...on, call, sell, refund, apply, download, bill, person };
}

const cells = (line: string | undefined) => (line ?? '').slice(1).split(',`');

test('there is a bill from ten in the morning of the next day on, made of what was paid and refunded', async () => {
  const { world, time, apply, bill } = await setUp();
  expect(json(await apply())).toMatchObject({ code: 'STATEMENT_CREATING' });
  await time.advance(TEN_NEXT_DAY - NOON - 1);
  expect(json(await apply())).toMatchObject({ code: 'STATEMENT_CREATING' });
  await time.advance(1);
  const { bytes, hash_type, hash_value } = await bill();
  expect(hash_type).toBe('SHA1');
  expect(hash_value).toBe(createHash('sha1').update(bytes).digest('hex'));
  const lines = bytes.toString('utf8').split('\r\n');
  expect(lines).toHaveLength(7);
  expect(lines[0]?.split(',')).toHaveLength(27);
  const names = (lines[0] ?? '').split(',');
  const row = (n: number) => Object.fromEntries(cells(lines[n]).map((cell, index) => [names[index], cell]));
  const order = world.state.wechatOrders.order_000001;
  expect(row(1)).toEqual({
    交易时间: '2026-11-21 12:00:00',
    公众账号ID: world.keys.wechatApps.miniProgram.appid,
    商户号: world.keys.wechatPay.mchid,
    特约商户号: '0',
    设备号: '',
    微信订单号: order?.transactionId,
    商户订单号: 'order_000001',
    用户标识: order?.openid,
    交易类型: 'JSAPI',
    交易状态: 'SUCCESS',
    付款银行: 'OTHERS',
    货币种类: 'CNY',
    应结订单金额: '20.00',
    代金券金额: '0.00',
    微信退款单号: '0',
    商户退款单号: '0',
    退款金额: '0.00',
    充值券退款金额: '0.00',
    退款类型: '',
    退款状态: '',
    商品名称: '充值,校园卡',
    商户数据包: 'school',
    手续费: '0.12000',
    费率: '0.60%',
    订单金额: '20.00',
    申请退款金额: '0.00',
    费率备注: '',
  });
  expect(row(2)).toMatchObject({ 商户订单号: 'order_000002', 应结订单金额: '3.33', 手续费: '0.02000' });
  expect(row(3)).toMatchObject({
    商户订单号: 'order_000001',
    交易状态: 'REFUND',
    商户退款单号: 'refund_1',
    退款金额: '5.00',
    退款类型: 'ORIGINAL',
    退款状态: 'SUCCESS',
    应结订单金额: '0.00',
    手续费: '-0.03000',
    申请退款金额: '5.00',
  });
  expect(lines[4]).toBe('总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额');
  expect(lines[5]).toBe('`3,`23.33,`5.00,`0.00,`0.11000,`23.33,`5.00');
});

test('a payment belongs to the day it was paid, a refund to the day it was asked for, and its row does not follow it', async () => {
  const { world, time, refund, call } = await setUp();
  world.books.planRefunds({ outcome: 'PROCESSING', afterMs: 0 });
  await time.advance(TEN_NEXT_DAY - NOON);
  await refund('order_000002', 'refund_2', 333, 333);
  expect(world.books.settleRefund('wechatPay', 'refund_2', 'CLOSED')).toBe(true);
  await time.advance(86_400_000);
  const { download_url } = json(await call('GET', '/v3/bill/tradebill?bill_date=2026-11-22'));
  const text = (await collect((await call('GET', String(download_url).replace('/wechat-pay', ''))).stream)).toString('utf8');
  const lines = text.split('\r\n');
  expect(lines).toHaveLength(5);
  expect(lines[1]).toContain('`refund_2,`3.33,`0.00,`ORIGINAL,`PROCESSING,');
});

test('refuses what the vendor refuses: no such day, the future, more than three months, an empty day, another archive', async () => {
  const { time, apply } = await setUp();
  await time.advance(TEN_NEXT_DAY - NOON);
  const codeOf = async (query: string) => json(await apply(query)).code;
  expect(await codeOf('bill_date=2026-02-30')).toBe('PARAM_ERROR');
  expect(await codeOf('bill_date=20261121')).toBe('PARAM_ERROR');
  expect(await codeOf('tar_type=GZIP')).toBe('PARAM_ERROR');
  expect(await codeOf('bill_date=2026-11-23')).toBe('INVALID_REQUEST');
  expect(await codeOf('bill_date=2026-08-21')).toBe('INVALID_REQUEST');
  expect(await codeOf('bill_date=2026-08-22')).toBe('NO_STATEMENT_EXIST');
  expect(await codeOf('bill_date=2026-11-20')).toBe('NO_STATEMENT_EXIST');
  expect(await codeOf('bill_date=2026-11-22')).toBe('STATEMENT_CREATING');
  expect(await codeOf(`bill_date=${DAY}&tar_type=ZIP`)).toBe('PARAM_ERROR');
});

test('the address lives five minutes, wants a signed request and gives an unsigned answer', async () => {
  const { world, time, apply, download } = await setUp();
  await time.advance(TEN_NEXT_DAY - NOON);
  const { download_url } = json(await apply());
  const good = await download(download_url);
  expect(good.headers['wechatpay-signature']).toBeUndefined();
  const [path = '', query = ''] = String(download_url).split('?');
  const unsigned = await world.answer({ method: 'GET', path, query, headers: {}, body: Buffer.alloc(0) });
  expect(unsigned.status).toBe(401);
  await time.advance(300_000);
  expect((await download(download_url)).status).toBe(200);
  await time.advance(1);
  expect((await download(download_url)).status).toBe(404);
});

test("the books can be ahead of real time, so that today's bill is ready while signatures stay in real time", async () => {
  const { world, bill, apply } = await setUp();
  world.books.setTime(TEN_NEXT_DAY);
  expect((await bill()).bytes.toString('utf8')).toContain('order_000001');
  world.books.setTime(undefined);
  expect(json(await apply()).code).toBe('STATEMENT_CREATING');
});

describe('lies', () => {
  async function told(...lies: Omit<NewLie, 'platform' | 'day'>[]) {
    const on = await setUp();
    await on.time.advance(TEN_NEXT_DAY - NOON);
    for (const lie of lies) on.world.books.lie({ platform: 'wechatPay', day: DAY, ...lie });
    return on;
  }
  const linesOf = async (...lies: Omit<NewLie, 'platform' | 'day'>[]) => {
    const { bytes } = await (await told(...lies)).bill();
    return bytes.toString('utf8').split('\r\n');
  };

  test('a missing line: totals agree with what is left', async () => {
    const lines = await linesOf({ lie: 'missing-line', target: 'order_000002' });
    expect(lines.join()).not.toContain('order_000002');
    expect(lines.at(-2)).toMatch(/^`2,`20\.00,/);
  });

  test('a missing refund line leaves the payment of its order', async () => {
    const lines = await linesOf({ lie: 'missing-line', target: 'refund_1' });
    expect(lines.filter((line) => line.includes('order_000001'))).toHaveLength(1);
  });

  test('an orphan payment, the same at every reading', async () => {
    const { bill } = await told({ lie: 'extra-line', byFen: 777 });
    const [first, second] = [await bill(), await bill()];
    expect(first.bytes.equals(second.bytes)).toBe(true);
    expect(first.bytes.toString('utf8')).toMatch(/`orphan\d{20},.*`7\.77,/);
  });

  test('another amount and a line twice, of different lines', async () => {
    const lines = await linesOf({ lie: 'changed-amount', byFen: -1 }, { lie: 'duplicate-line' });
    expect(lines.filter((line) => line.includes('`19.99,'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('`order_000002,'))).toHaveLength(2);
    expect(lines.at(-2)).toMatch(/^`4,`26\.65,`5\.00,/);
  });

  test('wrong totals over right lines', async () => {
    expect((await linesOf({ lie: 'wrong-total' })).at(-2)).toMatch(/^`3,`24\.33,/);
  });

  test('the day before, another merchant, another order of columns, a column more', async () => {
    expect((await linesOf({ lie: 'wrong-date' }))[1]).toMatch(/^`2026-11-20 12:00:00/);
    const { world, bill } = await told({ lie: 'other-merchant' });
    expect((await bill()).bytes.toString('utf8')).not.toContain(`\`${world.keys.wechatPay.mchid},`);
    const turned = await linesOf({ lie: 'other-column-order' }, { lie: 'unknown-column' });
    const names = (turned[0] ?? '').split(',');
    expect(names).toHaveLength(28);
    expect(names[0]).not.toBe('交易时间');
    expect(cells(turned[1])[names.indexOf('商户订单号')]).toBe('order_000001');
    expect(cells(turned[1])).toHaveLength(28);
  });

  test('GBK, a byte order mark', async () => {
    const { bill } = await told({ lie: 'wrong-encoding' });
    const { bytes } = await bill();
    expect(new TextDecoder('gbk').decode(bytes)).toMatch(/^交易时间/);
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes)).toThrow();
    const marked = (await (await told({ lie: 'byte-order-mark' })).bill()).bytes;
    expect(marked.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
  });

  test('a cut text has the digest of what is left; a cut archive does not unpack; a wrong digest is of nothing', async () => {
    const cut = await (await told({ lie: 'cut-file' })).bill();
    expect(cut.hash_value).toBe(createHash('sha1').update(cut.bytes).digest('hex'));
    expect(cut.bytes.toString('utf8')).not.toContain('总交易单数');
    expect(cut.bytes.toString('utf8')).not.toMatch(/\r\n$/);
    await expect((await told({ lie: 'cut-archive' })).bill()).rejects.toThrow();
    const other = await (await told({ lie: 'hash-mismatch' })).bill();
    expect(other.hash_value).not.toBe(createHash('sha1').update(other.bytes).digest('hex'));
  });

  test('not ready and an expired address, so many times', async () => {
    const { apply, download, bill } = await told({ lie: 'not-ready', times: 2 }, { lie: 'expired-url', times: 1 });
    expect(json(await apply()).code).toBe('STATEMENT_CREATING');
    expect(json(await apply()).code).toBe('STATEMENT_CREATING');
    expect((await download(json(await apply()).download_url)).status).toBe(404);
    expect((await bill()).bytes.toString('utf8')).toContain('order_000001');
  });

  test('are of one day and one platform, and are taken back', async () => {
    const on = await told();
    on.world.books.lie({ platform: 'alipay', day: DAY, lie: 'not-ready' });
    on.world.books.lie({ platform: 'wechatPay', day: '2026-11-20', lie: 'not-ready' });
    expect((await on.apply()).status).toBe(200);
    on.world.books.lie({ platform: 'wechatPay', day: DAY, lie: 'not-ready' });
    expect((await on.apply()).status).toBe(400);
    on.world.books.beHonest('wechatPay', DAY);
    expect((await on.apply()).status).toBe(200);
    expect(on.world.state.billLies).toHaveLength(2);
  });
});

test('made-up traffic comes out the same every time, with refunds, and a large bill is read through', async () => {
  const { world, apply, download, time } = await setUp();
  await time.advance(TEN_NEXT_DAY - NOON);
  world.books.makeTraffic({ platform: 'wechatPay', day: DAY, payments: 20_000, refunds: 10 });
  const lines = [...world.books.lines('wechatPay', DAY)];
  expect(lines).toHaveLength(20_013);
  expect([...world.books.lines('wechatPay', DAY)]).toEqual(lines);
  expect(new Set(lines.map((line) => line.refund?.refundNo ?? line.orderNo)).size).toBe(20_013);
  const { download_url } = json(await apply());
  let chunks = 0;
  const stream = (await download(download_url)).stream;
  const packed: Uint8Array[] = [];
  for await (const chunk of stream ?? []) {
    chunks += 1;
    packed.push(chunk);
  }
  expect(chunks).toBeGreaterThan(5);
  const text = gunzipSync(Buffer.concat(packed)).toString('utf8');
  expect(text.split('\r\n').at(-2)).toMatch(/^`20013,/);
});
