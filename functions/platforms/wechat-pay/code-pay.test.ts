import { fen } from '../../../shared/money';
import type { NewCodePayment } from '../contract';
import { newKeys } from '../testing/keys';
import { fakeNetwork, type SentRequest } from '../testing/network';
import { codeOf, everythingOf, refusalOf } from '../testing/refusals';
import * as wechat from '../testing/wechat-pay';
import { createWechatCodePay } from './code-pay';

const ORDER_NO = wechat.paidTransaction.out_trade_no;
const AUTH_CODE = '134567890123456789';
const payment: NewCodePayment = {
  merchantOrderNo: ORDER_NO,
  appId: wechat.MINI_APP,
  authCode: AUTH_CODE,
  amountFen: fen(2_000),
  description: '一号窗口',
  schoolId: 'bistu',
  terminal: 7,
};
const order = { merchantOrderNo: ORDER_NO, appId: wechat.MINI_APP };
const paid = { ...wechat.paidTransaction, trade_type: 'MICROPAY' };
const pending = { status: 'pending', merchantOrderNo: ORDER_NO };

function platform(answer: (request: SentRequest) => Response | Promise<Response>) {
  const network = fakeNetwork(answer);
  const deps = { fetch: network.fetch, now: () => wechat.NOW, randomBytes: wechat.counting() };
  return { sent: network.sent, pay: createWechatCodePay(wechat.settings, deps) };
}
const refusing = (status: number, code: string) => platform(() => wechat.answer(status, { code, message: '说明' }));

describe('a payment by code', () => {
  test('is one signed request as the mini-program, and a whole signed success is paid', async () => {
    const { pay, sent } = platform(() => wechat.answer(200, paid));
    expect(await pay.payByCode(payment)).toMatchObject({
      status: 'paid',
      amountFen: 2_000,
      payerOpenId: paid.payer.openid,
      appId: wechat.MINI_APP,
    });
    expect(sent).toHaveLength(1);
    expect(sent[0]?.url.href).toBe('https://api.mch.weixin.qq.com/v3/pay/transactions/codepay');
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual({
      appid: wechat.MINI_APP,
      mchid: wechat.MERCHANT_ID,
      description: '一号窗口',
      out_trade_no: ORDER_NO,
      attach: 'bistu',
      payer: { auth_code: AUTH_CODE },
      amount: { total: 2_000, currency: 'CNY' },
      scene_info: { device_id: '7', store_info: { out_id: 'bistu' } },
    });
    wechat.assertSignedByMerchant(sent[0]);
  });

  test.each<[string, unknown]>([
    ['the payer types', { trade_state: 'USERPAYING' }],
    ['it is of another order', { ...paid, out_trade_no: 'ord_01JD0000000000000000000002' }],
    ['it is of another merchant', { ...paid, mchid: '1900000999' }],
    ['it is of another of our apps', { ...paid, appid: wechat.WEB_APP }],
    ['it has no amount', { ...paid, amount: undefined }],
    ['its state is one we do not know', { ...paid, trade_state: 'SOMETHING' }],
  ])('is pending where %s', async (_, content) => {
    expect(await platform(() => wechat.answer(200, content)).pay.payByCode(payment)).toEqual(pending);
  });

  test.each([
    [400, 'AUTH_CODE_EXPIRED', 'code-expired'],
    [400, 'AUTH_CODE_INVALID', 'code-expired'],
    [403, 'NOT_ENOUGH', 'refused'],
    [403, 'RULE_LIMIT', 'refused'],
  ])('%i %s is refused for good (%s)', async (status, code, reason) => {
    expect(await refusing(status, code).pay.payByCode(payment)).toEqual({
      ...{ status: 'refused', merchantOrderNo: ORDER_NO, reason, platformCode: code },
    });
  });

  test.each([
    [500, 'SYSTEM_ERROR'],
    [400, 'USERPAYING'],
    [400, 'ORDERPAID'],
    [403, 'TRADE_ERROR'],
    [429, 'FREQUENCY_LIMITED'],
    [400, 'SOMETHING_NEW'],
  ])('%i %s may have been carried out', async (status, code) => {
    expect(await refusing(status, code).pay.payByCode(payment)).toEqual(pending);
  });

  test('a refusal without a signature refuses nothing; a wrong signature and a lost answer say nothing', async () => {
    const unsigned = platform(() => Response.json({ code: 'AUTH_CODE_EXPIRED' }, { status: 400 }));
    expect(await unsigned.pay.payByCode(payment)).toEqual(pending);
    const forged = platform(() => wechat.answer(200, paid, { keys: newKeys() }));
    expect(await codeOf(() => forged.pay.payByCode(payment))).toBe('native.unavailable');
    const lost = platform(() => Promise.reject(new TypeError('fetch failed')));
    const error = await refusalOf(() => lost.pay.payByCode(payment));
    expect(error.code).toBe('native.unavailable');
    // The code on the payer's phone is money.
    expect(everythingOf(error)).not.toContain(AUTH_CODE);
  });

  test.each([
    ['authCode', '12345', 'request.malformed'],
    ['amountFen', 0, 'top-up.amount-invalid'],
    ['amountFen', 0.5, 'top-up.amount-invalid'],
    ['merchantOrderNo', 'a/b', 'request.malformed'],
    ['description', ' ', 'request.malformed'],
    ['appId', 'wx-unknown', 'top-up.channel-not-offered'],
  ])('with %s = %j is refused before anything is sent', async (name, value, code) => {
    const { pay, sent } = platform(() => wechat.answer(200, paid));
    expect(await codeOf(() => pay.payByCode({ ...payment, [name]: value }))).toBe(code);
    expect(sent).toEqual([]);
  });
});

describe('the question', () => {
  test.each([
    ['SUCCESS', 'paid'],
    ['USERPAYING', 'pending'],
    ['NOTPAY', 'not-paid'],
    ['REVOKED', 'closed'],
    ['PAYERROR', 'closed'],
    ['REFUND', 'pending'],
  ])('%s is %s', async (trade_state, status) => {
    const { pay, sent } = platform(() => wechat.answer(200, { ...paid, trade_state }));
    expect(await pay.queryPayment(order)).toMatchObject({ status });
    expect(sent[0]?.url.pathname).toBe(`/v3/pay/transactions/out-trade-no/${ORDER_NO}`);
  });

  test('an unknown order is not found only where that is signed; a refused question is no answer', async () => {
    expect(await refusing(404, 'ORDER_NOT_EXIST').pay.queryPayment(order)).toMatchObject({ status: 'not-found' });
    const unsigned = platform(() => Response.json({ code: 'ORDER_NOT_EXIST' }, { status: 404 }));
    expect(await unsigned.pay.queryPayment(order)).toMatchObject({ status: 'pending' });
    expect(await codeOf(() => refusing(400, 'PARAM_ERROR').pay.queryPayment(order))).toBe('native.unavailable');
  });
});

describe('the reversal', () => {
  test('names app and merchant, signed', async () => {
    const { pay, sent } = platform(() => wechat.answer(200, { appid: wechat.MINI_APP, mchid: wechat.MERCHANT_ID, out_trade_no: ORDER_NO }));
    expect(await pay.reverse(order)).toBe('reversed');
    expect(sent[0]?.url.pathname).toBe(`/v3/pay/transactions/out-trade-no/${ORDER_NO}/reverse`);
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual({ appid: wechat.MINI_APP, mchid: wechat.MERCHANT_ID });
    wechat.assertSignedByMerchant(sent[0]);
  });

  test.each([
    [404, 'ORDER_NOT_EXIST', 'not-found'],
    [400, 'USERPAYING', 'pending'],
    [400, 'ORDERREVERSED', 'reversed'],
  ])('%i %s is %s', async (status, code, outcome) => {
    expect(await refusing(status, code).pay.reverse(order)).toBe(outcome);
  });

  test.each([
    [500, 'SYSTEM_ERROR', 'native.unavailable'],
    [403, 'REVERSE_EXPIRE', 'native.not-reversible'],
    [403, 'SOMETHING_NEW', 'native.unavailable'],
  ])('%i %s is thrown as %s', async (status, code, thrown) => {
    expect(await codeOf(() => refusing(status, code).pay.reverse(order))).toBe(thrown);
  });

  test('an answer about another order, or an unsigned refusal, reverses nothing', async () => {
    const other = platform(() => wechat.answer(200, { out_trade_no: 'ord_01JD0000000000000000000002' }));
    expect(await codeOf(() => other.pay.reverse(order))).toBe('native.unavailable');
    const unsigned = platform(() => Response.json({ code: 'ORDER_NOT_EXIST' }, { status: 404 }));
    expect(await codeOf(() => unsigned.pay.reverse(order))).toBe('native.unavailable');
  });
});
