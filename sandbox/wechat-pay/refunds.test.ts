import { callWechat, decryptResource, jsapiOrder, json, paymentParameters, type Resource, stage } from '../test/merchant';

const REFUNDS = '/v3/refund/domestic/refunds';
const NOTIFY = 'http://127.0.0.1:9/callbacks/refunds';
const MINUTE = 60_000;

async function setUp(options: { total?: number } = {}) {
  const on = stage();
  const { world, time } = on;
  const total = options.total ?? 2000;
  const person = world.addPerson('甲').id;
  const call = (method: string, url: string, body?: unknown) =>
    callWechat(world, time.clock(), { method, url, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const order = jsapiOrder(world, person, { amount: { total } });
  const { prepay_id } = json(await callWechat(world, time.clock(), { method: 'POST', url: '/v3/pay/transactions/jsapi', body: order }));
  const opening = world.cashier.openWechat(paymentParameters(world, String(prepay_id), time.clock()), undefined);
  world.cashier.pay('cashier' in opening ? opening.cashier.id : '');
  await time.advance(0);
  on.received.length = 0;
  const refund = async (no: string, part: number) =>
    json(
      await call('POST', REFUNDS, {
        out_trade_no: 'order_000001',
        out_refund_no: no,
        notify_url: NOTIFY,
        amount: { refund: part, total, currency: 'CNY' },
      }),
    );
  const query = async (no: string) => json(await call('GET', `${REFUNDS}/${no}`));
  const notices = () =>
    on.received.map((notice): Record<string, unknown> => {
      const body = json(notice) as unknown as { event_type: string; resource: Resource };
      return { event: body.event_type, ...(decryptResource(world, body.resource) as Record<string, unknown>) };
    });
  return { ...on, refund, query, notices };
}

test('the same number again is the same refund, however soon; another is wanted a minute later', async () => {
  const { time, refund } = await setUp();
  const first = await refund('r1', 500);
  expect((await refund('r1', 500)).refund_id).toBe(first.refund_id);
  await time.advance(MINUTE - 1);
  expect(await refund('r2', 500)).toMatchObject({ code: 'FREQUENCY_LIMITED' });
  await time.advance(1);
  expect(await refund('r2', 500)).toMatchObject({ status: 'PROCESSING' });
});

test('fifty parts and no more; never more than the rest', async () => {
  const { time, refund } = await setUp();
  for (let n = 1; n <= 50; n += 1) {
    expect((await refund(`r${n}`, 10)).status).toBe('PROCESSING');
    await time.advance(MINUTE);
  }
  expect(await refund('r51', 10)).toMatchObject({ code: 'INVALID_REQUEST', message: expect.stringContaining('50') });
});

test('until 365 days after the payment', async () => {
  const { time, refund } = await setUp();
  await time.advance(365 * 86_400_000);
  expect(await refund('r1', 500)).toMatchObject({ status: 'PROCESSING' });
  await time.advance(MINUTE);
  expect(await refund('r2', 500)).toMatchObject({ code: 'INVALID_REQUEST' });
});

test('not more than the merchant has, which grows by what is paid', async () => {
  const { world, time, refund } = await setUp();
  world.books.setFunds('wechatPay', 400);
  expect(await refund('r1', 500)).toMatchObject({ code: 'NOT_ENOUGH' });
  expect(world.state.wechatRefunds).toEqual({});
  expect(await refund('r1', 400)).toMatchObject({ status: 'PROCESSING' });
  await time.advance(MINUTE);
  expect(await refund('r2', 1)).toMatchObject({ code: 'NOT_ENOUGH' });
});

test.each([
  ['SUCCESS', 'REFUND.SUCCESS'],
  ['ABNORMAL', 'REFUND.ABNORMAL'],
  ['CLOSED', 'REFUND.CLOSED'],
] as const)('ends as planned: %s, after as long as planned, and the notice says so', async (outcome, event) => {
  const { world, time, refund, query, notices } = await setUp();
  world.books.planRefunds({ outcome, afterMs: 2 * MINUTE });
  await refund('r1', 2000);
  await time.advance(2 * MINUTE - 1);
  expect(await query('r1')).toMatchObject({ status: 'PROCESSING' });
  expect(notices()).toEqual([]);
  await time.advance(1);
  expect(await query('r1')).toMatchObject({ status: outcome });
  expect(notices()).toEqual([expect.objectContaining({ event, refund_status: outcome, out_refund_no: 'r1' })]);
  expect('success_time' in (notices()[0] ?? {})).toBe(outcome === 'SUCCESS');
  // Closed leaves the money refundable; abnormal is still owed under this number.
  await time.advance(MINUTE);
  world.books.planRefunds(null);
  expect((await refund('r2', 2000)).status).toBe(outcome === 'CLOSED' ? 'PROCESSING' : undefined);
});

test('waits for ever until it is settled by hand; an abnormal one can be mended, an ended one not', async () => {
  const { world, time, refund, query, notices } = await setUp();
  world.books.setFunds('wechatPay', 2000);
  world.books.planRefunds({ outcome: 'PROCESSING', afterMs: 0 }, 'r1');
  await refund('r1', 500);
  await time.advance(86_400_000);
  expect(await query('r1')).toMatchObject({ status: 'PROCESSING' });
  expect(world.books.settleRefund('wechatPay', 'r1', 'ABNORMAL')).toBe(true);
  expect(world.books.settleRefund('wechatPay', 'r1', 'SUCCESS')).toBe(true);
  expect(world.books.settleRefund('wechatPay', 'r1', 'CLOSED')).toBe(false);
  expect(world.books.settleRefund('wechatPay', 'r9', 'CLOSED')).toBe(false);
  await time.advance(0);
  expect(notices().map(({ event }) => event)).toContain('REFUND.SUCCESS');
  world.books.planRefunds({ outcome: 'PROCESSING', afterMs: 0 });
  await refund('r2', 500);
  expect(world.state.merchantFunds.wechatPay).toBe(1000);
  world.books.settleRefund('wechatPay', 'r2', 'CLOSED');
  expect(world.state.merchantFunds.wechatPay).toBe(1500);
});

test('refund notices are repeated like payment notices and have the same faults', async () => {
  const { world, time, refund, received, answerWith, notices } = await setUp();
  answerWith(() => ({ status: 500, body: '' }));
  await refund('r1', 500);
  await time.advance(3_000 + 15_000 + 15_000 + 30_000);
  expect(received).toHaveLength(4);
  expect(new Set(received.map((notice) => (json(notice) as { id?: string }).id)).size).toBe(1);
  answerWith(() => ({ status: 204, body: '' }));
  await time.advance(180_000);
  received.length = 0;
  world.switchFault({ fault: 'lost', attempts: null });
  await refund('r2', 500);
  await time.advance(86_400_000);
  expect(received).toEqual([]);
  world.switchFault({ fault: 'other-seller', attempts: 1 });
  await refund('r3', 500);
  await time.advance(10_000);
  expect(notices()[0]?.mchid).not.toBe(world.keys.wechatPay.mchid);
});
