import { createHash } from 'node:crypto';
import { fen } from '../../shared/money';
import { shiftDay } from '../../shared/time';
import { sheetHash } from '../domain/finance/balance-sheet';
import { isBalanced } from '../domain/finance/leg-sums';
import { Crash, faultyDatabase } from '../test/faulty-database';
import { FinanceWorld, SCHOOL } from '../test/finance-world';
import { createModelDatabase } from '../test/model-database';
import { approveAdjustment, proposeAdjustment } from './adjust-books';
import { closeDay } from './close-day';
import { lockDay } from './lock-day';
import { sumDay } from './sum-day';
import { crossCheckHeads, verifyBooks } from './verify-books';

const MONDAY = '2026-11-16';
const TUESDAY = '2026-11-17';
const WEDNESDAY = '2026-11-18';
let world: FinanceWorld;
let students: readonly [number, number];

beforeEach(async () => {
  world = await new FinanceWorld(createModelDatabase()).open();
  world.at(MONDAY, '08:00');
  students = [await world.account(), await world.account()];
});

const close = (day: string) => {
  world.at(shiftDay(day, 1), '10:10');
  return closeDay(world.deps, SCHOOL, day);
};
const settlementOf = (merchant: number, day: string) => world.deps.settlements.find(SCHOOL, merchant, day);

describe('the sum of a day', () => {
  it('is refused until five minutes after the day has closed', async () => {
    await world.usualDay(MONDAY, students);
    for (const time of ['09:59', '10:04']) {
      world.at(TUESDAY, time);
      await expect(sumDay(world.deps, SCHOOL, MONDAY)).rejects.toMatchObject({ code: 'day.open' });
    }
    world.at(TUESDAY, '10:05');
    expect((await sumDay(world.deps, SCHOOL, MONDAY)).entries).toBe(6);
  });

  it('counts every entry of every book once, by kind, merchant and channel', async () => {
    await world.usualDay(MONDAY, students);
    world.at(TUESDAY, '10:05');
    const totals = await sumDay(world.deps, SCHOOL, MONDAY);
    expect(totals.counts).toEqual({ 'top-up': 2, charge: 3, void: 1 });
    expect(totals.kinds['top-up']).toEqual({ 'channel:alipay': -8_000, 'channel:wechat-pay': -10_000, transit: 18_000 });
    expect(totals.channels).toEqual({
      'wechat-pay': { 'top-up': { count: 1, amountFen: 10_000 } },
      alipay: { 'top-up': { count: 1, amountFen: 8_000 } },
    });
    expect(totals.merchants.get(12)).toMatchObject({ salesCount: 2, grossFen: 2_240, refundsCount: 1, refundsFen: 990, controlFen: 1_250 });
    expect(totals.merchants.get(13)).toMatchObject({ salesCount: 1, grossFen: 560, controlFen: 560 });
  });

  it('reads books of more pages than one', async () => {
    world.at(MONDAY, '09:00');
    const [first] = students;
    await world.topUp(first, 90_000);
    for (let sale = 0; sale < 95; sale += 1) await world.charge(first, 1);
    world.at(TUESDAY, '10:05');
    expect((await sumDay(world.deps, SCHOOL, MONDAY)).merchants.get(12)).toMatchObject({ salesCount: 95, grossFen: 95 });
  });
});

describe('closing a day', () => {
  it('settles each merchant with a control sum and a hash that anyone can compute from the lines', async () => {
    await world.usualDay(MONDAY, students);
    await close(MONDAY);
    const settlement = await settlementOf(12, MONDAY);
    expect(settlement).toMatchObject({
      ...{ salesCount: 2, grossFen: 2_240, refundsCount: 1, refundsFen: 990, controlFen: 1_250, feeBasisPoints: 60 },
      ...{ feeFen: 8, netFen: 1_242, carriedFen: 0, payableFen: 1_242, corrections: [] },
    });
    const lines: string[] = [];
    for (const terminal of [7, 8]) {
      for await (const line of world.deps.books.lines(SCHOOL, `terminal/${terminal}/${MONDAY}`)) {
        const moved = line.postings.find(({ leg }) => leg === 'merchant:12')?.amountFen;
        lines.push(`${line.accountNo}/${line.n},${line.entryId},${moved}\n`);
      }
    }
    expect(settlement?.linesHash).toBe(createHash('sha256').update(lines.join('')).digest('hex'));
    expect(await settlementOf(13, MONDAY)).toMatchObject({ netFen: 560, feeFen: 0, payableFen: 560 });
  });

  it('makes a sheet that sums to zero and follows the one before', async () => {
    await world.usualDay(MONDAY, students);
    const monday = (await close(MONDAY)).sheet;
    expect(isBalanced(monday.closing)).toBe(true);
    // The second student's claim came with the first sale, so taking that sale back left it on the card.
    expect(monday.closing).toEqual({
      ...{ 'channel:alipay': -8_000, 'channel:wechat-pay': -10_000, card: 16_190, 'merchant:12': 1_250, 'merchant:13': 560 },
    });
    await world.usualDay(TUESDAY, students);
    const tuesday = (await close(TUESDAY)).sheet;
    expect(tuesday.previousHash).toBe(sheetHash(monday));
    expect(isBalanced(tuesday.closing)).toBe(true);
    expect(tuesday.closing['merchant:12']).toBe(2_500);
  });

  it('does nothing the second time, and the days come in order', async () => {
    await world.usualDay(MONDAY, students);
    const first = await close(MONDAY);
    expect(first.fresh).toBe(true);
    const before = await world.deps.settlements.ofDay(SCHOOL, MONDAY);
    expect(await close(MONDAY)).toEqual({ sheet: first.sheet, fresh: false });
    expect(await world.deps.settlements.ofDay(SCHOOL, MONDAY)).toEqual(before);
    await expect(close(WEDNESDAY)).rejects.toMatchObject({ code: 'day.open', detail: { day: TUESDAY } });
    await expect(close('2026-11-15')).rejects.toMatchObject({ code: 'day.locked' });
  });

  it('gives a top-up that was credited after the close to the day it was recorded, marked late', async () => {
    await world.usualDay(MONDAY, students);
    await close(MONDAY);
    world.at(TUESDAY, '15:00');
    const late = await world.topUp(students[0], 700, 'wechat-pay', Date.parse(`${MONDAY}T23:00:00+08:00`));
    expect(late.late).toBe(true);
    const { sheet } = await close(TUESDAY);
    expect(sheet.kinds).toEqual({ 'top-up': { 'channel:wechat-pay': -700, transit: 700 } });
    expect(sheet.corrections).toEqual({});
  });

  it('carries what appears in the book of a closed day as a correction, once', async () => {
    await world.usualDay(MONDAY, students);
    await close(MONDAY);
    const statement = await settlementOf(12, MONDAY);
    await world.usualDay(TUESDAY, students);
    await world.chargeInto(MONDAY, students[0], 400);
    const { sheet } = await close(TUESDAY);
    expect(sheet.corrections).toEqual({ [MONDAY]: { charge: { card: -400, 'merchant:12': 400 } } });
    expect(isBalanced(sheet.closing)).toBe(true);
    expect(await settlementOf(12, TUESDAY)).toMatchObject({
      ...{ controlFen: 1_250, corrections: [{ day: MONDAY, amountFen: 400 }], feeFen: 10, netFen: 1_640 },
    });
    expect(await settlementOf(12, MONDAY)).toEqual(statement);
    // Found a day later still, beside what was carried already.
    await world.chargeInto(MONDAY, students[0], 30);
    const wednesday = (await close(WEDNESDAY)).sheet;
    expect(wednesday.corrections).toEqual({ [MONDAY]: { charge: { card: -30, 'merchant:12': 30 } } });
    expect(await settlementOf(12, WEDNESDAY)).toMatchObject({ salesCount: 0, controlFen: 0, netFen: 30, payableFen: 30 });
    expect(await settlementOf(13, WEDNESDAY)).toBeUndefined();
    expect((await close('2026-11-19')).sheet.corrections).toEqual({});
  });

  it('carries a day on which more was taken back than sold to the next day', async () => {
    world.at(MONDAY, '11:00');
    await world.topUp(students[0], 10_000);
    const sale = await world.charge(students[0], 2_000);
    await close(MONDAY);
    world.at(TUESDAY, '11:00');
    await world.takeBack(sale);
    await close(TUESDAY);
    expect(await settlementOf(12, TUESDAY)).toMatchObject({ controlFen: -2_000, feeFen: -12, netFen: -1_988, payableFen: 0 });
    world.at(WEDNESDAY, '11:00');
    await world.charge(students[0], 3_000);
    await close(WEDNESDAY);
    expect(await settlementOf(12, WEDNESDAY)).toMatchObject({
      ...{ netFen: 2_982, carriedFen: -1_988, carriedFeeFen: -12, payableFen: 994 },
    });
  });

  it('takes no fee of what finance adjusts', async () => {
    await world.usualDay(MONDAY, students);
    const postings = [
      { leg: 'bank:main', amountFen: fen(-10_000) },
      { leg: 'merchant:12', amountFen: fen(10_000) },
    ];
    const wish = { schoolId: SCHOOL, adjustmentNo: 'adj-1', kind: 'adjustment', day: MONDAY, postings, reason: '退票' } as const;
    await proposeAdjustment(world.deps, wish, 'staff:1');
    await approveAdjustment(world.deps, wish, 'staff:2');
    await close(MONDAY);
    expect(await settlementOf(12, MONDAY)).toMatchObject({
      ...{ grossFen: 2_240, refundsFen: 990, adjustmentsFen: 10_000, controlFen: 11_250, feeFen: 8, netFen: 11_242 },
    });
  });

  it('ends the same after a crash before or after any of its calls', async () => {
    await world.usualDay(MONDAY, students);
    const expected = await close(MONDAY);
    const settled = await world.deps.settlements.ofDay(SCHOOL, MONDAY);
    for (let at = 1, finished = false; !finished; at += 3) {
      for (const moment of ['before', 'after'] as const) {
        const other = await new FinanceWorld(createModelDatabase()).open();
        other.at(MONDAY, '08:00');
        const both = [await other.account(), await other.account()] as const;
        await other.usualDay(MONDAY, both);
        other.at(TUESDAY, '10:10');
        const failing = faultyDatabase(other.database, { at, moment });
        const died = await closeDay(other.depsOver(failing), SCHOOL, MONDAY).then(
          () => false,
          (error: unknown) => error instanceof Crash,
        );
        finished = !died;
        const { sheet } = await closeDay(other.deps, SCHOOL, MONDAY);
        expect(sheet).toEqual(expected.sheet);
        expect(await other.deps.settlements.ofDay(SCHOOL, MONDAY)).toEqual(settled);
      }
    }
  });

  it('is one closing where two run at once', async () => {
    await world.usualDay(MONDAY, students);
    world.at(TUESDAY, '10:10');
    const both = await Promise.all([closeDay(world.deps, SCHOOL, MONDAY), closeDay(world.deps, SCHOOL, MONDAY)]);
    expect(both[0]?.sheet).toEqual(both[1]?.sheet);
    expect(await world.deps.sheets.newest(SCHOOL, 9)).toHaveLength(1);
    expect(await world.deps.settlements.ofDay(SCHOOL, MONDAY)).toHaveLength(2);
  });
});

describe('the day lock', () => {
  it('needs a sheet and a reconciled day, and stays as it is', async () => {
    const lock = { schoolId: SCHOOL, day: MONDAY, by: 'staff:1' };
    await expect(lockDay(world.deps, lock)).rejects.toMatchObject({ code: 'day.open' });
    const { sheet } = await close(MONDAY);
    await expect(lockDay(world.deps, lock)).rejects.toMatchObject({ code: 'day.not-reconciled' });
    world.reconciled.add(MONDAY);
    const locked = await lockDay(world.deps, lock);
    expect(locked).toMatchObject({ lockedBy: 'staff:1', sheetHash: sheetHash(sheet) });
    expect(await lockDay(world.deps, { ...lock, by: 'staff:2' })).toEqual(locked);
  });
});

describe('the audit of the sheets', () => {
  beforeEach(async () => {
    for (const day of [MONDAY, TUESDAY, WEDNESDAY]) {
      await world.usualDay(day, students);
      await close(day);
    }
  });

  it('recomputes every day from the first entry', async () => {
    expect(await verifyBooks(world.deps, SCHOOL, WEDNESDAY)).toEqual({ days: 3, lastDay: WEDNESDAY, sound: true, faults: [] });
    expect(await verifyBooks(world.deps, SCHOOL, TUESDAY)).toMatchObject({ days: 2, sound: true });
    await expect(verifyBooks(world.deps, SCHOOL, '2026-11-20')).rejects.toMatchObject({ code: 'finance.unknown' });
  });

  it('names an entry that no sheet has: waiting where the next closing carries it, a fault where none will', async () => {
    await world.chargeInto(WEDNESDAY, students[0], 5);
    const waiting = await verifyBooks(world.deps, SCHOOL, WEDNESDAY);
    expect(waiting).toMatchObject({ sound: true, faults: [{ day: WEDNESDAY, fault: 'waiting' }] });
    await world.chargeInto(MONDAY, students[0], 7);
    const found = await verifyBooks(world.deps, SCHOOL, WEDNESDAY);
    expect(found.sound).toBe(false);
    expect(found.faults[0]).toEqual({ day: MONDAY, fault: 'books', difference: { card: -7, 'merchant:12': 7 } });
  });

  it('finds a sheet that was changed, by its sums and by the chain', async () => {
    const row = { pk: `${SCHOOL}#BALANCE-SHEETS`, sk: TUESDAY };
    const item = await world.database.records.get(row);
    const forged = String(item?.sheet).replace('"merchant:12":2500', '"merchant:12":2600');
    expect(forged).not.toBe(item?.sheet);
    await world.database.records.put({ ...row, sheet: forged });
    const { sound, faults } = await verifyBooks(world.deps, SCHOOL, WEDNESDAY);
    expect(sound).toBe(false);
    expect(faults.map(({ day, fault }) => `${day} ${fault}`)).toEqual([`${TUESDAY} closing`, `${WEDNESDAY} chain`, `${WEDNESDAY} closing`]);
  });

  it('checks every head of the school against the books, also of days that are still open', async () => {
    world.at('2026-11-19', '12:00');
    await world.topUp(students[1], 321);
    await world.charge(students[0], 100);
    const check = await crossCheckHeads(world.deps, SCHOOL);
    expect(check).toMatchObject({ accounts: 2, equal: true });
    expect(check.legs.find(({ leg }) => leg === 'transit')?.headsFen).toBe(321);
    // A head that no book explains.
    await world.till.change(students[0], (head) => ({
      ...{ kind: 'limits-changed', entryId: 'x', postings: [], occurredAt: world.till.now },
      state: { ...head.state, balances: { ...head.state.balances, card: 1 as typeof head.state.balances.card } },
    }));
    expect((await crossCheckHeads(world.deps, SCHOOL)).equal).toBe(false);
  });
});
