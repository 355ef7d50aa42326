import { fen } from '../../../shared/money';
import type { NewCodePayment } from '../contract';
import * as alipay from '../testing/alipay';
import { newKeys } from '../testing/keys';
import { fakeNetwork } from '../testing/network';
import { codeOf, everythingOf, refusalOf } from '../testing/refusals';
import { createAlipayCodePay } from './code-pay';

const AUTH_CODE = '287654321098765432';
const payment: NewCodePayment = {
  merchantOrderNo: alipay.ORDER_NO,
  appId: alipay.APP_ID,
  authCode: AUTH_CODE,
  amountFen: fen(10_000),
  description: '一号窗口=A',
  schoolId: 'bistu',
  terminal: 7,
};
const order = { merchantOrderNo: alipay.ORDER_NO, appId: alipay.APP_ID };
const pending = { status: 'pending', merchantOrderNo: alipay.ORDER_NO };
const paid = {
  ...{ code: '10000', msg: 'Success', out_trade_no: alipay.ORDER_NO, trade_no: '2026112122001400000000000001' },
  ...{ total_amount: '100.00', receipt_amount: '99.00', gmt_payment: '2026-11-21 11:59:30', buyer_open_id: '000TestOpenId' },
};

function platform(method: string, content: unknown, key?: Parameters<typeof alipay.answer>[2]) {
  const network = fakeNetwork(() => alipay.answer(method, content, key));
  return {
    sent: network.sent,
    pay: createAlipayCodePay(alipay.settings, { ...network, now: () => alipay.NOW, randomBytes: () => new Uint8Array() }),
  };
}
const paying = (content: unknown) => platform('alipay.trade.pay', content);
const failing = (subCode: string, code = '40004') => ({ code, msg: 'x', sub_code: subCode, sub_msg: '说明' });

describe('a payment by code', () => {
  test('is one signed request as the mini-program, and a whole signed success is paid', async () => {
    const { pay, sent } = paying(paid);
    expect(await pay.payByCode(payment)).toEqual({
      ...{ status: 'paid', merchantOrderNo: alipay.ORDER_NO, amountFen: 10_000, currency: 'CNY', appId: alipay.APP_ID },
      ...{ platformTradeNo: paid.trade_no, paidAt: Date.UTC(2026, 10, 21, 3, 59, 30), payerOpenId: '000TestOpenId' },
    });
    const { biz_content: content = '', method, app_id: appId } = alipay.parametersOf(sent[0]);
    expect({ method, appId }).toEqual({ method: 'alipay.trade.pay', appId: alipay.APP_ID });
    expect(JSON.parse(content)).toEqual({
      ...{ out_trade_no: alipay.ORDER_NO, total_amount: '100.00', subject: '一号窗口 A', product_code: 'FACE_TO_FACE_PAYMENT' },
      ...{ scene: 'bar_code', auth_code: AUTH_CODE, timeout_express: '2m', store_id: 'bistu', terminal_id: '7' },
    });
  });

  test.each<[string, unknown]>([
    ['the buyer types (10003)', { ...paid, code: '10003' }],
    ['nobody knows (20000)', failing('aop.ACQ.SYSTEM_ERROR', '20000')],
    ['their system failed (40004 ACQ.SYSTEM_ERROR)', failing('ACQ.SYSTEM_ERROR')],
    ['it was paid before', failing('ACQ.TRADE_HAS_SUCCESS')],
    ['it is of another order', { ...paid, out_trade_no: 'ord_01JD0000000000000000000002' }],
    ['it has no time', { ...paid, gmt_payment: 'today' }],
    ['its amount is none', { ...paid, total_amount: '-1.00' }],
  ])('is pending where %s', async (_, content) => {
    expect(await paying(content).pay.payByCode(payment)).toEqual(pending);
  });

  test.each([
    ['ACQ.PAYMENT_AUTH_CODE_INVALID', 'code-expired'],
    ['ACQ.BUYER_BALANCE_NOT_ENOUGH', 'refused'],
    ['ACQ.TRADE_HAS_CLOSE', 'refused'],
  ])('%s is refused for good (%s)', async (platformCode, reason) => {
    expect(await paying(failing(platformCode)).pay.payByCode(payment)).toEqual({
      ...{ status: 'refused', merchantOrderNo: alipay.ORDER_NO, reason, platformCode },
    });
  });

  test('a refusal without a signature refuses nothing, and a wrong signature says nothing', async () => {
    const network = fakeNetwork(() => alipay.jsonResponse(JSON.stringify({ error_response: failing('isv.invalid-signature', '40002') })));
    const pay = createAlipayCodePay(alipay.settings, { ...network, now: () => alipay.NOW, randomBytes: () => new Uint8Array() });
    expect(await pay.payByCode(payment)).toEqual(pending);
    const error = await refusalOf(() => platform('alipay.trade.pay', paid, newKeys().privateKey).pay.payByCode(payment));
    expect(error.code).toBe('native.unavailable');
    expect(everythingOf(error)).not.toContain(AUTH_CODE);
  });

  test.each([
    ['authCode', '28', 'request.malformed'],
    ['amountFen', -1, 'top-up.amount-invalid'],
    ['appId', '2021000000009999', 'top-up.channel-not-offered'],
  ])('with %s = %j is refused before anything is sent', async (name, value, code) => {
    const { pay, sent } = paying(paid);
    expect(await codeOf(() => pay.payByCode({ ...payment, [name]: value }))).toBe(code);
    expect(sent).toEqual([]);
  });
});

test.each([
  ['TRADE_SUCCESS', 'paid'],
  ['WAIT_BUYER_PAY', 'not-paid'],
  ['TRADE_CLOSED', 'closed'],
])('a question that hears %s is %s', async (trade_status, status) => {
  const { pay } = platform('alipay.trade.query', { ...paid, trade_status, send_pay_date: paid.gmt_payment });
  expect(await pay.queryPayment(order)).toMatchObject({ status });
});

test('an unknown trade is not found, and a refused question is no answer', async () => {
  expect(await platform('alipay.trade.query', failing('ACQ.TRADE_NOT_EXIST')).pay.queryPayment(order)).toMatchObject({
    status: 'not-found',
  });
  const refused = platform('alipay.trade.query', failing('ACQ.INVALID_PARAMETER'));
  expect(await codeOf(() => refused.pay.queryPayment(order))).toBe('native.unavailable');
});

describe('the cancelling', () => {
  const cancelling = (content: unknown) => platform('alipay.trade.cancel', content).pay.reverse(order);
  const done = { code: '10000', msg: 'Success', out_trade_no: alipay.ORDER_NO, retry_flag: 'N' };

  test.each<[string, unknown, string]>([
    ['closed an unpaid trade', { ...done, action: 'close' }, 'reversed'],
    ['gave a paid one back', { ...done, action: 'refund' }, 'reversed'],
    ['found none', done, 'not-found'],
    ['is to be tried again', { ...done, retry_flag: 'Y' }, 'pending'],
    ['finds the money frozen', failing('ACQ.REASON_TRADE_BEEN_FREEZEN'), 'pending'],
  ])('that %s', async (_, content, outcome) => {
    expect(await cancelling(content)).toBe(outcome);
  });

  test.each<[string, unknown, string]>([
    ['comes too late', failing('ACQ.TRADE_CANCEL_TIME_OUT'), 'native.not-reversible'],
    ['failed at their side', failing('aop.ACQ.SYSTEM_ERROR', '20000'), 'native.unavailable'],
    ['is of another order', { ...done, out_trade_no: 'ord_01JD0000000000000000000002', action: 'close' }, 'native.unavailable'],
    ['says nothing', { code: '10000', out_trade_no: alipay.ORDER_NO }, 'native.unavailable'],
  ])('that %s', async (_, content, code) => {
    expect(await codeOf(() => cancelling(content))).toBe(code);
  });
});
