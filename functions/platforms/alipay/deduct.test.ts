import { fen } from '../../../shared/money';
import * as alipay from '../testing/alipay';
import { newKeys } from '../testing/keys';
import { fakeNetwork, noNetwork, type SentRequest, serve } from '../testing/network';
import { codeOf, refusalOf } from '../testing/refusals';
import { createAlipayDeduct } from './deduct';

const { ORDER_NO } = alipay;
const AGREEMENT = '20265421000123456789';
const OPEN_ID = '000TestOpenId0000000000000000001';
const QUERY = 'alipay.user.agreement.query';
const UNSIGN = 'alipay.user.agreement.unsign';
const PAY = 'alipay.trade.pay';
const TRADE = 'alipay.trade.query';
const agreement = { signScene: 'INDUSTRY|EDU' };
const contract = { schoolId: 'sjtu', contractNo: 'ustc_xC00000000001', appId: alipay.APP_ID, payerOpenId: OPEN_ID };
const start = {
  ...contract,
  number: '521030910001',
  perDeductionMaxFen: fen(20_000),
  notifyUrl: 'https://card.example.edu/callbacks/contract',
};
const order = {
  schoolId: 'sjtu',
  merchantOrderNo: ORDER_NO,
  appId: alipay.APP_ID,
  contractNo: contract.contractNo,
  agreementRef: AGREEMENT,
  number: start.number,
  amountFen: fen(2_000),
  description: '自动充值/校园卡',
  notifyUrl: 'https://card.example.edu/callbacks/alipay',
};
const signed = {
  code: '10000',
  agreement_no: AGREEMENT,
  external_agreement_no: 'ustcxC00000000001',
  personal_product_code: 'GENERAL_WITHHOLDING_P',
  sign_scene: 'INDUSTRY|EDU',
  status: 'NORMAL',
  sign_time: '2026-11-21 11:59:58',
};
const business = (sub_code: string, code = '40004') => ({ code, msg: 'Business Failed', sub_code });

function platform(answer: (request: SentRequest) => Response | Promise<Response>) {
  const network = fakeNetwork(answer);
  const deps = { fetch: network.fetch, now: () => alipay.NOW, randomBytes: (count: number) => new Uint8Array(count) };
  return { sent: network.sent, pay: createAlipayDeduct({ ...alipay.settings, agreement }, deps) };
}

const telling = (method: string, content: unknown) => platform(() => alipay.answer(method, content));
const unsigned = (method: string, content: unknown) =>
  platform(() => alipay.jsonResponse(JSON.stringify({ [`${method.replaceAll('.', '_')}_response`]: content })));

describe('startContract', () => {
  test('hands the phone the signed consent, encoded once more, and sends nothing', async () => {
    const { pay, sent } = platform(() => alipay.jsonResponse(''));
    const { signParams } = await pay.startContract(start);
    expect(sent).toHaveLength(0);
    const query = decodeURIComponent(signParams.signStr ?? '');
    const url = new URL(`https://openapi.alipay.com/gateway.do?${query}`);
    const fields = alipay.parametersOf({ method: 'GET', url, headers: new Headers(), body: '' });
    expect(fields).toMatchObject({
      method: 'alipay.user.agreement.page.sign',
      app_id: alipay.APP_ID,
      notify_url: start.notifyUrl,
      timestamp: '2026-11-21 12:00:00',
    });
    expect(JSON.parse(fields.biz_content ?? '')).toEqual({
      product_code: 'GENERAL_WITHHOLDING',
      personal_product_code: 'GENERAL_WITHHOLDING_P',
      sign_scene: 'INDUSTRY|EDU',
      // Letters and digits only.
      external_agreement_no: 'ustcxC00000000001',
      external_logon_id: '521030910001',
      third_party_type: 'PARTNER',
      access_params: { channel: 'ALIPAYAPP' },
    });
  });

  test.each([
    ['appId', '2021000000000009', 'auto-top-up.not-offered'],
    ['contractNo', 'a-b-c-d-e', 'request.malformed'],
    ['payerOpenId', '', 'request.malformed'],
    ['number', 'a b', 'request.malformed'],
    ['notifyUrl', 'http://card.example.edu', 'config.invalid'],
  ])('refuses %s = %j', async (name, value, code) => {
    expect(await codeOf(() => platform(() => alipay.jsonResponse('')).pay.startContract({ ...start, [name]: value }))).toBe(code);
  });
});

describe('queryContract', () => {
  test('asks by our number and the payer', async () => {
    const { pay, sent } = telling(QUERY, signed);
    expect(await pay.queryContract(contract)).toEqual({
      status: 'signed',
      contractNo: contract.contractNo,
      agreementRef: AGREEMENT,
      signedAt: Date.UTC(2026, 10, 21, 3, 59, 58),
    });
    expect(JSON.parse(alipay.parametersOf(sent[0]).biz_content ?? '')).toEqual({
      personal_product_code: 'GENERAL_WITHHOLDING_P',
      sign_scene: 'INDUSTRY|EDU',
      external_agreement_no: 'ustcxC00000000001',
      third_party_type: 'PARTNER',
      alipay_open_id: OPEN_ID,
    });
  });

  test.each([
    ['TEMP', 'pending'],
    ['STOP', 'ended'],
    ['SOMETHING_NEW', 'pending'],
  ])('reads %s as %s', async (status, expected) => {
    expect(await telling(QUERY, { ...signed, status }).pay.queryContract(contract)).toEqual({
      status: expected,
      contractNo: contract.contractNo,
    });
  });

  test.each(['USER_AGREEMENT_NOT_EXIST', 'ACQ.USER_AGREEMENT_NOT_EXIST'])(
    'a signed %s is not-found, an unsigned one is nothing',
    async (code) => {
      expect(await telling(QUERY, business(code)).pay.queryContract(contract)).toMatchObject({ status: 'not-found' });
      expect(await unsigned(QUERY, business(code)).pay.queryContract(contract)).toMatchObject({ status: 'pending' });
    },
  );

  test.each([
    ['of another number', { external_agreement_no: 'other' }],
    ['without a number', { external_agreement_no: undefined }],
    ['without a time', { sign_time: undefined }],
    ['without a status', { status: undefined }],
  ])('does not believe an agreement %s', async (_what, changes) => {
    expect(await codeOf(() => telling(QUERY, { ...signed, ...changes }).pay.queryContract(contract))).toBe('deduct.platform-unavailable');
  });

  test('believes no forged agreement, and no refusal of the question', async () => {
    expect(await codeOf(() => unsigned(QUERY, signed).pay.queryContract(contract))).toBe('deduct.platform-unavailable');
    const forged = platform(() => alipay.answer(QUERY, signed, newKeys().privateKey));
    expect(await codeOf(() => forged.pay.queryContract(contract))).toBe('deduct.platform-unavailable');
    expect(await codeOf(() => telling(QUERY, business('INVALID_PARAMETER')).pay.queryContract(contract))).toBe(
      'deduct.platform-unavailable',
    );
  });
});

describe('endContract', () => {
  const end = { ...contract, agreementRef: AGREEMENT };

  test('ends it, also when it has ended', async () => {
    const { pay, sent } = telling(UNSIGN, { code: '10000', msg: 'Success' });
    await pay.endContract(end);
    expect(JSON.parse(alipay.parametersOf(sent[0]).biz_content ?? '')).toEqual({ agreement_no: AGREEMENT });
    await telling(UNSIGN, business('USER_AGREEMENT_NOT_EXIST')).pay.endContract(end);
  });

  test.each([
    ['INVALID_PARAMETER', '40004', 'deduct.platform-refused'],
    ['ACQ.SYSTEM_ERROR', '40004', 'deduct.platform-unavailable'],
  ])('%s is %s %s', async (subCode, code, expected) => {
    expect(await codeOf(() => telling(UNSIGN, business(subCode, code)).pay.endContract(end))).toBe(expected);
  });

  test('an unsigned "there is none" ends nothing', async () => {
    expect(await codeOf(() => unsigned(UNSIGN, business('USER_AGREEMENT_NOT_EXIST')).pay.endContract(end))).toBe(
      'deduct.platform-unavailable',
    );
  });
});

describe('deduct', () => {
  test('asks for the money with the agreement', async () => {
    const { pay, sent } = telling(PAY, { code: '10000', out_trade_no: ORDER_NO, trade_no: '2026112122001400000000000001' });
    await pay.deduct(order);
    const fields = alipay.parametersOf(sent[0]);
    expect(fields.notify_url).toBe(order.notifyUrl);
    expect(JSON.parse(fields.biz_content ?? '')).toEqual({
      out_trade_no: ORDER_NO,
      total_amount: '20.00',
      subject: '自动充值 校园卡',
      product_code: 'GENERAL_WITHHOLDING',
      agreement_params: { agreement_no: AGREEMENT },
    });
  });

  test('under way is no error, nor is a repeat of what is paid', async () => {
    await telling(PAY, { code: '10003', msg: 'order success pay inprocess' }).pay.deduct(order);
    await telling(PAY, business('ACQ.TRADE_HAS_SUCCESS')).pay.deduct(order);
  });

  test.each([
    ['ACQ.AGREEMENT_NOT_EXIST', '40004', 'deduct.platform-refused'],
    ['ACQ.AGREEMENT_STATUS_NOT_NORMAL', '40004', 'deduct.platform-refused'],
    ['ACQ.BUYER_BALANCE_NOT_ENOUGH', '40004', 'deduct.platform-refused'],
    ['ACQ.SYSTEM_ERROR', '40004', 'deduct.platform-unavailable'],
    ['aop.unknow-error', '20000', 'deduct.platform-unavailable'],
  ])('translates %s (%s) to %s', async (subCode, code, expected) => {
    const error = await refusalOf(() => telling(PAY, business(subCode, code)).pay.deduct(order));
    expect(error.code).toBe(expected);
    expect(error.detail).toMatchObject({ platformCode: subCode });
    expect(await codeOf(() => unsigned(PAY, business(subCode, code)).pay.deduct(order))).toBe('deduct.platform-unavailable');
  });

  test.each([
    ['amountFen', -1, 'top-up.amount-invalid'],
    ['agreementRef', '', 'request.malformed'],
    ['merchantOrderNo', 'a-b-c-d', 'request.malformed'],
    ['appId', 'toString', 'auto-top-up.not-offered'],
  ])('refuses %s = %j before anything is sent', async (name, value, code) => {
    const { pay, sent } = platform(() => alipay.jsonResponse(''));
    expect(await codeOf(() => pay.deduct({ ...order, [name]: value }))).toBe(code);
    expect(sent).toHaveLength(0);
  });

  test('gives up on a server that never answers', async () => {
    const server = await serve(() => undefined);
    const deps = { fetch: globalThis.fetch, now: () => alipay.NOW, randomBytes: (count: number) => new Uint8Array(count) };
    const settings = { ...alipay.settings, agreement, gatewayUrl: `${server.url}/gateway.do`, timeoutMs: 150 };
    const error = await refusalOf(() => createAlipayDeduct(settings, deps).deduct(order));
    expect(error.detail).toEqual({ platform: 'alipay', reason: 'timeout' });
    await server.close();
  });
});

test('a deduction is queried as any trade', async () => {
  const paid = {
    code: '10000',
    out_trade_no: ORDER_NO,
    trade_no: '2026112122001400000000000001',
    trade_status: 'TRADE_SUCCESS',
    total_amount: '20.00',
    send_pay_date: '2026-11-21 11:59:30',
  };
  expect(await telling(TRADE, paid).pay.queryDeduction(order)).toMatchObject({ status: 'paid', amountFen: 2_000 });
  expect(await telling(TRADE, { ...paid, trade_status: 'TRADE_CLOSED' }).pay.queryDeduction(order)).toMatchObject({ status: 'closed' });
  expect(await telling(TRADE, business('ACQ.TRADE_NOT_EXIST')).pay.queryDeduction(order)).toMatchObject({ status: 'not-found' });
  expect(await codeOf(() => telling(TRADE, { ...paid, out_trade_no: 'other1' }).pay.queryDeduction(order))).toBe(
    'deduct.platform-unavailable',
  );
  expect(await codeOf(() => telling(TRADE, business('INVALID')).pay.queryDeduction(order))).toBe('deduct.platform-unavailable');
});

test.each([
  [{}, 'agreement.signScene'],
  [{ signScene: 'DEFAULT' }, 'agreement.signScene'],
  [undefined, 'agreement'],
])('refuses a bad agreement setting by its name', async (bad, setting) => {
  const deps = { fetch: noNetwork, now: () => alipay.NOW, randomBytes: (count: number) => new Uint8Array(count) };
  const error = await refusalOf(() => createAlipayDeduct({ ...alipay.settings, agreement: bad }, deps));
  expect(error.detail).toMatchObject({ setting });
});
