import { AppError } from '../../shared/errors';
import { confirmOrder } from '../operations/confirm-order';
import { createTopUp, type Payer } from '../operations/create-top-up';
import { readOrder } from '../operations/read-order';
import { type Sweep, settleDueOrders } from '../operations/settle-due-orders';
import { createModelDatabase } from './model-database';
import { TopUpFixture } from './top-up-fixture';

const MINUTE = 60_000;
let world: TopUpFixture;
let payer: Payer;

beforeEach(async () => {
  world = new TopUpFixture(createModelDatabase());
  payer = await world.student();
});

const sweep = (): Promise<Sweep> => settleDueOrders(world.deps, world.till.now + MINUTE);
const order = async (): Promise<string> => (await createTopUp(world.deps, payer, world.wish())).orderNo;
const queries = () => world.wechat.calls.filter((call) => call === 'queryOrder').length;
const stateOf = async (orderNo: string) => (await world.deps.orders.find(payer.schoolId, orderNo))?.state;

describe('the sweep', () => {
  test('credits an order whose callback was lost, once', async () => {
    const orderNo = await order();
    world.wechat.pay(orderNo, world.till.now);
    world.later(MINUTE);
    expect(await sweep()).toEqual({ looked: 1, credited: 1, closed: 0, failed: [], complete: true });
    world.later(MINUTE);
    expect(await sweep()).toMatchObject({ looked: 0 });
    expect(await world.topUps(payer)).toHaveLength(1);
  });

  test('asks at 10 s, 30 s, 1, 3, 5 … 31 minutes, and then closes the order at the platform', async () => {
    const orderNo = await order();
    const asked: number[] = [];
    const began = world.till.now;
    for (let second = 1; second <= 32 * 60; second += 1) {
      world.later(1_000);
      const before = queries();
      await sweep();
      if (queries() > before) asked.push((world.till.now - began) / 1_000);
    }
    expect(asked).toEqual([10, 30, 60, ...Array.from({ length: 15 }, (_, step) => 180 + 120 * step)]);
    expect(await stateOf(orderNo)).toBe('closed');
    expect(world.wechat.orders.get(orderNo)?.state).toBe('closed');
  });

  test('credits an order that is paid between its last query and its close', async () => {
    const orderNo = await order();
    world.later(31 * MINUTE);
    world.wechat.before = (call) => {
      if (call === 'closeOrder') world.wechat.pay(orderNo, world.till.now);
    };
    expect(await sweep()).toMatchObject({ credited: 1, closed: 0 });
    expect(await world.topUps(payer)).toHaveLength(1);
  });

  test('credits an order whose close is unclear because it was paid, without waiting for another sweep', async () => {
    const orderNo = await order();
    world.later(31 * MINUTE);
    // Alipay says no more than that it could not close.
    const close = jest.spyOn(world.wechat, 'closeOrder').mockImplementation(async () => {
      world.wechat.pay(orderNo, world.till.now);
      return 'pending';
    });
    expect(await sweep()).toMatchObject({ credited: 1 });
    expect(close).toHaveBeenCalledTimes(1);
    expect(await world.topUps(payer)).toHaveLength(1);
  });

  test('leaves an order whose close is unclear, and asks again', async () => {
    const orderNo = await order();
    world.later(31 * MINUTE);
    world.wechat.after = (call) => {
      if (call === 'closeOrder') throw new AppError('top-up.platform-unavailable');
    };
    expect(await sweep()).toMatchObject({ looked: 1, closed: 0 });
    expect(await stateOf(orderNo)).toBe('created');
    world.wechat.after = () => {};
    world.later(60 * MINUTE);
    expect(await sweep()).toMatchObject({ closed: 1, failed: [] });
  });

  test('never closes an order that the platform does not know while a create may still be on its way', async () => {
    world.wechat.before = () => {
      throw new AppError('top-up.platform-unavailable');
    };
    await expect(order()).rejects.toThrow('top-up.platform-unavailable');
    world.wechat.before = () => {};
    for (const minutes of [1, 4, 10, 14]) {
      world.later(minutes * MINUTE);
      expect(await sweep()).toMatchObject({ closed: 0, failed: [] });
    }
    world.later(3 * MINUTE);
    expect(await sweep()).toMatchObject({ closed: 1 });
  });

  test('goes on with the others when one order is in trouble, names it, and comes back to it', async () => {
    const orders = [await order(), await order(), await order()];
    for (const orderNo of orders) world.wechat.pay(orderNo, world.till.now);
    world.later(MINUTE);
    world.wechat.before = (_, orderNo) => {
      if (orderNo === orders[1]) throw new AppError('top-up.platform-unavailable');
    };
    const first = await sweep();
    expect(first).toMatchObject({ looked: 3, credited: 2 });
    expect(first.failed.map(({ orderNo }) => orderNo)).toEqual([orders[1]]);
    world.wechat.before = () => {};
    world.later(5 * MINUTE);
    expect(await sweep()).toMatchObject({ looked: 1, credited: 1, failed: [] });
  });

  test('reports an amount that differs and credits nothing', async () => {
    const orderNo = await order();
    world.wechat.pay(orderNo, world.till.now);
    const held = world.wechat.orders.get(orderNo);
    if (held === undefined) throw new Error('no such order');
    world.wechat.orders.set(orderNo, { ...held, wish: { ...held.wish, appId: 'wx0000000000000009' } });
    world.later(MINUTE);
    const { failed } = await sweep();
    expect(failed).toEqual([{ orderNo, error: new AppError('callback.other-app') }]);
    expect(await world.topUps(payer)).toEqual([]);
  });

  test('two at one moment ask the platform once and credit once', async () => {
    const orderNo = await order();
    world.wechat.pay(orderNo, world.till.now);
    world.later(MINUTE);
    await Promise.all([sweep(), sweep()]);
    expect(queries()).toBe(1);
    expect(await world.topUps(payer)).toHaveLength(1);
  });

  test('reads every page of every shard', async () => {
    const orders: string[] = [];
    for (let count = 0; count < 230; count += 1) orders.push(await order());
    for (const orderNo of orders) world.wechat.pay(orderNo, world.till.now);
    world.later(MINUTE);
    expect(await sweep()).toMatchObject({ looked: 230, credited: 230, failed: [], complete: true });
    expect(await world.topUps(payer)).toHaveLength(230);
  });

  test('stops when its time is over and says that it was not all', async () => {
    for (let count = 0; count < 20; count += 1) await order();
    world.later(MINUTE);
    world.wechat.before = () => world.later(1_000);
    const { looked, complete } = await settleDueOrders(world.deps, world.till.now + 3_000);
    expect(complete).toBe(false);
    expect(looked).toBeGreaterThan(0);
    expect(looked).toBeLessThan(20);
    // The next sweep goes on with the others.
    world.wechat.before = () => {};
    expect((await sweep()).looked).toBe(20 - looked);
  });

  test('looks at nothing twice although the index lags behind', async () => {
    const lagging = createModelDatabase({ late: true });
    world = new TopUpFixture(lagging);
    payer = await world.student();
    const orderNo = await order();
    lagging.catchUp();
    await confirmOrder(world.deps, 'wechat-pay', world.wechat.pay(orderNo, world.till.now));
    world.later(MINUTE);
    expect(await sweep()).toMatchObject({ looked: 1, credited: 0 });
    expect(queries()).toBe(0);
    expect(await world.topUps(payer)).toHaveLength(1);
  });
});

describe('an order that was closed', () => {
  test('is credited when it turns out to be paid, never kept', async () => {
    const orderNo = await order();
    const held = world.wechat.orders.get(orderNo);
    if (held === undefined) throw new Error('no such order');
    world.later(31 * MINUTE);
    await sweep();
    expect(await stateOf(orderNo)).toBe('closed');
    held.state = 'paid';
    held.paidAt = world.till.now;
    await confirmOrder(world.deps, 'wechat-pay', world.wechat.paidOrder(orderNo));
    expect(await readOrder(world.deps, payer, orderNo)).toMatchObject({ state: 'credited' });
    expect(await world.topUps(payer)).toHaveLength(1);
  });

  test('is not asked about again', async () => {
    const orderNo = await order();
    world.later(31 * MINUTE);
    await sweep();
    const before = queries();
    world.later(24 * 60 * MINUTE);
    await sweep();
    expect(await readOrder(world.deps, payer, orderNo)).toMatchObject({ state: 'closed', paidAt: null, onCardAt: null });
    expect(queries()).toBe(before);
  });
});

describe('money that came and cannot be written', () => {
  test('is kept as paid, shown as paid, and credited by the sweep when the account is free again', async () => {
    const orderNo = await order();
    const notice = world.wechat.pay(orderNo, world.till.now);
    // Somebody else is first at every try.
    const busy = { ...world.deps.passbook, appendWith: async () => ({ written: false, failed: 0, found: undefined }) as const };
    await expect(confirmOrder({ ...world.deps, passbook: busy }, 'wechat-pay', notice)).rejects.toThrow('request.busy');
    const shown = await readOrder({ ...world.deps, passbook: busy }, payer, orderNo);
    expect(shown).toMatchObject({ state: 'paid', creditedAt: null });
    expect(shown.paidAt).not.toBeNull();
    const asked = queries();
    world.later(MINUTE);
    expect(await sweep()).toMatchObject({ looked: 1, credited: 1, failed: [] });
    expect(queries()).toBe(asked);
    expect(await world.topUps(payer)).toHaveLength(1);
  });

  test('gives up in time for the platform to hear of it', async () => {
    const orderNo = await order();
    const notice = world.wechat.pay(orderNo, world.till.now);
    let tries = 0;
    const busy = { ...world.deps.passbook, appendWith: async () => ({ written: false, failed: 0, found: undefined }) as const };
    const backOff = async () => {
      tries += 1;
      world.later(500);
    };
    await expect(confirmOrder({ ...world.deps, passbook: busy, backOff }, 'wechat-pay', notice)).rejects.toThrow('request.busy');
    expect(tries).toBeLessThan(12);
  });
});
