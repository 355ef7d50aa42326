import { AppError } from '../../shared/errors';
import { fen } from '../../shared/money';
import { topUpDraft } from '../domain/account-changes';
import { createModelDatabase } from '../test/model-database';
import { TopUpFixture } from '../test/top-up-fixture';
import { confirmOrder } from './confirm-order';
import { createTopUp, type Payer, type TopUpWish } from './create-top-up';
import { listTopUps } from './list-orders';
import { readOrder } from './read-order';

let world: TopUpFixture;
const scanApps = { 'wechat-pay': 'wxfirst', alipay: '2021first' } as const;
const deps = () => ({ ...world.deps, scanApps, returnUrl: 'https://card.example/app' });
const refusal = async (payer: Payer, wish: Partial<TopUpWish>) =>
  createTopUp(deps(), payer, world.wish(wish)).then(
    () => 'none',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );

beforeEach(() => {
  world = new TopUpFixture(createModelDatabase());
});

describe('a code or a page', () => {
  const byCode = { payBy: 'qr', screen: 'computer' } as const;

  test('that a computer shows is an order in the name of our first app, whose payer only paying will tell (ST-67)', async () => {
    const payer = await world.student('wechat-web');
    const { orderNo } = await createTopUp(deps(), payer, world.wish(byCode));
    expect(world.wechat.orders.get(orderNo)?.wish).toMatchObject({ payBy: 'qr', appId: 'wxfirst' });
    expect(await world.deps.orders.find(payer.schoolId, orderNo)).toMatchObject({
      payBy: 'qr',
      appId: 'wxfirst',
      payerOpenId: '',
      origin: 'own',
    });
    await confirmOrder(world.deps, 'wechat-pay', { ...world.wechat.pay(orderNo, world.till.now), payerOpenId: 'oScanned' });
    expect(await readOrder(world.deps, payer, orderNo)).toMatchObject({ state: 'credited', payBy: 'qr', origin: 'own', target: 'card' });
  });

  test('of the other platform may be shown as well, since any phone scans it', async () => {
    const payer = await world.student('wechat-web');
    const { orderNo } = await createTopUp(deps(), payer, world.wish({ payBy: 'page', screen: 'computer', channel: 'alipay' }));
    expect(world.alipay.orders.get(orderNo)?.wish).toMatchObject({
      payBy: 'page',
      appId: '2021first',
      returnUrl: 'https://card.example/app',
    });
  });

  test.each([
    ['wechat-mini', byCode, 'top-up.not-here'],
    ['alipay-mini', { ...byCode, channel: 'alipay' }, 'top-up.not-here'],
    ['wechat-web', { payBy: 'qr', screen: 'phone' }, 'top-up.not-here'],
    ['wechat-web', { payBy: 'qr' }, 'top-up.not-here'],
    ['wechat-web', { payBy: 'page', screen: 'computer' }, 'top-up.channel-not-offered'],
    ['wechat-web', { channel: 'alipay' }, 'top-up.channel-not-offered'],
  ] as const)('in %s with %j is refused as %s: nobody scans their own screen', async (platform, wish, code) => {
    expect(await refusal(await world.student(platform), wish)).toBe(code);
    expect(world.wechat.orders.size + world.alipay.orders.size).toBe(0);
  });

  test('of a school whose pack does not list it, or of a function that has no app for it, is refused', async () => {
    const payer = await world.student('wechat-web');
    await expect(createTopUp(world.deps, payer, world.wish(byCode))).rejects.toThrow('top-up.channel-not-offered');
    world = new TopUpFixture(createModelDatabase(), 'bistu');
    expect(await refusal(await world.student('wechat-web'), byCode)).toBe('top-up.channel-not-offered');
  });
});

describe('the maximum balance', () => {
  const fill = async (payer: Payer, amountFen: number) => {
    const credit = {
      orderNo: `o${amountFen}`,
      channel: 'alipay',
      amountFen: fen(amountFen),
      paidAt: world.till.now,
      recordedAt: world.till.now,
    } as const;
    await world.till.change(payer.accountNo, (head) => topUpDraft(head, credit, world.till.pack));
  };

  test('is checked when an order is made, and what is left is told', async () => {
    const payer = await world.student();
    await fill(payer, 499_000);
    await expect(createTopUp(deps(), payer, world.wish({ amountFen: 1_001 }))).rejects.toMatchObject({
      code: 'top-up.over-max-balance',
      detail: { leftFen: 1_000 },
    });
    expect((await createTopUp(deps(), payer, world.wish({ amountFen: 1_000 }))).state).toBe('created');
    await fill(payer, 2_000);
    await expect(createTopUp(deps(), payer, world.wish({ amountFen: 1 }))).rejects.toMatchObject({ detail: { leftFen: 0 } });
  });

  test('never keeps money that was paid, and a repeat of its order is answered as it was', async () => {
    const payer = await world.student();
    const wish = world.wish({ amountFen: 300_000 });
    const { orderNo } = await createTopUp(deps(), payer, wish);
    await fill(payer, 400_000);
    await confirmOrder(world.deps, 'wechat-pay', world.wechat.pay(orderNo, world.till.now));
    expect(await world.topUps(payer)).toHaveLength(2);
    expect(await createTopUp(deps(), payer, wish)).toMatchObject({ orderNo, state: 'credited' });
  });
});

test('an order is always told with its state and since when', async () => {
  const payer = await world.student();
  const { orderNo } = await createTopUp(deps(), payer, world.wish());
  const seen = () => readOrder(world.deps, payer, orderNo);
  const created = await seen();
  expect(created).toMatchObject({ state: 'created', closedAt: null });
  expect(created.since).toBe(created.createdAt);
  world.later(31 * 60_000);
  const closed = await seen();
  expect(closed.state).toBe('closed');
  expect(closed.since).toBe(closed.closedAt);
  // Of a caller the list looks at the account only.
  const caller = { bound: { schoolId: payer.schoolId, accountNo: payer.accountNo } } as Parameters<typeof listTopUps>[1];
  const holders = { find: async () => undefined };
  expect((await listTopUps({ ...world.deps, holders }, caller, {})).orders).toMatchObject([
    { orderNo, state: 'closed', since: closed.since },
  ]);
});
