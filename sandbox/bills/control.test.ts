import { json, NOON, stage } from '../test/merchant';

function setUp() {
  const on = stage();
  const post = (path: string, value: unknown) =>
    on.world.answer({ method: 'POST', path: `/control${path}`, query: '', headers: {}, body: Buffer.from(JSON.stringify(value)) });
  const get = async (path: string, query = '') =>
    json(await on.world.answer({ method: 'GET', path: `/control${path}`, query, headers: {}, body: Buffer.alloc(0) }));
  return { ...on, post, get };
}

test("moves the platforms' clock to an instant, by a span, and back; real time goes on", async () => {
  const { world, time, post, get } = setUp();
  expect(json(await post('/clock', { now: '2026-11-22T10:05:00+08:00' }))).toMatchObject({ now: '2026-11-22T10:05:00.000+08:00' });
  await time.advance(60_000);
  expect((await get('/clock')).now).toBe('2026-11-22T10:06:00.000+08:00');
  expect(json(await post('/clock', { shiftMs: -86_400_000 }))).toMatchObject({ now: '2026-11-20T12:01:00.000+08:00' });
  expect(json(await post('/clock', {}))).toMatchObject({ shiftMs: 0 });
  expect(world.books.time()).toBe(NOON + 60_000);
});

test('makes up traffic and pages through the journal', async () => {
  const { post, get } = setUp();
  await post('/bills/traffic', { platform: 'alipay', day: '2026-11-20', payments: 3, refunds: 1, prefix: 'X' });
  const page = await get('/bills/journal', 'platform=alipay&day=2026-11-20&offset=1&limit=2');
  expect(page.total).toBe(4);
  expect(page.lines).toMatchObject([
    { kind: 'refund', orderNo: 'X20261120000000000' },
    { kind: 'payment', orderNo: 'X20261120000000001' },
  ]);
  expect((await get('/bills/journal', 'platform=wechatPay&day=2026-11-20')).total).toBe(0);
});

test('tells a bill to lie and to be honest again', async () => {
  const { post, get } = setUp();
  const about = { platform: 'wechatPay', day: '2026-11-20' };
  await post('/bills/lies', { ...about, lie: 'changed-amount', target: 'order_1', byFen: 5 });
  await post('/bills/lies', { ...about, lie: 'not-ready', times: 2 });
  expect((await get('/bills/lies')).told).toMatchObject([
    { lie: 'changed-amount', target: 'order_1', byFen: 5, times: null },
    { lie: 'not-ready', times: 2 },
  ]);
  await post('/bills/lies', { ...about, lie: null });
  expect((await get('/bills/lies')).told).toEqual([]);
});

test('plans refunds and deductions, and sets what merchant and payer have', async () => {
  const { world, post, get } = setUp();
  const person = world.addPerson('甲').id;
  await post('/refunds/plan', { outcome: 'ABNORMAL', afterMs: 10 });
  await post('/refunds/plan', { outcome: 'CLOSED', refundNo: 'r1' });
  expect((await get('/refunds')).plans).toEqual({
    everywhere: { outcome: 'ABNORMAL', afterMs: 10 },
    refunds: { r1: { outcome: 'CLOSED', afterMs: 3_000 } },
  });
  await post('/refunds/plan', { outcome: null });
  await post('/refunds/plan', { outcome: null, refundNo: 'r1' });
  expect((await get('/refunds')).plans).toEqual({ everywhere: null, refunds: {} });
  expect(json(await post('/funds', { platform: 'alipay', amountFen: 5 }))).toEqual({ wechatPay: null, alipay: 5 });
  expect(json(await post('/payer-funds', { person: '甲', app: 'wechat', amountFen: 7 }))).toEqual({
    [person]: { wechat: 7, alipay: null },
  });
  expect(json(await post('/deductions/plan', { held: true }))).toEqual({ afterMs: 1_000, held: true });
  expect(await get('/contracts')).toEqual({ wechat: [], alipay: [], consents: [] });
});

test.each<[string, unknown]>([
  ['/clock', { now: 'tomorrow' }],
  ['/bills/traffic', { platform: 'alipay', day: '2026-02-30', payments: 1 }],
  ['/bills/traffic', { platform: 'alipay', day: '2026-11-20', payments: 0 }],
  ['/bills/lies', { platform: 'alipay', day: '2026-11-20', lie: 'constructor' }],
  ['/bills/lies', { platform: 'alipay', day: '2026-11-20', lie: 'hash-mismatch' }],
  ['/refunds/plan', { outcome: 'LOST' }],
  ['/refunds/settle', { platform: 'alipay', refundNo: 'r1', outcome: 'SUCCESS' }],
  ['/deductions/settle', { platform: 'wechatPay', orderNo: 'x' }],
  ['/contracts/end', { platform: 'wechatPay', contract: 'x' }],
  ['/payer-funds', { person: 'nobody', app: 'wechat', amountFen: 1 }],
  ['/funds', { platform: 'alipay', amountFen: -1 }],
])('refuses %s %j with 400', async (path, value) => {
  expect((await setUp().post(path, value)).status).toBe(400);
});
