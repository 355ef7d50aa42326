import { faultTable } from '../cashier/faults';
import type { Fault } from '../state';
import {
  callWechat,
  decryptResource,
  jsapiOrder,
  json,
  NOON,
  paymentParameters,
  type Received,
  type Resource,
  stage,
  wechatSignatureHolds,
} from '../test/merchant';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A paid order, and the notices that came of it. */
async function paid(options: { speed?: number; fault?: Fault; attempts?: number; mode?: 'public-key'; refuse?: boolean } = {}) {
  const on = stage(options.speed === undefined ? {} : { speed: options.speed });
  const { world, time } = on;
  const person = world.addPerson('甲').id;
  if (options.mode) world.switchVerificationMode(options.mode);
  if (options.fault) world.switchFault({ fault: options.fault, attempts: options.attempts ?? null });
  if (options.refuse) on.answerWith(() => ({ status: 500, body: '{"code":"FAIL","message":"later"}' }));
  await pay(on, person, 'order_000001');
  await time.advance(0);
  return { ...on, person };
}

async function pay({ world, time }: ReturnType<typeof stage>, person: string, outTradeNo: string): Promise<void> {
  const body = jsapiOrder(world, person, { out_trade_no: outTradeNo });
  const order = json(await callWechat(world, time.clock(), { method: 'POST', url: '/v3/pay/transactions/jsapi', body }));
  const opening = world.cashier.openWechat(paymentParameters(world, String(order.prepay_id), time.clock()), person);
  if (!('cashier' in opening)) throw new Error(opening.refusal);
  world.cashier.pay(opening.cashier.id);
}

const resourceOf = (notice: Received | undefined): Resource => {
  if (!notice) throw new Error('no notice');
  return json(notice).resource as unknown as Resource;
};

const staleBy = (notice: Received): number => notice.at - Number(notice.headers['wechatpay-timestamp']) * 1000;

test('a payment is told once: signed by the certificate, encrypted with the APIv3 key, with the fields of the vendor', async () => {
  const { world, time, received } = await paid();
  await time.advance(25 * HOUR);
  const [notice, ...others] = received;
  expect(others).toEqual([]);
  if (!notice) throw new Error('no notice');
  expect(wechatSignatureHolds(world, notice)).toBe(true);
  expect(notice.headers['wechatpay-signature-type']).toBe('WECHATPAY2-SHA256-RSA2048');
  expect(notice.headers['wechatpay-serial']).toBe(world.wechatPayKeys().signingSerial);
  expect(json(notice)).toMatchObject({
    create_time: '2026-11-21T12:00:00+08:00',
    event_type: 'TRANSACTION.SUCCESS',
    resource_type: 'encrypt-resource',
    summary: '支付成功',
    resource: { original_type: 'transaction', algorithm: 'AEAD_AES_256_GCM', associated_data: 'transaction' },
  });
  expect(resourceOf(notice).nonce).toHaveLength(12);
  expect(decryptResource(world, resourceOf(notice))).toMatchObject({
    mchid: world.keys.wechatPay.mchid,
    appid: world.keys.wechatApps.miniProgram.appid,
    out_trade_no: 'order_000001',
    trade_state: 'SUCCESS',
    amount: { total: 2000, payer_total: 2000, currency: 'CNY', payer_currency: 'CNY' },
    payer: { openid: expect.stringMatching(/^o/) },
  });
});

test('a merchant that never accepts is asked by the documented schedule, 16 times in 24 h 4 min, then no more', async () => {
  const { world, time, received } = await paid({ refuse: true });
  await time.advance(48 * HOUR);
  const s = 1000;
  const waits = received.map((notice, i) => notice.at - (received[i - 1]?.at ?? NOON));
  const documented = [15 * s, 15 * s, 30 * s, 3 * MINUTE, 10 * MINUTE, 20 * MINUTE, 30 * MINUTE, 30 * MINUTE, 30 * MINUTE];
  expect(waits).toEqual([0, ...documented, 60 * MINUTE, 3 * HOUR, 3 * HOUR, 3 * HOUR, 6 * HOUR, 6 * HOUR]);
  expect((received.at(-1)?.at ?? 0) - NOON).toBe(24 * HOUR + 4 * MINUTE);
  expect(Object.values(world.state.deliveries)[0]?.status).toBe('given-up');
});

test('every retry is signed afresh with the time of its own sending, and keeps the id of the notice', async () => {
  const { world, time, received } = await paid({ refuse: true });
  await time.advance(2 * HOUR);
  expect(received.length).toBeGreaterThan(5);
  expect(received.every((notice) => staleBy(notice) < 1000 && wechatSignatureHolds(world, notice))).toBe(true);
  expect(new Set(received.map((notice) => json(notice).id)).size).toBe(1);
  expect(new Set(received.map((notice) => notice.headers['wechatpay-nonce'])).size).toBe(received.length);
});

test('speeding up divides the waits and leaves signed times real', async () => {
  const { world, time, received } = await paid({ refuse: true, speed: 60 });
  await time.advance(25 * MINUTE);
  expect(received).toHaveLength(16);
  expect((received[1]?.at ?? 0) - NOON).toBe(250);
  expect(received.every((notice) => staleBy(notice) < 1000 && wechatSignatureHolds(world, notice))).toBe(true);
});

test('changing the speed shortens a wait that is under way', async () => {
  const { world, time, received } = await paid({ refuse: true });
  await time.advance(5_000);
  world.setSpeed(10);
  await time.advance(1_000);
  expect(received.map((notice) => notice.at - NOON)).toEqual([0, 6_000]);
});

test.each([
  [200, '{"code":"FAIL"}', 1],
  [204, '', 1],
  [201, '', 2],
  [302, '', 2],
  [401, '{"code":"FAIL"}', 2],
  [500, '', 2],
])('an answer %d with body %j leads to %d sendings within 15 s: the status decides', async (status, body, count) => {
  const on = stage();
  on.answerWith(() => ({ status, body }));
  await pay(on, on.world.addPerson('甲').id, 'order_000001');
  await on.time.advance(15_000);
  expect(on.received).toHaveLength(count);
});

test('silence counts as a failure', async () => {
  const on = stage();
  on.answerWith(() => undefined);
  await pay(on, on.world.addPerson('甲').id, 'order_000001');
  await on.time.advance(15_000);
  expect(on.received).toHaveLength(2);
});

test('in public-key mode the serial is the PUB_KEY_ID', async () => {
  const { world, received } = await paid({ mode: 'public-key' });
  expect(received[0]?.headers['wechatpay-serial']).toBe(world.keys.wechatPay.publicKey.id);
  expect(wechatSignatureHolds(world, received[0] as Received)).toBe(true);
});

test('a switch of the mode between two retries changes the key of the next one', async () => {
  const { world, time, received } = await paid({ refuse: true });
  world.switchVerificationMode('public-key');
  await time.advance(15_000);
  world.rotateCertificate('announce');
  world.rotateCertificate('promote');
  world.switchVerificationMode('certificate');
  await time.advance(15_000);
  expect(received.every((notice) => wechatSignatureHolds(world, notice))).toBe(true);
  expect(new Set(received.map((notice) => notice.headers['wechatpay-serial'])).size).toBe(3);
});

describe('faults', () => {
  test('lost: nothing is sent, though the order is paid', async () => {
    const { world, time, received } = await paid({ fault: 'lost' });
    await time.advance(48 * HOUR);
    expect(received).toEqual([]);
    expect(world.state.wechatOrders.order_000001?.state).toBe('SUCCESS');
    expect(world.events.list().map((event) => event.kind)).toContain('callback.lost');
  });

  test('repeated: the same notice three times, each accepted', async () => {
    const { time, received } = await paid({ fault: 'repeated' });
    await time.advance(HOUR);
    expect(received).toHaveLength(3);
    expect(new Set(received.map((notice) => json(notice).id)).size).toBe(1);
  });

  test('late: the first sending comes after 25 hours, sped up like every wait, and is signed then', async () => {
    const { world, time, received } = await paid({ fault: 'late', speed: 3600 });
    await time.advance(24_999);
    expect(received).toEqual([]);
    await time.advance(1);
    expect(received).toHaveLength(1);
    expect(staleBy(received[0] as Received)).toBeLessThan(1000);
    expect(wechatSignatureHolds(world, received[0] as Received)).toBe(true);
  });

  test('out-of-order: the notice comes after that of a later payment', async () => {
    const on = await paid({ fault: 'out-of-order' });
    expect(on.received).toEqual([]);
    on.world.switchFault(null);
    await pay(on, on.person, 'order_000002');
    await on.time.advance(0);
    const told = on.received.map((notice) => (decryptResource(on.world, resourceOf(notice)) as { out_trade_no: string }).out_trade_no);
    expect(told).toEqual(['order_000002', 'order_000001']);
  });

  test('byte-flipped: the body still parses and the signature does not hold', async () => {
    const { world, received } = await paid({ fault: 'byte-flipped' });
    expect(wechatSignatureHolds(world, received[0] as Received)).toBe(false);
    expect(() => decryptResource(world, resourceOf(received[0]))).toThrow();
  });

  test.each<Fault>(['bad-tag', 'wrong-associated-data'])('%s: the signature holds and decryption fails', async (fault) => {
    const { world, received } = await paid({ fault });
    expect(wechatSignatureHolds(world, received[0] as Received)).toBe(true);
    expect(() => decryptResource(world, resourceOf(received[0]))).toThrow(/authenticate/);
  });

  test.each<[Fault, object]>([
    ['amount-changed', { out_trade_no: 'order_000001', amount: { total: 20_000, currency: 'CNY' } }],
    ['currency-changed', { amount: { total: 2000, currency: 'USD' } }],
    ['other-seller', { mchid: expect.stringMatching(/^19/), out_trade_no: 'order_000001' }],
    ['unknown-order', { out_trade_no: expect.stringMatching(/^nobody/) }],
  ])('%s: validly signed and encrypted, with other content', async (fault, content) => {
    const { world, received } = await paid({ fault });
    expect(wechatSignatureHolds(world, received[0] as Received)).toBe(true);
    const told = decryptResource(world, resourceOf(received[0]));
    expect(told).toMatchObject(content);
    if (fault === 'other-seller') expect(told).not.toMatchObject({ mchid: world.keys.wechatPay.mchid });
  });

  test('other-app: another appid', async () => {
    const { world, received } = await paid({ fault: 'other-app' });
    const told = decryptResource(world, resourceOf(received[0])) as { appid: string };
    expect([world.keys.wechatApps.miniProgram.appid, world.keys.wechatApps.officialAccount.appid]).not.toContain(told.appid);
  });

  test('stale-time: validly signed ten minutes ago', async () => {
    const { world, received } = await paid({ fault: 'stale-time' });
    expect(staleBy(received[0] as Received)).toBe(10 * MINUTE);
    expect(wechatSignatureHolds(world, received[0] as Received)).toBe(true);
  });

  test('unknown-serial: a serial that names no key', async () => {
    const { world, received } = await paid({ fault: 'unknown-serial' });
    expect(received[0]?.headers['wechatpay-serial']).toMatch(/^[0-9A-F]{40}$/);
    expect(wechatSignatureHolds(world, received[0] as Received)).toBe(false);
  });

  test('unsigned: no signature header', async () => {
    expect((await paid({ fault: 'unsigned' })).received[0]?.headers).not.toHaveProperty('wechatpay-signature');
  });

  test('sign-test: a probe that cannot be verified comes first, then the notice', async () => {
    const { world, received } = await paid({ fault: 'sign-test' });
    expect(received).toHaveLength(2);
    expect(received[0]?.headers['wechatpay-signature']).toMatch(/^WECHATPAY\/SIGNTEST\//);
    expect(received.map((notice) => wechatSignatureHolds(world, notice))).toEqual([false, true]);
  });

  test('a fault of the first attempt only is mended by the retry', async () => {
    const on = stage();
    on.answerWith((notice) => ({ status: wechatSignatureHolds(on.world, notice) ? 204 : 401, body: '' }));
    on.world.switchFault({ fault: 'byte-flipped', attempts: 1 }, 'order_000001');
    await pay(on, on.world.addPerson('甲').id, 'order_000001');
    await on.time.advance(HOUR);
    expect(on.received.map((notice) => notice.at - NOON)).toEqual([0, 15_000]);
    expect(Object.values(on.world.state.deliveries)[0]?.status).toBe('accepted');
  });

  test('a fault switched for one order leaves the others alone, and Alipay faults do not touch WeChat Pay', async () => {
    const on = stage();
    const person = on.world.addPerson('甲').id;
    on.world.switchFault({ fault: 'unsigned', attempts: null }, 'order_000001');
    on.world.switchFault({ fault: 'sign-type-rsa', attempts: null });
    await pay(on, person, 'order_000001');
    await pay(on, person, 'order_000002');
    await on.time.advance(0);
    expect(on.received.map((notice) => wechatSignatureHolds(on.world, notice))).toEqual([false, true]);
  });

  test('every fault has words in both languages and a platform', () => {
    for (const { zh, en, platforms } of Object.values(faultTable)) {
      expect(zh).toMatch(/\p{Script=Han}/u);
      expect(en).toMatch(/\.$/);
      expect(platforms.length).toBeGreaterThan(0);
    }
  });
});

test('a restart in the middle of the schedule continues it', async () => {
  const first = await paid({ refuse: true });
  await first.time.advance(20_000);
  await first.world.stop();
  await first.time.advance(HOUR);
  expect(first.received).toHaveLength(2);
  const second = stage({ state: JSON.parse(JSON.stringify(first.world.state)) });
  await second.time.advance(30_000);
  expect(second.received).toHaveLength(1);
  expect(json(second.received[0] as Received).id).toBe(json(first.received[0] as Received).id);
});
