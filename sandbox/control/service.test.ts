import { json, stage } from '../test/merchant';

function setUp() {
  const on = stage();
  const post = (path: string, value: unknown) =>
    on.world.answer({ method: 'POST', path: `/control${path}`, query: '', headers: {}, body: Buffer.from(JSON.stringify(value)) });
  const get = async (path: string, query = '') =>
    json(await on.world.answer({ method: 'GET', path: `/control${path}`, query, headers: {}, body: Buffer.alloc(0) }));
  return { ...on, post, get };
}

test('adds persons, signs one in, and makes a login code for another', async () => {
  const { world, post, get } = setUp();
  const first = json(await post('/persons', { name: '甲' }));
  const second = json(await post('/persons', { name: '乙' }));
  expect((await get('/persons')).current).toEqual({ wechat: first.id, alipay: first.id });
  await post('/current-person', { app: 'alipay', person: '乙' });
  expect((await get('/persons')).current).toEqual({ wechat: first.id, alipay: second.id });
  const { code } = json(await post('/login-code', { app: 'wechat', person: '乙' }));
  expect(world.state.loginCodes[String(code)]).toMatchObject({ person: second.id, flow: 'mini-program', app: 'wechat' });
});

test('switches a fault for one order and everywhere, and takes it back', async () => {
  const { post, get } = setUp();
  await post('/faults', { fault: 'late' });
  await post('/faults', { fault: 'bad-tag', orderNo: 'order_000001', attempts: 1 });
  expect((await get('/faults')).switched).toEqual({
    everywhere: { fault: 'late', attempts: null },
    orders: { order_000001: { fault: 'bad-tag', attempts: 1 } },
  });
  await post('/faults', { fault: null });
  await post('/faults', { fault: null, orderNo: 'order_000001' });
  expect((await get('/faults')).switched).toEqual({ everywhere: null, orders: {} });
});

test('switches verification mode, certificate, outage and speed', async () => {
  const { world, post, get } = setUp();
  const before = await get('/wechat-pay/keys');
  expect(json(await post('/wechat-pay/mode', { mode: 'public-key' })).mode).toBe('public-key');
  await post('/wechat-pay/certificate', { step: 'announce' });
  const rotated = json(await post('/wechat-pay/certificate', { step: 'promote' }));
  expect(rotated.signingSerial).not.toBe(before.signingSerial);
  expect(rotated.certificates).toHaveLength(2);
  await post('/outage', { platform: 'alipay', outage: 'error' });
  expect(world.state.outage).toEqual({ wechatPay: 'none', alipay: 'error' });
  await post('/speed', { speed: 3600 });
  expect(await get('/speed')).toEqual({ speed: 3600 });
});

test('the feed gives what came after a number, and never a private key or a login code', async () => {
  const { world, post, get } = setUp();
  await post('/persons', { name: '甲' });
  const { code } = json(await post('/login-code', { app: 'wechat' }));
  const all = (await get('/events')).events as unknown as { n: number; kind: string }[];
  expect(all.map((event) => event.kind)).toContain('login.code-issued');
  expect(((await get('/events', `after=${all.at(-1)?.n}`)).events as unknown as unknown[]).length).toBe(0);
  expect(JSON.stringify(all)).not.toContain(String(code));
  expect(JSON.stringify(await get('/wechat-pay/keys'))).not.toContain('PRIVATE');
  const seen: string[] = [];
  const end = world.events.subscribe((event) => seen.push(event.kind));
  world.switchFault(null);
  end();
  world.switchFault(null);
  expect(seen).toEqual(['control.changed']);
});

test.each<[string, unknown]>([
  ['/persons', { name: '' }],
  ['/current-person', { app: 'wechat', person: 'nobody' }],
  ['/login-code', { app: 'wechat', person: 'nobody' }],
  ['/faults', { fault: 'constructor' }],
  ['/speed', { speed: 0 }],
  ['/wechat-pay/mode', { mode: 'x' }],
])('refuses %s %j with 400', async (path, value) => {
  expect((await setUp().post(path, value)).status).toBe(400);
});

test('an unknown control or service is 404', async () => {
  const { world, post } = setUp();
  expect((await post('/constructor', {})).status).toBe(404);
  expect((await world.answer({ method: 'GET', path: '/elsewhere/x', query: '', headers: {}, body: Buffer.alloc(0) })).status).toBe(404);
});
