import { fen } from '../../shared/money';
import type { ExpectedDay } from '../domain/finance/bank-arrival';
import { Crash, faultyDatabase } from '../test/faulty-database';
import { FinanceWorld, SCHOOL } from '../test/finance-world';
import { createModelDatabase } from '../test/model-database';
import { importArrivals, matchBankArrivals } from './match-arrivals';
import { sumBooks } from './sum-day';

const MONDAY = '2026-11-16';
let world: FinanceWorld;

beforeEach(async () => {
  world = await new FinanceWorld(createModelDatabase()).open();
  world.at(MONDAY, '15:00');
});

const expected = (day: string, grossFen: number, refundsFen: number, feeFen: number): ExpectedDay => ({
  ...{ channel: 'wechat-pay', day, grossFen: fen(grossFen), refundsFen: fen(refundsFen), feeFen: fen(feeFen) },
});
const line = (bankRef: string, amountFen: number) =>
  ({ schoolId: SCHOOL, bankRef, day: MONDAY, channel: 'wechat-pay', amountFen: fen(amountFen) }) as const;
const weekend = [expected('2026-11-13', 10_000, 500, 57), expected('2026-11-14', 4_000, 0, 24), expected('2026-11-15', 6_000, 1_000, 30)];
const legsOf = async () => (await sumBooks(world.deps, SCHOOL, MONDAY)).kinds['platform-settlement'];

describe('what came to the bank', () => {
  it('is matched net of fees, one day or several in a row, and booked once', async () => {
    await importArrivals(world.deps, [line('bank-0001', 9_443), line('bank-0002', 3_976 + 4_970), line('bank-0003', 1)]);
    const report = await matchBankArrivals(world.deps, SCHOOL, weekend);
    expect(report.booked).toMatchObject([
      { bankRef: 'bank-0001', state: 'booked', days: ['2026-11-13'], feeFen: 57 },
      { bankRef: 'bank-0002', state: 'booked', days: ['2026-11-14', '2026-11-15'], feeFen: 54 },
    ]);
    expect(report.unmatched.map(({ bankRef }) => bankRef)).toEqual(['bank-0003']);
    expect(report.outstanding).toEqual([]);
    const legs = { 'bank:main': -18_389, 'channel:wechat-pay': 18_500, 'fee:wechat-pay': -111 };
    expect(await legsOf()).toEqual(legs);
    expect(await matchBankArrivals(world.deps, SCHOOL, weekend)).toMatchObject({ booked: [], outstanding: [] });
    expect(await legsOf()).toEqual(legs);
  });

  it('never settles a day twice, a day to come, or another channel', async () => {
    await importArrivals(world.deps, [line('bank-0001', 9_443)]);
    await matchBankArrivals(world.deps, SCHOOL, weekend);
    await importArrivals(world.deps, [line('bank-0004', 9_443)]);
    const later = [...weekend, expected('2026-11-17', 9_443, 0, 0), { ...expected('2026-11-16', 9_443, 0, 0), channel: 'alipay' as const }];
    const report = await matchBankArrivals(world.deps, SCHOOL, later);
    expect(report.unmatched.map(({ bankRef }) => bankRef)).toEqual(['bank-0004']);
    expect(report.outstanding.map(({ day, channel }) => `${day} ${channel}`)).toEqual([
      ...['2026-11-14 wechat-pay', '2026-11-15 wechat-pay', '2026-11-17 wechat-pay', '2026-11-16 alipay'],
    ]);
  });

  it('is known by the bank’s reference: the same line again changes nothing, another under it is refused', async () => {
    const [first] = await importArrivals(world.deps, [line('bank-0001', 9_443)]);
    expect(await importArrivals(world.deps, [line('bank-0001', 9_443)])).toEqual([first]);
    await expect(importArrivals(world.deps, [line('bank-0001', 9_444)])).rejects.toMatchObject({
      ...{ code: 'request.replayed-differently', detail: { bankRef: 'bank-0001' } },
    });
    await expect(importArrivals(world.deps, [line('bank-0005', 5), line('=1+1', 5)])).rejects.toMatchObject({ code: 'request.malformed' });
    await expect(importArrivals(world.deps, [line('bank-0006', 0)])).rejects.toMatchObject({ code: 'request.malformed' });
    expect((await world.deps.arrivals.list(SCHOOL)).map(({ bankRef }) => bankRef)).toEqual(['bank-0001']);
  });

  it('settles a day alone, also where two runs match different lines to it at the same moment', async () => {
    const [one, two] = await importArrivals(world.deps, [line('bank-0001', 9_443), line('bank-0002', 9_443)]);
    const match = {
      days: ['2026-11-13'],
      grossFen: fen(10_000),
      refundsFen: fen(500),
      feeFen: fen(57),
      state: 'matched',
      version: 2,
    } as const;
    const both = await Promise.all([one, two].map((arrival) => arrival && world.deps.arrivals.match({ ...arrival, ...match })));
    expect(both.sort()).toEqual([false, true]);
    const { booked, unmatched } = await matchBankArrivals(world.deps, SCHOOL, weekend);
    expect(booked).toHaveLength(1);
    expect(unmatched).toHaveLength(1);
  });

  it('is booked once where two match at the same moment', async () => {
    await importArrivals(world.deps, [line('bank-0001', 9_443)]);
    await Promise.all([matchBankArrivals(world.deps, SCHOOL, weekend), matchBankArrivals(world.deps, SCHOOL, weekend)]);
    expect(await legsOf()).toEqual({ 'bank:main': -9_443, 'channel:wechat-pay': 9_500, 'fee:wechat-pay': -57 });
  });

  it('is booked once after a crash before or after any call', async () => {
    for (let at = 1, finished = false; !finished; at += 1) {
      for (const moment of ['before', 'after'] as const) {
        world = await new FinanceWorld(createModelDatabase()).open();
        world.at(MONDAY, '15:00');
        await importArrivals(world.deps, [line('bank-0001', 9_443)]);
        const died = await matchBankArrivals(world.depsOver(faultyDatabase(world.database, { at, moment })), SCHOOL, weekend).then(
          () => false,
          (error: unknown) => error instanceof Crash,
        );
        finished = !died;
        await matchBankArrivals(world.deps, SCHOOL, weekend);
        expect(await legsOf()).toEqual({ 'bank:main': -9_443, 'channel:wechat-pay': 9_500, 'fee:wechat-pay': -57 });
      }
    }
  });
});
