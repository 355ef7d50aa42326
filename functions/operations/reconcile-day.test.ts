import { type WireLine, type WireTricks, wireBytes } from '../../bench/reconcile/wire';
import { AppError, type ErrorCode } from '../../shared/errors';
import { fen } from '../../shared/money';
import { toIso } from '../../shared/time';
import { verifyPassbook } from '../domain/verify-passbook';
import type { AccountLogLine, BillFile } from '../platforms/contract';
import { createBooks } from '../store/books';
import { createNativePayments } from '../store/native-payments';
import { createPayOuts } from '../store/pay-outs';
import { createReconciliations } from '../store/reconciliations';
import { createTerminals } from '../store/terminals';
import { createModelDatabase } from '../test/model-database';
import { NOON } from '../test/sale-fixture';
import { APP_ID, TopUpFixture } from '../test/top-up-fixture';
import { confirmOrder } from './confirm-order';
import { createTopUp, type Payer } from './create-top-up';
import type { HealedNotice } from './reconcile-acts';
import { type ReconcileDeps, reconcileDay, STRANGERS } from './reconcile-day';
import { reconcileDue } from './reconcile-due';
import type { Orphan } from './refund-orphan';

const MERCHANT = '1900000001';
const DAY = '2026-11-21';
const HOUR = 3_600_000;

/** What WeChat Pay wrote down, and the bills it makes of it; the other platform has no trades. */
class Platform {
  readonly lines = new Map<string, WireLine[]>();
  tricks: WireTricks = {};
  merchantId = MERCHANT;
  refusal: ErrorCode | undefined;
  opened: string[] = [];

  add(line: Pick<WireLine, 'orderNo' | 'tradeNo' | 'amountFen'> & Partial<WireLine>, at: number): void {
    const day = toIso(at).slice(0, 10);
    const time = toIso(at).slice(0, 19).replace('T', ' ');
    const whole: WireLine = { kind: 'payment', feeFen: Math.round(line.amountFen * 0.006), time, appId: APP_ID, ...line };
    this.lines.set(day, [...(this.lines.get(day) ?? []), whole]);
  }

  async openTradeBill(day: string): Promise<BillFile | 'no-trades'> {
    this.opened.push(day);
    if (this.refusal !== undefined) throw new AppError(this.refusal);
    const lines = this.lines.get(day) ?? [];
    if (lines.length === 0) return 'no-trades';
    const bytes = wireBytes({ channel: 'wechat-pay', merchantId: this.merchantId, day, lines }, this.tricks);
    return {
      encoding: 'utf-8',
      chunks: (async function* () {
        yield* bytes;
      })(),
    };
  }
}

async function office() {
  const database = createModelDatabase();
  const world = new TopUpFixture(database);
  const platform = new Platform();
  const healed: HealedNotice[] = [];
  const orphans: Orphan[] = [];
  const deps: ReconcileDeps = {
    ...world.deps,
    books: createBooks(database),
    payOuts: createPayOuts(database),
    natives: createNativePayments(database),
    terminals: createTerminals(database),
    bills: { 'wechat-pay': platform, alipay: { openTradeBill: async () => 'no-trades' } },
    merchantIds: { 'wechat-pay': MERCHANT, alipay: '2088000000000001' },
    appIds: { 'wechat-pay': new Set([APP_ID]), alipay: new Set() },
    refundAppIds: { 'wechat-pay': APP_ID, alipay: 'none' },
    reconciliations: createReconciliations(database),
    schools: async () => ['shanghaitech'],
    refundOrphan: async (orphan) => {
      orphans.push(orphan);
      return { payOutNo: `refund-of-${orphan.platformTradeNo}`, createdAt: world.till.now };
    },
    tellHealed: async (notice) => void healed.push(notice),
  };
  const payer = await world.student();
  let trades = 0;
  /** Ordered and paid; whether the callback came is the test's choice. */
  const paid = async (by: Payer = payer, amountFen = 2_000) => {
    const { orderNo } = await createTopUp(world.deps, by, world.wish({ amountFen }));
    const order = world.wechat.pay(orderNo, world.till.now);
    trades += 1;
    const { platformTradeNo } = order;
    platform.add({ orderNo, tradeNo: platformTradeNo, amountFen }, world.till.now);
    return { orderNo, order, platformTradeNo };
  };
  const credited = async () => {
    const one = await paid();
    await confirmOrder(world.deps, 'wechat-pay', one.order);
    return one;
  };
  const nextMorning = (): void => {
    world.till.now = NOON + 24 * HOUR;
  };
  const run = (day = DAY) => reconcileDay(deps, 'wechat-pay', day);
  const differences = (schoolId = 'shanghaitech', day = DAY) => deps.reconciliations.differences(schoolId, 'wechat-pay', day);
  return { world, platform, deps, payer, paid, credited, nextMorning, run, differences, healed, orphans, trades };
}

describe('a day at the platform against the books', () => {
  it('balances, school by school, with the hash of the bill and its fees', async () => {
    const { credited, nextMorning, run, differences } = await office();
    for (let index = 0; index < 5; index += 1) await credited();
    nextMorning();
    const [record] = await run();
    expect(record).toMatchObject({ schoolId: 'shanghaitech', state: 'balanced', differences: 0, runs: 1 });
    expect(record?.billSha256).toHaveLength(64);
    expect(record?.sums).toEqual({
      billCount: 5,
      billPaymentFen: 10_000,
      billRefundFen: 0,
      billFeeFen: 60,
      bookCount: 5,
      bookPaymentFen: 10_000,
      bookRefundFen: 0,
      matchedCount: 5,
    });
    expect(await differences()).toEqual([]);
  });

  it('is not begun before 10:00 of the next day', async () => {
    const { run, world } = await office();
    world.till.now = Date.parse('2026-11-22T09:59:59+08:00');
    await expect(run()).rejects.toMatchObject({ code: 'day.open' });
    world.till.now += 1_000;
    expect((await run())[0]?.state).toBe('balanced');
  });

  it('credits at once what was paid and whose callback never came, once, and tells the student', async () => {
    const { paid, credited, nextMorning, run, differences, healed, world, payer } = await office();
    await credited();
    const lost = await paid();
    nextMorning();
    expect((await run())[0]).toMatchObject({ state: 'healed', differences: 1 });
    const order = await world.deps.orders.find('shanghaitech', lost.orderNo);
    expect(order).toMatchObject({ state: 'credited', payment: { platformTradeNo: lost.platformTradeNo } });
    const found = { kind: 'order-credited', about: lost.orderNo, amountFen: 2_000, at: world.till.now } as const;
    expect(healed).toEqual([{ schoolId: 'shanghaitech', accountNo: payer.accountNo, orderNo: lost.orderNo, ...found }]);
    const again = await run();
    expect(again[0]).toMatchObject({ state: 'healed', differences: 1, runs: 2 });
    expect((await differences()).map(({ class: kind, actState, orderNo }) => [kind, actState, orderNo])).toEqual([
      ['missing-callback', 'done', lost.orderNo],
    ]);
    expect(await world.topUps(payer)).toHaveLength(2);
    // Its day was closed when it was credited: it stands in the book of the day it was recorded, marked late.
    expect((await world.topUps(payer))[1]).toMatchObject({
      late: true,
      counterparty: { book: expect.stringContaining('channel/wechat-pay/2026-11-22/') },
    });
    expect(verifyPassbook(await world.till.all(payer.accountNo))).toEqual([]);
  });

  it('explains the late credit when the next day is reconciled', async () => {
    const { paid, nextMorning, run, world, platform, differences } = await office();
    await paid();
    nextMorning();
    await run();
    const other = await world.student('wechat-mini');
    const { orderNo } = await createTopUp(world.deps, other, world.wish());
    const order = world.wechat.pay(orderNo, world.till.now);
    platform.add({ orderNo, tradeNo: order.platformTradeNo, amountFen: 2_000 }, world.till.now);
    await confirmOrder(world.deps, 'wechat-pay', order);
    world.till.now += 24 * HOUR;
    const [next] = await run('2026-11-22');
    expect(next).toMatchObject({ state: 'balanced', sums: { billCount: 1, bookCount: 2 } });
    expect(await differences('shanghaitech', '2026-11-22')).toEqual([]);
  });

  it('refunds a payment that no order explains, and holds one of another amount', async () => {
    const { credited, paid, nextMorning, run, differences, orphans, platform, world } = await office();
    await credited();
    const other = await paid();
    const lines = platform.lines.get(DAY) ?? [];
    platform.lines.set(
      DAY,
      lines.map((line) => (line.orderNo === other.orderNo ? { ...line, amountFen: 2_001 } : line)),
    );
    platform.add({ orderNo: 'shanghaitech0000000000ABCDE', tradeNo: '42000099', amountFen: 500 }, world.till.now);
    nextMorning();
    expect((await run())[0]).toMatchObject({ state: 'held', differences: 2 });
    expect(orphans).toEqual([
      {
        schoolId: 'shanghaitech',
        channel: 'wechat-pay',
        merchantOrderNo: 'shanghaitech0000000000ABCDE',
        appId: APP_ID,
        platformTradeNo: '42000099',
        amountFen: 500,
        day: DAY,
      },
    ]);
    expect((await differences()).map(({ class: kind, actState, result }) => [kind, actState, result]).sort()).toEqual([
      ['amount-mismatch', 'held', undefined],
      ['orphan-payment', 'done', 'refund refund-of-42000099'],
    ]);
    expect((await world.deps.orders.find('shanghaitech', other.orderNo))?.state).toBe('created');
    await run();
    expect(orphans).toHaveLength(1);
  });

  it('tells the student also where the run died between the credit and its record', async () => {
    const { paid, nextMorning, run, deps, differences, healed, world } = await office();
    await paid();
    nextMorning();
    const dying = {
      ...deps,
      tellHealed: async () => {
        throw new Error('the function is gone');
      },
    };
    await expect(reconcileDay(dying, 'wechat-pay', DAY)).rejects.toThrow('gone');
    expect(await differences()).toMatchObject([{ actState: 'due' }]);
    world.till.now += 900_000;
    expect((await run())[0]).toMatchObject({ state: 'healed', differences: 1 });
    expect(await differences()).toMatchObject([{ actState: 'done', result: expect.stringMatching(/^entry/) }]);
    expect(healed).toHaveLength(1);
  });

  it('sends the second payment of one order back, and tells the student who paid twice', async () => {
    const { credited, nextMorning, run, orphans, healed, platform, world, payer } = await office();
    const { orderNo } = await credited();
    platform.add({ orderNo, tradeNo: '42000077', amountFen: 2_000 }, world.till.now);
    nextMorning();
    expect((await run())[0]).toMatchObject({ state: 'healed', differences: 1 });
    expect(orphans).toMatchObject([{ merchantOrderNo: orderNo, platformTradeNo: '42000077', amountFen: 2_000 }]);
    expect(healed).toMatchObject([
      { kind: 'order-refunded', accountNo: payer.accountNo, orderNo, about: 'refund-of-42000077', amountFen: 2_000 },
    ]);
  });

  it('lists lines that name none of our schools apart, for a person', async () => {
    const { credited, nextMorning, run, differences, platform, world, orphans } = await office();
    await credited();
    platform.add({ orderNo: 'another0000000000ABCDE', tradeNo: '42000098', amountFen: 500 }, world.till.now);
    nextMorning();
    const records = await run();
    expect(records.map(({ schoolId, state }) => [schoolId, state])).toEqual([
      ['shanghaitech', 'balanced'],
      [STRANGERS, 'held'],
    ]);
    expect(await differences(STRANGERS)).toHaveLength(1);
    expect(orphans).toEqual([]);
  });

  it('tries an act again that could not be done, and does it once', async () => {
    const { paid, nextMorning, run, deps, differences, world, payer } = await office();
    await paid();
    nextMorning();
    const busy = {
      ...deps,
      passbook: { ...deps.passbook, appendWith: async () => ({ written: false, failed: 0, found: undefined }) as const },
    };
    let now = world.till.now;
    const clock = (): number => {
      now += 100;
      return now;
    };
    expect((await reconcileDay({ ...busy, clock }, 'wechat-pay', DAY))[0]).toMatchObject({ state: 'open' });
    expect(await differences()).toMatchObject([{ actState: 'failed', result: 'request.busy' }]);
    world.till.now = now + HOUR;
    expect((await run())[0]).toMatchObject({ state: 'healed' });
    expect((await differences()).map(({ actState, result }) => [actState, result?.startsWith('entry')])).toEqual([['done', true]]);
    expect(await world.topUps(payer)).toHaveLength(1);
  });
});

describe('a bill that cannot be believed is never balanced', () => {
  it.each<[string, Partial<Platform>, ErrorCode, string]>([
    ['is not there yet', { refusal: 'bill.not-ready' }, 'bill.not-ready', 'waiting'],
    ['cannot be reached', { refusal: 'bill.unavailable' }, 'bill.unavailable', 'waiting'],
    ['is refused', { refusal: 'bill.refused' }, 'bill.refused', 'failed'],
    ['is damaged', { refusal: 'bill.damaged' }, 'bill.damaged', 'failed'],
    ['is another merchant’s', { merchantId: '1900000002' }, 'bill.other-merchant', 'failed'],
  ])('when it %s', async (_, spoil, code, state) => {
    const { credited, nextMorning, run, differences, platform } = await office();
    await credited();
    Object.assign(platform, spoil);
    nextMorning();
    expect((await run())[0]).toMatchObject({ state, failure: code, differences: 0 });
    expect(await differences()).toEqual([]);
    platform.refusal = undefined;
    platform.merchantId = MERCHANT;
    const [record] = await run();
    expect(record).toMatchObject({ state: 'balanced', runs: 2 });
    expect(record?.failure).toBeUndefined();
  });

  it('and a day once reconciled is not made worse by a bill that fails later', async () => {
    const { credited, nextMorning, run, platform } = await office();
    await credited();
    nextMorning();
    await run();
    platform.refusal = 'bill.unavailable';
    expect((await run())[0]).toMatchObject({ state: 'balanced', failure: 'bill.unavailable', runs: 2 });
  });
});

describe('the account log of the platform', () => {
  async function* moves(...amounts: readonly number[]) {
    for (const [index, amountFen] of amounts.entries())
      yield { logId: String(index), at: NOON, amountFen: fen(amountFen), type: amountFen > 0 ? '交易' : '收费' };
  }

  it('agrees with the bill, or the day is held; one that cannot be had is said so', async () => {
    const { credited, nextMorning, deps } = await office();
    await credited();
    nextMorning();
    const withLog = (accountLog: () => AsyncIterable<AccountLogLine>) => {
      const bills = {
        ...deps.bills,
        'wechat-pay': { openTradeBill: (day: string) => deps.bills['wechat-pay'].openTradeBill(day), accountLog },
      };
      return reconcileDay({ ...deps, bills }, 'wechat-pay', DAY);
    };
    expect((await withLog(() => moves(2_000, -12)))[0]).toMatchObject({ state: 'balanced', accountLog: 'agrees' });
    expect((await withLog(() => moves(2_000, -13)))[0]).toMatchObject({ state: 'held', accountLog: 'differs' });
    const broken = (): AsyncIterable<AccountLogLine> => {
      throw new AppError('bill.unavailable');
    };
    expect((await withLog(broken))[0]).toMatchObject({ state: 'balanced', accountLog: 'unavailable' });
  });
});

describe('the job of the morning', () => {
  it('asks for every day of the last four that is not final, and for none again that is', async () => {
    const { credited, nextMorning, deps, platform } = await office();
    await credited();
    nextMorning();
    platform.refusal = 'bill.not-ready';
    const first = await reconcileDue(deps);
    expect(first.filter(({ channel }) => channel === 'wechat-pay').map(({ day, records }) => [day, records[0]?.state])).toEqual([
      ['2026-11-18', 'waiting'],
      ['2026-11-19', 'waiting'],
      ['2026-11-20', 'waiting'],
      ['2026-11-21', 'waiting'],
    ]);
    platform.refusal = undefined;
    expect(new Set((await reconcileDue(deps)).map(({ records }) => records[0]?.state))).toEqual(new Set(['balanced']));
    platform.opened = [];
    expect((await reconcileDue(deps)).map(({ channel, day }) => `${channel} ${day}`)).not.toContain('wechat-pay 2026-11-21');
    expect(platform.opened).not.toContain('2026-11-21');
  });

  it('looks at an older day only while something of it is open', async () => {
    const { nextMorning, deps } = await office();
    nextMorning();
    const ran = { schoolId: 'shanghaitech', channel: 'wechat-pay', differences: 1, firstRunAt: NOON, lastRunAt: NOON, runs: 3 };
    await deps.reconciliations.save({ ...ran, day: '2026-11-12', state: 'open' });
    await deps.reconciliations.save({ ...ran, day: '2026-11-13', state: 'healed' });
    const asked = (await reconcileDue(deps)).map(({ channel, day }) => `${channel} ${day}`);
    expect(asked).toContain('wechat-pay 2026-11-12');
    expect(asked).not.toContain('alipay 2026-11-12');
    expect(asked).not.toContain('wechat-pay 2026-11-13');
    expect((await deps.reconciliations.find('shanghaitech', 'wechat-pay', '2026-11-12'))?.state).toBe('balanced');
  });

  it('does not take a bill that is late for a day without trades', async () => {
    const { paid, nextMorning, deps, platform, world } = await office();
    const { orderNo } = await paid();
    const lines = platform.lines.get(DAY) ?? [];
    // What Alipay says of a day without trades is what it says of a bill that it has not made yet. Nobody has told us of this payment.
    platform.lines.clear();
    nextMorning();
    await reconcileDue(deps);
    expect((await world.deps.orders.find('shanghaitech', orderNo))?.state).toBe('created');
    platform.lines.set(DAY, lines);
    world.till.now += HOUR;
    await reconcileDue(deps);
    expect((await world.deps.orders.find('shanghaitech', orderNo))?.state).toBe('credited');
    expect((await deps.reconciliations.find('shanghaitech', 'wechat-pay', DAY))?.state).toBe('healed');
  });

  it('goes on with the other days when the record of one cannot be read', async () => {
    const { credited, nextMorning, deps } = await office();
    await credited();
    nextMorning();
    const reconciliations = {
      ...deps.reconciliations,
      find: async (schoolId: string, channel: string, day: string) => {
        if (day === '2026-11-19') throw new Error('the table does not answer');
        return deps.reconciliations.find(schoolId, channel, day);
      },
    };
    const reports = await reconcileDue({ ...deps, reconciliations });
    expect(reports.filter(({ error }) => error !== undefined).map(({ channel, day }) => `${channel} ${day}`)).toEqual([
      'wechat-pay 2026-11-19',
      'alipay 2026-11-19',
    ]);
    expect(reports.filter(({ records }) => records[0]?.state === 'balanced')).toHaveLength(6);
  });

  it('goes on with the other days when one breaks', async () => {
    const { credited, nextMorning, deps, platform } = await office();
    await credited();
    nextMorning();
    const broken = {
      ...deps,
      bills: {
        ...deps.bills,
        'wechat-pay': {
          openTradeBill: async (day: string) => {
            if (day === '2026-11-19') throw new Error('broken');
            return platform.openTradeBill(day);
          },
        },
      },
    };
    const reports = await reconcileDue(broken);
    expect(reports.filter(({ error }) => error !== undefined).map(({ day }) => day)).toEqual(['2026-11-19']);
    expect(reports.filter(({ records }) => records[0]?.state === 'balanced')).toHaveLength(7);
  });
});
