import { AppError } from '../../shared/errors';
import { createModelDatabase } from '../test/model-database';
import { ModelQueue } from '../test/model-queue';
import { TopUpFixture } from '../test/top-up-fixture';
import { confirmOrder } from './confirm-order';
import { createTopUp, type Payer } from './create-top-up';
import { queryDueOrder } from './query-order';
import { settleDueOrders } from './settle-due-orders';

const MINUTE = 60_000;
let world: TopUpFixture;
let queue: ModelQueue;
let payer: Payer;

beforeEach(async () => {
  world = new TopUpFixture(createModelDatabase());
  queue = new ModelQueue(() => world.till.now);
  payer = await world.student();
});

const deps = () => ({ ...world.deps, queue });
const order = async () => (await createTopUp(deps(), payer, world.wish())).orderNo;
const queries = () => world.wechat.calls.filter((call) => call === 'queryOrder').length;
const stateOf = async (orderNo: string) => (await world.deps.orders.find(payer.schoolId, orderNo))?.state;

/** The job behind the queue, second by second; a refusal is logged there and the order has its next time. */
async function run(seconds: number, eachSecond: () => void = () => undefined): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    world.later(1_000);
    for (const message of queue.take()) {
      await queryDueOrder(deps(), message).catch((error: unknown) => {
        if (!(error instanceof AppError)) throw error;
      });
    }
    eachSecond();
  }
}

describe('messages of the queue', () => {
  test('ask at 10 s, 30 s, 1, 3, 5 … 31 minutes without any sweep, and then close the order', async () => {
    const orderNo = await order();
    const began = world.till.now;
    const asked: number[] = [];
    let before = queries();
    await run(32 * 60, () => {
      if (queries() > before) asked.push((world.till.now - began) / 1_000);
      before = queries();
    });
    expect(asked).toEqual([10, 30, 60, ...Array.from({ length: 15 }, (_, step) => 180 + 120 * step)]);
    expect(await stateOf(orderNo)).toBe('closed');
    expect(world.wechat.orders.get(orderNo)?.state).toBe('closed');
  });

  test.each([5, 25, 59, 61, 179, 600, 1_500, 1_799])(
    'heal an order whose callback never came, paid %i s after it was made, within two minutes of the payment',
    async (seconds) => {
      const orderNo = await order();
      await run(seconds);
      world.wechat.pay(orderNo, world.till.now);
      await run(120);
      expect(await stateOf(orderNo)).toBe('credited');
      expect(await world.topUps(payer)).toHaveLength(1);
    },
  );

  test('that are doubled ask the platform no more often and credit once', async () => {
    queue.copies = 2;
    const orderNo = await order();
    await run(20);
    expect(queries()).toBe(1);
    world.wechat.pay(orderNo, world.till.now);
    await run(32 * 60);
    // It was credited by the second one.
    expect(queries()).toBe(2);
    expect(await world.topUps(payer)).toHaveLength(1);
  });

  test('that are doubled at every hop end with the order, and never grow in number', async () => {
    queue.copies = 3;
    await order();
    await run(60 * 60);
    expect(queries()).toBe(18);
    expect(queue.sent).toBe(18);
  });

  test('that are all lost change nothing but the time: the sweep credits', async () => {
    queue.copies = 0;
    const orderNo = await order();
    world.wechat.pay(orderNo, world.till.now);
    await run(MINUTE / 1_000);
    expect(await stateOf(orderNo)).toBe('created');
    await settleDueOrders({ ...deps(), dueShards: world.deps.dueShards }, world.till.now + MINUTE);
    expect(await stateOf(orderNo)).toBe('credited');
    expect(await world.topUps(payer)).toHaveLength(1);
  });

  test('go on after the sweep was first', async () => {
    const orderNo = await order();
    world.later(12_000);
    await settleDueOrders({ ...deps(), dueShards: world.deps.dueShards }, world.till.now + MINUTE);
    expect(queries()).toBe(1);
    world.wechat.pay(orderNo, world.till.now);
    await run(18);
    expect(await stateOf(orderNo)).toBe('credited');
    expect(queries()).toBe(2);
  });

  test('go on after the platform could not be reached', async () => {
    const orderNo = await order();
    world.wechat.before = () => {
      throw new AppError('top-up.platform-unavailable');
    };
    await run(15);
    world.wechat.before = () => {};
    world.wechat.pay(orderNo, world.till.now);
    await run(20);
    expect(await stateOf(orderNo)).toBe('credited');
  });

  test('that come after the callback find nothing to do', async () => {
    const orderNo = await order();
    await confirmOrder(world.deps, 'wechat-pay', world.wechat.pay(orderNo, world.till.now));
    await run(40 * 60);
    expect(queries()).toBe(0);
    expect(await queryDueOrder(deps(), { schoolId: payer.schoolId, orderNo, dueAt: world.till.now })).toBeUndefined();
  });

  test('that come early, because no queue waits so long, are sent on', async () => {
    const orderNo = await order();
    const row = await world.deps.orders.find(payer.schoolId, orderNo);
    if (row?.state !== 'created') throw new Error('no such order');
    const dueAt = world.till.now + 20 * MINUTE;
    await world.deps.orders.replace({ ...row, dueAt, version: row.version + 1 });
    await queryDueOrder(deps(), { schoolId: payer.schoolId, orderNo, dueAt });
    expect(queries()).toBe(0);
    await run(20 * 60 - 1);
    expect(queries()).toBe(0);
    await run(1);
    expect(queries()).toBe(1);
  });

  test('about no order of ours are nothing', async () => {
    expect(await queryDueOrder(deps(), { schoolId: payer.schoolId, orderNo: 'shanghaitech000000000000000', dueAt: 1 })).toBeUndefined();
  });
});
