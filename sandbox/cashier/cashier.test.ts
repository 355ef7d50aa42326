import { createSign } from 'node:crypto';
import {
  ALIPAY_NOTIFY,
  callAlipay,
  callWechat,
  jsapiOrder,
  json,
  paymentParameters,
  stage,
  tradeContent,
  verifiedNode,
} from '../test/merchant';
import type { Opening } from './cashier';

function setUp() {
  const on = stage();
  const person = on.world.addPerson('甲').id;
  const prepay = async (overrides = {}) => {
    const body = jsapiOrder(on.world, person, overrides);
    return String(json(await callWechat(on.world, on.time.clock(), { method: 'POST', url: '/v3/pay/transactions/jsapi', body })).prepay_id);
  };
  const trade = async (outTradeNo = 'order_000001') => {
    const bizContent = tradeContent(on.world, person, { out_trade_no: outTradeNo });
    const response = await callAlipay(on.world, { method: 'alipay.trade.create', bizContent, more: { notify_url: ALIPAY_NOTIFY } });
    return String(verifiedNode(on.world, response, 'alipay_trade_create_response').trade_no);
  };
  return { ...on, person, prepay, trade };
}

function idOf(opening: Opening): string {
  if ('refusal' in opening) throw new Error(opening.refusal);
  return opening.cashier.id;
}

describe('WeChat', () => {
  test('shows title and amount, and paying tells both bridges ok and the merchant once', async () => {
    const { world, time, received, prepay } = setUp();
    const opening = world.cashier.openWechat(paymentParameters(world, await prepay(), time.clock()), undefined);
    expect(opening).toMatchObject({ cashier: { title: '校园卡充值', amountFen: 2000, state: 'open', result: null } });
    const paid = world.cashier.pay(idOf(opening));
    expect(paid).toMatchObject({ state: 'paid', result: { errMsg: 'requestPayment:ok', err_msg: 'get_brand_wcpay_request:ok' } });
    await time.advance(0);
    expect(received).toHaveLength(1);
  });

  test('a second press, and a press on a second cashier of the order, pay nothing more', async () => {
    const { world, time, received, prepay } = setUp();
    const parameters = paymentParameters(world, await prepay(), time.clock());
    const [first, second] = [world.cashier.openWechat(parameters, undefined), world.cashier.openWechat(parameters, undefined)];
    expect(world.cashier.pay(idOf(first))?.state).toBe('paid');
    expect(world.cashier.pay(idOf(first))?.state).toBe('paid');
    expect(world.cashier.pay(idOf(second))?.state).toBe('not-payable');
    await time.advance(60_000);
    expect(received).toHaveLength(1);
    expect(world.events.list().filter((event) => event.kind === 'order.paid')).toHaveLength(1);
    expect(world.cashier.openWechat(parameters, undefined)).toMatchObject({ refusal: '该订单已支付' });
  });

  test('cancelling leaves the order payable, and a cancelled cashier cannot pay any more', async () => {
    const { world, time, received, prepay } = setUp();
    const parameters = paymentParameters(world, await prepay(), time.clock());
    const first = idOf(world.cashier.openWechat(parameters, undefined));
    expect(world.cashier.cancel(first)).toMatchObject({
      state: 'cancelled',
      result: { errMsg: 'requestPayment:fail cancel', err_msg: 'get_brand_wcpay_request:cancel' },
    });
    expect(world.cashier.pay(first)?.state).toBe('cancelled');
    expect(world.state.wechatOrders.order_000001?.state).toBe('NOTPAY');
    expect(world.cashier.pay(idOf(world.cashier.openWechat(parameters, undefined)))?.state).toBe('paid');
    await time.advance(0);
    expect(received).toHaveLength(1);
  });

  test.each<[string, Record<string, string>, RegExp]>([
    ['an altered package', { package: 'prepay_id=wx00000000' }, /签名失败/],
    ['an altered nonce', { nonceStr: 'x' }, /签名失败/],
    ['an altered app', { appId: 'wx0000000000000000' }, /签名失败/],
    ['signType MD5', { signType: 'MD5' }, /signType/],
    ['no paySign', { paySign: '' }, /paySign/],
  ])('refuses %s', async (_, change, words) => {
    const { world, time, prepay } = setUp();
    const parameters = { ...paymentParameters(world, await prepay(), time.clock()), ...change };
    expect(world.cashier.openWechat(parameters, undefined)).toMatchObject({ refusal: expect.stringMatching(words) });
  });

  test('refuses a prepay_id nobody issued, one of another app, and one older than two hours', async () => {
    const { world, time, prepay } = setUp();
    expect(world.cashier.openWechat(paymentParameters(world, 'wx1', time.clock()), undefined)).toMatchObject({ refusal: /无效/ });
    const id = await prepay();
    const otherApp = { ...paymentParameters(world, id, time.clock()), appId: world.keys.wechatApps.officialAccount.appid };
    const signer = createSign('RSA-SHA256');
    signer.update(`${otherApp.appId}\n${otherApp.timeStamp}\n${otherApp.nonceStr}\n${otherApp.package}\n`);
    const signed = { ...otherApp, paySign: signer.sign(world.keys.wechatPay.merchant.privateKeyPem, 'base64') };
    expect(world.cashier.openWechat(signed, undefined)).toMatchObject({ refusal: expect.stringContaining('appid') });
    await time.advance(2 * 3_600_000 + 1);
    expect(world.cashier.openWechat(paymentParameters(world, id, time.clock()), undefined)).toMatchObject({
      refusal: expect.stringContaining('过期'),
    });
  });

  test('refuses a payer who is not the one the order names', async () => {
    const { world, time, prepay } = setUp();
    const other = world.addPerson('乙').id;
    const opening = world.cashier.openWechat(paymentParameters(world, await prepay(), time.clock()), other);
    expect(opening).toMatchObject({ refusal: '下单账号与支付账号不一致，请核实后再支付' });
  });
});

describe('Alipay', () => {
  test('paying answers 9000 and tells the merchant once; cancelling answers 6001 and leaves the trade waiting', async () => {
    const { world, time, received, trade } = setUp();
    const tradeNO = await trade();
    const first = idOf(world.cashier.openAlipay({ tradeNO }, undefined));
    expect(world.cashier.cancel(first)).toMatchObject({ state: 'cancelled', result: { resultCode: '6001' } });
    expect(world.state.alipayTrades.order_000001?.status).toBe('WAIT_BUYER_PAY');
    const second = idOf(world.cashier.openAlipay({ tradeNO }, undefined));
    expect(world.cashier.pay(second)).toMatchObject({ state: 'paid', result: { resultCode: '9000' } });
    expect(world.cashier.pay(second)?.state).toBe('paid');
    await time.advance(60_000);
    expect(received).toHaveLength(1);
    expect(world.cashier.openAlipay({ tradeNO }, undefined)).toMatchObject({ result: { resultCode: '4000' } });
  });

  test('refuses an unknown trade, a missing number and another buyer', async () => {
    const { world, trade } = setUp();
    const tradeNO = await trade();
    const other = world.addPerson('乙').id;
    for (const opening of [
      world.cashier.openAlipay({ tradeNO: '2026' }, undefined),
      world.cashier.openAlipay({}, undefined),
      world.cashier.openAlipay({ tradeNO }, other),
    ]) {
      expect(opening).toMatchObject({ refusal: expect.any(String), result: { resultCode: '4000' } });
    }
  });
});

describe('page and JSON API', () => {
  const post = (world: ReturnType<typeof setUp>['world'], path: string, value?: unknown, headers = {}) =>
    world.answer({ method: 'POST', path, query: '', headers, body: Buffer.from(value === undefined ? '' : JSON.stringify(value)) });

  test('opens, shows a page with 支付 and 取消, and pays', async () => {
    const { world, time, prepay } = setUp();
    world.setBaseUrl('http://127.0.0.1:7000');
    const parameters = paymentParameters(world, await prepay({ description: '<script>"充值"</script>' }), time.clock());
    const opened = json(await post(world, '/cashier/open', { platform: 'wechat-pay', parameters }));
    expect(opened.url).toBe(`http://127.0.0.1:7000/cashier/${String(opened.id)}`);
    const page = await world.answer({
      method: 'GET',
      path: `/cashier/${String(opened.id)}`,
      query: '',
      headers: {},
      body: Buffer.alloc(0),
    });
    expect(page.headers['content-type']).toMatch(/^text\/html/);
    expect(page.body).toContain('支付</button>');
    expect(page.body).toContain('取消</button>');
    expect(page.body).toContain('¥20.00');
    expect(page.body).not.toContain('<script>"');
    expect(json(await post(world, `/cashier/${String(opened.id)}/pay`)).state).toBe('paid');
  });

  test('refuses what it cannot open or find', async () => {
    const { world } = setUp();
    expect((await post(world, '/cashier/open', { platform: 'cash' })).status).toBe(400);
    expect((await post(world, '/cashier/open', { platform: 'alipay', parameters: { tradeNO: 'x' } })).status).toBe(403);
    expect((await post(world, '/cashier/csh_nobody/pay')).status).toBe(404);
  });

  test('lists what is open, and spoils the callback of one order until taken back', async () => {
    const { world, time, prepay, trade } = setUp();
    const get = async (path: string) =>
      json(await world.answer({ method: 'GET', path, query: '', headers: { accept: 'application/json' }, body: Buffer.alloc(0) }));
    idOf(world.cashier.openWechat(paymentParameters(world, await prepay(), time.clock()), undefined));
    const id = idOf(world.cashier.openAlipay({ tradeNO: await trade('order_000002') }, undefined));
    expect((await get('/cashier/')).cashiers).toMatchObject([{ id, platform: 'alipay' }, { platform: 'wechat-pay' }]);
    expect(json(await post(world, `/cashier/${id}/fault`, { fault: 'unsigned', attempts: 1 })).fault).toBe('unsigned');
    expect(world.state.faults.orders).toEqual({ order_000002: { fault: 'unsigned', attempts: 1 } });
    expect((await get(`/cashier/${id}`)).fault).toBe('unsigned');
    expect(json(await post(world, `/cashier/${id}/fault`, { fault: null })).fault).toBeNull();
    expect((await post(world, `/cashier/${id}/fault`, { fault: 'constructor' })).status).toBe(400);
    world.cashier.cancel(id);
    expect((await get('/cashier/')).cashiers).toHaveLength(1);
  });

  test('the page offers only the faults its platform can have', async () => {
    const { world, time, prepay, trade } = setUp();
    const page = async (id: string) =>
      (await world.answer({ method: 'GET', path: `/cashier/${id}`, query: '', headers: {}, body: Buffer.alloc(0) })).body;
    const wechat = await page(idOf(world.cashier.openWechat(paymentParameters(world, await prepay(), time.clock()), undefined)));
    const alipay = await page(idOf(world.cashier.openAlipay({ tradeNO: await trade('order_000002') }, undefined)));
    expect([wechat.includes('data-fault="bad-tag"'), alipay.includes('data-fault="bad-tag"')]).toEqual([true, false]);
    expect([wechat.includes('data-fault="sign-type-rsa"'), alipay.includes('data-fault="sign-type-rsa"')]).toEqual([false, true]);
  });
});
