import { fen } from '../../shared/money';
import type { AdjustmentWish } from '../domain/finance/adjustment';
import { Crash, faultyDatabase } from '../test/faulty-database';
import { FinanceWorld, SCHOOL } from '../test/finance-world';
import { createModelDatabase } from '../test/model-database';
import { approveAdjustment, postApproved, proposeAdjustment, rejectAdjustment } from './adjust-books';
import { closeDay } from './close-day';
import { lockDay } from './lock-day';
import { listSuspense, openSuspense } from './open-suspense';
import { sumBooks } from './sum-day';

const MONDAY = '2026-11-16';
const TUESDAY = '2026-11-17';
let world: FinanceWorld;
let student: number;

beforeEach(async () => {
  world = await new FinanceWorld(createModelDatabase()).open();
  world.at(MONDAY, '15:00');
  student = await world.account();
});

const short: AdjustmentWish = {
  schoolId: SCHOOL,
  adjustmentNo: 'adj-0001',
  kind: 'adjustment',
  day: MONDAY,
  postings: [
    { leg: 'cash:21', amountFen: fen(500) },
    { leg: 'over-short', amountFen: fen(-500) },
  ],
  reason: '短款 5 元',
};
const suspended: AdjustmentWish = {
  ...short,
  adjustmentNo: 'adj-0002',
  kind: 'suspense',
  postings: [
    { leg: 'bank:main', amountFen: fen(-8_000) },
    { leg: 'suspense', amountFen: fen(8_000) },
  ],
};
const cleared: AdjustmentWish = {
  ...short,
  adjustmentNo: 'adj-0003',
  kind: 'suspense-cleared',
  clears: 'adj-0002',
  postings: [
    { leg: 'suspense', amountFen: fen(-5_000) },
    { leg: 'channel:wechat-pay', amountFen: fen(5_000) },
  ],
};
const name = ({ adjustmentNo }: AdjustmentWish) => ({ schoolId: SCHOOL, adjustmentNo });
const legsOf = async (day: string) => Object.values((await sumBooks(world.deps, SCHOOL, day)).kinds);
const done = async (wish: AdjustmentWish) => {
  await proposeAdjustment(world.deps, wish, 'staff:1');
  return approveAdjustment(world.deps, name(wish), 'staff:2');
};

describe('an adjustment', () => {
  it('writes nothing before a second person approves, then one entry in the book of its day', async () => {
    expect(await proposeAdjustment(world.deps, short, 'staff:1')).toMatchObject({ state: 'proposed', proposedBy: 'staff:1' });
    expect(await legsOf(MONDAY)).toEqual([]);
    await expect(approveAdjustment(world.deps, name(short), 'staff:1')).rejects.toMatchObject({ code: 'staff.second-person' });
    expect(await approveAdjustment(world.deps, name(short), 'staff:2')).toMatchObject({ state: 'posted', decidedBy: 'staff:2' });
    expect(await legsOf(MONDAY)).toEqual([{ 'cash:21': 500, 'over-short': -500 }]);
    expect(await approveAdjustment(world.deps, name(short), 'staff:3')).toMatchObject({ state: 'posted', decidedBy: 'staff:2' });
    expect(await legsOf(MONDAY)).toEqual([{ 'cash:21': 500, 'over-short': -500 }]);
  });

  it('is the same proposal when it is sent again, and a refusal with other content', async () => {
    const first = await proposeAdjustment(world.deps, short, 'staff:1');
    expect(await proposeAdjustment(world.deps, short, 'staff:1')).toEqual(first);
    await expect(proposeAdjustment(world.deps, { ...short, reason: 'other' }, 'staff:1')).rejects.toMatchObject({
      code: 'request.replayed-differently',
    });
  });

  const bad: readonly (readonly [string, Partial<AdjustmentWish>, string])[] = [
    [
      'legs that do not sum to zero',
      { postings: [short.postings[0], { leg: 'over-short', amountFen: fen(-499) }] as never },
      'finance.unbalanced',
    ],
    ['one leg', { postings: short.postings.slice(0, 1) }, 'finance.unbalanced'],
    ['a leg of zero', { postings: [...short.postings, { leg: 'suspense', amountFen: fen(0) }] }, 'finance.unbalanced'],
    ['a side that nobody knows', { postings: [{ leg: 'loot:1', amountFen: fen(500) }, short.postings[1]] as never }, 'request.malformed'],
    ['a holder without an account', { postings: [{ leg: 'card', amountFen: fen(500) }, short.postings[1]] as never }, 'request.malformed'],
    [
      'money for a chip',
      { accountNo: 1, postings: [{ leg: 'chipPending', amountFen: fen(500) }, short.postings[1]] as never },
      'request.malformed',
    ],
    ['suspense under another name', { postings: suspended.postings }, 'request.malformed'],
    ['no reason', { reason: ' ' }, 'request.malformed'],
    ['a day to come', { day: TUESDAY }, 'day.open'],
    [
      'an account that is none',
      { accountNo: 999, postings: [{ leg: 'card', amountFen: fen(500) }, short.postings[1]] as never },
      'account.unknown',
    ],
    ['an item that is none', { kind: 'suspense-cleared', clears: 'none', postings: cleared.postings }, 'finance.unknown'],
  ];
  it.each(bad)('with %s is refused and nothing is kept', async (_what, change, code) => {
    await expect(proposeAdjustment(world.deps, { ...short, ...change }, 'staff:1')).rejects.toMatchObject({ code });
    expect((await world.deps.adjustments.list(SCHOOL)).adjustments).toEqual([]);
  });

  it('can be taken back until it is approved', async () => {
    await proposeAdjustment(world.deps, short, 'staff:1');
    expect(await rejectAdjustment(world.deps, name(short), 'staff:2')).toMatchObject({ state: 'rejected' });
    await expect(approveAdjustment(world.deps, name(short), 'staff:3')).rejects.toMatchObject({ code: 'request.replayed-differently' });
    await done(suspended);
    await expect(rejectAdjustment(world.deps, name(suspended), 'staff:3')).rejects.toMatchObject({ code: 'request.replayed-differently' });
    await expect(approveAdjustment(world.deps, { schoolId: SCHOOL, adjustmentNo: 'none' }, 'staff:2')).rejects.toMatchObject({
      code: 'finance.unknown',
    });
    expect(await legsOf(MONDAY)).toHaveLength(1);
  });

  it('dated to a locked day is refused, also where the lock came between proposal and approval', async () => {
    await proposeAdjustment(world.deps, short, 'staff:1');
    const mine = {
      ...short,
      adjustmentNo: 'adj-0009',
      accountNo: student,
      postings: [{ leg: 'card', amountFen: fen(500) }, short.postings[1]],
    };
    await proposeAdjustment(world.deps, mine as AdjustmentWish, 'staff:1');
    world.at(TUESDAY, '10:10');
    await closeDay(world.deps, SCHOOL, MONDAY);
    world.reconciled.add(MONDAY);
    await lockDay(world.deps, { schoolId: SCHOOL, day: MONDAY, by: 'job' });
    for (const adjustmentNo of ['adj-0001', 'adj-0009']) {
      await expect(approveAdjustment(world.deps, { schoolId: SCHOOL, adjustmentNo }, 'staff:2')).rejects.toMatchObject({
        code: 'day.locked',
      });
    }
    await expect(proposeAdjustment(world.deps, { ...short, adjustmentNo: 'adj-0010' }, 'staff:1')).rejects.toMatchObject({
      code: 'day.locked',
    });
    expect((await world.deps.adjustments.find(SCHOOL, 'adj-0001'))?.state).toBe('proposed');
  });

  it('of a day that is over but not locked stands in the book of the day it was recorded', async () => {
    world.at(TUESDAY, '10:30');
    await done(short);
    expect(await legsOf(MONDAY)).toEqual([]);
    expect(await legsOf(TUESDAY)).toHaveLength(1);
  });

  it("of a holder's money is an entry the holder sees, and never overdraws", async () => {
    await world.topUp(student, 1_000);
    const take = (amount: number, adjustmentNo: string): AdjustmentWish => ({
      ...short,
      adjustmentNo,
      accountNo: student,
      postings: [
        { leg: 'transit', amountFen: fen(-amount) },
        { leg: 'over-short', amountFen: fen(amount) },
      ],
    });
    await proposeAdjustment(world.deps, take(1_001, 'adj-0011'), 'staff:1');
    await expect(approveAdjustment(world.deps, { schoolId: SCHOOL, adjustmentNo: 'adj-0011' }, 'staff:2')).rejects.toMatchObject({
      code: 'payment.insufficient-balance',
    });
    await done(take(300, 'adj-0012'));
    const head = await world.till.head(student);
    expect(head).toMatchObject({ kind: 'adjustment', entryId: 'adj-0012' });
    expect(head.state.balances.transit).toBe(700);
    await approveAdjustment(world.deps, { schoolId: SCHOOL, adjustmentNo: 'adj-0012' }, 'staff:3');
    expect((await world.till.head(student)).n).toBe(head.n);
  });

  it('takes nothing of what is reserved', async () => {
    await world.till.change(student, (head) => ({
      ...{ kind: 'claim', entryId: 'made', postings: [], occurredAt: world.till.now },
      state: {
        ...head.state,
        balances: { ...head.state.balances, card: fen(1_000) },
        holds: [{ entryId: 'pass-1', amountFen: fen(400), expiresAt: world.till.now + 60_000 }],
      },
    }));
    const take = (amount: number) => [
      { leg: 'card', amountFen: fen(-amount) },
      { leg: 'over-short', amountFen: fen(amount) },
    ];
    await expect(done({ ...short, accountNo: student, postings: take(601) })).rejects.toMatchObject({
      code: 'payment.insufficient-balance',
    });
    await done({ ...short, adjustmentNo: 'adj-0020', accountNo: student, postings: take(600) });
    expect((await world.till.head(student)).state.balances.card).toBe(400);
  });

  it('is one entry where two approve at once', async () => {
    await proposeAdjustment(world.deps, short, 'staff:1');
    const both = await Promise.allSettled(['staff:2', 'staff:3'].map((staff) => approveAdjustment(world.deps, name(short), staff)));
    expect(both.some(({ status }) => status === 'fulfilled')).toBe(true);
    expect(await legsOf(MONDAY)).toEqual([{ 'cash:21': 500, 'over-short': -500 }]);
  });

  it('is written once after a crash before or after any call of the approval, by whoever comes next', async () => {
    for (let at = 1, finished = false; !finished; at += 1) {
      for (const moment of ['before', 'after'] as const) {
        world = await new FinanceWorld(createModelDatabase()).open();
        world.at(MONDAY, '15:00');
        await done(suspended);
        await proposeAdjustment(world.deps, cleared, 'staff:1');
        const failing = world.depsOver(faultyDatabase(world.database, { at, moment }));
        const died = await approveAdjustment(failing, name(cleared), 'staff:2').then(
          () => false,
          (error: unknown) => error instanceof Crash,
        );
        finished = !died;
        // The job ends what was approved; what was not is approved again.
        await postApproved(world.deps, SCHOOL);
        expect(await approveAdjustment(world.deps, name(cleared), 'staff:2')).toMatchObject({ state: 'posted' });
        expect((await listSuspense(world.deps, SCHOOL)).openFen).toBe(3_000);
        expect(await legsOf(MONDAY)).toContainEqual({ 'channel:wechat-pay': 5_000, suspense: -5_000 });
      }
    }
  });
});

describe('suspense', () => {
  it('lists what is open, and is cleared to a channel and to a holder, never beyond what it is', async () => {
    await done(suspended);
    expect(await listSuspense(world.deps, SCHOOL)).toMatchObject({ openFen: 8_000, items: [{ itemNo: 'adj-0002', amountFen: 8_000 }] });
    await done(cleared);
    const toHolder: AdjustmentWish = {
      ...cleared,
      adjustmentNo: 'adj-0004',
      accountNo: student,
      postings: [
        { leg: 'suspense', amountFen: fen(-3_001) },
        { leg: 'card', amountFen: fen(3_001) },
      ],
    };
    await expect(done(toHolder)).rejects.toMatchObject({ code: 'finance.over-rest' });
    const rest = [
      { leg: 'suspense', amountFen: fen(-3_000) },
      { leg: 'card', amountFen: fen(3_000) },
    ];
    await done({ ...toHolder, adjustmentNo: 'adj-0005', postings: rest });
    expect(await listSuspense(world.deps, SCHOOL)).toEqual({ items: [], openFen: 0 });
    expect((await world.till.head(student)).state.balances.card).toBe(3_000);
    const sums = await sumBooks(world.deps, SCHOOL, MONDAY);
    const total = Object.values(sums.kinds).reduce((all, legs) => all + (legs.suspense ?? 0), 0);
    expect(total).toBe(0);
  });

  it('is opened by the system once for a number', async () => {
    const wish = {
      schoolId: SCHOOL,
      itemNo: 'orphan-1',
      day: MONDAY,
      from: 'channel:alipay',
      amountFen: fen(99),
      occurredAt: world.till.now,
      reason: 'x',
    };
    const item = await openSuspense(world.deps, wish);
    expect(await openSuspense(world.deps, wish)).toEqual(item);
    await expect(openSuspense(world.deps, { ...wish, amountFen: fen(98) })).rejects.toMatchObject({ code: 'request.replayed-differently' });
    expect(await legsOf(MONDAY)).toEqual([{ 'channel:alipay': -99, suspense: 99 }]);
  });
});
