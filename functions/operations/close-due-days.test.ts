import { fen } from '../../shared/money';
import { shiftDay } from '../../shared/time';
import { Crash, faultyDatabase } from '../test/faulty-database';
import { FinanceWorld, SCHOOL } from '../test/finance-world';
import { createModelDatabase } from '../test/model-database';
import { proposeAdjustment } from './adjust-books';
import { closeDay } from './close-day';
import { closeDueDays } from './close-due-days';
import { payMerchants } from './pay-merchants';
import { crossCheckHeads, verifyBooks } from './verify-books';

const MONDAY = '2026-11-16';
const SUNDAY = '2026-11-15';
const WEEK = Array.from({ length: 7 }, (_, index) => shiftDay(MONDAY, index));
let world: FinanceWorld;
let students: readonly [number, number];

async function begin(): Promise<void> {
  world = await new FinanceWorld(createModelDatabase()).open();
  world.at(MONDAY, '08:00');
  students = [await world.account(), await world.account()];
}
beforeEach(begin);

const run = (deps = world.deps) => closeDueDays(deps, world.till.now + 60_000);
const sheetDays = async () => (await world.deps.sheets.newest(SCHOOL, 99)).map(({ day }) => day).reverse();

describe('the closing of due days', () => {
  it('closes nothing before 10:05 and yesterday after it, once', async () => {
    await world.usualDay(MONDAY, students);
    world.at('2026-11-17', '10:00');
    expect((await run()).schools).toMatchObject([{ schoolId: SCHOOL, closed: [] }]);
    world.at('2026-11-17', '10:10');
    expect((await run()).schools).toMatchObject([{ closed: [MONDAY], locked: [] }]);
    expect((await run()).schools).toMatchObject([{ closed: [] }]);
    expect(await sheetDays()).toEqual([MONDAY]);
  });

  it('begins on the first day on which something happened, and makes up for days on which it did not run', async () => {
    await world.usualDay(MONDAY, students);
    await world.usualDay('2026-11-18', students);
    world.at('2026-11-20', '10:10');
    expect((await run()).schools[0]?.closed).toEqual([MONDAY, '2026-11-17', '2026-11-18', '2026-11-19']);
    expect((await world.deps.sheets.find(SCHOOL, '2026-11-17'))?.kinds).toEqual({});
  });

  it('locks what is reconciled, also days later, and keeps a record of each run', async () => {
    await world.usualDay(MONDAY, students);
    world.at('2026-11-17', '10:10');
    await run();
    world.reconciled.add(MONDAY);
    world.at('2026-11-18', '10:10');
    expect((await run()).schools).toMatchObject([{ closed: ['2026-11-17'], locked: [MONDAY] }]);
    expect(await world.deps.locks.find(SCHOOL, MONDAY)).toMatchObject({ lockedBy: 'job' });
    expect((await world.deps.runs.newest(SCHOOL, 5)).map(({ closed, locked }) => ({ closed, locked }))).toEqual([
      { closed: ['2026-11-17'], locked: [MONDAY] },
      { closed: [MONDAY], locked: [] },
    ]);
  });

  it('ends an approval that a dead function left', async () => {
    world.at(MONDAY, '15:00');
    const postings = [
      { leg: 'cash:21', amountFen: fen(500) },
      { leg: 'over-short', amountFen: fen(-500) },
    ];
    const wish = { schoolId: SCHOOL, adjustmentNo: 'adj-1', kind: 'adjustment', day: MONDAY, postings, reason: 'x' } as const;
    const proposed = await proposeAdjustment(world.deps, wish, 'staff:1');
    await world.deps.adjustments.replace({ ...proposed, state: 'approved', decidedBy: 'staff:2', decidedAt: world.till.now, version: 2 });
    expect((await run()).schools).toMatchObject([{ posted: ['adj-1'] }]);
    expect(await world.deps.adjustments.find(SCHOOL, 'adj-1')).toMatchObject({ state: 'posted', decidedBy: 'staff:2' });
    expect((await run()).schools).toMatchObject([{ posted: [] }]);
  });

  it('does not let the trouble of one school stop another, and says what it was', async () => {
    await world.deps.schools.publish({ ...world.till.pack, schoolId: 'another', version: 1 });
    const deps = {
      ...world.deps,
      packOf: async (schoolId: string) => {
        if (schoolId === 'another') throw new Error('broken');
        return world.till.pack;
      },
    };
    await world.usualDay(MONDAY, students);
    world.at('2026-11-17', '10:10');
    const { schools } = await run(deps);
    expect(schools).toMatchObject([
      { schoolId: 'another', closed: [], error: new Error('broken') },
      { schoolId: SCHOOL, closed: [MONDAY] },
    ]);
    expect(await world.deps.runs.newest('another', 1)).toMatchObject([{ failure: 'internal' }]);
  });

  it('stops when its time is over, and the next run goes on', async () => {
    await world.usualDay(MONDAY, students);
    world.at('2026-11-18', '10:10');
    const started = world.till.now;
    let reads = 0;
    const clock = () => {
      reads += 1;
      return started + (reads > 9 ? 120_000 : 0);
    };
    const first = await closeDueDays({ ...world.deps, clock }, started + 60_000);
    expect(first.complete).toBe(false);
    const second = await run();
    expect(second.complete).toBe(true);
    expect([...(first.schools[0]?.closed ?? []), ...(second.schools[0]?.closed ?? [])]).toEqual([MONDAY, '2026-11-17']);
  });

  it('closes a made week whose sheets an audit finds sound, whose heads are its books, and whose merchants are paid what they sold', async () => {
    for (const [index, day] of WEEK.entries()) {
      await world.usualDay(day, students);
      if (index === 3) await world.chargeInto(WEEK[2] ?? '', students[0], 45);
      world.at(shiftDay(day, 1), '10:10');
      expect((await run()).schools).toMatchObject([{ closed: [day] }]);
      await payMerchants(world.deps, { schoolId: SCHOOL, day, by: 'staff:1' });
      expect(await verifyBooks(world.deps, SCHOOL, day)).toMatchObject({ sound: true, faults: [] });
    }
    world.at(shiftDay(MONDAY, 8), '10:10');
    await run();
    expect(await crossCheckHeads(world.deps, SCHOOL)).toMatchObject({ accounts: 2, equal: true });
    const last = (await world.deps.sheets.newest(SCHOOL, 1))[0];
    // Seven days of 12.50, and 0.45 that was found later; nothing is owed to the canteen any more. The shop has no account.
    expect(last?.closing['merchant:12']).toBeUndefined();
    expect(last?.closing['merchant:13']).toBe(7 * 560);
    expect((last?.closing['bank:main'] ?? 0) + (last?.closing['income:merchant-fee'] ?? 0)).toBe(7 * 1_250 + 45);
  });

  it('ends the same after a crash at any of its calls', async () => {
    const made = async () => {
      await begin();
      world.at(MONDAY, '10:10');
      await closeDay(world.deps, SCHOOL, SUNDAY);
      await world.usualDay(MONDAY, students);
      world.at('2026-11-17', '10:10');
    };
    await made();
    await run();
    const expected = await world.deps.sheets.newest(SCHOOL, 9);
    expect(expected).toHaveLength(2);
    for (let at = 1, finished = false; !finished; at += 5) {
      await made();
      const died = await run(world.depsOver(faultyDatabase(world.database, { at, moment: 'after' }))).then(
        ({ schools }) => schools.some(({ error }) => error instanceof Crash),
        (error: unknown) => error instanceof Crash,
      );
      finished = !died;
      await run();
      expect(await world.deps.sheets.newest(SCHOOL, 9)).toEqual(expected);
    }
  });
});
