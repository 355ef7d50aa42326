import { fen } from '../../../shared/money';
import type { NewRefund } from '../contract';
import { newKeys, serialOf } from '../testing/keys';
import { fakeNetwork, type SentRequest, serve } from '../testing/network';
import { codeOf, everythingOf, refusalOf } from '../testing/refusals';
import * as wechat from '../testing/wechat-pay';
import { createWechatRefunds } from './refunds';

const REFUND_NO = wechat.acceptedRefund.out_refund_no;
const ORDER_NO = wechat.acceptedRefund.out_trade_no;
const request: NewRefund = {
  merchantOrderNo: ORDER_NO,
  refundNo: REFUND_NO,
  appId: wechat.MINI_APP,
  amountFen: fen(500),
  orderFen: fen(2_000),
  reason: '毕业清退',
  notifyUrl: 'https://card.example.edu/callbacks/wechat-pay/refund',
};
const pending = { status: 'pending', refundNo: REFUND_NO, merchantOrderNo: ORDER_NO };
const succeeded = {
  status: 'succeeded',
  refundNo: REFUND_NO,
  merchantOrderNo: ORDER_NO,
  amountFen: 500,
  platformRefundNo: wechat.acceptedRefund.refund_id,
  refundedAt: Date.UTC(2026, 10, 21, 4, 0, 3),
};
const unknown = () => wechat.answer(404, { code: 'RESOURCE_NOT_EXISTS', message: '退款单不存在' });

function platform(answer: (request: SentRequest) => Response | Promise<Response>, changes: Record<string, unknown> = {}) {
  const network = fakeNetwork(answer);
  const deps = { fetch: network.fetch, now: () => wechat.NOW, randomBytes: wechat.counting() };
  return { sent: network.sent, refunds: createWechatRefunds({ ...wechat.settings, ...changes }, deps) };
}

/** Refuses the refund and answers the question about it afterwards. */
function refusing(status: number, code: string, afterwards: () => Response = unknown) {
  return platform((sent) => (sent.method === 'POST' ? wechat.answer(status, { code, message: '说明' }) : afterwards()));
}

describe('refund', () => {
  test('sends a signed refund, and accepted is pending', async () => {
    const { refunds, sent } = platform(() => wechat.answer(200, wechat.acceptedRefund));
    expect(await refunds.refund(request)).toEqual(pending);
    expect(sent[0]?.method).toBe('POST');
    expect(sent[0]?.url.href).toBe('https://api.mch.weixin.qq.com/v3/refund/domestic/refunds');
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual({
      out_trade_no: ORDER_NO,
      out_refund_no: REFUND_NO,
      reason: '毕业清退',
      notify_url: request.notifyUrl,
      amount: { refund: 500, total: 2_000, currency: 'CNY' },
    });
    wechat.assertSignedByMerchant(sent[0]);
  });

  test('a repeat is told what became of it', async () => {
    const { refunds } = platform(() => wechat.answer(200, wechat.succeededRefund));
    expect(await refunds.refund(request)).toEqual(succeeded);
  });

  test('cuts a reason at 80 whole characters', async () => {
    const { refunds, sent } = platform(() => wechat.answer(200, wechat.acceptedRefund));
    await refunds.refund({ ...request, reason: '🎓'.repeat(100) });
    expect(JSON.parse(sent[0]?.body ?? '').reason).toBe('🎓'.repeat(80));
  });

  test.each([
    ['amountFen', 0, 'request.malformed'],
    ['amountFen', 0.5, 'request.malformed'],
    ['amountFen', 2_001, 'request.malformed'],
    ['orderFen', -1, 'request.malformed'],
    ['reason', ' ', 'request.malformed'],
    ['refundNo', '../../bill', 'request.malformed'],
    ['refundNo', 'rfd|1234', 'request.malformed'],
    ['merchantOrderNo', 'a/b', 'request.malformed'],
    ['appId', 'wx-unknown', 'top-up.channel-not-offered'],
    ['notifyUrl', 'https://card.example.edu/notify?x=1', 'config.invalid'],
  ])('refuses %s = %j before anything is sent', async (name, value, code) => {
    const { refunds, sent } = platform(unknown);
    expect(await codeOf(() => refunds.refund({ ...request, [name]: value }))).toBe(code);
    expect(sent).toHaveLength(0);
  });

  test.each([
    [400, 'INVALID_REQUEST'],
    [400, 'PARAM_ERROR'],
    [403, 'USER_ACCOUNT_ABNORMAL'],
    [403, 'NO_AUTH'],
    [404, 'RESOURCE_NOT_EXISTS'],
    [404, 'MCH_NOT_EXISTS'],
  ])('%i %s is a refusal once the platform knows no refund under this number', async (status, platformCode) => {
    const { refunds, sent } = refusing(status, platformCode);
    const error = await refusalOf(() => refunds.refund(request));
    expect(error.code).toBe('refund.platform-refused');
    expect(error.detail).toMatchObject({ platformCode, status });
    expect(sent[1]?.url.pathname).toBe(`/v3/refund/domestic/refunds/${REFUND_NO}`);
  });

  test('a refused repeat of a refund that the platform has is answered with that refund', async () => {
    const { refunds } = refusing(400, 'INVALID_REQUEST', () => wechat.answer(200, wechat.succeededRefund));
    expect(await refunds.refund(request)).toEqual(succeeded);
  });

  test('a refusal is no refusal while the question about the refund stays open', async () => {
    for (const afterwards of [
      () => wechat.answer(500, { code: 'SYSTEM_ERROR' }),
      () => wechat.answer(403, { code: 'NO_AUTH' }),
      () => Response.json(wechat.acceptedRefund),
      () => wechat.answer(200, { ...wechat.succeededRefund, amount: { refund: 400 } }),
    ]) {
      const { refunds } = refusing(400, 'INVALID_REQUEST', afterwards);
      expect(await codeOf(() => refunds.refund(request))).toBe('refund.platform-unavailable');
    }
    const { refunds } = refusing(400, 'INVALID_REQUEST', () => new Response('{"code":"RESOURCE_NOT_EXISTS"}', { status: 404 }));
    expect(await refunds.refund(request)).toEqual(pending);
  });

  test.each([
    [429, 'FREQUENCY_LIMITED'],
    [403, 'FREQUENCY_LIMIT_EXCEED'],
    [429, 'RATELIMIT_EXCEEDED'],
  ])('%i %s asks for patience', async (status, code) => {
    expect(await codeOf(() => refusing(status, code).refunds.refund(request))).toBe('refund.too-soon');
  });

  test.each([
    [403, 'NOT_ENOUGH'],
    [500, 'SYSTEM_ERROR'],
    [502, 'BANK_ERROR'],
  ])('%i %s is worth the same request later', async (status, platformCode) => {
    const error = await refusalOf(() => refusing(status, platformCode).refunds.refund(request));
    expect(error.code).toBe('refund.platform-unavailable');
    expect(error.detail).toMatchObject({ platformCode });
  });

  test('nothing is concluded from an unsigned refusal', async () => {
    for (const [status, code] of [
      [401, 'SIGN_ERROR'],
      [400, 'INVALID_REQUEST'],
      [404, 'RESOURCE_NOT_EXISTS'],
    ] as const) {
      const { refunds } = platform(() => new Response(JSON.stringify({ code }), { status }));
      expect(await codeOf(() => refunds.refund(request))).toBe('refund.platform-unavailable');
    }
  });

  test('a success of another amount is none of this refund', async () => {
    const { refunds } = platform(() => wechat.answer(200, { ...wechat.succeededRefund, amount: { refund: 5_000, currency: 'CNY' } }));
    expect(await codeOf(() => refunds.refund(request))).toBe('refund.platform-unavailable');
  });
});

describe('queryRefund', () => {
  test('asks by our number', async () => {
    const { refunds, sent } = platform(() => wechat.answer(200, wechat.succeededRefund));
    expect(await refunds.queryRefund(request)).toEqual(succeeded);
    expect(sent[0]?.method).toBe('GET');
    expect(sent[0]?.url.pathname).toBe(`/v3/refund/domestic/refunds/${REFUND_NO}`);
    wechat.assertSignedByMerchant(sent[0]);
  });

  test.each([
    ['PROCESSING', 'pending'],
    ['CLOSED', 'failed'],
    ['ABNORMAL', 'stuck'],
    ['SOMETHING_NEW', 'pending'],
  ])('reads %s as %s', async (state, status) => {
    const { refunds } = platform(() => wechat.answer(200, { ...wechat.acceptedRefund, status: state }));
    expect(await refunds.queryRefund(request)).toEqual({ ...pending, status });
  });

  test('reads a signed 404 as not-found, and concludes nothing from an unsigned one', async () => {
    expect(await platform(unknown).refunds.queryRefund(request)).toEqual({ ...pending, status: 'not-found' });
    const unsigned = () => new Response('{"code":"RESOURCE_NOT_EXISTS"}', { status: 404 });
    expect(await platform(unsigned).refunds.queryRefund(request)).toEqual(pending);
  });

  test.each([
    ['another refund', { out_refund_no: 'rfd_01JD0000000000000000000002' }],
    ['another order', { out_trade_no: 'ord_01JD0000000000000000000002' }],
    ['another currency', { amount: { refund: 500, currency: 'USD' } }],
    ['no amount', { amount: undefined }],
    ['no time', { success_time: undefined }],
    ['no number', { refund_id: undefined }],
  ])('concludes nothing from a signed answer that names %s', async (_what, changes) => {
    const { refunds } = platform(() => wechat.answer(200, { ...wechat.succeededRefund, ...changes }));
    expect(await codeOf(() => refunds.queryRefund(request))).toBe('refund.platform-unavailable');
  });

  test.each([
    ['without a signature', () => Response.json(wechat.succeededRefund)],
    ['signed by a stranger', () => wechat.answer(200, wechat.succeededRefund, { keys: newKeys() })],
    ['under an unknown serial', () => wechat.answer(200, wechat.succeededRefund, { serial: serialOf('stranger') })],
    ['five minutes and a second old', () => wechat.answer(200, wechat.succeededRefund, { timestamp: String(wechat.NOW_SECONDS - 301) })],
    ['changed', () => new Response(JSON.stringify(wechat.succeededRefund), { headers: wechat.signedHeaders(Buffer.from('{}')) })],
    ['too large', () => new Response('x'.repeat(300_000))],
    ['refused to us', () => wechat.answer(403, { code: 'NO_AUTH' })],
  ])('does not believe an answer that is %s', async (_what, forged) => {
    const { refunds } = platform(forged);
    expect(await codeOf(() => refunds.queryRefund(request))).toBe('refund.platform-unavailable');
    expect(await codeOf(() => refunds.refund(request))).toBe('refund.platform-unavailable');
  });

  test('gives up on a server that never answers, and its error carries nothing of the request', async () => {
    const server = await serve(() => undefined);
    const deps = { fetch: globalThis.fetch, now: () => wechat.NOW, randomBytes: wechat.counting() };
    const refunds = createWechatRefunds({ ...wechat.settings, baseUrl: server.url, timeoutMs: 150 }, deps);
    const error = await refusalOf(() => refunds.refund(request));
    expect(error.detail).toEqual({ platform: 'wechat-pay', reason: 'timeout' });
    expect(everythingOf(error)).not.toContain('signature=');
    await server.close();
  });
});
