import { fen } from '../../shared/money';
import { closed, credited, newOrder, type Order, paid, withClaimSearch, withPlatformRef, withQuery } from '../domain/order';
import { orderNumber } from '../domain/order-number';
import { itemSize } from '../test/item-size';
import { createModelDatabase } from '../test/model-database';
import { createOrders, DUE_SHARDS } from './orders';

const AT = Date.UTC(2026, 10, 21, 4, 0, 0);
const schoolId = 'abcdefghijklmnop';

function created(requestId = 'request-000000000001') {
  const orderNo = orderNumber({ schoolId, accountNo: 999_999_999, requestId });
  return newOrder(
    {
      schoolId,
      orderNo,
      accountNo: 999_999_999,
      channel: 'wechat-pay',
      amountFen: fen(5_000_000),
      appId: 'w'.repeat(32),
      payerOpenId: 'o'.repeat(128),
    },
    AT,
  );
}

const payment = { platformTradeNo: '4'.repeat(64), paidAt: AT + 1, payerOpenId: 'p'.repeat(128) };

function everyState(): readonly Order[] {
  const first = created();
  const asked = withQuery(withPlatformRef(first, 'r'.repeat(64)), AT + 12_345);
  const credit = credited(asked, payment, { creditedAt: AT + 2, n: 999_999_999, arrivedIn: 'transit' });
  return [
    first,
    asked,
    paid(asked, payment, AT + 3),
    credit,
    withClaimSearch(credit, { searchedTo: 999_999_998, onCardAt: AT + 99_999 }),
    closed(asked, AT + 4),
  ];
}

describe('an order row', () => {
  it('comes back as it was written, in every state, and stays within one write unit', async () => {
    for (const order of everyState()) {
      const database = createModelDatabase();
      const orders = createOrders(database);
      expect(await orders.insert(order)).toBeUndefined();
      expect(await orders.find(schoolId, order.orderNo)).toEqual(order);
      for (const item of database.all('records')) expect(itemSize(item)).toBeLessThan(1_024);
    }
  });

  it('is written once: a second insert answers what is there', async () => {
    const orders = createOrders(createModelDatabase());
    const order = created();
    await orders.insert(order);
    expect(await orders.insert({ ...order, amountFen: fen(1) })).toEqual(order);
    expect(await orders.find(schoolId, order.orderNo)).toEqual(order);
  });

  it('changes only from the version that was read', async () => {
    const orders = createOrders(createModelDatabase());
    const order = created();
    expect(await orders.replace(withQuery(order, AT))).toBe(false);
    await orders.insert(order);
    expect(await orders.replace(withPlatformRef(order, 'r'))).toBe(true);
    expect(await orders.replace(closed(order, AT))).toBe(false);
    expect(await orders.find(schoolId, order.orderNo)).toMatchObject({ state: 'created', version: 2, platformOrderRef: 'r' });
  });

  it('is due while it is created or paid, and leaves the index when it is settled', async () => {
    for (const order of everyState()) {
      const orders = createOrders(createModelDatabase());
      await orders.insert(order);
      const due = await Promise.all(Array.from({ length: DUE_SHARDS }, (_, shard) => orders.due(shard, AT + 86_400_000)));
      const isDue = order.state === 'created' || order.state === 'paid';
      expect(due.flatMap((page) => page.orders)).toEqual(isDue ? [{ schoolId, orderNo: order.orderNo }] : []);
      const early = await Promise.all(Array.from({ length: DUE_SHARDS }, (_, shard) => orders.due(shard, AT)));
      expect(early.flatMap((page) => page.orders)).toEqual([]);
    }
  });

  it('lies in one of all shards', async () => {
    const orders = createOrders(createModelDatabase());
    for (let n = 0; n < 64; n += 1) await orders.insert(created(`request-${String(n).padStart(12, '0')}`));
    const sizes = await Promise.all(
      Array.from({ length: DUE_SHARDS }, async (_, shard) => (await orders.due(shard, AT + 86_400_000)).orders.length),
    );
    expect(sizes.reduce((total, size) => total + size)).toBe(64);
    expect(Math.min(...sizes)).toBeGreaterThan(0);
  });

  it('that is no order is refused when it is read', async () => {
    const database = createModelDatabase();
    const order = created();
    await database.records.put({ pk: `${schoolId}#ORDER#${order.orderNo}`, sk: 'ORDER', state: 'credited', version: 1 });
    await expect(createOrders(database).find(schoolId, order.orderNo)).rejects.toThrow();
  });
});
