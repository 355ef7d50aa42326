import { callAlipay, json, stage, tradeContent, verifiedNode } from '../test/merchant';
import type { World } from '../world-contract';

const CREATE = 'alipay.trade.create';

function setUp() {
  const on = stage();
  const person = on.world.addPerson('甲').id;
  const create = (overrides = {}) => callAlipay(on.world, { method: CREATE, bizContent: tradeContent(on.world, person, overrides) });
  const ask = async (method: string, bizContent: unknown) =>
    verifiedNode(on.world, await callAlipay(on.world, { method, bizContent }), `${method.replaceAll('.', '_')}_response`);
  const created = async (overrides = {}) => verifiedNode(on.world, await create(overrides), 'alipay_trade_create_response');
  return { ...on, person, create, created, ask };
}

function pay(world: World, tradeNo: unknown): void {
  const opening = world.cashier.openAlipay({ tradeNO: tradeNo }, undefined);
  if (!('cashier' in opening)) throw new Error(opening.refusal);
  expect(world.cashier.pay(opening.cashier.id)?.state).toBe('paid');
}

const ORDER = { out_trade_no: 'order_000001' };

describe('gateway', () => {
  test('answers a well-signed trade with code 10000 and a signature over the node', async () => {
    const { created } = setUp();
    expect(await created()).toEqual({
      code: '10000',
      msg: 'Success',
      out_trade_no: 'order_000001',
      trade_no: expect.stringMatching(/^202611212200\d{16}$/),
    });
  });

  test('takes common parameters in the query and biz_content in the body, as the SDKs send them', async () => {
    const { world, person } = setUp();
    const bizContent = tradeContent(world, person);
    let sent: URLSearchParams | undefined;
    // The same call, split after signing.
    const split: World = {
      ...world,
      answer(request) {
        sent = new URLSearchParams(request.body.toString());
        const biz = new URLSearchParams({ biz_content: sent.get('biz_content') ?? '' });
        sent.delete('biz_content');
        return world.answer({ ...request, query: sent.toString(), body: Buffer.from(biz.toString()) });
      },
    };
    const response = await callAlipay(split, { method: CREATE, bizContent });
    expect(verifiedNode(world, response, 'alipay_trade_create_response').code).toBe('10000');
  });

  test.each<[string, object, string, string]>([
    ['a signature of other content', { tampered: { charset: 'gbk' } }, '40002', 'isv.invalid-signature'],
    ['a changed amount', { tampered: { biz_content: '{"total_amount":"0.01"}' } }, '40002', 'isv.invalid-signature'],
    ['no signature', { tampered: { sign: '' } }, '40001', 'isv.missing-signature'],
    ['an unknown app_id', { common: { app_id: '2021000000000000' } }, '40002', 'isv.invalid-app-id'],
    ['no app_id', { common: { app_id: '' } }, '40001', 'isv.missing-app-id'],
    ['no method', { common: { method: '' } }, '40001', 'isv.missing-method'],
    ['sign_type=RSA', { common: { sign_type: 'RSA' } }, '40002', 'isv.invalid-signature-type'],
  ])('refuses %s with an error_response that carries no sign', async (_, change, code, subCode) => {
    const { world, person } = setUp();
    const response = await callAlipay(world, { method: CREATE, bizContent: tradeContent(world, person), ...change });
    expect(json(response)).toEqual({ error_response: expect.objectContaining({ code, sub_code: subCode }) });
    expect(world.state.alipayTrades).toEqual({});
  });

  test.each<[string, object, string]>([
    ['a time in UTC, eight hours off', { timestamp: '2026-11-21 04:00:00' }, 'isv.invalid-timestamp'],
    ['a time of another form', { timestamp: '2026-11-21T12:00:00+08:00' }, 'isv.invalid-timestamp'],
    ['an impossible date', { timestamp: '2026-02-30 12:00:00' }, 'isv.invalid-timestamp'],
    ['no time', { timestamp: '' }, 'isv.missing-timestamp'],
    ['another charset', { charset: 'gbk' }, 'isv.invalid-charset'],
    ['another version', { version: '2.0' }, 'isv.invalid-parameter'],
    ['another format', { format: 'XML' }, 'isv.invalid-format'],
    ['biz_content that is no JSON', { biz_content: '{' }, 'isv.invalid-parameter'],
  ])('refuses %s in a signed answer of the method', async (_, common, subCode) => {
    const { world, person } = setUp();
    const response = await callAlipay(world, { method: CREATE, bizContent: tradeContent(world, person), common: { ...common } });
    expect(verifiedNode(world, response, 'alipay_trade_create_response').sub_code).toBe(subCode);
    expect(world.state.alipayTrades).toEqual({});
  });

  test('refuses a method it does not have', async () => {
    const { ask } = setUp();
    expect(await ask('alipay.trade.wap.pay', {})).toMatchObject({ code: '40002', sub_code: 'isv.invalid-method' });
  });

  test('an error outage is code 20000, and a lost answer leaves the trade made', async () => {
    const { world, create, created } = setUp();
    world.switchOutage('alipay', 'error');
    expect(await created()).toMatchObject({ code: '20000', msg: 'Service Currently Unavailable' });
    expect(world.state.alipayTrades).toEqual({});
    world.switchOutage('alipay', 'answer-lost');
    expect((await create()).status).toBe(0);
    expect(Object.keys(world.state.alipayTrades)).toEqual(['order_000001']);
  });
});

describe('alipay.trade.create', () => {
  test.each<[string, object, string]>([
    ['amount 0', { total_amount: '0.00' }, 'ACQ.TOTAL_FEE_EXCEED'],
    ['a negative amount', { total_amount: '-1.00' }, 'ACQ.INVALID_PARAMETER'],
    ['a third decimal', { total_amount: '1.001' }, 'ACQ.INVALID_PARAMETER'],
    ['scientific notation', { total_amount: '1e2' }, 'ACQ.INVALID_PARAMETER'],
    ['more than a hundred million', { total_amount: '100000000.01' }, 'ACQ.TOTAL_FEE_EXCEED'],
    ['a hyphen in the order number', { out_trade_no: 'order-1' }, 'ACQ.INVALID_PARAMETER'],
    ['no subject', { subject: '' }, 'ACQ.INVALID_PARAMETER'],
    ['another product', { product_code: 'QUICK_WAP_WAY' }, 'ACQ.INVALID_PARAMETER'],
    ['no buyer', { buyer_open_id: undefined }, 'ACQ.INVALID_PARAMETER'],
    ['an unknown buyer', { buyer_open_id: '0nobody' }, 'ACQ.BUYER_NOT_EXIST'],
    ['another merchant app to pay in', { op_app_id: '2021000000000000' }, 'ACQ.INVALID_PARAMETER'],
    ['another seller', { seller_id: '2088000000000000' }, 'ACQ.PARTNER_ERROR'],
  ])('refuses %s', async (_, overrides, subCode) => {
    const { world, created } = setUp();
    expect(await created(overrides)).toMatchObject({ code: '40004', msg: 'Business Failed', sub_code: subCode });
    expect(world.state.alipayTrades).toEqual({});
  });

  test('gives the same trade for the same order and refuses another content', async () => {
    const { world, created } = setUp();
    const first = await created();
    expect((await created()).trade_no).toBe(first.trade_no);
    expect((await created({ total_amount: '20.01' })).sub_code).toBe('ACQ.CONTEXT_INCONSISTENT');
    const other = world.addPerson('乙').id;
    const buyer = world.openid('alipay', world.keys.alipay.miniProgramAppId, other);
    expect((await created({ buyer_open_id: buyer })).sub_code).toBe('ACQ.TRADE_BUYER_NOT_MATCH');
  });

  test('refuses a paid and a closed order', async () => {
    const { world, created, ask } = setUp();
    pay(world, (await created()).trade_no);
    expect((await created()).sub_code).toBe('ACQ.TRADE_HAS_SUCCESS');
    await created({ out_trade_no: 'order_000002' });
    await ask('alipay.trade.close', { out_trade_no: 'order_000002' });
    expect((await created({ out_trade_no: 'order_000002' })).sub_code).toBe('ACQ.TRADE_HAS_CLOSE');
  });
});

describe('alipay.trade.query and close', () => {
  test('tells waiting, then paid, in yuan with two decimals', async () => {
    const { world, created, ask } = setUp();
    const { trade_no } = await created({ total_amount: '12.5' });
    expect(await ask('alipay.trade.query', ORDER)).toMatchObject({ code: '10000', trade_status: 'WAIT_BUYER_PAY', total_amount: '12.50' });
    pay(world, trade_no);
    const paid = await ask('alipay.trade.query', { trade_no });
    expect(paid).toMatchObject({
      code: '10000',
      out_trade_no: 'order_000001',
      trade_status: 'TRADE_SUCCESS',
      total_amount: '12.50',
      receipt_amount: '12.50',
      send_pay_date: '2026-11-21 12:00:00',
    });
  });

  test('refuses an unknown trade and a query without a number', async () => {
    const { ask } = setUp();
    expect(await ask('alipay.trade.query', ORDER)).toMatchObject({ code: '40004', sub_code: 'ACQ.TRADE_NOT_EXIST' });
    expect(await ask('alipay.trade.query', {})).toMatchObject({ sub_code: 'ACQ.INVALID_PARAMETER' });
    expect(await ask('alipay.trade.query', { out_trade_no: 'constructor' })).toMatchObject({ sub_code: 'ACQ.TRADE_NOT_EXIST' });
  });

  test('closes what waits; what is closed cannot be paid, and what is paid cannot be closed', async () => {
    const { world, time, received, created, ask } = setUp();
    const { trade_no } = await created();
    const opening = world.cashier.openAlipay({ tradeNO: trade_no }, undefined);
    expect(await ask('alipay.trade.close', ORDER)).toMatchObject({ code: '10000', trade_no });
    expect(await ask('alipay.trade.query', ORDER)).toMatchObject({ trade_status: 'TRADE_CLOSED' });
    expect(world.cashier.pay('cashier' in opening ? opening.cashier.id : '')?.state).toBe('not-payable');
    expect(await ask('alipay.trade.close', ORDER)).toMatchObject({ sub_code: 'ACQ.TRADE_STATUS_ERROR' });
    pay(world, (await created({ out_trade_no: 'order_000002' })).trade_no);
    expect(await ask('alipay.trade.close', { out_trade_no: 'order_000002' })).toMatchObject({ sub_code: 'ACQ.TRADE_STATUS_ERROR' });
    await time.advance(60_000);
    expect(received).toEqual([]); // neither trade had a notify_url
  });
});

describe('refunds', () => {
  const refund = (refund_amount: string, out_request_no?: string) => ({
    ...ORDER,
    refund_amount,
    ...(out_request_no ? { out_request_no } : {}),
  });

  test('a part leaves TRADE_SUCCESS, the whole closes the trade; the same request moves no money again', async () => {
    const { world, created, ask } = setUp();
    pay(world, (await created()).trade_no);
    expect(await ask('alipay.trade.refund', refund('5.00', 'r1'))).toMatchObject({ fund_change: 'Y', refund_fee: '5.00' });
    expect(await ask('alipay.trade.refund', refund('5.00', 'r1'))).toMatchObject({ fund_change: 'N', refund_fee: '5.00' });
    expect(await ask('alipay.trade.refund', refund('6.00', 'r1'))).toMatchObject({ sub_code: 'ACQ.DISCORDANT_REPEAT_REQUEST' });
    expect(await ask('alipay.trade.query', ORDER)).toMatchObject({ trade_status: 'TRADE_SUCCESS' });
    expect(await ask('alipay.trade.refund', refund('15.01', 'r2'))).toMatchObject({ sub_code: 'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL' });
    expect(await ask('alipay.trade.refund', refund('15.00', 'r2'))).toMatchObject({ fund_change: 'Y', refund_fee: '20.00' });
    expect(await ask('alipay.trade.query', ORDER)).toMatchObject({ trade_status: 'TRADE_CLOSED' });
    const query = await ask('alipay.trade.fastpay.refund.query', { ...ORDER, out_request_no: 'r1' });
    expect(query).toMatchObject({ refund_status: 'REFUND_SUCCESS', refund_amount: '5.00', total_amount: '20.00' });
    const none = await ask('alipay.trade.fastpay.refund.query', { ...ORDER, out_request_no: 'r9' });
    expect(none).toEqual({ code: '10000', msg: 'Success' });
  });

  test('refuses to refund what is unpaid, and a part without its own number', async () => {
    const { world, created, ask } = setUp();
    const { trade_no } = await created();
    expect(await ask('alipay.trade.refund', refund('5.00', 'r1'))).toMatchObject({ sub_code: 'ACQ.TRADE_STATUS_ERROR' });
    pay(world, trade_no);
    expect(await ask('alipay.trade.refund', refund('5.00'))).toMatchObject({ sub_code: 'ACQ.INVALID_PARAMETER' });
  });
});
