import type { Lie } from '../../sandbox/state';
import { type Fen, fen } from '../../shared/money';
import { businessDay, DAY_MS } from '../../shared/time';
import { createAlipayBills } from '../platforms/alipay/bills';
import { createAlipayRefunds } from '../platforms/alipay/refunds';
import type { BillFile, BillPlatform, NewOrder, NewRefund, RefundPlatform } from '../platforms/contract';
import { createWechatBills } from '../platforms/wechat-pay/bills';
import { createWechatRefundNotices } from '../platforms/wechat-pay/refund-notices';
import { createWechatRefunds } from '../platforms/wechat-pay/refunds';
import { codeOf, deps, type PlatformWorld, startPlatforms, type Vendor } from './sandbox-platforms';

/** Codes on a screen, refunds and bills of our clients against the stand-ins, over real HTTP. */
let world: PlatformWorld;

beforeAll(async () => {
  world = await startPlatforms();
});

afterAll(() => world.stop());

const keeperOf = (vendor: Vendor) => (vendor === 'alipay' ? 'alipay' : 'wechatPay');
/** The platforms' books are in real time unless a test says otherwise. */
afterEach(() => {
  const { books } = world.sandbox.world;
  books.setTime(undefined);
  books.planRefunds(null);
  books.beHonest();
  books.setFunds('wechatPay', null);
  books.setFunds('alipay', null);
});

function refundsOf(vendor: Vendor): RefundPlatform {
  return vendor === 'alipay' ? createAlipayRefunds(world.alipaySettings(), deps) : createWechatRefunds(world.wechatSettings(), deps);
}

function billsOf(vendor: Vendor, now: () => number = Date.now): BillPlatform {
  return vendor === 'alipay'
    ? createAlipayBills(world.alipaySettings(), { ...deps, now })
    : createWechatBills(world.wechatSettings(), { ...deps, now });
}

async function paidOrder(vendor: Vendor): Promise<NewOrder> {
  const pay = world.platformOf(vendor);
  const order = await world.newOrder(vendor);
  world.merchant.listen(order.merchantOrderNo, pay);
  const { payParams } = await pay.createOrder(order);
  world.payAtCashier(vendor, payParams);
  return order;
}

let refunds = 0;

function refundOf(order: NewOrder, amountFen: Fen): NewRefund {
  refunds += 1;
  const refundNo = `rfd_${String(refunds).padStart(26, '0')}`;
  const { merchantOrderNo, appId } = order;
  const notifyUrl = `${world.merchant.url}/${refundNo}`;
  return { merchantOrderNo, appId, refundNo, amountFen, orderFen: order.amountFen, reason: '毕业清退', notifyUrl };
}

describe.each<Vendor>(['wechat-pay', 'alipay'])('%s', (vendor) => {
  test('a code on a screen is an order of nobody until somebody scans and pays it', async () => {
    const pay = world.platformOf(vendor);
    const { payerOpenId, ...order } = { ...(await world.newOrder(vendor)), payBy: 'qr' as const };
    world.merchant.listen(order.merchantOrderNo, pay);
    const { payParams } = await pay.createOrder(order);
    expect(await pay.queryOrder(order)).toMatchObject({ status: vendor === 'alipay' ? 'not-found' : 'not-paid' });
    world.payAtCashier(vendor, payParams);
    const notice = await world.merchant.heardGood(order.merchantOrderNo);
    expect(notice).toMatchObject({ status: 'paid', amountFen: order.amountFen, payerOpenId });
    expect(await pay.queryOrder(order)).toMatchObject({ status: 'paid', amountFen: order.amountFen });
  });

  test('a refund and its repeat are one refund, and the rest can be refunded under another number', async () => {
    const platform = refundsOf(vendor);
    const order = await paidOrder(vendor);
    const refund = refundOf(order, fen(500));
    const first = await platform.refund(refund);
    expect(first.status).toBe(vendor === 'alipay' ? 'succeeded' : 'pending');
    world.sandbox.world.books.setTime(Date.now() + 120_000);
    const repeated = await platform.refund(refund);
    const queried = await platform.queryRefund(refund);
    expect(queried).toMatchObject({ status: 'succeeded', amountFen: 500, refundNo: refund.refundNo });
    expect(repeated.status).toBe(vendor === 'alipay' ? 'pending' : 'succeeded');
    const rest = refundOf(order, fen(order.amountFen - 500));
    await platform.refund(rest);
    const tooMuch = refundOf(order, fen(1));
    world.sandbox.world.books.setTime(Date.now() + 240_000);
    expect(await codeOf(() => platform.refund(tooMuch))).toBe('refund.platform-refused');
    expect(await platform.queryRefund(tooMuch)).toMatchObject({ status: vendor === 'alipay' ? 'pending' : 'not-found' });
  });

  test('a refund of an order that nobody paid, or that never was, is refused', async () => {
    const platform = refundsOf(vendor);
    const order = await world.newOrder(vendor);
    expect(await codeOf(() => platform.refund(refundOf(order, fen(1))))).toBe('refund.platform-refused');
    await world.platformOf(vendor).createOrder(order);
    expect(await codeOf(() => platform.refund(refundOf(order, fen(1))))).toBe('refund.platform-refused');
  });

  test('a repeat with another amount moves nothing more', async () => {
    const platform = refundsOf(vendor);
    const order = await paidOrder(vendor);
    const refund = refundOf(order, fen(500));
    await platform.refund(refund);
    world.sandbox.world.books.setTime(Date.now() + 120_000);
    expect(await codeOf(() => platform.refund({ ...refund, amountFen: fen(600) }))).toBe('refund.platform-unavailable');
    expect(await platform.queryRefund(refund)).toMatchObject({ status: 'succeeded', amountFen: 500 });
  });

  test('a merchant without money is no refusal: the same request succeeds later', async () => {
    const platform = refundsOf(vendor);
    const refund = refundOf(await paidOrder(vendor), fen(500));
    world.sandbox.world.books.setFunds(keeperOf(vendor), 0);
    expect(await codeOf(() => platform.refund(refund))).toBe('refund.platform-unavailable');
    world.sandbox.world.books.setFunds(keeperOf(vendor), null);
    await platform.refund(refund);
    world.sandbox.world.books.setTime(Date.now() + 10_000);
    expect(await platform.queryRefund(refund)).toMatchObject({ status: 'succeeded' });
  });

  test('a year later it cannot go back the way it came', async () => {
    const platform = refundsOf(vendor);
    const refund = refundOf(await paidOrder(vendor), fen(500));
    world.sandbox.world.books.setTime(Date.now() + 366 * DAY_MS);
    expect(await codeOf(() => platform.refund(refund))).toBe('refund.platform-refused');
  });

  test('an answer that was lost is found by the query, and the repeat moves nothing twice', async () => {
    const platform = refundsOf(vendor);
    const refund = refundOf(await paidOrder(vendor), fen(500));
    try {
      world.sandbox.world.switchOutage(keeperOf(vendor), 'answer-lost');
      expect(await codeOf(() => platform.refund(refund))).toBe('refund.platform-unavailable');
      world.sandbox.world.switchOutage(keeperOf(vendor), 'error');
      expect(await codeOf(() => platform.queryRefund(refund))).toBe('refund.platform-unavailable');
    } finally {
      world.sandbox.world.switchOutage(keeperOf(vendor), 'none');
    }
    world.sandbox.world.books.setTime(Date.now() + 10_000);
    expect(await platform.queryRefund(refund)).toMatchObject({ status: 'succeeded', amountFen: 500 });
    await platform.refund(refund);
    const day = businessDay(Date.now());
    const lines = [...world.sandbox.world.books.lines(keeperOf(vendor), day)].filter((line) => line.refund?.refundNo === refund.refundNo);
    expect(lines).toHaveLength(1);
  });
});

describe('WeChat Pay’s refund notices', () => {
  async function told(outcome: 'SUCCESS' | 'ABNORMAL' | 'CLOSED') {
    const notices = createWechatRefundNotices(world.wechatSettings());
    const refund = refundOf(await paidOrder('wechat-pay'), fen(500));
    world.merchant.listenWith(refund.refundNo, { read: notices.parseRefundNotice, noticeAnswer: notices.noticeAnswer });
    world.sandbox.world.books.planRefunds({ outcome, afterMs: 0 }, refund.refundNo);
    await refundsOf('wechat-pay').refund(refund);
    const notice = await world.merchant.heardGood(refund.refundNo);
    return { notice, queried: await refundsOf('wechat-pay').queryRefund(refund), refund };
  }

  test.each([
    ['SUCCESS', 'succeeded'],
    ['ABNORMAL', 'stuck'],
    ['CLOSED', 'failed'],
  ] as const)('tell %s as the query does', async (outcome, status) => {
    const { notice, queried, refund } = await told(outcome);
    expect(notice).toMatchObject({ status, refundNo: refund.refundNo, merchantOrderNo: refund.merchantOrderNo });
    const { noticeId, ...facts } = notice;
    expect(noticeId).not.toBe('');
    expect(queried).toEqual(facts);
  });

  test('a second refund within a minute has to wait', async () => {
    const platform = refundsOf('wechat-pay');
    const order = await paidOrder('wechat-pay');
    await platform.refund(refundOf(order, fen(1)));
    const second = refundOf(order, fen(1));
    expect(await codeOf(() => platform.refund(second))).toBe('refund.too-soon');
    world.sandbox.world.books.setTime(Date.now() + 61_000);
    expect(await platform.refund(second)).toMatchObject({ status: 'pending' });
  });
});

test('Alipay’s page for computers takes the signed address, and the payer pays there', async () => {
  const pay = world.platformOf('alipay');
  const { payerOpenId: _, ...order } = { ...(await world.newOrder('alipay', 'web')), payBy: 'page' as const };
  world.merchant.listen(order.merchantOrderNo, pay);
  const { payParams } = await pay.createOrder(order);
  expect(await pay.queryOrder(order)).toMatchObject({ status: 'not-found' });
  const opened = await fetch(payParams.url ?? '', { redirect: 'manual' });
  const page = new URL(opened.headers.get('location') ?? '', payParams.url);
  const shown = await (await fetch(page, { headers: { accept: 'application/json' } })).json();
  world.payAtCashier('alipay', { codeUrl: String(shown.qrCode ?? shown.code ?? '') });
  expect(await world.merchant.heardGood(order.merchantOrderNo)).toMatchObject({ status: 'paid', amountFen: order.amountFen });
  expect(await pay.queryOrder(order)).toMatchObject({ status: 'paid' });
});

test('an address for Alipay’s page that was changed is no order', async () => {
  const pay = world.platformOf('alipay');
  const { payerOpenId: _, ...order } = { ...(await world.newOrder('alipay', 'web')), payBy: 'page' as const };
  const { payParams } = await pay.createOrder(order);
  const url = new URL(payParams.url ?? '');
  url.searchParams.set(
    'biz_content',
    (url.searchParams.get('biz_content') ?? '').replace(/"total_amount":"[^"]*"/, '"total_amount":"0.01"'),
  );
  const opened = await fetch(url, { redirect: 'manual' });
  expect(opened.headers.get('location')).toBeNull();
});

async function textOf(opened: BillFile | 'no-trades'): Promise<string> {
  if (opened === 'no-trades') throw new Error('there is no bill');
  const parts: Uint8Array[] = [];
  for await (const part of opened.chunks) parts.push(part);
  return new TextDecoder(opened.encoding, { fatal: true }).decode(Buffer.concat(parts));
}

describe.each<Vendor>(['wechat-pay', 'alipay'])('bills of %s', (vendor) => {
  const keeper = keeperOf(vendor);
  let day: string;
  let madeUp = 0;

  /** A day of its own in the past, so that no test sees another's. */
  beforeEach(() => {
    madeUp += 1;
    day = businessDay(Date.now() - (madeUp + 2) * DAY_MS);
  });

  test('a day is read from the platform’s books, all of it', async () => {
    world.sandbox.world.books.makeTraffic({ platform: keeper, day, payments: 2_000, refunds: 10 });
    const text = await textOf(await billsOf(vendor).openTradeBill(day));
    for (const line of world.sandbox.world.books.lines(keeper, day)) expect(text).toContain(line.orderNo);
    expect(text).toContain('R');
  });

  test('a day without trades is told from a day whose bill is not made yet', async () => {
    expect(await billsOf(vendor).openTradeBill(day)).toBe('no-trades');
    expect(await codeOf(() => billsOf(vendor).openTradeBill(businessDay(Date.now())))).toBe('bill.not-ready');
  });

  function lying(lie: Lie, times: number | null = null): void {
    world.sandbox.world.books.makeTraffic({ platform: keeper, day, payments: 500 });
    world.sandbox.world.books.lie({ platform: keeper, day, lie, times });
  }

  test('an expired address is asked for again', async () => {
    lying('expired-url', 2);
    expect(await textOf(await billsOf(vendor).openTradeBill(day))).toContain(day);
    world.sandbox.world.books.beHonest();
    world.sandbox.world.books.lie({ platform: keeper, day, lie: 'expired-url' });
    expect(await codeOf(() => billsOf(vendor).openTradeBill(day))).toBe('bill.unavailable');
  });

  test('a download that is cut is no bill', async () => {
    lying('cut-archive');
    const code = await codeOf(async () => textOf(await billsOf(vendor).openTradeBill(day)));
    expect(['bill.damaged', 'bill.unavailable']).toContain(code);
  });

  test('an archive or digest of what is left is for the reader to see through', async () => {
    lying('cut-file');
    expect((await textOf(await billsOf(vendor).openTradeBill(day))).length).toBeGreaterThan(0);
  });

  if (vendor === 'wechat-pay') {
    test('a bill that its digest does not fit is no bill', async () => {
      lying('hash-mismatch');
      expect(await codeOf(async () => textOf(await billsOf(vendor).openTradeBill(day)))).toBe('bill.damaged');
    });

    test('a bill that is being made is not ready', async () => {
      lying('not-ready', 1);
      expect(await codeOf(() => billsOf(vendor).openTradeBill(day))).toBe('bill.not-ready');
      expect(await textOf(await billsOf(vendor).openTradeBill(day))).toContain(day);
    });
  }
});

test('Alipay’s account log is read page by page, and its lines are the books', async () => {
  const day = businessDay(Date.now() - 30 * DAY_MS);
  world.sandbox.world.books.makeTraffic({ platform: 'alipay', day, payments: 3_000, refunds: 5 });
  const bills = createAlipayBills(world.alipaySettings(), deps);
  const orders = new Map<string, number>();
  let lines = 0;
  for await (const line of bills.accountLog(day)) {
    lines += 1;
    expect(businessDay(line.at)).toBe(day);
    if (line.type === '交易' && line.amountFen > 0 && line.merchantOrderNo !== undefined) orders.set(line.merchantOrderNo, line.amountFen);
  }
  expect(lines).toBeGreaterThan(3_000);
  for (const line of world.sandbox.world.books.lines('alipay', day)) {
    if (line.kind === 'payment') expect(orders.get(line.orderNo)).toBe(line.orderFen);
  }
});
