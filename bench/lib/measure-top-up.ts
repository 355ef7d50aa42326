import { confirmOrder } from '../../functions/operations/confirm-order';
import { createTopUp, type Payer, type TopUpDeps } from '../../functions/operations/create-top-up';
import { readOrder } from '../../functions/operations/read-order';
import { settleDueOrders } from '../../functions/operations/settle-due-orders';
import type { PaidOrder, PaymentPlatform } from '../../functions/platforms/contract';
import { createOrders, DUE_SHARDS } from '../../functions/store/orders';
import { fen } from '../../shared/money';
import { type BenchWorld, startBenchWorld } from './bench-world';
import { type Consumed, total } from './capacity';
import type { BenchResult } from './report';

const SCHOOL = 'shanghaitech';
const APP_ID = 'wx0000000000000001';
const AMOUNT = fen(2_000);
const MINUTE = 60_000;

export interface TopUpCost {
  /** Of one credit, as a callback makes it. */
  readonly calls: number;
  /** The account's head. */
  readonly headRead: number;
  /** The order row: half a unit, since its version is the condition of the write. */
  readonly orderRead: number;
  /** Entry, order row and the entry's place in its channel's book. */
  readonly write: number;
  /** The same, when the order is still in the `due` index and leaves it. */
  readonly writeLeavingDue: number;
}

/** What an order costs from the press to the credit, by DynamoDB's own answers. The platforms are played. */
export async function measureTopUp(): Promise<BenchResult<TopUpCost>> {
  const world = await startBenchWorld(SCHOOL);
  try {
    let now = Date.now();
    const deps = { ...createDeps(world, () => now), dueShards: DUE_SHARDS };
    const cases: object[] = [];
    const count = async <T>(name: string, work: () => Promise<T>): Promise<{ readonly result: T; readonly calls: readonly Consumed[] }> => {
      world.take();
      const result = await work();
      const calls = world.take();
      cases.push({ case: name, ...total(calls) });
      return { result, calls };
    };
    const order = async (number: number) => {
      const accountNo = await world.openAccount();
      const payer: Payer = { schoolId: SCHOOL, accountNo, platform: 'wechat-mini', appId: APP_ID, openid: 'oBenchOpenid000000000000001' };
      const wish = { requestId: `bench-request-${String(number).padStart(6, '0')}`, amountFen: AMOUNT, channel: 'wechat-pay' };
      return { payer, create: () => createTopUp(deps, payer, wish) };
    };

    // The first one of all reads the rule pack, which is then kept.
    await (await order(0)).create();
    const first = await order(1);
    const created = await count('create an order', first.create);
    const { orderNo } = created.result;
    await count('look at it, not yet paid', () => readOrder(deps, first.payer, orderNo));
    const credit = await count('credit by callback', () => confirmOrder(deps, 'wechat-pay', paidOrder(orderNo, now)));
    await count('the same callback again', () => confirmOrder(deps, 'wechat-pay', paidOrder(orderNo, now)));
    await count('look at it, credited', () => readOrder(deps, first.payer, orderNo));

    const second = await order(2);
    const late = (await second.create()).orderNo;
    now += 40 * MINUTE;
    await count('close two orders that nobody paid', () => settleDueOrders(deps, now + MINUTE));
    const paidAfterClose = await count('credit after it was closed', () => confirmOrder(deps, 'wechat-pay', paidOrder(late, now)));
    return { summary: costOf(credit.calls, paidAfterClose.calls), cases };
  } finally {
    await world.stop();
  }
}

function costOf(leaving: readonly Consumed[], settled: readonly Consumed[]): TopUpCost {
  const readOf = (operation: string) => total(leaving.filter((call) => call.operation === operation)).tableRead;
  const writeOf = (calls: readonly Consumed[]) => total(calls).tableWrite + total(calls).indexWrite;
  return {
    calls: total(leaving).calls,
    headRead: readOf('Query'),
    orderRead: readOf('GetItem'),
    write: writeOf(settled),
    writeLeavingDue: writeOf(leaving),
  };
}

function createDeps(world: BenchWorld, clock: () => number): TopUpDeps {
  const platform: Pick<PaymentPlatform, 'createOrder' | 'queryOrder' | 'closeOrder'> = {
    createOrder: async ({ merchantOrderNo }) => ({ payParams: { package: 'prepay_id=x' }, platformOrderRef: `prepay-${merchantOrderNo}` }),
    queryOrder: async ({ merchantOrderNo }) => ({ status: 'not-paid', merchantOrderNo }),
    closeOrder: async () => 'closed',
  };
  return {
    orders: createOrders(world.database),
    passbook: world.passbook,
    clock,
    backOff: () => Promise.resolve(),
    packOf: async () => world.pack,
    platforms: { 'wechat-pay': platform, alipay: platform },
    notifyUrls: { 'wechat-pay': 'https://bench.example/callbacks/wechat-pay', alipay: 'https://bench.example/callbacks/alipay' },
  };
}

function paidOrder(merchantOrderNo: string, paidAt: number): PaidOrder {
  return {
    status: 'paid',
    merchantOrderNo,
    amountFen: AMOUNT,
    currency: 'CNY',
    appId: APP_ID,
    platformTradeNo: '4200000000000000000000000001',
    paidAt,
    payerOpenId: 'oBenchOpenid000000000000001',
  };
}
