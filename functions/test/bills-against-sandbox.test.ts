import type { Lie } from '../../sandbox/state';
import { businessDay, DAY_MS } from '../../shared/time';
import type { BillChannel, CheckedBill } from '../domain/bills/bill';
import { readBill } from '../domain/bills/read-bill';
import { createAlipayBills } from '../platforms/alipay/bills';
import { createWechatBills } from '../platforms/wechat-pay/bills';
import { codeOf, deps, type PlatformWorld, startPlatforms } from './sandbox-platforms';

/** A bill's whole way: from the platform's books over HTTP, unpacked and checked, into lines and totals that were proven. */
let world: PlatformWorld;
let madeUp = 0;

beforeAll(async () => {
  world = await startPlatforms();
});

afterAll(() => world.stop());

const keeperOf = (channel: BillChannel) => (channel === 'alipay' ? 'alipay' : 'wechatPay');

/** A day of its own in the past for each test, with payments and refunds. */
function madeDay(channel: BillChannel, payments = 1_000, refunds = 20): string {
  madeUp += 1;
  const day = businessDay(Date.now() - (madeUp + 1) * DAY_MS);
  world.sandbox.world.books.makeTraffic({ platform: keeperOf(channel), day, payments, refunds });
  return day;
}

async function read(channel: BillChannel, day: string): Promise<CheckedBill> {
  const bills = channel === 'alipay' ? createAlipayBills(world.alipaySettings(), deps) : createWechatBills(world.wechatSettings(), deps);
  const opened = await bills.openTradeBill(day);
  if (opened === 'no-trades') throw new Error('there is no bill');
  const merchantId = channel === 'alipay' ? world.alipaySettings().sellerId : world.wechatSettings().merchantId;
  const reading = readBill(channel, opened.chunks, { merchantId, day });
  for (;;) {
    const next = await reading.next();
    if (next.done === true) return next.value;
  }
}

describe.each<BillChannel>(['wechat-pay', 'alipay'])('%s', (channel) => {
  test('what the platform wrote down is what is read, to the fen', async () => {
    const day = madeDay(channel);
    const proof = await read(channel, day);
    const lines = [...world.sandbox.world.books.lines(keeperOf(channel), day)];
    const payments = lines.filter((line) => line.kind === 'payment');
    const refunds = lines.filter((line) => line.kind === 'refund');
    expect(proof.summary.lines).toBe(lines.length);
    expect(proof.summary.paymentFen).toBe(payments.reduce((total, line) => total + line.orderFen, 0));
    expect(proof.summary.refundFen).toBe(refunds.reduce((total, line) => total + (line.refund?.refundFen ?? 0), 0));
    expect(proof).toMatchObject({ channel, day });
  });

  test.each<Lie>(['other-column-order', 'unknown-column', ...(channel === 'wechat-pay' ? (['byte-order-mark'] as const) : [])])(
    'a bill with %s is read all the same',
    async (lie) => {
      const day = madeDay(channel);
      world.sandbox.world.books.lie({ platform: keeperOf(channel), day, lie });
      expect((await read(channel, day)).summary.lines).toBe(1_020);
    },
  );

  test.each<[Lie, RegExp]>([
    ['wrong-total', /^bill\.totals$/],
    ['wrong-date', /^bill\.other-day$/],
    ['wrong-encoding', /^bill\.(malformed|damaged|totals)$/],
    ['other-merchant', /^bill\.other-merchant$/],
    ['cut-file', /^bill\.(malformed|damaged|totals)$/],
    ['cut-archive', /^bill\.(damaged|unavailable)$/],
  ])('a bill with %s proves nothing', async (lie, code) => {
    const day = madeDay(channel);
    world.sandbox.world.books.lie({ platform: keeperOf(channel), day, lie });
    expect(await codeOf(() => read(channel, day))).toMatch(code);
  });
});
