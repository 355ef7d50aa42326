import { verify } from 'node:crypto';
import { fen } from '../../../shared/money';
import type { NewOrder } from '../contract';
import { newKeys, serialOf } from '../testing/keys';
import { fakeNetwork, type SentRequest, serve } from '../testing/network';
import { codeOf, everythingOf, refusalOf } from '../testing/refusals';
import * as wechat from '../testing/wechat-pay';
import { createWechatPay } from './wechat-pay';

const ORDER_NO = wechat.paidTransaction.out_trade_no;
const PAYER = 'oTestOpenid0000000000000001';
const order: NewOrder = {
  payBy: 'in-app',
  merchantOrderNo: ORDER_NO,
  amountFen: fen(2_000),
  description: '校园卡充值',
  payerOpenId: PAYER,
  appId: wechat.MINI_APP,
  notifyUrl: 'https://card.example.edu/callbacks/wechat-pay',
  expiresAt: Date.UTC(2026, 10, 21, 4, 15, 0, 250),
  schoolId: 'shanghaitech',
};

function platform(answer: (request: SentRequest) => Response | Promise<Response>, changes: Record<string, unknown> = {}) {
  const network = fakeNetwork(answer);
  const deps = { fetch: network.fetch, now: () => wechat.NOW, randomBytes: wechat.counting() };
  return { sent: network.sent, pay: createWechatPay({ ...wechat.settings, ...changes }, deps) };
}

const prepaid = () => wechat.answer(200, { prepay_id: 'wx21120000000000000000000000000001' });

describe('createOrder', () => {
  test('sends a signed JSAPI order', async () => {
    const { pay, sent } = platform(prepaid);
    const created = await pay.createOrder(order);
    expect(created.platformOrderRef).toBe('wx21120000000000000000000000000001');
    expect(sent[0]?.method).toBe('POST');
    expect(sent[0]?.url.href).toBe('https://api.mch.weixin.qq.com/v3/pay/transactions/jsapi');
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual({
      appid: wechat.MINI_APP,
      mchid: wechat.MERCHANT_ID,
      description: '校园卡充值',
      out_trade_no: ORDER_NO,
      time_expire: '2026-11-21T12:15:00+08:00',
      notify_url: order.notifyUrl,
      amount: { total: 2_000, currency: 'CNY' },
      payer: { openid: order.payerOpenId },
      attach: 'shanghaitech',
    });
    wechat.assertSignedByMerchant(sent[0]);
    expect(sent[0]?.headers.get('wechatpay-serial')).toBe(wechat.CERTIFICATE_SERIAL);
  });

  test('hands the phone parameters whose paySign covers app, time, nonce and prepay_id', async () => {
    const { payParams } = await platform(prepaid).pay.createOrder(order);
    const text = `${wechat.MINI_APP}\n${payParams.timeStamp}\n${payParams.nonceStr}\n${payParams.package}\n`;
    const signature = Buffer.from(payParams.paySign ?? '', 'base64');
    expect(verify('RSA-SHA256', Buffer.from(text), wechat.merchantKeys.publicPem, signature)).toBe(true);
    expect(payParams).toMatchObject({ appId: wechat.MINI_APP, signType: 'RSA', package: 'prepay_id=wx21120000000000000000000000000001' });
  });

  test('cuts a description at 127 whole characters', async () => {
    const { pay, sent } = platform(prepaid);
    await pay.createOrder({ ...order, description: '🎓'.repeat(200) });
    expect(JSON.parse(sent[0]?.body ?? '').description).toBe('🎓'.repeat(127));
  });

  test.each([
    ['amountFen', 0, 'top-up.amount-invalid'],
    ['amountFen', -1, 'top-up.amount-invalid'],
    ['amountFen', 0.5, 'top-up.amount-invalid'],
    ['appId', 'wx-unknown', 'top-up.channel-not-offered'],
    ['payerOpenId', '', 'request.malformed'],
    ['description', ' ', 'request.malformed'],
    ['notifyUrl', 'https://card.example.edu/notify?school=1', 'config.invalid'],
    ['notifyUrl', 'http://card.example.edu/notify', 'config.invalid'],
    ['notifyUrl', `https://card.example.edu/${'x'.repeat(255)}`, 'config.invalid'],
  ])('refuses %s = %j before anything is sent', async (name, value, code) => {
    const { pay, sent } = platform(prepaid);
    expect(await codeOf(() => pay.createOrder({ ...order, [name]: value }))).toBe(code);
    expect(sent).toHaveLength(0);
  });

  test.each([
    [400, 'PARAM_ERROR', 'top-up.platform-refused'],
    [403, 'NO_AUTH', 'top-up.platform-refused'],
    [403, 'OUT_TRADE_NO_USED', 'top-up.platform-refused'],
    [429, 'FREQUENCY_LIMITED', 'top-up.platform-unavailable'],
    [500, 'SYSTEM_ERROR', 'top-up.platform-unavailable'],
    [502, 'BANK_ERROR', 'top-up.platform-unavailable'],
  ])('translates %i %s to %s', async (status, code, expected) => {
    const { pay } = platform(() => wechat.answer(status, { code, message: '说明 oTestOpenid0000000000000001' }));
    const error = await refusalOf(() => pay.createOrder(order));
    expect(error.code).toBe(expected);
    expect(error.detail).toMatchObject({ platformCode: code, status });
    expect(everythingOf(error)).not.toContain('oTestOpenid');
  });

  test('translates an unsigned 401 SIGN_ERROR of the outer gate', async () => {
    const { pay } = platform(() => new Response('{"code":"SIGN_ERROR","message":"x"}', { status: 401 }));
    expect((await refusalOf(() => pay.createOrder(order))).detail).toMatchObject({ platformCode: 'SIGN_ERROR' });
  });

  test('does not believe a success without a prepay_id', async () => {
    for (const content of [{}, { prepay_id: '' }, { prepay_id: 5 }, [], 'x']) {
      const { pay } = platform(() => wechat.answer(200, content));
      expect(await codeOf(() => pay.createOrder(order))).toBe('top-up.platform-unavailable');
    }
  });
});

describe('an order paid by a code on a screen', () => {
  const { payerOpenId: _, ...nobody } = order;
  const qr: NewOrder = { ...nobody, payBy: 'qr' };
  const CODE = 'weixin://wxpay/bizpayurl?pr=p4lpSuKzz';

  test('is a Native order without a payer, and its code is handed on as it is', async () => {
    const { pay, sent } = platform(() => wechat.answer(200, { code_url: CODE }));
    expect(await pay.createOrder(qr)).toEqual({ payParams: { codeUrl: CODE }, platformOrderRef: CODE });
    expect(sent[0]?.url.pathname).toBe('/v3/pay/transactions/native');
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual({
      appid: wechat.MINI_APP,
      mchid: wechat.MERCHANT_ID,
      description: '校园卡充值',
      out_trade_no: ORDER_NO,
      time_expire: '2026-11-21T12:15:00+08:00',
      notify_url: order.notifyUrl,
      amount: { total: 2_000, currency: 'CNY' },
      attach: 'shanghaitech',
    });
    wechat.assertSignedByMerchant(sent[0]);
  });

  test.each([{}, { code_url: '' }, { code_url: 'https://evil.example/pay' }, { code_url: 5 }, { prepay_id: 'x' }])(
    'does not believe the answer %j',
    async (content) => {
      expect(await codeOf(() => platform(() => wechat.answer(200, content)).pay.createOrder(qr))).toBe('top-up.platform-unavailable');
    },
  );

  test('believes no unsigned code', async () => {
    const { pay } = platform(() => Response.json({ code_url: CODE }));
    expect(await codeOf(() => pay.createOrder(qr))).toBe('top-up.platform-unavailable');
  });

  test('a refused one is refused', async () => {
    const { pay } = platform(() => wechat.answer(403, { code: 'OUT_TRADE_NO_USED' }));
    expect(await codeOf(() => pay.createOrder(qr))).toBe('top-up.platform-refused');
  });
});

test('there is no page of WeChat Pay for a computer', async () => {
  const { pay, sent } = platform(prepaid);
  expect(await codeOf(() => pay.createOrder({ ...order, payBy: 'page' }))).toBe('top-up.not-here');
  expect(sent).toHaveLength(0);
});

describe('queryOrder', () => {
  test('asks by our number and reads a paid order', async () => {
    const { pay, sent } = platform(() => wechat.answer(200, wechat.paidTransaction));
    expect(await pay.queryOrder(order)).toEqual({
      status: 'paid',
      merchantOrderNo: ORDER_NO,
      amountFen: 2_000,
      currency: 'CNY',
      appId: wechat.MINI_APP,
      platformTradeNo: wechat.paidTransaction.transaction_id,
      paidAt: Date.UTC(2026, 10, 21, 3, 59, 58),
      payerOpenId: wechat.paidTransaction.payer.openid,
    });
    expect(sent[0]?.method).toBe('GET');
    expect(sent[0]?.url.pathname + (sent[0]?.url.search ?? '')).toBe(
      `/v3/pay/transactions/out-trade-no/${ORDER_NO}?mchid=${wechat.MERCHANT_ID}`,
    );
    wechat.assertSignedByMerchant(sent[0]);
  });

  test.each([
    ['NOTPAY', 'not-paid'],
    ['CLOSED', 'closed'],
    ['USERPAYING', 'pending'],
    ['SOMETHING_NEW', 'pending'],
  ])('reads %s, which comes without payment fields, as %s', async (trade_state, status) => {
    const content = { mchid: wechat.MERCHANT_ID, appid: wechat.MINI_APP, out_trade_no: ORDER_NO, trade_state, payer: {} };
    const { pay } = platform(() => wechat.answer(200, content));
    expect(await pay.queryOrder(order)).toEqual({ status, merchantOrderNo: ORDER_NO });
  });

  test.each(['ORDER_NOT_EXIST', 'ORDERNOTEXIST'])('reads a signed 404 %s as not-found', async (code) => {
    const { pay } = platform(() => wechat.answer(404, { code, message: '订单不存在' }));
    expect((await pay.queryOrder(order)).status).toBe('not-found');
  });

  test('concludes nothing from an unsigned 404', async () => {
    const { pay } = platform(() => new Response('{"code":"ORDER_NOT_EXIST"}', { status: 404 }));
    expect((await pay.queryOrder(order)).status).toBe('pending');
  });

  test('takes a 404 of something else in the way for a refusal, not for an absent order', async () => {
    const { pay } = platform(() => wechat.answer(404, { code: 'NOT_FOUND' }));
    expect(await codeOf(() => pay.queryOrder(order))).toBe('top-up.platform-refused');
  });

  test.each([
    ['another order', { out_trade_no: 'ord_01JD0000000000000000000002' }],
    ['another merchant', { mchid: '1900000110' }],
    ['another app', { appid: 'wx0000000000000009' }],
    ['another currency', { amount: { total: 2_000, currency: 'USD' } }],
    ['no amount', { amount: undefined }],
  ])('concludes nothing from a signed answer that names %s', async (_what, changes) => {
    const { pay } = platform(() => wechat.answer(200, { ...wechat.paidTransaction, ...changes }));
    expect(await codeOf(() => pay.queryOrder(order))).toBe('top-up.platform-unavailable');
  });

  test.each(['not json', '<html>', '', '[]', 'null', '{"trade_state":"SUCCESS"}'])(
    'concludes nothing from the signed body %j',
    async (text) => {
      const { pay } = platform(() => new Response(text, { status: 200, headers: wechat.signedHeaders(Buffer.from(text)) }));
      expect(await codeOf(() => pay.queryOrder(order))).toBe('top-up.platform-unavailable');
    },
  );
});

describe('closeOrder', () => {
  test('closes, answered by an empty signed 204', async () => {
    const { pay, sent } = platform(() => wechat.answer(204, undefined));
    expect(await pay.closeOrder(order)).toBe('closed');
    expect(sent[0]?.url.pathname).toBe(`/v3/pay/transactions/out-trade-no/${ORDER_NO}/close`);
    expect(sent[0]?.body).toBe(`{"mchid":"${wechat.MERCHANT_ID}"}`);
    wechat.assertSignedByMerchant(sent[0]);
  });

  test.each([
    [400, 'ORDER_PAID', 'already-paid'],
    [400, 'ORDERPAID', 'already-paid'],
    [400, 'ORDER_CLOSED', 'closed'],
    [404, 'ORDER_NOT_EXIST', 'not-found'],
    [202, 'USERPAYING', 'pending'],
    [403, 'TRADE_ERROR', 'pending'],
  ])('reads %i %s as %s', async (status, code, outcome) => {
    const { pay } = platform(() => wechat.answer(status, { code }));
    expect(await pay.closeOrder(order)).toBe(outcome);
  });

  test('believes no unsigned outcome', async () => {
    for (const code of ['ORDER_PAID', 'ORDER_CLOSED', 'ORDER_NOT_EXIST']) {
      const { pay } = platform(() => new Response(JSON.stringify({ code }), { status: code === 'ORDER_NOT_EXIST' ? 404 : 400 }));
      expect(await codeOf(() => pay.closeOrder(order))).toBe('top-up.platform-refused');
    }
    const { pay } = platform(() => new Response(null, { status: 204 }));
    expect(await codeOf(() => pay.closeOrder(order))).toBe('top-up.platform-unavailable');
  });
});

describe('holes of wechatpay-node-v3, closed', () => {
  test('C3: asks for answers signed with the first key of the configuration', async () => {
    const [certificate, publicKey] = wechat.settings.platformKeys;
    const byKey = { keys: wechat.publicKeyKeys, serial: wechat.PUBLIC_KEY_SERIAL };
    const { pay, sent } = platform(() => wechat.answer(200, wechat.paidTransaction, byKey), { platformKeys: [publicKey, certificate] });
    expect((await pay.queryOrder(order)).status).toBe('paid');
    expect(sent[0]?.headers.get('wechatpay-serial')).toBe(wechat.PUBLIC_KEY_SERIAL);
  });

  test('C4: takes its base address from the configuration and signs the path that is on the wire', async () => {
    const { pay, sent } = platform(prepaid, { baseUrl: 'http://127.0.0.1:4100/wechat-pay/' });
    await pay.createOrder(order);
    expect(sent[0]?.url.href).toBe('http://127.0.0.1:4100/wechat-pay/v3/pay/transactions/jsapi');
    wechat.assertSignedByMerchant(sent[0]);
  });

  test('C5: throws, and the error carries no header, key or payer', async () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED'), { request: { authorization: 'secret-signature' } });
    const { pay, sent } = platform(() => Promise.reject(cause));
    const error = await refusalOf(() => pay.createOrder(order));
    expect(error.code).toBe('top-up.platform-unavailable');
    expect(error.detail).toMatchObject({ reason: 'network' });
    const printed = everythingOf(error);
    const signature = /signature="([^"]+)"/.exec(sent[0]?.headers.get('authorization') ?? '')?.[1] ?? 'none sent';
    for (const secret of [signature, 'secret-signature', wechat.API_V3_KEY, 'PRIVATE KEY', PAYER]) {
      expect(printed).not.toContain(secret);
    }
  });

  test('C6: gives up on a server that never answers', async () => {
    const server = await serve(() => undefined);
    await expectTimeout(server.url);
    await server.close();
  });

  test('C6: gives up on a server that sends its headers and then drips', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, wechat.signedHeaders(Buffer.from('{')));
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
    });
    await expectTimeout(server.url);
    await server.close();
  });

  test('C6: gives up even where fetch ignores its signal', async () => {
    const { pay } = platform(() => new Promise(() => undefined), { timeoutMs: 50 });
    expect((await refusalOf(() => pay.queryOrder(order))).detail).toMatchObject({ reason: 'timeout' });
  });

  test.each(['ord|01JD00000', 'ord*01JD00000', 'ord-01JD00000', 'ord_1', 'o'.repeat(33), '../../v3/bill', 'ord_01?mchid=1', '订单000001'])(
    'C7: refuses the order number %j, which would not be signed as it is sent',
    async (merchantOrderNo) => {
      const { pay, sent } = platform(prepaid);
      expect(await codeOf(() => pay.createOrder({ ...order, merchantOrderNo }))).toBe('request.malformed');
      expect(await codeOf(() => pay.queryOrder({ ...order, merchantOrderNo }))).toBe('request.malformed');
      expect(await codeOf(() => pay.closeOrder({ ...order, merchantOrderNo }))).toBe('request.malformed');
      expect(sent).toHaveLength(0);
    },
  );

  test.each([
    ['without a signature', () => Response.json(wechat.paidTransaction)],
    ['signed by a stranger', () => wechat.answer(200, wechat.paidTransaction, { keys: newKeys() })],
    ['under an unknown serial', () => wechat.answer(200, wechat.paidTransaction, { serial: serialOf('stranger') })],
    ['five minutes and a second old', () => wechat.answer(200, wechat.paidTransaction, { timestamp: String(wechat.NOW_SECONDS - 301) })],
    [
      'whose body was changed',
      () => new Response(JSON.stringify(wechat.paidTransaction), { headers: wechat.signedHeaders(Buffer.from('{}')) }),
    ],
  ])('C8: does not believe an answer %s', async (_what, forged) => {
    const { pay } = platform(forged);
    expect(await codeOf(() => pay.queryOrder(order))).toBe('top-up.platform-unavailable');
    expect(await codeOf(() => pay.createOrder(order))).toBe('top-up.platform-unavailable');
    expect(await codeOf(() => pay.closeOrder(order))).toBe('top-up.platform-unavailable');
  });

  test('C8: does not believe a refusal under a wrong signature either', async () => {
    const { pay } = platform(() => wechat.answer(404, { code: 'ORDER_NOT_EXIST' }, { keys: newKeys() }));
    expect(await codeOf(() => pay.queryOrder(order))).toBe('top-up.platform-unavailable');
  });

  test('C9: draws 16-byte nonces from the randomness it was given, another one for each signature', async () => {
    const { pay, sent } = platform(prepaid);
    const { payParams } = await pay.createOrder(order);
    expect(wechat.assertSignedByMerchant(sent[0]).get('nonce_str')).toBe('01'.repeat(16));
    expect(payParams.nonceStr).toBe('02'.repeat(16));
    expect(sent[0]?.headers.get('user-agent')).toBe('e-code-card/1');
  });
});

test('an answer larger than a quarter of a megabyte is not read to its end', async () => {
  const { pay } = platform(() => new Response('x'.repeat(300_000), { status: 200 }));
  expect((await refusalOf(() => pay.queryOrder(order))).detail).toMatchObject({ reason: 'answer-too-large' });
});

test('a redirect is not followed with a signed request', async () => {
  let strangerHeard = 0;
  const stranger = await serve((_request, response) => {
    strangerHeard += 1;
    response.end();
  });
  const server = await serve((_request, response) => response.writeHead(307, { location: stranger.url }).end());
  const deps = { fetch: globalThis.fetch, now: () => wechat.NOW, randomBytes: wechat.counting() };
  const pay = createWechatPay({ ...wechat.settings, baseUrl: server.url }, deps);
  expect(await codeOf(() => pay.queryOrder(order))).toBe('top-up.platform-unavailable');
  expect(strangerHeard).toBe(0);
  await Promise.all([server.close(), stranger.close()]);
});

test.each(['说明', 'openid oTestOpenid', 'x'.repeat(65), '', 7, null])(
  'an error code of the platform that is %j does not reach a log',
  async (code) => {
    const { pay } = platform(() => wechat.answer(400, { code }));
    expect((await refusalOf(() => pay.createOrder(order))).detail).toMatchObject({ platformCode: 'unknown' });
  },
);

async function expectTimeout(baseUrl: string): Promise<void> {
  const deps = { fetch: globalThis.fetch, now: () => wechat.NOW, randomBytes: wechat.counting() };
  const pay = createWechatPay({ ...wechat.settings, baseUrl, timeoutMs: 150 }, deps);
  const startedAt = performance.now();
  const error = await refusalOf(() => pay.createOrder(order));
  expect(error.code).toBe('top-up.platform-unavailable');
  expect(error.detail).toMatchObject({ reason: 'timeout' });
  expect(performance.now() - startedAt).toBeLessThan(2_000);
}
