import { fen } from '../../../shared/money';
import type { NewRefund } from '../contract';
import * as alipay from '../testing/alipay';
import { newKeys } from '../testing/keys';
import { fakeNetwork, type SentRequest, serve } from '../testing/network';
import { codeOf, everythingOf, refusalOf } from '../testing/refusals';
import { createAlipayRefunds } from './refunds';

const { ORDER_NO } = alipay;
const TRADE_NO = '2026112122001400000000000001';
const REFUND_NO = 'rfd_01JD0000000000000000000001';
const REFUND = 'alipay.trade.refund';
const QUERY = 'alipay.trade.fastpay.refund.query';
const request: NewRefund = {
  merchantOrderNo: ORDER_NO,
  refundNo: REFUND_NO,
  appId: alipay.APP_ID,
  amountFen: fen(500),
  orderFen: fen(10_000),
  reason: '毕业清退',
  notifyUrl: 'https://card.example.edu/callbacks/alipay',
};
const names = { refundNo: REFUND_NO, merchantOrderNo: ORDER_NO };
const refunded = { code: '10000', msg: 'Success', out_trade_no: ORDER_NO, trade_no: TRADE_NO, fund_change: 'Y', refund_fee: '35.00' };
const queried = {
  code: '10000',
  msg: 'Success',
  out_trade_no: ORDER_NO,
  trade_no: TRADE_NO,
  out_request_no: REFUND_NO,
  total_amount: '100.00',
  refund_amount: '5.00',
  refund_status: 'REFUND_SUCCESS',
  gmt_refund_pay: '2026-11-21 12:00:03',
};
const empty = { code: '10000', msg: 'Success' };
const business = (sub_code: string) => ({ code: '40004', msg: 'Business Failed', sub_code, sub_msg: '说明' });
const succeeded = {
  status: 'succeeded',
  ...names,
  amountFen: 500,
  platformRefundNo: TRADE_NO,
  refundedAt: Date.UTC(2026, 10, 21, 4, 0, 3),
};

function platform(answer: (request: SentRequest) => Response | Promise<Response>, changes: Record<string, unknown> = {}) {
  const network = fakeNetwork(answer);
  const deps = { fetch: network.fetch, now: () => alipay.NOW, randomBytes: (count: number) => new Uint8Array(count) };
  return { sent: network.sent, refunds: createAlipayRefunds({ ...alipay.settings, ...changes }, deps) };
}

/** Answers each method from a table. */
function telling(contents: Readonly<Record<string, unknown>>) {
  return platform((sent) => {
    const method = sent.url.searchParams.get('method') ?? '';
    return alipay.answer(method, contents[method]);
  });
}

describe('refund', () => {
  test('sends a signed refund; fund_change Y says that the payer has it', async () => {
    const { refunds, sent } = telling({ [REFUND]: refunded });
    expect(await refunds.refund(request)).toEqual({ ...succeeded, refundedAt: alipay.NOW });
    const fields = alipay.parametersOf(sent[0]);
    expect(fields.method).toBe(REFUND);
    expect(JSON.parse(fields.biz_content ?? '')).toEqual({
      out_trade_no: ORDER_NO,
      out_request_no: REFUND_NO,
      refund_amount: '5.00',
      refund_reason: '毕业清退',
    });
    expect(sent).toHaveLength(1);
  });

  test.each(['N', undefined, 'yes'])('fund_change %j is not known yet', async (fund_change) => {
    const { refunds } = telling({ [REFUND]: { ...refunded, fund_change } });
    expect(await refunds.refund(request)).toEqual({ status: 'pending', ...names });
  });

  test.each([
    ['amountFen', 0, 'request.malformed'],
    ['amountFen', 10_001, 'request.malformed'],
    ['refundNo', 'rfd-01', 'request.malformed'],
    ['reason', '', 'request.malformed'],
    ['appId', '2021000000000009', 'top-up.channel-not-offered'],
  ])('refuses %s = %j before anything is sent', async (name, value, code) => {
    const { refunds, sent } = telling({});
    expect(await codeOf(() => refunds.refund({ ...request, [name]: value }))).toBe(code);
    expect(sent).toHaveLength(0);
  });

  test.each(['ACQ.REFUND_AMT_NOT_EQUAL_TOTAL', 'ACQ.TRADE_HAS_FINISHED', 'ACQ.TRADE_NOT_ALLOW_REFUND', 'ACQ.REASON_TRADE_REFUND_FEE_ERR'])(
    '%s is a refusal once the platform knows no refund under this number',
    async (platformCode) => {
      const { refunds, sent } = telling({ [REFUND]: business(platformCode), [QUERY]: empty });
      const error = await refusalOf(() => refunds.refund(request));
      expect(error.code).toBe('refund.platform-refused');
      expect(error.detail).toMatchObject({ platformCode });
      expect(sent).toHaveLength(2);
    },
  );

  test('a trade that does not exist can have no refund', async () => {
    const { refunds } = telling({ [REFUND]: business('ACQ.TRADE_NOT_EXIST'), [QUERY]: business('ACQ.TRADE_NOT_EXIST') });
    expect(await codeOf(() => refunds.refund(request))).toBe('refund.platform-refused');
  });

  test('a refused repeat of a refund that the platform has is answered with that refund', async () => {
    const { refunds } = telling({ [REFUND]: business('ACQ.TRADE_HAS_FINISHED'), [QUERY]: queried });
    expect(await refunds.refund(request)).toEqual(succeeded);
  });

  test('a refusal is no refusal while the question about the refund stays open', async () => {
    for (const afterwards of [business('ACQ.SYSTEM_ERROR'), business('ACQ.INVALID_PARAMETER'), { ...queried, refund_amount: '4.00' }]) {
      const { refunds } = telling({ [REFUND]: business('ACQ.DISCORDANT_REPEAT_REQUEST'), [QUERY]: afterwards });
      expect(await codeOf(() => refunds.refund(request))).toBe('refund.platform-unavailable');
    }
    const { refunds } = platform((sent) => {
      if (sent.url.searchParams.get('method') === REFUND) return alipay.answer(REFUND, business('ACQ.TRADE_NOT_EXIST'));
      return alipay.jsonResponse(JSON.stringify({ alipay_trade_fastpay_refund_query_response: business('ACQ.TRADE_NOT_EXIST') }));
    });
    expect(await codeOf(() => refunds.refund(request))).toBe('refund.platform-unavailable');
  });

  test.each([
    ['40004', 'ACQ.SELLER_BALANCE_NOT_ENOUGH', 'refund.platform-unavailable'],
    ['40004', 'ACQ.SYSTEM_ERROR', 'refund.platform-unavailable'],
    ['20000', 'isp.unknow-error', 'refund.platform-unavailable'],
    ['40005', 'isv.app-call-limited', 'refund.too-soon'],
    ['40005', 'isv.method-call-limited', 'refund.too-soon'],
  ])('code %s %s is worth the same request later', async (code, sub_code, expected) => {
    const { refunds } = telling({ [REFUND]: { ...business(sub_code), code } });
    const error = await refusalOf(() => refunds.refund(request));
    expect(error.code).toBe(expected);
    expect(error.detail).toMatchObject({ platformCode: sub_code });
  });

  test('nothing is concluded from an unsigned refusal', async () => {
    for (const text of [
      JSON.stringify({ error_response: { code: '40002', sub_code: 'isv.invalid-signature' } }),
      JSON.stringify({ alipay_trade_refund_response: business('ACQ.TRADE_HAS_FINISHED') }),
    ]) {
      const { refunds } = platform(() => alipay.jsonResponse(text));
      expect(await codeOf(() => refunds.refund(request))).toBe('refund.platform-unavailable');
    }
  });

  test.each([
    ['of another order', { out_trade_no: 'ord_other' }],
    ['without an order', { out_trade_no: undefined }],
    ['without a trade number', { trade_no: undefined }],
  ])('does not believe a refund %s', async (_what, changes) => {
    const { refunds } = telling({ [REFUND]: { ...refunded, ...changes } });
    expect(await codeOf(() => refunds.refund(request))).toBe('refund.platform-unavailable');
  });
});

describe('queryRefund', () => {
  test('asks by both numbers and for the time', async () => {
    const { refunds, sent } = telling({ [QUERY]: queried });
    expect(await refunds.queryRefund(request)).toEqual(succeeded);
    expect(JSON.parse(alipay.parametersOf(sent[0]).biz_content ?? '')).toEqual({
      out_trade_no: ORDER_NO,
      out_request_no: REFUND_NO,
      query_options: ['gmt_refund_pay'],
    });
  });

  test('takes the time it heard of the refund where the platform gives none', async () => {
    const { refunds } = telling({ [QUERY]: { ...queried, gmt_refund_pay: undefined } });
    expect(await refunds.queryRefund(request)).toEqual({ ...succeeded, refundedAt: alipay.NOW });
  });

  test.each([
    ['an empty answer', empty],
    ['an answer without a status', { ...queried, refund_status: undefined }],
    ['a status that is not known', { ...queried, refund_status: 'REFUND_PROCESSING' }],
  ])('%s is not known yet', async (_what, content) => {
    expect(await telling({ [QUERY]: content }).refunds.queryRefund(request)).toEqual({ status: 'pending', ...names });
  });

  test('a signed ACQ.TRADE_NOT_EXIST is not-found, an unsigned one is nothing', async () => {
    const absent = business('ACQ.TRADE_NOT_EXIST');
    expect(await telling({ [QUERY]: absent }).refunds.queryRefund(request)).toEqual({ status: 'not-found', ...names });
    const unsigned = JSON.stringify({ alipay_trade_fastpay_refund_query_response: absent });
    expect(await codeOf(() => platform(() => alipay.jsonResponse(unsigned)).refunds.queryRefund(request))).toBe(
      'refund.platform-unavailable',
    );
  });

  test.each([
    ['another refund', { out_request_no: 'rfd_01JD0000000000000000000002' }],
    ['another order', { out_trade_no: 'ord_other' }],
    ['no amount', { refund_amount: undefined }],
    ['a third decimal', { refund_amount: '5.000' }],
  ])('concludes nothing from a signed success that names %s', async (_what, changes) => {
    const { refunds } = telling({ [QUERY]: { ...queried, ...changes } });
    expect(await codeOf(() => refunds.queryRefund(request))).toBe('refund.platform-unavailable');
  });

  const genuine = alipay.answerText(QUERY, { ...queried, refund_amount: '4.00' });

  test.each([
    ['forged', alipay.answerText(QUERY, queried, newKeys().privateKey)],
    ['unsigned', JSON.stringify({ alipay_trade_fastpay_refund_query_response: queried })],
    ['changed', genuine.replace('4.00', '5.00')],
    ['too large', 'x'.repeat(300_000)],
  ])('does not believe an answer that is %s', async (_what, text) => {
    expect(await codeOf(() => platform(() => alipay.jsonResponse(text)).refunds.queryRefund(request))).toBe('refund.platform-unavailable');
  });

  test('gives up on a server that never answers, and its error carries nothing of the request', async () => {
    const server = await serve(() => undefined);
    const deps = { fetch: globalThis.fetch, now: () => alipay.NOW, randomBytes: (count: number) => new Uint8Array(count) };
    const refunds = createAlipayRefunds({ ...alipay.settings, gatewayUrl: `${server.url}/gateway.do`, timeoutMs: 150 }, deps);
    const error = await refusalOf(() => refunds.refund(request));
    expect(error.detail).toEqual({ platform: 'alipay', reason: 'timeout' });
    expect(everythingOf(error)).not.toContain('sign=');
    await server.close();
  });
});

test('asks as the app that the order is of, with its key', async () => {
  const { refunds, sent } = platform(() => alipay.answer(QUERY, queried, alipay.webPlatformKeys.privateKey));
  expect(await refunds.queryRefund({ ...request, appId: alipay.WEB_APP_ID })).toEqual(succeeded);
  expect(alipay.parametersOf(sent[0], alipay.webAppKeys).app_id).toBe(alipay.WEB_APP_ID);
});
