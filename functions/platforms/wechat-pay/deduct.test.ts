import { fen } from '../../../shared/money';
import { newKeys } from '../testing/keys';
import { fakeNetwork, noNetwork, type SentRequest, serve } from '../testing/network';
import { codeOf, refusalOf } from '../testing/refusals';
import * as wechat from '../testing/wechat-pay';
import { createWechatDeduct } from './deduct';

const CONTRACT_ID = '2045011120563805041758214605';
const OPEN_ID = 'oTestOpenid0000000000000001';
const ORDER_NO = wechat.paidTransaction.out_trade_no;
const schoolPlans = [{ schoolId: 'sjtu', planId: '101164396123311331', schoolCode: '18260256813396' }];
const contract = { schoolId: 'sjtu', contractNo: 'sjtuC00000000000001', appId: wechat.MINI_APP, payerOpenId: OPEN_ID };
const start = {
  ...contract,
  number: '521030910001',
  perDeductionMaxFen: fen(20_000),
  notifyUrl: 'https://card.example.edu/callbacks/contract',
};
const order = {
  schoolId: 'sjtu',
  merchantOrderNo: ORDER_NO,
  appId: wechat.MINI_APP,
  contractNo: contract.contractNo,
  agreementRef: CONTRACT_ID,
  number: start.number,
  amountFen: fen(2_000),
  description: '上海交通大学-自动充值-校园卡',
  notifyUrl: 'https://card.example.edu/callbacks/wechat-pay',
};
const listed = {
  contract_id: CONTRACT_ID,
  mchid: wechat.MERCHANT_ID,
  appid: wechat.MINI_APP,
  openid: OPEN_ID,
  plan_id: '101164396123311331',
  contract_status: 'ADD',
  create_time: '2026-11-21T11:59:58+08:00',
  out_contract_code: contract.contractNo,
};
const list = (data: readonly unknown[], total_count = data.length) => wechat.answer(200, { data, offset: 0, limit: 40, total_count });

function platform(answer: (request: SentRequest) => Response | Promise<Response>) {
  const network = fakeNetwork(answer);
  const deps = { fetch: network.fetch, now: () => wechat.NOW, randomBytes: wechat.counting() };
  return { sent: network.sent, pay: createWechatDeduct({ ...wechat.settings, schoolPlans }, deps) };
}

describe('startContract', () => {
  test('asks for a token and tells the phone where to go with it', async () => {
    const { pay, sent } = platform(() => wechat.answer(200, { presign_token: '10795c6b60c7eef6g9TTIo412K' }));
    expect(await pay.startContract(start)).toEqual({
      signParams: { appId: 'wxfb66fbe7068ae9cd', path: 'pages/index/index', presign_token: '10795c6b60c7eef6g9TTIo412K' },
    });
    expect(sent[0]?.url.pathname).toBe('/v3/eduschoolpay/contracts/presign');
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual({
      appid: wechat.MINI_APP,
      openid: OPEN_ID,
      plan_id: '101164396123311331',
      user_id: '521030910001',
      school_id: '18260256813396',
      out_contract_code: contract.contractNo,
      contract_mode: 'DEFAULT',
    });
    wechat.assertSignedByMerchant(sent[0]);
  });

  test.each([
    ['schoolId', 'bistu', 'auto-top-up.not-offered'],
    ['schoolId', 'toString', 'auto-top-up.not-offered'],
    ['appId', 'wx-unknown', 'auto-top-up.not-offered'],
    ['contractNo', 'a/b', 'request.malformed'],
    ['payerOpenId', '../x', 'request.malformed'],
    ['number', '学号', 'request.malformed'],
    ['notifyUrl', 'http://card.example.edu', 'config.invalid'],
  ])('refuses %s = %j before anything is sent', async (name, value, code) => {
    const { pay, sent } = platform(() => wechat.answer(200, {}));
    expect(await codeOf(() => pay.startContract({ ...start, [name]: value }))).toBe(code);
    expect(sent).toHaveLength(0);
  });

  test.each([
    [400, 'PARAM_ERROR', 'deduct.platform-refused'],
    [403, 'NO_AUTH', 'deduct.platform-refused'],
    [429, 'RATELIMIT_EXCEEDED', 'deduct.platform-unavailable'],
    [500, 'SYSTEM_ERROR', 'deduct.platform-unavailable'],
  ])('translates %i %s to %s', async (status, code, expected) => {
    const error = await refusalOf(() => platform(() => wechat.answer(status, { code })).pay.startContract(start));
    expect(error.code).toBe(expected);
    expect(error.detail).toMatchObject({ platformCode: code });
  });

  test('does not believe an answer without a token', async () => {
    expect(await codeOf(() => platform(() => wechat.answer(200, {})).pay.startContract(start))).toBe('deduct.platform-unavailable');
  });
});

describe('queryContract', () => {
  test('finds our number among the contracts of the payer', async () => {
    const { pay, sent } = platform(() =>
      list([{ ...listed, contract_id: '1', out_contract_code: 'other', contract_status: 'DELETE' }, listed]),
    );
    expect(await pay.queryContract(contract)).toEqual({
      status: 'signed',
      contractNo: contract.contractNo,
      agreementRef: CONTRACT_ID,
      signedAt: Date.UTC(2026, 10, 21, 3, 59, 58),
    });
    expect(sent[0]?.url.pathname).toBe(`/v3/eduschoolpay/users/${OPEN_ID}/contracts`);
    expect(sent[0]?.url.search).toBe('?plan_id=101164396123311331&contract_status=ADD&offset=0&limit=40');
    expect(sent).toHaveLength(1);
    wechat.assertSignedByMerchant(sent[0]);
  });

  test('looks at further pages, and no further than there are', async () => {
    const page = Array.from({ length: 40 }, (_, no) => ({ ...listed, out_contract_code: `other${no}` }));
    const found = platform((sent) => (sent.url.searchParams.get('offset') === '40' ? list([listed], 41) : list(page, 41)));
    expect(await found.pay.queryContract(contract)).toMatchObject({ status: 'signed' });
    expect(found.sent).toHaveLength(2);
    const endless = platform(() => list(page, 1_000_000));
    expect(await codeOf(() => endless.pay.queryContract(contract))).toBe('deduct.platform-unavailable');
    expect(endless.sent).toHaveLength(10);
  });

  test.each([
    ['DELETE', 'ended'],
    ['SOMETHING_NEW', 'pending'],
  ])('reads %s as %s', async (contract_status, status) => {
    expect(await platform(() => list([{ ...listed, contract_status }])).pay.queryContract(contract)).toEqual({
      status,
      contractNo: contract.contractNo,
    });
  });

  test('looks for one that has ended where none is in force', async () => {
    const ended = [{ ...listed, contract_status: 'DELETE' }];
    const { pay, sent } = platform((one) => list(one.url.searchParams.get('contract_status') === 'DELETE' ? ended : []));
    expect(await pay.queryContract(contract)).toEqual({ status: 'ended', contractNo: contract.contractNo });
    expect(sent).toHaveLength(2);
  });

  test('nothing in either list is not-found, as is a signed 404; an unsigned one is nothing', async () => {
    expect(await platform(() => list([])).pay.queryContract(contract)).toMatchObject({ status: 'not-found' });
    expect(await platform(() => wechat.answer(404, { code: 'NOT_FOUND' })).pay.queryContract(contract)).toMatchObject({
      status: 'not-found',
    });
    const unsigned = () => new Response('{"code":"NOT_FOUND"}', { status: 404 });
    expect(await platform(unsigned).pay.queryContract(contract)).toMatchObject({ status: 'pending' });
  });

  test.each([
    ['of another merchant', { mchid: '1900000110' }],
    ['of another app', { appid: wechat.WEB_APP }],
    ['of another payer', { openid: 'oTestOpenid0000000000000002' }],
    ['without a time', { create_time: undefined }],
    ['whose number would be a path', { contract_id: '../../refund' }],
  ])('does not believe a contract %s', async (_what, changes) => {
    expect(await codeOf(() => platform(() => list([{ ...listed, ...changes }])).pay.queryContract(contract))).toBe(
      'deduct.platform-unavailable',
    );
  });

  test('believes no forged list, and no refusal of the question', async () => {
    for (const forged of [
      () => Response.json({ data: [listed], total_count: 1 }),
      () => wechat.answer(200, { data: [listed] }, { keys: newKeys() }),
      () => wechat.answer(403, { code: 'NO_AUTH' }),
    ]) {
      expect(await codeOf(() => platform(forged).pay.queryContract(contract))).toBe('deduct.platform-unavailable');
    }
  });
});

describe('endContract', () => {
  const end = { ...contract, agreementRef: CONTRACT_ID };

  test('ends it, answered by an empty signed 204', async () => {
    const { pay, sent } = platform(() => wechat.answer(204, undefined));
    await pay.endContract(end);
    expect(sent[0]?.method).toBe('POST');
    expect(sent[0]?.url.pathname).toBe(`/v3/eduschoolpay/contracts/${CONTRACT_ID}/terminate`);
    wechat.assertSignedByMerchant(sent[0]);
  });

  test.each([
    ['has ended', () => wechat.answer(200, { ...listed, contract_status: 'DELETE' })],
    ['is gone', () => wechat.answer(404, { code: 'NOT_FOUND' })],
  ])('ending what %s is no error', async (_what, known) => {
    const { pay, sent } = platform((one) => (one.method === 'POST' ? wechat.answer(400, { code: 'INVALID_REQUEST' }) : known()));
    await pay.endContract(end);
    expect(sent[1]?.url.pathname).toBe(`/v3/eduschoolpay/contracts/${CONTRACT_ID}`);
  });

  test('a refusal to end what stands is an error', async () => {
    const { pay } = platform((one) => (one.method === 'POST' ? wechat.answer(403, { code: 'NO_AUTH' }) : wechat.answer(200, listed)));
    expect(await codeOf(() => pay.endContract(end))).toBe('deduct.platform-refused');
    const unsigned = platform(() => new Response('{"code":"NOT_FOUND"}', { status: 404 }));
    expect(await codeOf(() => unsigned.pay.endContract(end))).toBe('deduct.platform-unavailable');
    expect(await codeOf(() => platform(() => wechat.answer(204, undefined)).pay.endContract({ ...end, agreementRef: '../x' }))).toBe(
      'request.malformed',
    );
  });
});

describe('deduct', () => {
  test('asks for the money with contract, student number and scene', async () => {
    const { pay, sent } = platform(() => wechat.answer(200, { ...wechat.paidTransaction, trade_state: 'ACCEPTED' }));
    await pay.deduct(order);
    expect(sent[0]?.url.pathname).toBe('/v3/eduschoolpay/transactions');
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual({
      appid: wechat.MINI_APP,
      description: order.description,
      out_trade_no: ORDER_NO,
      notify_url: order.notifyUrl,
      contract_id: CONTRACT_ID,
      user_id: '521030910001',
      amount: { total: 2_000, currency: 'CNY' },
      scene_info: { start_time: '2026-11-21T12:00:00+08:00', school_id: '18260256813396', scene_type: 'CANTEEN' },
    });
    wechat.assertSignedByMerchant(sent[0]);
  });

  test.each([
    ['amountFen', 0, 'top-up.amount-invalid'],
    ['agreementRef', 'a/b', 'request.malformed'],
    ['merchantOrderNo', 'a|b', 'request.malformed'],
    ['number', '', 'request.malformed'],
    ['description', ' ', 'request.malformed'],
    ['schoolId', 'bistu', 'auto-top-up.not-offered'],
    ['appId', 'wx-unknown', 'auto-top-up.not-offered'],
    ['notifyUrl', 'https://card.example.edu/?x=1', 'config.invalid'],
  ])('refuses %s = %j before anything is sent', async (name, value, code) => {
    const { pay, sent } = platform(() => wechat.answer(200, {}));
    expect(await codeOf(() => pay.deduct({ ...order, [name]: value }))).toBe(code);
    expect(sent).toHaveLength(0);
  });

  test('a repeat of what is paid is no error; a refusal is one; an unsigned refusal is none', async () => {
    await platform(() => wechat.answer(400, { code: 'ORDER_PAID' })).pay.deduct(order);
    expect(await codeOf(() => platform(() => wechat.answer(403, { code: 'NOT_ENOUGH' })).pay.deduct(order))).toBe(
      'deduct.platform-refused',
    );
    for (const [status, code] of [
      [400, 'ORDER_PAID'],
      [401, 'SIGN_ERROR'],
      [403, 'NOT_ENOUGH'],
    ] as const) {
      const unsigned = () => new Response(JSON.stringify({ code }), { status });
      expect(await codeOf(() => platform(unsigned).pay.deduct(order))).toBe('deduct.platform-unavailable');
    }
    expect(await codeOf(() => platform(() => wechat.answer(500, { code: 'SYSTEM_ERROR' })).pay.deduct(order))).toBe(
      'deduct.platform-unavailable',
    );
  });

  test('gives up on a server that never answers', async () => {
    const server = await serve(() => undefined);
    const deps = { fetch: globalThis.fetch, now: () => wechat.NOW, randomBytes: wechat.counting() };
    const pay = createWechatDeduct({ ...wechat.settings, schoolPlans, baseUrl: server.url, timeoutMs: 150 }, deps);
    expect((await refusalOf(() => pay.deduct(order))).detail).toEqual({ platform: 'wechat-pay', reason: 'timeout' });
    await server.close();
  });
});

test('names the device where the platform wants one', async () => {
  const network = fakeNetwork(() => wechat.answer(200, {}));
  const deps = { fetch: network.fetch, now: () => wechat.NOW, randomBytes: wechat.counting() };
  const plans = schoolPlans.map((plan) => ({ ...plan, sceneType: 'RECHARGE', deviceIp: '203.0.113.7' }));
  await createWechatDeduct({ ...wechat.settings, schoolPlans: plans }, deps).deduct(order);
  expect(JSON.parse(network.sent[0]?.body ?? '')).toMatchObject({
    scene_info: { scene_type: 'RECHARGE' },
    device_info: { device_id: 'auto-top-up', device_ip: '203.0.113.7' },
  });
});

describe('queryDeduction', () => {
  test('asks at the address of deductions', async () => {
    const { pay, sent } = platform(() => wechat.answer(200, wechat.paidTransaction));
    expect(await pay.queryDeduction(order)).toMatchObject({ status: 'paid', amountFen: 2_000, merchantOrderNo: ORDER_NO });
    expect(sent[0]?.url.pathname).toBe(`/v3/eduschoolpay/transactions/out-trade-no/${ORDER_NO}`);
    wechat.assertSignedByMerchant(sent[0]);
  });

  test.each([
    ['NOTPAY', 'not-paid'],
    ['ACCEPTED', 'pending'],
    ['USERPAYING', 'pending'],
    ['SOMETHING_NEW', 'pending'],
    ['CLOSED', 'closed'],
    ['PAYERROR', 'closed'],
    ['PAY_FAIL', 'closed'],
  ])('reads %s as %s', async (trade_state, status) => {
    const { pay } = platform(() => wechat.answer(200, { ...wechat.paidTransaction, trade_state }));
    expect(await pay.queryDeduction(order)).toEqual({ status, merchantOrderNo: ORDER_NO });
  });

  test.each([
    ['another order', { out_trade_no: 'ord_01JD0000000000000000000002' }],
    ['another merchant', { mchid: '1900000110' }],
    ['another currency', { amount: { total: 2_000, currency: 'USD' } }],
  ])('concludes nothing from a signed answer that names %s', async (_what, changes) => {
    const { pay } = platform(() => wechat.answer(200, { ...wechat.paidTransaction, ...changes }));
    expect(await codeOf(() => pay.queryDeduction(order))).toBe('deduct.platform-unavailable');
  });

  test('concludes nothing from an unsigned failure', async () => {
    const { pay } = platform(() => Response.json({ ...wechat.paidTransaction, trade_state: 'PAYERROR' }));
    expect(await codeOf(() => pay.queryDeduction(order))).toBe('deduct.platform-unavailable');
    expect(await codeOf(() => platform(() => wechat.answer(403, { code: 'NO_AUTH' })).pay.queryDeduction(order))).toBe(
      'deduct.platform-unavailable',
    );
  });
});

test.each([
  [[], 'schoolPlans'],
  [[{ schoolId: 'sjtu', planId: 'a&b', schoolCode: '1' }], 'schoolPlans.0.planId'],
  [[{ schoolId: 'sjtu', planId: '1', schoolCode: '' }], 'schoolPlans.0.schoolCode'],
])('refuses bad plans by their name', async (plans, setting) => {
  const deps = { fetch: noNetwork, now: () => wechat.NOW, randomBytes: wechat.counting() };
  const error = await refusalOf(() => createWechatDeduct({ ...wechat.settings, schoolPlans: plans }, deps));
  expect(error.detail).toMatchObject({ setting });
});
