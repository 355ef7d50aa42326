import type { Fault } from '../state';
import { ALIPAY_NOTIFY, callAlipay, NOON, noticeSignatureHolds, type Received, stage, tradeContent, verifiedNode } from '../test/merchant';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

async function paid(options: { speed?: number; fault?: Fault; refuse?: boolean; notifyUrl?: string } = {}) {
  const on = stage(options.speed === undefined ? {} : { speed: options.speed });
  const person = on.world.addPerson('甲').id;
  if (options.fault) on.world.switchFault({ fault: options.fault, attempts: null });
  if (options.refuse) on.answerWith(() => ({ status: 200, body: 'SUCCESS' }));
  await pay(on, person, 'order_000001', options.notifyUrl);
  await on.time.advance(0);
  return { ...on, person };
}

async function pay({ world }: ReturnType<typeof stage>, person: string, outTradeNo: string, notifyUrl = ALIPAY_NOTIFY): Promise<void> {
  const bizContent = tradeContent(world, person, { out_trade_no: outTradeNo, body: 'a+b & c%d' });
  const response = await callAlipay(world, { method: 'alipay.trade.create', bizContent, more: { notify_url: notifyUrl } });
  const { trade_no } = verifiedNode(world, response, 'alipay_trade_create_response');
  const opening = world.cashier.openAlipay({ tradeNO: trade_no }, person);
  if (!('cashier' in opening)) throw new Error(opening.refusal);
  world.cashier.pay(opening.cashier.id);
}

const form = (notice: Received | undefined): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(notice?.body.toString('utf8')));

test('a payment is told once as a form, signed with RSA2 over the decoded values', async () => {
  const { world, time, received } = await paid();
  await time.advance(30 * HOUR);
  expect(received).toHaveLength(1);
  expect(noticeSignatureHolds(world, received[0] as Received)).toBe(true);
  expect(received[0]?.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/);
  expect(form(received[0])).toMatchObject({
    notify_type: 'trade_status_sync',
    notify_time: '2026-11-21 12:00:00',
    app_id: world.keys.alipay.miniProgramAppId,
    seller_id: world.keys.alipay.sellerId,
    out_trade_no: 'order_000001',
    trade_status: 'TRADE_SUCCESS',
    total_amount: '20.00',
    receipt_amount: '20.00',
    subject: '校园卡充值 100%',
    body: 'a+b & c%d',
    gmt_payment: '2026-11-21 12:00:00',
    sign_type: 'RSA2',
    charset: 'utf-8',
    version: '1.0',
  });
});

test('anything but exactly "success" is asked again at 4m, 10m, 10m, 1h, 2h, 6h, 15h, with the same notify_id', async () => {
  const { world, time, received } = await paid({ refuse: true });
  await time.advance(72 * HOUR);
  const waits = received.map((notice, i) => notice.at - (received[i - 1]?.at ?? NOON));
  expect(waits).toEqual([0, 4 * MINUTE, 10 * MINUTE, 10 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR, 15 * HOUR]);
  expect(new Set(received.map((notice) => form(notice).notify_id)).size).toBe(1);
  expect(received.every((notice) => noticeSignatureHolds(world, notice))).toBe(true);
  // The time of each sending is its own, and the last is a day old only because a day has passed.
  expect(new Set(received.map((notice) => form(notice).notify_time)).size).toBe(received.length);
});

test.each([
  [200, 'success', 1],
  [200, 'success\n', 2],
  [200, '"success"', 2],
  [200, 'fail', 2],
  [500, 'success', 2],
  [302, 'success', 2],
])('an answer %d %j leads to %d sendings within four minutes', async (status, body, count) => {
  const on = stage();
  on.answerWith(() => ({ status, body }));
  await pay(on, on.world.addPerson('甲').id, 'order_000001');
  await on.time.advance(4 * MINUTE);
  expect(on.received).toHaveLength(count);
});

test('a full refund is told on the same notify_url as TRADE_CLOSED with refund_fee', async () => {
  const { world, time, received } = await paid();
  await callAlipay(world, { method: 'alipay.trade.refund', bizContent: { out_trade_no: 'order_000001', refund_amount: '20.00' } });
  await time.advance(0);
  expect(form(received[1])).toMatchObject({ trade_status: 'TRADE_CLOSED', refund_fee: '20.00', gmt_refund: '2026-11-21 12:00:00' });
  expect(noticeSignatureHolds(world, received[1] as Received)).toBe(true);
});

describe('faults', () => {
  test.each<[Fault, number]>([
    ['lost', 0],
    ['repeated', 3],
    ['out-of-order', 0],
    ['late', 0],
  ])('%s: %d sendings within a minute', async (fault, count) => {
    const { time, received } = await paid({ fault });
    await time.advance(MINUTE);
    expect(received).toHaveLength(count);
    expect(new Set(received.map((notice) => form(notice).notify_id)).size).toBe(Math.min(count, 1));
  });

  test('late: it does come, after 25 hours', async () => {
    const { time, received } = await paid({ fault: 'late', speed: 3600 });
    await time.advance(25_000);
    expect(received).toHaveLength(1);
  });

  test.each<[Fault, object]>([
    ['amount-changed', { total_amount: '920.00' }],
    ['other-seller', { seller_id: expect.stringMatching(/^2088\d{12}$/) }],
    ['other-app', { app_id: expect.stringMatching(/^2021\d{12}$/) }],
    ['unknown-order', { out_trade_no: expect.stringMatching(/^nobody/) }],
  ])('%s: validly signed, with other content', async (fault, content) => {
    const { world, received } = await paid({ fault });
    expect(noticeSignatureHolds(world, received[0] as Received)).toBe(true);
    expect(form(received[0])).toMatchObject(content);
    expect(form(received[0]).seller_id === world.keys.alipay.sellerId).toBe(fault !== 'other-seller');
    expect(form(received[0]).app_id === world.keys.alipay.miniProgramAppId).toBe(fault !== 'other-app');
  });

  test('byte-flipped: another amount under the old signature', async () => {
    const { world, received } = await paid({ fault: 'byte-flipped' });
    expect(form(received[0]).total_amount).toBe('30.00');
    expect(noticeSignatureHolds(world, received[0] as Received)).toBe(false);
  });

  test('unsigned: no sign', async () => {
    expect(form((await paid({ fault: 'unsigned' })).received[0])).not.toHaveProperty('sign');
  });

  test('sign-type-rsa: a SHA-1 signature that says so', async () => {
    const { world, received } = await paid({ fault: 'sign-type-rsa' });
    expect(form(received[0]).sign_type).toBe('RSA');
    expect(noticeSignatureHolds(world, received[0] as Received)).toBe(false);
  });

  test('bad-percent-encoding: the body cannot be decoded strictly', async () => {
    const { received } = await paid({ fault: 'bad-percent-encoding' });
    expect(() => decodeURIComponent(received[0]?.body.toString('latin1') ?? '')).toThrow(URIError);
  });

  test('faults of WeChat Pay do not touch Alipay', async () => {
    const { world, received } = await paid({ fault: 'bad-tag' });
    expect(noticeSignatureHolds(world, received[0] as Received)).toBe(true);
  });
});
