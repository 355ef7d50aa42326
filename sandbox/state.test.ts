import type { WorldState } from './state';
import { stage } from './test/merchant';

test('a state that an older version wrote is continued: what it did not know is added, what it knew stays', async () => {
  const before = stage();
  before.world.addPerson('甲');
  // What issue 2 wrote: no bills, no contracts, orders that were all paid in the app.
  const older = JSON.parse(JSON.stringify(before.world.state)) as Record<string, unknown>;
  for (const name of ['journal', 'traffic', 'billLies', 'refundPlans', 'merchantFunds', 'wechatContracts', 'clockShiftMs'])
    delete older[name];
  older.wechatOrders = { order_000001: { outTradeNo: 'order_000001', openid: 'o1', state: 'SUCCESS', paidAt: 1, prepayIds: [] } };
  older.wechatRefunds = { r1: { outRefundNo: 'r1', outTradeNo: 'order_000001', refundFen: 1, settledAt: 2 } };
  older.alipayTrades = { order_000002: { outTradeNo: 'order_000002', createdAt: 3, refunds: [{ outRequestNo: 'r2', refundFen: 1 }] } };
  // Read back from a file, as start.ts does.
  const { world } = stage({ state: older as unknown as WorldState });
  expect(world.state).toBe(older);
  expect(Object.values(world.state.persons)).toMatchObject([{ name: '甲' }]);
  expect(world.state.wechatOrders.order_000001).toMatchObject({ tradeType: 'JSAPI', deduction: null, paidAt: 1 });
  expect(world.state.wechatRefunds.r1).toMatchObject({ outcome: 'SUCCESS', settledAt: 2 });
  expect(world.state.alipayTrades.order_000002).toMatchObject({ product: 'JSAPI_PAY', existsSince: 3, refunds: [{ outcome: 'SUCCESS' }] });
  expect(world.state.journal).toEqual({ wechatPay: [], alipay: [] });
  expect(world.books.time()).toBe(before.time.clock());
});
