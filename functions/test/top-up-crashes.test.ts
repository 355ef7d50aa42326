import { orderNumber } from '../domain/order-number';
import { verifyPassbook } from '../domain/verify-passbook';
import { confirmOrder } from '../operations/confirm-order';
import { createTopUp, type Payer, type TopUpDeps } from '../operations/create-top-up';
import { readOrder } from '../operations/read-order';
import { type SweepDeps, settleDueOrders } from '../operations/settle-due-orders';
import { Crash, faultyDatabase } from './faulty-database';
import { createModelDatabase } from './model-database';
import { TopUpFixture } from './top-up-fixture';

/** The process dies at every store call in turn, before it and after it; then the world goes on as it does. */
type Step = (deps: TopUpDeps & SweepDeps) => Promise<unknown>;

async function dieAtEach(
  build: (world: TopUpFixture, payer: Payer) => Promise<Step>,
  recover: (world: TopUpFixture, payer: Payer) => Promise<void>,
) {
  for (const moment of ['before', 'after'] as const) {
    for (let at = 1; ; at += 1) {
      const world = new TopUpFixture(createModelDatabase());
      const payer = await world.student();
      const step = await build(world, payer);
      const dying = faultyDatabase(world.database, { at, moment });
      let died = false;
      try {
        await step(world.depsOver(dying));
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        died = true;
      }
      // Every call has been died at once the work comes to its end.
      if (!died && dying.calls() < at) {
        expect(at).toBeGreaterThan(3);
        break;
      }
      await recover(world, payer);
      const entries = await world.till.all(payer.accountNo);
      expect(entries.filter((entry) => entry.kind === 'top-up')).toHaveLength(1);
      expect((await world.till.head(payer.accountNo)).state.balances.transit).toBe(2_000);
      expect(verifyPassbook(entries)).toEqual([]);
    }
  }
}

test('a top-up that dies between any two effects becomes one order, once the phone repeats it', async () => {
  const wish = { requestId: 'request-000000000001', amountFen: 2_000, channel: 'wechat-pay' };
  await dieAtEach(
    async (_, payer) => (deps) => createTopUp(deps, payer, wish),
    async (world, payer) => {
      const { orderNo, payParams } = await createTopUp(world.deps, payer, wish);
      expect(payParams.package).toBeDefined();
      expect([...world.wechat.orders.keys()]).toEqual([orderNo]);
      await confirmOrder(world.deps, 'wechat-pay', world.wechat.pay(orderNo, world.till.now));
    },
  );
});

test('a callback that dies between any two effects is one credit, once the platform repeats it', async () => {
  await dieAtEach(
    async (world, payer) => {
      const { orderNo } = await createTopUp(world.deps, payer, world.wish());
      const notice = world.wechat.pay(orderNo, world.till.now);
      return (deps) => confirmOrder(deps, 'wechat-pay', notice);
    },
    async (world) => {
      for (const orderNo of world.wechat.orders.keys()) await confirmOrder(world.deps, 'wechat-pay', world.wechat.paidOrder(orderNo));
    },
  );
});

test('a callback that dies and is never repeated is one credit by the sweep', async () => {
  await dieAtEach(
    async (world, payer) => {
      const { orderNo } = await createTopUp(world.deps, payer, world.wish());
      const notice = world.wechat.pay(orderNo, world.till.now);
      return (deps) => confirmOrder(deps, 'wechat-pay', notice);
    },
    async (world) => {
      world.later(60_000);
      expect((await settleDueOrders(world.deps, world.till.now + 1)).failed).toEqual([]);
    },
  );
});

test('a look that dies between any two effects is one credit by the next look', async () => {
  await dieAtEach(
    async (world, payer) => {
      const { orderNo } = await createTopUp(world.deps, payer, world.wish());
      world.later(5_000);
      world.wechat.pay(orderNo, world.till.now);
      return (deps) => readOrder(deps, payer, orderNo);
    },
    async (world, payer) => {
      world.later(5_000);
      for (const orderNo of world.wechat.orders.keys())
        expect(await readOrder(world.deps, payer, orderNo)).toMatchObject({ state: 'credited' });
    },
  );
});

test('a sweep that dies at an order is one credit by a later sweep', async () => {
  await dieAtEach(
    async (world, payer) => {
      const { orderNo } = await createTopUp(world.deps, payer, world.wish());
      world.wechat.pay(orderNo, world.till.now);
      world.later(60_000);
      return async (deps) => {
        const { failed } = await settleDueOrders(deps, world.till.now + 1);
        for (const { error } of failed) throw error;
      };
    },
    async (world) => {
      world.later(5 * 60_000);
      expect((await settleDueOrders(world.deps, world.till.now + 1)).failed).toEqual([]);
    },
  );
});

test('a platform call that is lost, or whose answer is lost, leaves one order, closed in the end when nobody paid', async () => {
  for (const moment of ['before', 'after'] as const) {
    for (const lost of ['createOrder', 'queryOrder', 'closeOrder'] as const) {
      const world = new TopUpFixture(createModelDatabase());
      const payer = await world.student();
      const wish = world.wish();
      world.wechat[moment] = (call) => {
        if (call === lost) throw new Crash();
      };
      const work = [
        () => createTopUp(world.deps, payer, wish),
        () => settleDueOrders(world.deps, world.till.now + 1),
        () => settleDueOrders(world.deps, world.till.now + 1),
      ];
      for (const step of work) {
        await step().catch((error: unknown) => {
          if (!(error instanceof Crash)) throw error;
        });
        world.later(31 * 60_000);
      }
      world.wechat[moment] = () => {};
      world.later(60 * 60_000);
      await settleDueOrders(world.deps, world.till.now + 1);
      expect(world.wechat.orders.size).toBeLessThanOrEqual(1);
      const order = await world.deps.orders.find(payer.schoolId, orderNumber({ ...payer, requestId: wish.requestId }));
      expect(order?.state).toBe('closed');
      expect(await world.topUps(payer)).toEqual([]);
    }
  }
});
