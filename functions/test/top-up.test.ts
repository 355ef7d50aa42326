import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { AppError, isAppError } from '../../shared/errors';
import { fen } from '../../shared/money';
import { claimDraft } from '../domain/account-changes';
import { orderNumber } from '../domain/order-number';
import { verifyPassbook } from '../domain/verify-passbook';
import { authorizePayment } from '../operations/authorize-payment';
import { confirmOrder } from '../operations/confirm-order';
import { createTopUp } from '../operations/create-top-up';
import { readOrder } from '../operations/read-order';
import { createDynamoDatabase } from '../store/dynamo-database';
import type { Database } from '../store/table';
import { startTestEngine, type TestEngine } from './engine';
import { TopUpFixture } from './top-up-fixture';

let engine: TestEngine;
let database: Database;
let world: TopUpFixture;

beforeAll(async () => {
  engine = await startTestEngine();
  database = createDynamoDatabase(DynamoDBDocumentClient.from(engine.client), engine.tables);
});
afterAll(() => engine.stop());
beforeEach(() => {
  world = new TopUpFixture(database);
});

async function refusal(work: Promise<unknown>): Promise<AppError> {
  try {
    await work;
  } catch (error) {
    if (isAppError(error)) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('arrival by the pack', () => {
  test('realtime credits the card at once (BI-10)', async () => {
    world = new TopUpFixture(database, 'bistu');
    const payer = await world.student('alipay-mini');
    const { orderNo } = await createTopUp(world.deps, payer, world.wish({ amountFen: 10_000, channel: 'alipay' }));
    await confirmOrder(world.deps, 'alipay', world.alipay.pay(orderNo, world.till.now));
    const head = await world.till.head(payer.accountNo);
    expect(head.state.balances).toMatchObject({ card: 10_000, transit: 0 });
    const order = await readOrder(world.deps, payer, orderNo);
    expect(order).toMatchObject({ state: 'credited', arrivedIn: 'card', amountFen: 10_000 });
    expect(order.onCardAt).toBe(order.creditedAt);
    expect(verifyPassbook(await world.till.all(payer.accountNo))).toEqual([]);
  });

  test.each([
    ['shanghaitech', 'ST-14, ST-59'],
    ['sjtu', 'SJ-07'],
  ])('claim puts what came by Alipay in the transition balance until a POS tap at %s (%s)', async (schoolId) => {
    world = new TopUpFixture(database, schoolId);
    const payer = await world.student('alipay-mini');
    const { orderNo } = await createTopUp(world.deps, payer, world.wish({ channel: 'alipay' }));
    const before = await readOrder(world.deps, payer, orderNo);
    expect(before).toMatchObject({ state: 'created', paidAt: null, creditedAt: null, arrivedIn: null, onCardAt: null });
    world.later(5_000);
    const paidAt = world.till.now;
    world.later(1_000);
    await confirmOrder(world.deps, 'alipay', world.alipay.pay(orderNo, paidAt));
    expect((await world.till.head(payer.accountNo)).state.balances).toMatchObject({ card: 0, transit: 2_000 });
    const waiting = await readOrder(world.deps, payer, orderNo);
    expect(waiting).toMatchObject({ state: 'credited', arrivedIn: 'transit', onCardAt: null });
    expect(Date.parse(waiting.paidAt ?? '')).toBe(paidAt);
    expect(Date.parse(waiting.creditedAt ?? '')).toBe(world.till.now);

    world.later(60_000);
    const sale = await authorizePayment(world.till.deps, world.till.codeSale(await world.till.code(payer.accountNo), 1_250));
    expect(sale.outcome).toBe('charged');
    const onCard = await readOrder(world.deps, payer, orderNo);
    expect(Date.parse(onCard.onCardAt ?? '')).toBe(world.till.now);
    // Kept on the row: a later look reads no entry.
    world.later(60_000);
    expect((await readOrder(world.deps, payer, orderNo)).onCardAt).toBe(onCard.onCardAt);
  });

  test('tells the claim that took this money, not one before or after it', async () => {
    const payer = await world.student();
    const first = await paidTopUp(payer);
    await claim(payer.accountNo);
    const claimedAt = world.till.now;
    world.later(60_000);
    const second = await paidTopUp(payer);
    expect((await readOrder(world.deps, payer, second)).onCardAt).toBeNull();
    expect(Date.parse((await readOrder(world.deps, payer, first)).onCardAt ?? '')).toBe(claimedAt);
    world.later(60_000);
    await claim(payer.accountNo);
    expect(Date.parse((await readOrder(world.deps, payer, second)).onCardAt ?? '')).toBe(world.till.now);
    expect(Date.parse((await readOrder(world.deps, payer, first)).onCardAt ?? '')).toBe(claimedAt);
  });

  test('tells the first claim after the credit when it is looked at late', async () => {
    const payer = await world.student();
    const first = await paidTopUp(payer);
    world.later(60_000);
    await claim(payer.accountNo);
    const claimedAt = world.till.now;
    world.later(60_000);
    await paidTopUp(payer);
    await claim(payer.accountNo);
    expect(Date.parse((await readOrder(world.deps, payer, first)).onCardAt ?? '')).toBe(claimedAt);
  });

  test('finds a claim that lies behind hundreds of other entries, look by look', async () => {
    const payer = await world.student();
    const orderNo = await paidTopUp(payer);
    for (let n = 0; n < 250; n += 1) {
      await world.till.change(payer.accountNo, (head) => ({
        kind: 'limits-changed',
        entryId: `x${n}`,
        postings: [],
        occurredAt: 1,
        state: head.state,
      }));
    }
    world.later(60_000);
    await claim(payer.accountNo);
    const looks: (string | null)[] = [];
    for (let look = 0; look < 3; look += 1) looks.push((await readOrder(world.deps, payer, orderNo)).onCardAt);
    expect(looks.slice(0, 2)).toEqual([null, null]);
    expect(Date.parse(looks[2] ?? '')).toBe(world.till.now);
  });

  async function paidTopUp(payer: Awaited<ReturnType<TopUpFixture['student']>>): Promise<string> {
    const { orderNo } = await createTopUp(world.deps, payer, world.wish());
    await confirmOrder(world.deps, 'wechat-pay', world.wechat.pay(orderNo, world.till.now));
    return orderNo;
  }

  async function claim(accountNo: number): Promise<void> {
    await world.till.change(
      accountNo,
      (head) =>
        claimDraft(head, { entryId: `claim-${head.n}`, occurredAt: world.till.now, recordedAt: world.till.now }, world.till.pack) ??
        failNothingToClaim(),
    );
  }

  function failNothingToClaim(): never {
    throw new Error('nothing to claim');
  }
});

describe('what is asked for', () => {
  test.each([
    ['0', 0],
    ['negative', -100],
    ['a fraction of a fen', 100.5],
    ['infinite, as an exponent beyond every number', Number.POSITIVE_INFINITY],
    ['beyond a safe integer', 2 ** 53],
    ['text', '2000'],
    ['text in scientific notation', '2e3'],
    ['a list', [2_000]],
    ['missing', undefined],
    ['null', null],
    ['true', true],
  ])('refuses an amount that is %s, and writes and asks nothing', async (_, amountFen) => {
    const payer = await world.student();
    const before = await world.till.head(payer.accountNo);
    const wish = world.wish({ amountFen });
    const error = await refusal(createTopUp(world.deps, payer, wish));
    expect(error.code).toBe('top-up.amount-invalid');
    expect(world.wechat.calls).toEqual([]);
    expect(await world.deps.orders.find(payer.schoolId, orderNumber({ ...payer, ...wish }))).toBeUndefined();
    expect(await world.till.head(payer.accountNo)).toEqual(before);
  });

  test('refuses ¥999.01 where the cap is ¥999, and says the cap (BI-10)', async () => {
    world = new TopUpFixture(database, 'bistu');
    const payer = await world.student('alipay-mini');
    const error = await refusal(createTopUp(world.deps, payer, world.wish({ amountFen: 99_901, channel: 'alipay' })));
    expect(error.code).toBe('top-up.over-cap');
    expect(error.detail).toEqual({ maxFen: 99_900 });
    expect(world.alipay.calls).toEqual([]);
    const { state } = await createTopUp(world.deps, payer, world.wish({ amountFen: 99_900, channel: 'alipay' }));
    expect(state).toBe('created');
  });

  test.each([
    ['ST-09, ST-10, SQ-07', 1_000],
    ['ST-09, ST-10, SQ-07', 2_000],
    ['ST-09, ST-10, SQ-07', 10_000],
    ['ST-10, SQ-07', 12_345],
  ])('%s: 立即充值 of %i fen opens WeChat Pay for that amount, in the name of who pays', async (_, amountFen) => {
    const payer = await world.student();
    const { orderNo, payParams } = await createTopUp(world.deps, payer, world.wish({ amountFen }));
    expect(payParams).toMatchObject({ package: expect.stringMatching(/^prepay_id=./) });
    expect(world.wechat.orders.get(orderNo)?.wish).toMatchObject({ amountFen, payerOpenId: payer.openid });
  });

  test.each([1, 12_345, 499_999])('ST-55: any amount may be typed in Alipay at ShanghaiTech, here %i fen', async (amountFen) => {
    const payer = await world.student('alipay-mini');
    const { orderNo } = await createTopUp(world.deps, payer, world.wish({ amountFen, channel: 'alipay' }));
    await confirmOrder(world.deps, 'alipay', world.alipay.pay(orderNo, world.till.now));
    expect((await world.till.head(payer.accountNo)).state.balances.transit).toBe(amountFen);
  });

  test.each([
    ['a WeChat session that asks for Alipay', 'wechat-mini', 'alipay'],
    ['an Alipay session that asks for WeChat Pay', 'alipay-web', 'wechat-pay'],
    ['a channel that no phone opens', 'wechat-mini', 'cash-machine'],
    ['a channel that does not exist', 'wechat-mini', 'constructor'],
  ] as const)('refuses %s', async (_, platform, channel) => {
    const payer = await world.student(platform);
    expect((await refusal(createTopUp(world.deps, payer, world.wish({ channel })))).code).toBe('top-up.channel-not-offered');
  });

  test('refuses a channel the school has not, such as WeChat Pay at DUFL (DL-35)', async () => {
    world = new TopUpFixture(database, 'dufl');
    const payer = await world.student();
    expect((await refusal(createTopUp(world.deps, payer, world.wish()))).code).toBe('top-up.channel-not-offered');
  });

  test('refuses a closed account before any money is on its way', async () => {
    const payer = await world.student();
    await world.till.change(payer.accountNo, (head) => ({
      kind: 'limits-changed',
      entryId: 'x',
      postings: [],
      occurredAt: 1,
      state: { ...head.state, closed: true },
    }));
    expect((await refusal(createTopUp(world.deps, payer, world.wish()))).code).toBe('account.closed');
    expect(world.wechat.calls).toEqual([]);
  });

  test('tells the platform who pays, how much, until when and where to report', async () => {
    const payer = await world.student();
    const { orderNo, expiresAt } = await createTopUp(world.deps, payer, world.wish());
    expect(orderNo).toMatch(/^[0-9A-Za-z_]{6,32}$/);
    expect(world.wechat.orders.get(orderNo)?.wish).toEqual({
      merchantOrderNo: orderNo,
      payBy: 'in-app',
      amountFen: 2_000,
      description: '上科大校园卡充值',
      payerOpenId: payer.openid,
      appId: payer.appId,
      notifyUrl: 'https://ecode.example/callbacks/wechat-pay',
      expiresAt: Date.parse(expiresAt),
      schoolId: 'shanghaitech',
    });
  });
});

describe('a repeated request', () => {
  test('is the same order, and the platform gets one', async () => {
    const payer = await world.student();
    const wish = world.wish();
    const first = await createTopUp(world.deps, payer, wish);
    world.later(20_000);
    const second = await createTopUp(world.deps, payer, wish);
    expect(second).toEqual(first);
    expect(world.wechat.orders.size).toBe(1);
  });

  test('ten at one moment make one order, and all of them can be paid with', async () => {
    const payer = await world.student();
    const wish = world.wish();
    const replies = await Promise.all(Array.from({ length: 10 }, () => createTopUp(world.deps, payer, wish)));
    expect(new Set(replies.map(({ orderNo }) => orderNo)).size).toBe(1);
    expect(replies.every(({ state, payParams }) => state === 'created' && payParams.package !== undefined)).toBe(true);
    expect(world.wechat.orders.size).toBe(1);
  });

  test.each([
    ['another amount', {}, { amountFen: 2_001 }],
    ['another app of the payer', { appId: 'wx0000000000000002' }, {}],
    ['another payer', { openid: 'oSomebodyElse00000000000001' }, {}],
  ])('with %s is refused', async (_, payerChange, wishChange) => {
    const payer = await world.student();
    const wish = world.wish();
    await createTopUp(world.deps, payer, wish);
    const error = await refusal(createTopUp(world.deps, { ...payer, ...payerChange }, { ...wish, ...wishChange }));
    expect(error.code).toBe('request.replayed-differently');
    expect(world.wechat.calls).toEqual(['createOrder']);
  });

  test('of two students is two orders', async () => {
    const wish = world.wish();
    const first = await createTopUp(world.deps, await world.student(), wish);
    const second = await createTopUp(world.deps, await world.student(), wish);
    expect(second.orderNo).not.toBe(first.orderNo);
  });

  test('after the payment says so and gives nothing to pay with', async () => {
    const payer = await world.student();
    const wish = world.wish();
    const { orderNo } = await createTopUp(world.deps, payer, wish);
    await confirmOrder(world.deps, 'wechat-pay', world.wechat.pay(orderNo, world.till.now));
    expect(await createTopUp(world.deps, payer, wish)).toMatchObject({ orderNo, state: 'credited', payParams: {} });
  });

  test('of an order paid without our knowing learns of it and credits it', async () => {
    const payer = await world.student();
    const wish = world.wish();
    const { orderNo } = await createTopUp(world.deps, payer, wish);
    world.wechat.pay(orderNo, world.till.now);
    expect(await createTopUp(world.deps, payer, wish)).toMatchObject({ state: 'credited', payParams: {} });
    expect((await world.topUps(payer)).length).toBe(1);
  });

  test('after the time to pay is over gives nothing to pay with', async () => {
    const payer = await world.student();
    const wish = world.wish();
    await createTopUp(world.deps, payer, wish);
    world.later(31 * 60_000);
    expect(await createTopUp(world.deps, payer, wish)).toMatchObject({ state: 'created', payParams: {} });
    expect(world.wechat.calls).toEqual(['createOrder']);
  });
});

describe('a platform that does not answer', () => {
  test('leaves the order, and the repeat pays with the same one', async () => {
    const payer = await world.student();
    const wish = world.wish();
    world.wechat.after = () => {
      throw new AppError('top-up.platform-unavailable');
    };
    expect((await refusal(createTopUp(world.deps, payer, wish))).code).toBe('top-up.platform-unavailable');
    world.wechat.after = () => {};
    const { orderNo, payParams } = await createTopUp(world.deps, payer, wish);
    expect(payParams.package).toBeDefined();
    expect([...world.wechat.orders.keys()]).toEqual([orderNo]);
  });

  test('that refuses is told as a refusal', async () => {
    const payer = await world.student();
    world.wechat.before = () => {
      throw new AppError('top-up.platform-refused', { platformCode: 'PARAM_ERROR' });
    };
    expect((await refusal(createTopUp(world.deps, payer, world.wish()))).code).toBe('top-up.platform-refused');
  });

  test('does not stop a student from looking at the order', async () => {
    const payer = await world.student();
    const { orderNo } = await createTopUp(world.deps, payer, world.wish());
    world.later(10_000);
    world.wechat.before = () => {
      throw new AppError('top-up.platform-unavailable');
    };
    expect(await readOrder(world.deps, payer, orderNo)).toMatchObject({ state: 'created', paidAt: null });
  });
});

describe('a confirmation', () => {
  test('50 copies of one callback, with 10 looks at the order beside them, are one credit', async () => {
    const payer = await world.student();
    const { orderNo } = await createTopUp(world.deps, payer, world.wish());
    world.later(5_000);
    const notice = world.wechat.pay(orderNo, world.till.now);
    const copies = Array.from({ length: 50 }, () => confirmOrder(world.deps, 'wechat-pay', notice));
    const looks = Array.from({ length: 10 }, () => readOrder(world.deps, payer, orderNo));
    const credited = await Promise.all(copies);
    await Promise.all(looks);
    expect(new Set(credited.map((order) => order.credit.n)).size).toBe(1);
    expect(await world.topUps(payer)).toHaveLength(1);
    expect((await world.till.head(payer.accountNo)).state.balances.transit).toBe(2_000);
    expect(verifyPassbook(await world.till.all(payer.accountNo))).toEqual([]);
  });

  test('of 20 orders of one account at one moment credits each once', async () => {
    const payer = await world.student();
    const orders = await Promise.all(Array.from({ length: 20 }, () => createTopUp(world.deps, payer, world.wish({ amountFen: 100 }))));
    const notices = orders.map(({ orderNo }) => world.wechat.pay(orderNo, world.till.now));
    await Promise.all(notices.flatMap((notice) => [notice, notice]).map((notice) => confirmOrder(world.deps, 'wechat-pay', notice)));
    expect(await world.topUps(payer)).toHaveLength(20);
    expect((await world.till.head(payer.accountNo)).state.balances.transit).toBe(2_000);
    expect(verifyPassbook(await world.till.all(payer.accountNo))).toEqual([]);
  });

  test('that comes before the platform has answered the order is credited, and the phone hears so', async () => {
    const payer = await world.student();
    world.wechat.after = async (call, orderNo) => {
      if (call === 'createOrder') await confirmOrder(world.deps, 'wechat-pay', world.wechat.pay(orderNo, world.till.now));
    };
    const reply = await createTopUp(world.deps, payer, world.wish());
    expect(reply).toMatchObject({ state: 'credited', payParams: {} });
    expect(await world.topUps(payer)).toHaveLength(1);
  });

  test.each([
    ['another amount', { amountFen: fen(2_001) }, 'callback.amount-mismatch'],
    ['another app', { appId: 'wx0000000000000009' }, 'callback.other-app'],
  ])('with %s is refused and writes nothing', async (_, changes, code) => {
    const payer = await world.student();
    const { orderNo } = await createTopUp(world.deps, payer, world.wish());
    const row = await world.deps.orders.find(payer.schoolId, orderNo);
    const before = await world.till.head(payer.accountNo);
    world.wechat.pay(orderNo, world.till.now);
    expect((await refusal(confirmOrder(world.deps, 'wechat-pay', world.wechat.paidOrder(orderNo, changes)))).code).toBe(code);
    expect(await world.deps.orders.find(payer.schoolId, orderNo)).toEqual(row);
    expect(await world.till.head(payer.accountNo)).toEqual(before);
  });

  test('by the other platform is no confirmation of this order', async () => {
    const payer = await world.student();
    const { orderNo } = await createTopUp(world.deps, payer, world.wish());
    const notice = world.wechat.pay(orderNo, world.till.now);
    expect((await refusal(confirmOrder(world.deps, 'alipay', notice))).code).toBe('order.unknown');
    expect(await world.topUps(payer)).toEqual([]);
  });

  test.each(['shanghaitech0123456789ABCDE', 'nowhere0123456789ABCDE', 'x', '#ORDER#', ''])(
    'of order number %p, which is none of ours, is unknown',
    async (merchantOrderNo) => {
      const payer = await world.student();
      const { orderNo } = await createTopUp(world.deps, payer, world.wish());
      const notice = { ...world.wechat.pay(orderNo, world.till.now), merchantOrderNo };
      expect((await refusal(confirmOrder(world.deps, 'wechat-pay', notice))).code).toBe('order.unknown');
    },
  );

  test.each(['lost', 'frozen', 'closed'])('of a %s account is credited: money that came is never refused', async (kind) => {
    const payer = await world.student();
    const { orderNo } = await createTopUp(world.deps, payer, world.wish());
    const flags = { lost: { lostAt: world.till.now }, frozen: { codesFrozen: true }, closed: { closed: true } }[kind];
    await world.till.change(payer.accountNo, (head) => ({
      kind: 'limits-changed',
      entryId: 'x',
      postings: [],
      occurredAt: 1,
      state: { ...head.state, ...flags },
    }));
    await confirmOrder(world.deps, 'wechat-pay', world.wechat.pay(orderNo, world.till.now));
    expect((await world.till.head(payer.accountNo)).state.balances.transit).toBe(2_000);
  });

  test('is written on the business day on which the payer paid, in the book of its channel', async () => {
    const payer = await world.student();
    const { orderNo } = await createTopUp(world.deps, payer, world.wish());
    const paidAt = Date.UTC(2026, 10, 21, 15, 59, 59);
    world.till.now = Date.UTC(2026, 10, 21, 16, 0, 30);
    await confirmOrder(world.deps, 'wechat-pay', world.wechat.pay(orderNo, paidAt));
    const [entry] = await world.topUps(payer);
    expect(entry).toMatchObject({ orderNo, occurredAt: paidAt, recordedAt: world.till.now });
    expect(entry?.counterparty?.book).toMatch(/^channel\/wechat-pay\/2026-11-21\/[0-7]$/);
  });
});

describe('a look at an order', () => {
  test('finds a payment whose callback never came', async () => {
    const payer = await world.student();
    const { orderNo } = await createTopUp(world.deps, payer, world.wish());
    world.later(4_000);
    world.wechat.pay(orderNo, world.till.now);
    expect(await readOrder(world.deps, payer, orderNo)).toMatchObject({ state: 'credited', arrivedIn: 'transit' });
    expect(await world.topUps(payer)).toHaveLength(1);
  });

  test('asks the platform at most every three seconds, and less often as time goes by', async () => {
    const payer = await world.student();
    const { orderNo } = await createTopUp(world.deps, payer, world.wish());
    const queries = () => world.wechat.calls.filter((call) => call === 'queryOrder').length;
    for (let second = 0; second < 30; second += 1) {
      world.later(1_000);
      await readOrder(world.deps, payer, orderNo);
    }
    expect(queries()).toBe(10);
    for (let second = 0; second < 270; second += 1) {
      world.later(1_000);
      await readOrder(world.deps, payer, orderNo);
    }
    expect(queries()).toBeLessThan(40);
  });

  test('of ten at one moment only one asks', async () => {
    const payer = await world.student();
    const { orderNo } = await createTopUp(world.deps, payer, world.wish());
    world.later(5_000);
    await Promise.all(Array.from({ length: 10 }, () => readOrder(world.deps, payer, orderNo)));
    expect(world.wechat.calls.filter((call) => call === 'queryOrder')).toHaveLength(1);
  });

  test('of somebody else, of another school or of nobody is unknown', async () => {
    const payer = await world.student();
    const { orderNo } = await createTopUp(world.deps, payer, world.wish());
    const other = await world.student();
    expect((await refusal(readOrder(world.deps, other, orderNo))).code).toBe('order.unknown');
    expect((await refusal(readOrder(world.deps, { ...payer, schoolId: 'bistu' }, orderNo))).code).toBe('order.unknown');
    expect((await refusal(readOrder(world.deps, payer, 'shanghaitech0123456789ABCDE'))).code).toBe('order.unknown');
  });
});
