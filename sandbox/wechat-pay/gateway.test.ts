import { X509Certificate } from 'node:crypto';
import {
  callWechat,
  decryptResource,
  decryptText,
  jsapiOrder,
  json,
  NOON,
  paymentParameters,
  type Resource,
  stage,
  type WechatCall,
  wechatSignatureHolds,
} from '../test/merchant';
import type { World } from '../world-contract';

const JSAPI = '/v3/pay/transactions/jsapi';

function setUp() {
  const on = stage();
  const person = on.world.addPerson('甲').id;
  const call = (given: WechatCall) => callWechat(on.world, on.time.clock(), given);
  const order = (overrides = {}) => call({ method: 'POST', url: JSAPI, body: jsapiOrder(on.world, person, overrides) });
  const query = (outTradeNo = 'order_000001') =>
    call({ method: 'GET', url: `/v3/pay/transactions/out-trade-no/${outTradeNo}?mchid=${on.world.keys.wechatPay.mchid}` });
  const close = (outTradeNo = 'order_000001') =>
    call({
      method: 'POST',
      url: `/v3/pay/transactions/out-trade-no/${outTradeNo}/close`,
      body: JSON.stringify({ mchid: on.world.keys.wechatPay.mchid }),
    });
  return { ...on, person, call, order, query, close };
}

async function pay(world: World, prepayId: unknown, now: number): Promise<void> {
  const opening = world.cashier.openWechat(paymentParameters(world, String(prepayId), now), undefined);
  if (!('cashier' in opening)) throw new Error(opening.refusal);
  expect(world.cashier.pay(opening.cashier.id)?.state).toBe('paid');
}

describe('request signature', () => {
  test('answers a well-signed order with a prepay_id and a signature of the platform certificate', async () => {
    const { world, order } = setUp();
    const response = await order();
    expect(response.status).toBe(200);
    expect(json(response)).toEqual({ prepay_id: expect.stringMatching(/^wx20261121120000[0-9a-f]{20}$/) });
    expect(response.headers['wechatpay-serial']).toBe(world.keys.wechatPay.platformCertificates[0]?.serial);
    expect(response.headers['wechatpay-timestamp']).toBe(String(NOON / 1000));
    expect(wechatSignatureHolds(world, response)).toBe(true);
  });

  test('takes a signature over the path with its mount point as well as over the vendor path', async () => {
    const { world, person, call } = setUp();
    const body = jsapiOrder(world, person);
    expect((await call({ method: 'POST', url: JSAPI, signedUrl: `/wechat-pay${JSAPI}`, body })).status).toBe(200);
  });

  test.each<[string, (world: World) => Partial<WechatCall>]>([
    ['a body changed after signing', () => ({ signedBody: '{}' })],
    ['another path', () => ({ signedUrl: '/v3/pay/transactions/native' })],
    ['a signature of nothing', () => ({ authorization: { signature: 'AAAA' } })],
    ['an unknown merchant serial', () => ({ authorization: { serial_no: '5'.repeat(40) } })],
    ['another merchant number', () => ({ authorization: { mchid: '1900000000' } })],
    ['a time six minutes ago', () => ({ authorization: { timestamp: String(NOON / 1000 - 301) } })],
    ['a time six minutes ahead', () => ({ authorization: { timestamp: String(NOON / 1000 + 301) } })],
    ['a time in milliseconds', () => ({ authorization: { timestamp: String(NOON) } })],
    ['another scheme', () => ({ scheme: 'WECHATPAY2-SM2-WITH-SM3' })],
    ['no Authorization', () => ({ headers: { authorization: '' } })],
  ])('refuses %s with 401 SIGN_ERROR, unsigned, and makes no order', async (_, change) => {
    const { world, person, call } = setUp();
    const response = await call({ method: 'POST', url: JSAPI, body: jsapiOrder(world, person), ...change(world) });
    expect(response.status).toBe(401);
    expect(json(response).code).toBe('SIGN_ERROR');
    expect(response.headers['wechatpay-signature']).toBeUndefined();
    expect(world.state.wechatOrders).toEqual({});
  });

  test('refuses a nonce used before', async () => {
    const { world, person, call } = setUp();
    const authorization = { nonce_str: 'abcdefghijklmnop' };
    const body = jsapiOrder(world, person);
    expect((await call({ method: 'POST', url: JSAPI, body, authorization })).status).toBe(200);
    const replayed = await call({ method: 'POST', url: JSAPI, body, authorization });
    expect([replayed.status, json(replayed).code]).toEqual([401, 'SIGN_ERROR']);
  });

  test('refuses a request without Accept or with another content type', async () => {
    const { world, person, call } = setUp();
    const body = jsapiOrder(world, person);
    expect(json(await call({ method: 'POST', url: JSAPI, body, headers: { accept: '' } })).code).toBe('PARAM_ERROR');
    expect(json(await call({ method: 'POST', url: JSAPI, body, headers: { 'content-type': 'text/plain' } })).code).toBe('PARAM_ERROR');
  });

  test('signs with the public key when the request names it, whatever the mode', async () => {
    const { world, person, call } = setUp();
    const { id } = world.keys.wechatPay.publicKey;
    const response = await call({ method: 'POST', url: JSAPI, body: jsapiOrder(world, person), headers: { 'wechatpay-serial': id } });
    expect(response.headers['wechatpay-serial']).toBe(id);
    expect(wechatSignatureHolds(world, response)).toBe(true);
  });
});

describe('placing an order', () => {
  test.each<[string, object, number, string]>([
    ['amount 0', { amount: { total: 0 } }, 400, 'PARAM_ERROR'],
    ['a negative amount', { amount: { total: -1 } }, 400, 'PARAM_ERROR'],
    ['half a fen', { amount: { total: 0.5 } }, 400, 'PARAM_ERROR'],
    ['an amount as text', { amount: { total: '2000' } }, 400, 'PARAM_ERROR'],
    ['another currency', { amount: { total: 1, currency: 'USD' } }, 400, 'PARAM_ERROR'],
    ['a short order number', { out_trade_no: 'abc' }, 400, 'PARAM_ERROR'],
    ['a long order number', { out_trade_no: 'a'.repeat(33) }, 400, 'PARAM_ERROR'],
    ['a Chinese order number', { out_trade_no: '订单000001' }, 400, 'PARAM_ERROR'],
    ['no description', { description: '' }, 400, 'PARAM_ERROR'],
    ['a notify_url with a query', { notify_url: 'https://example.com/x?a=1' }, 400, 'PARAM_ERROR'],
    ['a notify_url over plain HTTP elsewhere', { notify_url: 'http://example.com/x' }, 400, 'PARAM_ERROR'],
    ['a time_expire in the past', { time_expire: '2026-11-21T11:59:00+08:00' }, 400, 'PARAM_ERROR'],
    ['an unknown merchant', { mchid: '1900000000' }, 400, 'MCH_NOT_EXISTS'],
    ['an unknown appid', { appid: 'wx0000000000000000' }, 400, 'APPID_MCHID_NOT_MATCH'],
    ['an unknown openid', { payer: { openid: 'onobody' } }, 400, 'PARAM_ERROR'],
  ])('refuses %s', async (_, overrides, status, code) => {
    const { world, order } = setUp();
    const response = await order(overrides);
    expect([response.status, json(response).code]).toEqual([status, code]);
    expect(wechatSignatureHolds(world, response)).toBe(true);
    expect(world.state.wechatOrders).toEqual({});
  });

  test('refuses an openid of the official account in the mini-program', async () => {
    const { world, person, order } = setUp();
    const openid = world.openid('wechat', world.keys.wechatApps.officialAccount.appid, person);
    const response = await order({ payer: { openid } });
    expect([response.status, json(response).code]).toEqual([500, 'OPENID_MISMATCH']);
  });

  test('gives a new prepay_id for the same order and refuses the number for another', async () => {
    const { world, order } = setUp();
    const first = json(await order()).prepay_id;
    const second = json(await order()).prepay_id;
    expect(second).not.toBe(first);
    for (const other of [{ amount: { total: 2001 } }, { description: '另一单' }, { attach: 'x' }]) {
      const response = await order(other);
      expect([response.status, json(response).code]).toEqual([403, 'OUT_TRADE_NO_USED']);
    }
    expect(Object.keys(world.state.wechatOrders)).toEqual(['order_000001']);
  });

  test('keeps two orders apart: paying one leaves the other unpaid', async () => {
    const { world, time, order, query } = setUp();
    const [a, b] = await Promise.all([order({ out_trade_no: 'order_a' }), order({ out_trade_no: 'order_b' })]);
    expect(json(a).prepay_id).not.toBe(json(b).prepay_id);
    await pay(world, json(a).prepay_id, time.clock());
    expect(json(await query('order_a')).trade_state).toBe('SUCCESS');
    expect(json(await query('order_b')).trade_state).toBe('NOTPAY');
  });
});

describe('query and close', () => {
  test('an unpaid order has no transaction_id; a paid one has time, type and amounts, by either number', async () => {
    const { world, time, call, order, query } = setUp();
    const { prepay_id } = json(await order({ attach: 'school=dufl' }));
    const unpaid = json(await query());
    expect(unpaid).toMatchObject({ trade_state: 'NOTPAY', amount: { total: 2000, currency: 'CNY' } });
    expect(unpaid).not.toHaveProperty('transaction_id');
    await pay(world, prepay_id, time.clock());
    const paid = json(await query());
    expect(paid).toMatchObject({
      appid: world.keys.wechatApps.miniProgram.appid,
      mchid: world.keys.wechatPay.mchid,
      out_trade_no: 'order_000001',
      transaction_id: expect.stringMatching(/^42000\d{23}$/),
      trade_type: 'JSAPI',
      trade_state: 'SUCCESS',
      attach: 'school=dufl',
      success_time: '2026-11-21T12:00:00+08:00',
      amount: { total: 2000, payer_total: 2000, currency: 'CNY', payer_currency: 'CNY' },
    });
    const url = `/v3/pay/transactions/id/${String(paid.transaction_id)}?mchid=${world.keys.wechatPay.mchid}`;
    expect(json(await call({ method: 'GET', url }))).toEqual(paid);
  });

  test('refuses an unknown order, a missing and another mchid', async () => {
    const { call, query } = setUp();
    const unknown = await query('nobody_1');
    expect([unknown.status, json(unknown).code]).toEqual([404, 'ORDER_NOT_EXIST']);
    expect(json(await call({ method: 'GET', url: '/v3/pay/transactions/out-trade-no/order_000001' })).code).toBe('PARAM_ERROR');
    const other = await call({ method: 'GET', url: '/v3/pay/transactions/out-trade-no/order_000001?mchid=1900000000' });
    expect(json(other).code).toBe('MCH_NOT_EXISTS');
  });

  test('closing answers 204 with a signature over the empty body, and what is closed is neither paid, repeated nor closed again', async () => {
    const { world, time, received, order, query, close } = setUp();
    const { prepay_id } = json(await order());
    const opening = world.cashier.openWechat(paymentParameters(world, String(prepay_id), time.clock()), undefined);
    const closed = await close();
    expect([closed.status, closed.body]).toEqual([204, '']);
    expect(wechatSignatureHolds(world, closed)).toBe(true);
    expect(json(await query()).trade_state).toBe('CLOSED');
    expect(world.cashier.pay('cashier' in opening ? opening.cashier.id : '')?.state).toBe('not-payable');
    expect(json(await order()).code).toBe('ORDER_CLOSED');
    expect(json(await close()).code).toBe('ORDER_CLOSED');
    await time.advance(60_000);
    expect(received).toEqual([]);
  });

  test('refuses to close what is paid, and to order it again', async () => {
    const { world, time, order, close } = setUp();
    await pay(world, json(await order()).prepay_id, time.clock());
    for (const response of [await close(), await order()]) expect([response.status, json(response).code]).toEqual([400, 'ORDERPAID']);
  });

  test('an order past its time_expire is closed and cannot be paid', async () => {
    const { world, time, order, query } = setUp();
    const { prepay_id } = json(await order({ time_expire: '2026-11-21T12:05:00+08:00' }));
    const opening = world.cashier.openWechat(paymentParameters(world, String(prepay_id), time.clock()), undefined);
    await time.advance(5 * 60_000);
    expect(json(await query()).trade_state).toBe('CLOSED');
    expect(world.cashier.pay('cashier' in opening ? opening.cashier.id : '')?.state).toBe('not-payable');
  });
});

describe('certificates', () => {
  interface Listed {
    readonly serial_no: string;
    readonly encrypt_certificate: Resource;
  }

  const list = async (on: ReturnType<typeof setUp>): Promise<Listed[]> => {
    const { data } = json(await on.call({ method: 'GET', url: '/v3/certificates' }));
    return data as unknown as Listed[];
  };

  test('lists certificates encrypted with the APIv3 key; each is a real X.509 certificate of its serial', async () => {
    const on = setUp();
    const [only, ...others] = await list(on);
    expect(others).toEqual([]);
    if (!only) throw new Error('no certificate listed');
    expect(only.encrypt_certificate.associated_data).toBe('certificate');
    const certificate = new X509Certificate(decryptText(on.world, only.encrypt_certificate));
    expect(certificate.serialNumber).toBe(only.serial_no);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(Date.parse(certificate.validTo)).toBeGreaterThan(NOON);
  });

  test('rotation: announced beside the old, then signing, then alone', async () => {
    const on = setUp();
    const old = on.world.wechatPayKeys().signingSerial;
    on.world.rotateCertificate('announce');
    expect(await list(on)).toHaveLength(2);
    expect((await on.order()).headers['wechatpay-serial']).toBe(old);
    on.world.rotateCertificate('promote');
    const next = on.world.wechatPayKeys().signingSerial;
    expect(next).not.toBe(old);
    const response = await on.order();
    expect(response.headers['wechatpay-serial']).toBe(next);
    expect(wechatSignatureHolds(on.world, response)).toBe(true);
    on.world.rotateCertificate('retire-old');
    expect((await list(on)).map((one) => one.serial_no)).toEqual([next]);
  });

  test('in public-key mode there are no certificates and answers are signed by the public key', async () => {
    const on = setUp();
    on.world.switchVerificationMode('public-key');
    const none = await on.call({ method: 'GET', url: '/v3/certificates' });
    expect([none.status, json(none).code]).toEqual([404, 'RESOURCE_NOT_EXISTS']);
    const response = await on.order();
    expect(response.headers['wechatpay-serial']).toMatch(/^PUB_KEY_ID_/);
    expect(wechatSignatureHolds(on.world, response)).toBe(true);
  });
});

describe('refunds', () => {
  const REFUNDS = '/v3/refund/domestic/refunds';
  const body = (overrides = {}) =>
    JSON.stringify({
      out_trade_no: 'order_000001',
      out_refund_no: 'refund_1',
      amount: { refund: 500, total: 2000, currency: 'CNY' },
      ...overrides,
    });

  test('accepts a part, repeats the same number, refuses it with other content and refuses more than was paid', async () => {
    const { world, time, call, order } = setUp();
    await pay(world, json(await order()).prepay_id, time.clock());
    const first = json(await call({ method: 'POST', url: REFUNDS, body: body() }));
    expect(first).toMatchObject({
      status: 'PROCESSING',
      out_refund_no: 'refund_1',
      amount: { refund: 500, total: 2000, payer_refund: 500 },
    });
    expect(json(await call({ method: 'POST', url: REFUNDS, body: body() })).refund_id).toBe(first.refund_id);
    const amount = { refund: 600, total: 2000, currency: 'CNY' };
    expect(json(await call({ method: 'POST', url: REFUNDS, body: body({ amount }) })).code).toBe('INVALID_REQUEST');
    const rest = { out_refund_no: 'refund_2', amount: { refund: 1501, total: 2000, currency: 'CNY' } };
    expect(json(await call({ method: 'POST', url: REFUNDS, body: body(rest) })).code).toBe('INVALID_REQUEST');
    await time.advance(3_000);
    expect(json(await call({ method: 'GET', url: `${REFUNDS}/refund_1` })).status).toBe('SUCCESS');
    expect((await call({ method: 'GET', url: `${REFUNDS}/refund_9` })).status).toBe(404);
  });

  test('refuses to refund what is unpaid or unknown', async () => {
    const { call, order } = setUp();
    expect((await call({ method: 'POST', url: REFUNDS, body: body() })).status).toBe(404);
    await order();
    expect(json(await call({ method: 'POST', url: REFUNDS, body: body() })).code).toBe('INVALID_REQUEST');
  });

  test('tells of the refund on its own notify_url once it is settled', async () => {
    const { world, time, received, call, order } = setUp();
    await pay(world, json(await order()).prepay_id, time.clock());
    await call({ method: 'POST', url: REFUNDS, body: body({ notify_url: 'http://127.0.0.1:9/refunds' }) });
    await time.advance(5_000);
    const notice = received.find((one) => one.url.endsWith('/refunds'));
    if (!notice) throw new Error('no refund notice');
    const told = json(notice);
    expect(told.event_type).toBe('REFUND.SUCCESS');
    expect(wechatSignatureHolds(world, notice)).toBe(true);
    expect(decryptResource(world, told.resource as unknown as Resource)).toMatchObject({
      refund_status: 'SUCCESS',
      out_refund_no: 'refund_1',
    });
  });
});

describe('outages', () => {
  test('an error outage answers 500 SYSTEM_ERROR, a lost answer leaves the order made', async () => {
    const { world, order } = setUp();
    world.switchOutage('wechatPay', 'error');
    const failed = await order();
    expect([failed.status, json(failed).code]).toEqual([500, 'SYSTEM_ERROR']);
    expect(world.state.wechatOrders).toEqual({});
    world.switchOutage('wechatPay', 'answer-lost');
    expect((await order()).status).toBe(0);
    expect(Object.keys(world.state.wechatOrders)).toEqual(['order_000001']);
  });
});
