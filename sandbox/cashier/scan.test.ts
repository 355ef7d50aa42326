import { createVerify } from 'node:crypto';
import { ALIPAY_NOTIFY, callAlipay, callWechat, json, stage, verifiedNode, WECHAT_NOTIFY } from '../test/merchant';
import type { Opening } from './cashier';

function setUp() {
  const on = stage();
  const { world, time } = on;
  const [first, second] = [world.addPerson('甲').id, world.addPerson('乙').id];
  const wechat = (method: string, url: string, body?: unknown) =>
    callWechat(world, time.clock(), { method, url, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const native = (overrides = {}) =>
    wechat('POST', '/v3/pay/transactions/native', {
      appid: world.keys.wechatApps.officialAccount.appid,
      mchid: world.keys.wechatPay.mchid,
      description: '校园卡充值',
      out_trade_no: 'order_000001',
      notify_url: WECHAT_NOTIFY,
      amount: { total: 2000 },
      ...overrides,
    });
  const query = async () => json(await wechat('GET', `/v3/pay/transactions/out-trade-no/order_000001?mchid=${world.keys.wechatPay.mchid}`));
  const ask = async (method: string, bizContent: unknown) =>
    verifiedNode(
      world,
      await callAlipay(world, { method, bizContent, more: { notify_url: ALIPAY_NOTIFY } }),
      `${method.replaceAll('.', '_')}_response`,
    );
  const get = (path: string, accept = 'text/html') =>
    world.answer({ method: 'GET', path: `/cashier${path}`, query: '', headers: { accept }, body: Buffer.alloc(0) });
  return { ...on, first, second, wechat, native, query, ask, get };
}

function idOf(opening: Opening): string {
  if ('refusal' in opening) throw new Error(opening.refusal);
  return opening.cashier.id;
}

describe('WeChat Native', () => {
  test('gives a code that any person pays; the order learns who it was, as its app knows them', async () => {
    const { world, time, received, second, native, query } = setUp();
    const { code_url } = json(await native());
    expect(code_url).toMatch(/^weixin:\/\/wxpay\/bizpayurl\?pr=[0-9A-Za-z]+$/);
    expect(await query()).toMatchObject({ trade_state: 'NOTPAY' });
    expect((await query()).payer).toBeUndefined();
    expect(world.cashier.pay(idOf(world.cashier.scan(String(code_url), second)))?.state).toBe('paid');
    const openid = world.openid('wechat', world.keys.wechatApps.officialAccount.appid, second);
    expect(await query()).toMatchObject({ trade_state: 'SUCCESS', trade_type: 'NATIVE', payer: { openid }, amount: { total: 2000 } });
    await time.advance(0);
    expect(received).toHaveLength(1);
    expect(world.cashier.scan(String(code_url), undefined)).toMatchObject({ refusal: '该订单已支付' });
  });

  test('two people who scan the same code pay once', async () => {
    const { world, first, second, native } = setUp();
    const { code_url } = json(await native());
    const [one, two] = [idOf(world.cashier.scan(String(code_url), first)), idOf(world.cashier.scan(String(code_url), second))];
    expect(world.cashier.pay(two)?.state).toBe('paid');
    expect(world.cashier.pay(one)?.state).toBe('not-payable');
    expect(world.state.journal.wechatPay).toHaveLength(1);
  });

  test('refuses a code nobody made, one older than two hours, and one of a closed order', async () => {
    const { world, time, native, wechat } = setUp();
    expect(world.cashier.scan('weixin://wxpay/bizpayurl?pr=nobody', undefined)).toMatchObject({ refusal: '二维码无效' });
    expect(world.cashier.scan('https://example.com', undefined)).toMatchObject({ refusal: '二维码无效' });
    const old = String(json(await native()).code_url);
    await time.advance(2 * 3_600_000 + 1);
    expect(world.cashier.scan(old, undefined)).toMatchObject({ refusal: /过期/ });
    const fresh = String(json(await native()).code_url);
    expect(fresh).not.toBe(old);
    await wechat('POST', '/v3/pay/transactions/out-trade-no/order_000001/close', { mchid: world.keys.wechatPay.mchid });
    expect(world.cashier.scan(fresh, undefined)).toMatchObject({ refusal: /关闭/ });
  });

  test('a number used for one way to pay is refused for the other; a code is no prepay_id', async () => {
    const { world, first, native, wechat } = setUp();
    await native();
    const { appid } = world.keys.wechatApps.officialAccount;
    const payer = { openid: world.openid('wechat', appid, first) };
    const body = {
      appid,
      mchid: world.keys.wechatPay.mchid,
      description: '校园卡充值',
      out_trade_no: 'order_000001',
      notify_url: WECHAT_NOTIFY,
      amount: { total: 2000 },
      payer,
    };
    expect(json(await wechat('POST', '/v3/pay/transactions/jsapi', body)).code).toBe('OUT_TRADE_NO_USED');
    expect(json(await native({ amount: { total: 1 } })).code).toBe('OUT_TRADE_NO_USED');
  });
});

describe('alipay.trade.precreate', () => {
  const order = { out_trade_no: 'order_000001', total_amount: '20.00', subject: '校园卡充值' };

  test('gives a code; there is no trade to query or close before somebody scans it', async () => {
    const { world, time, received, second, ask } = setUp();
    const { qr_code } = await ask('alipay.trade.precreate', order);
    expect(qr_code).toMatch(/^https:\/\/qr\.alipay\.com\/bax\d{20}$/);
    expect((await ask('alipay.trade.precreate', order)).qr_code).toBe(qr_code);
    expect(await ask('alipay.trade.query', order)).toMatchObject({ sub_code: 'ACQ.TRADE_NOT_EXIST' });
    expect(await ask('alipay.trade.close', order)).toMatchObject({ sub_code: 'ACQ.TRADE_NOT_EXIST' });
    const id = idOf(world.cashier.scan(String(qr_code), second));
    expect(await ask('alipay.trade.query', order)).toMatchObject({ trade_status: 'WAIT_BUYER_PAY' });
    expect(world.cashier.pay(id)?.state).toBe('paid');
    const buyer_open_id = world.openid('alipay', world.keys.alipay.miniProgramAppId, second);
    expect(await ask('alipay.trade.query', order)).toMatchObject({ trade_status: 'TRADE_SUCCESS', buyer_open_id });
    await time.advance(0);
    expect(received).toHaveLength(1);
  });

  test('a scanned trade can be closed and is then not payable; the code of a trade past its time is dead', async () => {
    const { world, time, ask } = setUp();
    const { qr_code } = await ask('alipay.trade.precreate', order);
    const id = idOf(world.cashier.scan(String(qr_code), undefined));
    expect(await ask('alipay.trade.close', order)).toMatchObject({ code: '10000' });
    expect(world.cashier.pay(id)?.state).toBe('not-payable');
    const short = await ask('alipay.trade.precreate', { ...order, out_trade_no: 'order_000002', timeout_express: '5m' });
    await time.advance(300_000);
    expect(world.cashier.scan(String(short.qr_code), undefined)).toMatchObject({ refusal: '交易已经关闭' });
  });

  test('another amount for the same number is refused, and so is a code of the other app', async () => {
    const { world, ask } = setUp();
    const { qr_code } = await ask('alipay.trade.precreate', order);
    expect(await ask('alipay.trade.precreate', { ...order, total_amount: '20.01' })).toMatchObject({
      sub_code: 'ACQ.CONTEXT_INCONSISTENT',
    });
    expect(world.cashier.scan(String(qr_code).replace('qr.alipay.com', 'qr.example.com'), undefined)).toMatchObject({
      refusal: '二维码无效',
    });
  });
});

describe('alipay.trade.page.pay', () => {
  const RETURN = 'http://127.0.0.1:9/returned?school=x';
  const content = { out_trade_no: 'order_000001', total_amount: '20.00', subject: '<b>充值</b>', product_code: 'FAST_INSTANT_TRADE_PAY' };
  const open = (on: ReturnType<typeof setUp>, bizContent: unknown = content) =>
    callAlipay(on.world, { method: 'alipay.trade.page.pay', bizContent, more: { notify_url: ALIPAY_NOTIFY, return_url: RETURN } });

  test('sends the browser to a page with a code, which sends it back with a signed address once it is paid', async () => {
    const on = setUp();
    const { world, second, get } = on;
    const opened = await open(on);
    expect(opened.status).toBe(302);
    const path = new URL(opened.headers.location ?? '', 'http://127.0.0.1/alipay/gateway.do').pathname.replace('/cashier', '');
    const page = await get(path);
    expect(page.body).toContain('请使用支付宝，扫描二维码');
    expect(page.body).toContain('请勿泄露二维码');
    expect(page.body).toContain('<svg');
    expect(page.body).not.toContain('<b>');
    const waiting = json(await get(path, 'application/json'));
    expect(waiting).toMatchObject({ state: 'waiting', returnUrl: null, amountFen: 2000 });
    world.cashier.pay(idOf(world.cashier.scan(String(waiting.code), second)));
    const paid = json(await get(path, 'application/json'));
    const returned = new URL(String(paid.returnUrl));
    expect(paid.state).toBe('paid');
    expect(returned.href).toContain('http://127.0.0.1:9/returned?school=x&');
    const fields = [...returned.searchParams].filter(([name]) => !['sign', 'sign_type', 'school'].includes(name)).sort();
    const verifier = createVerify('RSA-SHA256').update(fields.map(([name, value]) => `${name}=${value}`).join('&'));
    expect(verifier.verify(world.keys.alipay.platform.publicKeyPem, returned.searchParams.get('sign') ?? '', 'base64')).toBe(true);
    expect(returned.searchParams.get('out_trade_no')).toBe('order_000001');
    expect((await open(on)).body).toContain('ACQ.TRADE_HAS_SUCCESS');
  });

  test('says on a page why it refuses', async () => {
    const on = setUp();
    expect((await open(on, { ...content, product_code: 'JSAPI_PAY' })).body).toContain('ACQ.INVALID_PARAMETER');
    on.world.switchOutage('alipay', 'error');
    expect((await open(on)).body).toContain('aop.unknow-error');
  });

  test('a trade that nobody paid in time shows as closed', async () => {
    const on = setUp();
    const opened = await open(on, { ...content, timeout_express: '15m' });
    await on.time.advance(15 * 60_000);
    const path = (opened.headers.location ?? '').replace('../cashier', '');
    expect(json(await on.get(path, 'application/json'))).toMatchObject({ state: 'closed', returnUrl: null });
    expect((await on.get('/page-pay/bax0')).status).toBe(404);
  });
});

test('the scanner page lists what waits, and a scan over HTTP opens a cashier or says why not', async () => {
  const { world, native, ask, get, second } = setUp();
  world.setBaseUrl('http://127.0.0.1:7000');
  const { code_url } = json(await native());
  await ask('alipay.trade.precreate', { out_trade_no: 'order_000002', total_amount: '1.00', subject: '"><script>' });
  expect(json(await get('/scan', 'application/json')).codes).toHaveLength(2);
  const page = (await get('/scan')).body;
  expect(page).toContain('乙</option>');
  expect(page).not.toContain('"><script>');
  const scan = (value: unknown) =>
    world.answer({ method: 'POST', path: '/cashier/scan', query: '', headers: {}, body: Buffer.from(JSON.stringify(value)) });
  const opened = json(await scan({ code: code_url, person: second }));
  expect(opened).toMatchObject({ platform: 'wechat-pay', amountFen: 2000, url: `http://127.0.0.1:7000/cashier/${String(opened.id)}` });
  expect((await scan({ code: code_url, person: 'nobody' })).status).toBe(403);
  expect((await scan({ code: 'x' })).status).toBe(403);
  expect((await scan({})).status).toBe(400);
});
