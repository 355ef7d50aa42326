import { fen } from '../../../shared/money';
import type { NewOrder } from '../contract';
import * as alipay from '../testing/alipay';
import { newKeys } from '../testing/keys';
import { fakeNetwork, noNetwork, type SentRequest, serve } from '../testing/network';
import { codeOf, everythingOf, refusalOf } from '../testing/refusals';
import { createAlipay } from './alipay';

const { ORDER_NO } = alipay;
const TRADE_NO = '2026112122001400000000000001';
const PAYER = '000TestOpenId0000000000000000001';
const order: NewOrder = {
  payBy: 'in-app',
  merchantOrderNo: ORDER_NO,
  amountFen: fen(10_000),
  description: '校园卡充值',
  payerOpenId: PAYER,
  appId: alipay.APP_ID,
  notifyUrl: 'https://card.example.edu/callbacks/alipay',
  expiresAt: Date.UTC(2026, 10, 21, 4, 15, 0),
  schoolId: 'bistu',
};
const CREATE = 'alipay.trade.create';
const QUERY = 'alipay.trade.query';
const CLOSE = 'alipay.trade.close';

const createdContent = { code: '10000', msg: 'Success', out_trade_no: ORDER_NO, trade_no: TRADE_NO };
const paidContent = {
  ...createdContent,
  trade_status: 'TRADE_SUCCESS',
  total_amount: '100.00',
  send_pay_date: '2026-11-21 11:59:30',
  buyer_open_id: '000TestOpenId0000000000000000001',
};

const randomBytes = (count: number) => new Uint8Array(count);

function platform(answer: (request: SentRequest) => Response | Promise<Response>, changes: Record<string, unknown> = {}) {
  const network = fakeNetwork(answer);
  const deps = { fetch: network.fetch, now: () => alipay.NOW, randomBytes };
  return { sent: network.sent, pay: createAlipay({ ...alipay.settings, ...changes }, deps) };
}

describe('createOrder', () => {
  test('sends a signed JSAPI_PAY trade with snake-case fields, and hands the phone its tradeNO', async () => {
    const { pay, sent } = platform(() => alipay.answer(CREATE, createdContent));
    expect(await pay.createOrder(order)).toEqual({ payParams: { tradeNO: TRADE_NO }, platformOrderRef: TRADE_NO });
    const fields = alipay.parametersOf(sent[0]);
    expect(sent[0]?.url.origin + (sent[0]?.url.pathname ?? '')).toBe('https://openapi.alipay.com/gateway.do');
    expect(fields).toMatchObject({ app_id: alipay.APP_ID, method: CREATE, sign_type: 'RSA2', charset: 'utf-8', version: '1.0' });
    expect(fields.notify_url).toBe(order.notifyUrl);
    expect(JSON.parse(fields.biz_content ?? '')).toEqual({
      out_trade_no: ORDER_NO,
      total_amount: '100.00',
      subject: '校园卡充值',
      product_code: 'JSAPI_PAY',
      op_app_id: alipay.APP_ID,
      buyer_open_id: order.payerOpenId,
      time_expire: '2026-11-21 12:15:00',
    });
  });

  test('keeps the business fields out of the URL, which servers log', async () => {
    const { pay, sent } = platform(() => alipay.answer(CREATE, createdContent));
    await pay.createOrder(order);
    expect(sent[0]?.url.href).not.toContain('biz_content');
    expect([...new URLSearchParams(sent[0]?.body).keys()]).toEqual(['biz_content']);
  });

  test('takes the characters out of a subject that the platform forbids', async () => {
    const { pay, sent } = platform(() => alipay.answer(CREATE, createdContent));
    await pay.createOrder({ ...order, description: 'a/b=c&d' });
    expect(JSON.parse(alipay.parametersOf(sent[0]).biz_content ?? '').subject).toBe('a b c d');
  });

  test.each([
    ['appId', '2021000000000009', 'top-up.channel-not-offered'],
    ['amountFen', 0, 'top-up.amount-invalid'],
    ['payerOpenId', '', 'request.malformed'],
    ['merchantOrderNo', 'ord-01JD0000', 'request.malformed'],
    ['notifyUrl', 'https://card.example.edu/notify?x=1', 'config.invalid'],
  ])('refuses %s = %j before anything is sent', async (name, value, code) => {
    const { pay, sent } = platform(() => alipay.answer(CREATE, createdContent));
    expect(await codeOf(() => pay.createOrder({ ...order, [name]: value }))).toBe(code);
    expect(sent).toHaveLength(0);
  });

  test('does not believe a created trade of another number, or without one', async () => {
    for (const changes of [{ out_trade_no: 'ord_other' }, { trade_no: '' }, { trade_no: undefined }]) {
      const { pay } = platform(() => alipay.answer(CREATE, { ...createdContent, ...changes }));
      expect(await codeOf(() => pay.createOrder(order))).toBe('top-up.platform-unavailable');
    }
  });
});

describe('an order paid by a code on a screen', () => {
  const PRECREATE = 'alipay.trade.precreate';
  const { payerOpenId: _, ...nobody } = order;
  const qr: NewOrder = { ...nobody, payBy: 'qr' };
  const CODE = 'https://qr.alipay.com/bax03206ug0kulveltqc80a8';
  const content = { code: '10000', msg: 'Success', out_trade_no: ORDER_NO, qr_code: CODE };

  test('is a precreated trade without a payer', async () => {
    const { pay, sent } = platform(() => alipay.answer(PRECREATE, content));
    expect(await pay.createOrder(qr)).toEqual({ payParams: { codeUrl: CODE }, platformOrderRef: CODE });
    const fields = alipay.parametersOf(sent[0]);
    expect(fields).toMatchObject({ method: PRECREATE, notify_url: order.notifyUrl });
    expect(JSON.parse(fields.biz_content ?? '')).toEqual({
      out_trade_no: ORDER_NO,
      total_amount: '100.00',
      subject: '校园卡充值',
      product_code: 'FACE_TO_FACE_PAYMENT',
      time_expire: '2026-11-21 12:15:00',
    });
  });

  test.each([{ out_trade_no: 'ord_other' }, { qr_code: undefined }, { qr_code: 'http://qr.alipay.com/x' }, { qr_code: 'javascript:1' }])(
    'does not believe a code with %j',
    async (changes) => {
      expect(await codeOf(() => platform(() => alipay.answer(PRECREATE, { ...content, ...changes })).pay.createOrder(qr))).toBe(
        'top-up.platform-unavailable',
      );
    },
  );

  test('believes no unsigned code', async () => {
    const { pay } = platform(() => alipay.jsonResponse(JSON.stringify({ alipay_trade_precreate_response: content })));
    expect(await codeOf(() => pay.createOrder(qr))).toBe('top-up.platform-unavailable');
  });
});

describe('an order paid on Alipay’s page', () => {
  const { payerOpenId: _, ...nobody } = order;
  const page: NewOrder = { ...nobody, payBy: 'page', returnUrl: 'https://card.example.edu/top-up?order=1' };

  test('is an address with the whole signed order, made without a call', async () => {
    const { pay, sent } = platform(() => alipay.jsonResponse(''));
    const { payParams, platformOrderRef } = await pay.createOrder(page);
    expect(sent).toHaveLength(0);
    expect(platformOrderRef).toBe('page');
    const url = new URL(payParams.url ?? '');
    expect(url.origin + url.pathname).toBe('https://openapi.alipay.com/gateway.do');
    const fields = alipay.parametersOf({ method: 'GET', url, headers: new Headers(), body: '' });
    expect(fields).toMatchObject({
      method: 'alipay.trade.page.pay',
      app_id: alipay.APP_ID,
      sign_type: 'RSA2',
      notify_url: order.notifyUrl,
      return_url: page.returnUrl,
      timestamp: '2026-11-21 12:00:00',
    });
    expect(JSON.parse(fields.biz_content ?? '')).toEqual({
      out_trade_no: ORDER_NO,
      total_amount: '100.00',
      subject: '校园卡充值',
      product_code: 'FAST_INSTANT_TRADE_PAY',
      time_expire: '2026-11-21 12:15:00',
    });
  });

  test.each(['javascript:alert(1)', 'http://card.example.edu/', 'card'])('refuses the return address %j', async (returnUrl) => {
    const { pay } = platform(() => alipay.jsonResponse(''));
    expect(await codeOf(() => pay.createOrder({ ...page, returnUrl }))).toBe('request.malformed');
  });
});

describe('queryOrder', () => {
  test('reads a paid trade', async () => {
    const { pay, sent } = platform(() => alipay.answer(QUERY, paidContent));
    expect(await pay.queryOrder(order)).toEqual({
      status: 'paid',
      merchantOrderNo: ORDER_NO,
      amountFen: 10_000,
      currency: 'CNY',
      appId: alipay.APP_ID,
      platformTradeNo: TRADE_NO,
      paidAt: Date.UTC(2026, 10, 21, 3, 59, 30),
      payerOpenId: '000TestOpenId0000000000000000001',
    });
    expect(JSON.parse(alipay.parametersOf(sent[0]).biz_content ?? '')).toEqual({ out_trade_no: ORDER_NO });
  });

  test.each([
    ['TRADE_FINISHED', 'paid'],
    ['WAIT_BUYER_PAY', 'not-paid'],
    ['TRADE_CLOSED', 'closed'],
    ['SOMETHING_NEW', 'pending'],
  ])('reads %s as %s', async (trade_status, status) => {
    const { pay } = platform(() => alipay.answer(QUERY, { ...paidContent, trade_status }));
    expect((await pay.queryOrder(order)).status).toBe(status);
  });

  const absent = { code: '40004', msg: 'Business Failed', sub_code: 'ACQ.TRADE_NOT_EXIST', sub_msg: '交易不存在' };

  test('reads a signed ACQ.TRADE_NOT_EXIST as not-found, and concludes nothing from an unsigned one', async () => {
    expect((await platform(() => alipay.answer(QUERY, absent)).pay.queryOrder(order)).status).toBe('not-found');
    const unsigned = JSON.stringify({ alipay_trade_query_response: absent });
    expect((await platform(() => alipay.jsonResponse(unsigned)).pay.queryOrder(order)).status).toBe('pending');
  });

  test.each([
    ['of another number', { out_trade_no: 'ord_other' }],
    ['without an amount', { total_amount: undefined }],
    ['with a third decimal', { total_amount: '100.001' }],
    ['without a payment date', { send_pay_date: undefined }],
    ['in dollars', { trans_currency: 'USD' }],
    ['without a status', { trade_status: undefined }],
  ])('concludes nothing from a signed paid trade %s', async (_what, changes) => {
    const { pay } = platform(() => alipay.answer(QUERY, { ...paidContent, ...changes }));
    expect(await codeOf(() => pay.queryOrder(order))).toBe('top-up.platform-unavailable');
  });
});

describe('closeOrder', () => {
  test('closes', async () => {
    const content = { code: '10000', out_trade_no: ORDER_NO, trade_no: TRADE_NO };
    expect(await platform(() => alipay.answer(CLOSE, content)).pay.closeOrder(order)).toBe('closed');
  });

  test.each([
    ['ACQ.TRADE_NOT_EXIST', 'not-found'],
    ['ACQ.TRADE_STATUS_ERROR', 'pending'],
    ['ACQ.REASON_TRADE_BEEN_FREEZEN', 'pending'],
  ])('reads a signed %s as %s', async (sub_code, outcome) => {
    const content = { code: '40004', msg: 'Business Failed', sub_code };
    expect(await platform(() => alipay.answer(CLOSE, content)).pay.closeOrder(order)).toBe(outcome);
    const unsigned = JSON.stringify({ alipay_trade_close_response: content });
    expect(await codeOf(() => platform(() => alipay.jsonResponse(unsigned)).pay.closeOrder(order))).toBe('top-up.platform-refused');
  });
});

describe('holes of alipay-sdk, closed', () => {
  const forged = alipay.answerText(QUERY, paidContent, newKeys().privateKey);
  const genuine = alipay.answerText(QUERY, { ...paidContent, trade_status: 'WAIT_BUYER_PAY' });
  const member = (text: string) => text.slice(1, text.lastIndexOf(',"sign"'));

  test.each([
    ['forged', forged],
    ['unsigned', `{${member(forged)}}`],
    ['whose sign is no text', `{${member(forged)},"sign":5}`],
    ['whose sign is null', `{${member(forged)},"sign":null}`],
    ['with an empty sign', `{${member(forged)},"sign":""}`],
    ['whose status was changed after signing', genuine.replace('WAIT_BUYER_PAY', 'TRADE_SUCCESS')],
  ])('D1: does not believe an answer that is %s', async (_what, text) => {
    expect(await codeOf(() => platform(() => alipay.jsonResponse(text)).pay.queryOrder(order))).toBe('top-up.platform-unavailable');
  });

  test('D1: parses the very text that was verified, never a second object beside it', async () => {
    const sign = genuine.slice(genuine.lastIndexOf(',"sign"'), -1);
    for (const text of [
      `{${member(genuine)}${sign},${member(forged)}}`,
      `{${member(forged)},${member(genuine)}${sign}}`,
      `{"x":{${member(genuine)}},${member(forged)}${sign}}`,
    ]) {
      expect(await codeOf(() => platform(() => alipay.jsonResponse(text)).pay.queryOrder(order))).toBe('top-up.platform-unavailable');
    }
  });

  test('D1: believes an answer signed before its slashes were escaped, as the platform does it', async () => {
    const plain = JSON.stringify({ ...paidContent, buyer_logon_id: 'a/b' });
    const sign = JSON.stringify(alipay.signText(plain));
    const text = `{"alipay_trade_query_response":${plain.replaceAll('/', '\\/')},"sign":${sign}}`;
    expect((await platform(() => alipay.jsonResponse(text)).pay.queryOrder(order)).status).toBe('paid');
  });

  const refusedByGate = { code: '40002', msg: 'Invalid Arguments', sub_code: 'isv.invalid-app-id', sub_msg: '无效的AppID参数' };

  test('D2: keeps the sub_code of an unsigned error_response', async () => {
    const { pay } = platform(() => alipay.jsonResponse(JSON.stringify({ error_response: refusedByGate })));
    const error = await refusalOf(() => pay.queryOrder(order));
    expect(error.code).toBe('top-up.platform-refused');
    expect(error.detail).toMatchObject({ platformCode: 'isv.invalid-app-id' });
  });

  test('D2: an error_response is never a success, whatever its code and signature', async () => {
    const content = JSON.stringify(paidContent);
    const signed = `{"error_response":${content},"sign":${JSON.stringify(alipay.signText(content))}}`;
    for (const text of [signed, `{"error_response":${content}}`, '{"error_response":{}}', '{"error_response":"x"}']) {
      const code = await codeOf(() => platform(() => alipay.jsonResponse(text)).pay.queryOrder(order));
      expect(code).toMatch(/^top-up\.platform-(refused|unavailable)$/);
    }
  });

  test('D3: uses gateway v2, whose requests are dated; it never calls v3 with its undated answers', async () => {
    const { pay, sent } = platform(() => alipay.answer(QUERY, paidContent));
    await pay.queryOrder(order);
    expect(sent.map(({ url }) => url.pathname)).toEqual(['/gateway.do']);
  });

  test.each([
    ['40004', 'ACQ.TRADE_HAS_SUCCESS', 'top-up.platform-refused'],
    ['40004', 'ACQ.BUYER_BALANCE_NOT_ENOUGH', 'top-up.platform-refused'],
    ['40002', 'isv.invalid-signature', 'top-up.platform-refused'],
    ['40006', 'isv.insufficient-isv-permissions', 'top-up.platform-refused'],
    ['40004', 'ACQ.SYSTEM_ERROR', 'top-up.platform-unavailable'],
    ['20000', 'aop.ACQ.SYSTEM_ERROR', 'top-up.platform-unavailable'],
    ['20000', 'isp.unknow-error', 'top-up.platform-unavailable'],
    ['10003', 'ACQ.WAITING', 'top-up.platform-refused'],
  ])('D4: code %s %s, a normal return of the SDK, is %s', async (code, sub_code, expected) => {
    const { pay } = platform(() => alipay.answer(CREATE, { ...createdContent, code, sub_code }));
    const error = await refusalOf(() => pay.createOrder(order));
    expect(error.code).toBe(expected);
    expect(error.detail).toMatchObject({ code, platformCode: sub_code });
  });

  test('D4: an answer without any code is no success of a trade', async () => {
    const { pay } = platform(() => alipay.answer(CREATE, { ...createdContent, code: undefined }));
    expect(await codeOf(() => pay.createOrder(order))).toBe('top-up.platform-unavailable');
  });

  test('D7: dates requests in Beijing time, whatever zone the process is in', async () => {
    const { pay, sent } = platform(() => alipay.answer(QUERY, paidContent));
    await pay.queryOrder(order);
    expect(alipay.parametersOf(sent[0]).timestamp).toBe('2026-11-21 12:00:00');
  });

  test('D8: takes the private key as PKCS#8, as PKCS#1 and as bare base64 of either', async () => {
    const pkcs1 = String(alipay.appKeys.privateKey.export({ type: 'pkcs1', format: 'pem' }));
    for (const pem of [alipay.appKeys.privatePem, pkcs1]) {
      for (const appPrivateKey of [pem, pem.replace(/-----[^-]+-----|\s/g, '')]) {
        const { pay, sent } = platform(() => alipay.answer(QUERY, paidContent), { apps: [{ ...alipay.miniApp, appPrivateKey }] });
        await pay.queryOrder(order);
        alipay.parametersOf(sent[0]);
      }
    }
  });

  test('D8: takes the platform’s public key as PEM and as the bare base64 of the console', async () => {
    const alipayPublicKey = alipay.platformKeys.publicPem.replace(/-----[^-]+-----|\s/g, '');
    const { pay } = platform(() => alipay.answer(QUERY, paidContent), { apps: [{ ...alipay.miniApp, alipayPublicKey }] });
    expect((await pay.queryOrder(order)).status).toBe('paid');
  });

  test('D10: reads and writes names as the platform spells them', async () => {
    const { pay, sent } = platform(() => alipay.answer(CREATE, createdContent));
    await pay.createOrder(order);
    expect(alipay.parametersOf(sent[0]).biz_content).toMatch(/^\{"out_trade_no":.*"buyer_open_id":/);
  });
});

describe('an answer that cannot be used is no conclusion', () => {
  test.each(['', 'not json', '<html>502</html>', '[]', '{}', 'null', '{"other_response":{},"sign":"x"}'])('body %j', async (text) => {
    expect(await codeOf(() => platform(() => alipay.jsonResponse(text)).pay.queryOrder(order))).toBe('top-up.platform-unavailable');
  });

  test.each([301, 403, 500, 502])('HTTP %i', async (status) => {
    const answer = () => alipay.jsonResponse(alipay.answerText(QUERY, paidContent), status);
    expect(await codeOf(() => platform(answer).pay.queryOrder(order))).toBe('top-up.platform-unavailable');
  });

  test('a server that never answers', async () => {
    const server = await serve(() => undefined);
    const deps = { fetch: globalThis.fetch, now: () => alipay.NOW, randomBytes };
    const pay = createAlipay({ ...alipay.settings, gatewayUrl: `${server.url}/gateway.do`, timeoutMs: 150 }, deps);
    const error = await refusalOf(() => pay.createOrder(order));
    expect(error.code).toBe('top-up.platform-unavailable');
    expect(error.detail).toMatchObject({ reason: 'timeout' });
    await server.close();
  });

  test('a broken connection, whose error carries nothing of the request', async () => {
    const { pay } = platform(() => Promise.reject(new Error('socket hang up at sign=abc')));
    const printed = everythingOf(await refusalOf(() => pay.createOrder(order)));
    for (const secret of ['sign=', 'PRIVATE KEY', PAYER]) expect(printed).not.toContain(secret);
  });
});

test.each([
  ['gatewayUrl', 'http://openapi.alipay.com/gateway.do', 'gatewayUrl'],
  ['apps', [{ ...alipay.miniApp, appPrivateKey: 'nonsense' }], 'apps.0.appPrivateKey'],
  ['apps', [alipay.miniApp, { ...alipay.webApp, alipayPublicKey: 'nonsense' }], 'apps.1.alipayPublicKey'],
  ['apps', [{ ...alipay.miniApp, appId: '' }], 'apps.0.appId'],
  ['apps', [], 'apps'],
  ['sellerId', '1234', 'sellerId'],
  ['timeoutMs', 1, 'timeoutMs'],
])('refuses a bad %s by its name', async (name, value, setting) => {
  const deps = { fetch: noNetwork, now: () => alipay.NOW, randomBytes };
  const error = await refusalOf(() => createAlipay({ ...alipay.settings, [name]: value }, deps));
  expect(error.code).toBe('config.invalid');
  expect(error.detail).toMatchObject({ setting });
});

test('asks as the app that the order is of, with its key, and verifies with that app’s key', async () => {
  const { pay, sent } = platform(() => alipay.answer(QUERY, paidContent, alipay.webPlatformKeys.privateKey));
  const web = { merchantOrderNo: ORDER_NO, appId: alipay.WEB_APP_ID };
  expect(await pay.queryOrder(web)).toMatchObject({ status: 'paid', appId: alipay.WEB_APP_ID });
  expect(alipay.parametersOf(sent[0], alipay.webAppKeys).app_id).toBe(alipay.WEB_APP_ID);
  expect(await codeOf(() => pay.queryOrder(order))).toBe('top-up.platform-unavailable');
  expect(await codeOf(() => pay.closeOrder({ ...web, appId: 'toString' }))).toBe('top-up.channel-not-offered');
});
