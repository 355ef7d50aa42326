import { callAlipay, callWechat, json, stage, verifiedNode } from '../test/merchant';

async function wechatStage() {
  const on = stage();
  const { world, time } = on;
  const person = world.addPerson('甲').id;
  const { mchid } = world.keys.wechatPay;
  const { appid } = world.keys.wechatApps.miniProgram;
  const call = (method: string, url: string, body?: unknown) =>
    callWechat(world, time.clock(), { method, url, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const pay = (code: string, total = 1_250, orderNo = 'native_0001') =>
    call('POST', '/v3/pay/transactions/codepay', {
      ...{ appid, mchid, description: '一号窗口', out_trade_no: orderNo, payer: { auth_code: code } },
      ...{ amount: { total, currency: 'CNY' }, scene_info: { store_info: { out_id: 'bistu' } } },
    });
  const query = () => call('GET', `/v3/pay/transactions/out-trade-no/native_0001?mchid=${mchid}`);
  const reverse = () => call('POST', '/v3/pay/transactions/out-trade-no/native_0001/reverse', { appid, mchid });
  return { ...on, person, appid, call, pay, query, reverse, show: () => world.codePay.show('wechat') ?? '' };
}

describe('WeChat 付款码', () => {
  test('pays once, within its minute, for the person whose phone shows it', async () => {
    const { world, time, person, appid, pay, query, show } = await wechatStage();
    const code = show();
    expect(code).toMatch(/^1[0-5]\d{16}$/);
    const openid = world.openid('wechat', appid, person);
    expect(json(await pay(code))).toMatchObject({
      trade_state: 'SUCCESS',
      trade_type: 'MICROPAY',
      payer: { openid },
      amount: { total: 1_250 },
    });
    expect(json(await query())).toMatchObject({ trade_state: 'SUCCESS' });
    expect(json(await pay(code, 1, 'native_0002'))).toMatchObject({ code: 'AUTH_CODE_EXPIRED' });
    expect(json(await pay(show()))).toMatchObject({ code: 'ORDERPAID' });
    const old = show();
    await time.advance(60_001);
    expect(json(await pay(old, 1, 'native_0003'))).toMatchObject({ code: 'AUTH_CODE_EXPIRED' });
    expect(json(await pay('139999999999999999', 1, 'native_0004'))).toMatchObject({ code: 'AUTH_CODE_EXPIRED' });
    expect(world.state.journal.wechatPay).toMatchObject([
      { kind: 'payment', tradeType: 'MICROPAY', orderNo: 'native_0001', orderFen: 1_250 },
    ]);
  });

  test('asks for the password above ¥1,000; 支付 pays, 取消 fails, and after 45 s the platform revokes it', async () => {
    const paid = await wechatStage();
    expect(json(await paid.pay(paid.show(), 100_001))).toEqual({ trade_state: 'USERPAYING' });
    expect(paid.world.codePay.waiting()).toMatchObject([{ platform: 'wechatPay', orderNo: 'native_0001', amountFen: 100_001 }]);
    expect(paid.world.codePay.press('native_0001', 'pay')).toBe(true);
    expect(json(await paid.query())).toMatchObject({ trade_state: 'SUCCESS' });
    expect(paid.world.codePay.press('native_0001', 'cancel')).toBe(false);
    const cancelled = await wechatStage();
    await cancelled.pay(cancelled.show(), 100_001);
    cancelled.world.codePay.press('native_0001', 'cancel');
    expect(json(await cancelled.query())).toMatchObject({ trade_state: 'PAYERROR' });
    const left = await wechatStage();
    await left.pay(left.show(), 100_001);
    await left.time.advance(45_000);
    expect(json(await left.query())).toMatchObject({ trade_state: 'REVOKED' });
    expect(left.world.codePay.press('native_0001', 'pay')).toBe(false);
  });

  test('reversed while unpaid it is closed; reversed when paid the money goes back, and the bill has a line of it', async () => {
    const open = await wechatStage();
    await open.pay(open.show(), 100_001);
    expect(json(await open.reverse())).toMatchObject({ out_trade_no: 'native_0001' });
    expect(json(await open.query())).toMatchObject({ trade_state: 'REVOKED' });
    expect(open.world.state.journal.wechatPay).toEqual([]);
    const paid = await wechatStage();
    await paid.pay(paid.show());
    await paid.reverse();
    await paid.reverse();
    expect(json(await paid.query())).toMatchObject({ trade_state: 'REVOKED' });
    expect(paid.world.state.journal.wechatPay).toMatchObject([
      { kind: 'payment' },
      { kind: 'refund', refund: { refundNo: '', refundFen: 1_250 } },
    ]);
    expect(json(await (await wechatStage()).reverse())).toMatchObject({ code: 'ORDER_NOT_EXIST' });
  });

  test('follows a script, call by call', async () => {
    const { world, pay, query, reverse, show } = await wechatStage();
    world.codePay.script('wechatPay', ['systemerror', 'refused', 'timeout', 'systemerror', 'userpaying', 'late']);
    expect((await pay(show())).status).toBe(500);
    expect(json(await pay(show()))).toMatchObject({ code: 'NOT_ENOUGH' });
    expect((await pay(show())).status).toBe(0);
    expect((await query()).status).toBe(500);
    expect(json(await query())).toMatchObject({ trade_state: 'USERPAYING' });
    expect((await query()).status).toBe(0);
    expect(json(await query())).toMatchObject({ trade_state: 'SUCCESS' });
    expect((await reverse()).status).toBe(200);
  });
});

async function alipayStage() {
  const on = stage();
  const { world } = on;
  const person = world.addPerson('甲').id;
  const ask = async (method: string, bizContent: unknown) =>
    verifiedNode(world, await callAlipay(world, { method, bizContent }), `${method.replaceAll('.', '_')}_response`);
  const pay = (code: string, total = '12.50', orderNo = 'native_0001') =>
    ask('alipay.trade.pay', {
      ...{ out_trade_no: orderNo, total_amount: total, subject: '一号窗口', scene: 'bar_code', auth_code: code, timeout_express: '2m' },
    });
  const query = () => ask('alipay.trade.query', { out_trade_no: 'native_0001' });
  const cancel = () => ask('alipay.trade.cancel', { out_trade_no: 'native_0001' });
  return { ...on, person, ask, pay, query, cancel, show: () => world.codePay.show('alipay') ?? '' };
}

describe('支付宝付款码', () => {
  test('pays once, for the person whose phone shows it', async () => {
    const { world, person, pay, query, show } = await alipayStage();
    const code = show();
    const openid = world.openid('alipay', world.keys.alipay.miniProgramAppId, person);
    expect(await pay(code)).toMatchObject({ code: '10000', buyer_open_id: openid, total_amount: '12.50' });
    expect(await query()).toMatchObject({ trade_status: 'TRADE_SUCCESS' });
    expect(await pay(code, '1.00', 'native_0002')).toMatchObject({ sub_code: 'ACQ.PAYMENT_AUTH_CODE_INVALID' });
    expect(await pay(show())).toMatchObject({ sub_code: 'ACQ.TRADE_HAS_SUCCESS' });
    world.contracts.setPayerFunds(person, 'alipay', 99);
    expect(await pay(show(), '1.00', 'native_0003')).toMatchObject({ sub_code: 'ACQ.BUYER_BALANCE_NOT_ENOUGH' });
  });

  test('above ¥1,000 the buyer types a password; a trade nobody pays closes by itself', async () => {
    const paid = await alipayStage();
    expect(await paid.pay(paid.show(), '1000.01')).toMatchObject({ code: '10003' });
    expect(paid.world.codePay.press('native_0001', 'pay')).toBe(true);
    expect(await paid.query()).toMatchObject({ trade_status: 'TRADE_SUCCESS' });
    const left = await alipayStage();
    await left.pay(left.show(), '1000.01');
    await left.time.advance(120_000);
    expect(await left.query()).toMatchObject({ trade_status: 'TRADE_CLOSED' });
  });

  test('cancelled: closed while unpaid, refunded when paid, and an unknown trade succeeds without an action', async () => {
    const open = await alipayStage();
    expect(await open.cancel()).toEqual({ code: '10000', msg: 'Success', out_trade_no: 'native_0001', retry_flag: 'N' });
    await open.pay(open.show(), '1000.01');
    expect(await open.cancel()).toMatchObject({ retry_flag: 'N', action: 'close' });
    const paid = await alipayStage();
    await paid.pay(paid.show());
    expect(await paid.cancel()).toMatchObject({ action: 'refund' });
    expect(await paid.query()).toMatchObject({ trade_status: 'TRADE_CLOSED' });
    expect(paid.world.state.journal.alipay).toMatchObject([{ kind: 'payment' }, { kind: 'refund', refund: { refundFen: 1_250 } }]);
  });

  test('follows a script, call by call', async () => {
    const { world, pay, query, cancel, show, ask } = await alipayStage();
    world.codePay.script('alipay', ['systemerror', 'userpaying', 'systemerror', 'success', 'userpaying']);
    expect(await pay(show())).toMatchObject({ code: '20000' });
    expect(await pay(show())).toMatchObject({ code: '10003' });
    expect(await query()).toMatchObject({ code: '20000' });
    expect(await query()).toMatchObject({ trade_status: 'TRADE_SUCCESS' });
    expect(await cancel()).toMatchObject({ retry_flag: 'Y' });
    // By agreement it is another way to pay, which no code takes part in.
    expect(await ask('alipay.trade.pay', { out_trade_no: 'x', total_amount: '1.00', subject: 'x' })).toMatchObject({ code: '40004' });
  });
});

test('the control page shows codes, presses keys and writes scripts', async () => {
  const { world } = stage();
  world.addPerson('甲');
  const post = async (path: string, body: unknown) => {
    const answer = await world.answer({
      ...{ method: 'POST', path: `/control${path}`, query: '', headers: {}, body: Buffer.from(JSON.stringify(body)) },
    });
    return { status: answer.status, body: JSON.parse(String(answer.body)) };
  };
  expect((await post('/payment-codes', { app: 'wechat' })).body.code).toMatch(/^13\d{16}$/);
  expect((await post('/payment-codes', { app: 'alipay', person: 'nobody' })).status).toBe(400);
  expect((await post('/payment-codes/press', { orderNo: 'none', key: 'pay' })).status).toBe(400);
  expect((await post('/payment-codes/script', { platform: 'alipay', steps: ['late'] })).body).toEqual({
    platform: 'alipay',
    steps: ['late'],
  });
  const waiting = await world.answer({ method: 'GET', path: '/control/payment-codes', query: '', headers: {}, body: Buffer.alloc(0) });
  expect(JSON.parse(String(waiting.body))).toEqual({ waiting: [] });
});
