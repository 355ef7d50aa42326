import { fen } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { DAY_MS } from '../../shared/time';
import { verifyPassbook } from '../domain/verify-passbook';
import { createNotices } from '../store/notices';
import { createSubsidies } from '../store/subsidies';
import type { Database } from '../store/table';
import { Crash, faultyDatabase } from '../test/faulty-database';
import { createModelDatabase } from '../test/model-database';
import { SaleFixture } from '../test/sale-fixture';
import { authorizePayment } from './authorize-payment';
import { type ExpireSubsidiesDeps, expireSubsidies } from './expire-subsidies';
import { type ImportSubsidiesDeps, importSubsidies } from './import-subsidies';
import { readSubsidies } from './read-subsidies';
import { reverse } from './reverse-sale';

/** A school with some cardholders, and the hourly job. Noon of 2026-11-21 (UTC+8). */
async function school(database = createModelDatabase(), holders = 2) {
  const till = new SaleFixture(database);
  const accounts: number[] = [];
  for (let i = 0; i < holders; i += 1) accounts.push(await till.account({ cardFen: 5_000 }));
  let batches = 0;
  const pack = (): RulePack => till.pack;
  const depsOver = (over: Database): ExpireSubsidiesDeps & ImportSubsidiesDeps => ({
    ...new SaleFixture(over).deps,
    clock: () => till.now,
    backOff: async () => undefined,
    packOf: async () => pack(),
    schools: { versions: async () => new Map([[till.schoolId, 1]]) },
    subsidies: createSubsidies(over),
    notices: createNotices(over),
    holders: { accountOf: async (_school, number) => accounts[Number(number)], find: async () => ({ name: '测试甲' }) as never },
  });
  const deps = depsOver(database);
  const grant = async (i: number, yuan: number, day: string) => {
    batches += 1;
    const bytes = new TextEncoder().encode(`学工号,姓名,金额,有效期至\n${i},测试甲,${yuan},${day}`);
    expect(await importSubsidies(deps, { schoolId: till.schoolId, batchId: `b${batches}`, bytes })).toMatchObject({ granted: 1 });
  };
  const account = (i: number): number => accounts[i] ?? 0;
  const caller = (i: number) => ({ bound: { schoolId: till.schoolId, accountNo: account(i) } }) as never;
  const inbox = async (i: number) =>
    (await createNotices(database).ofAccount(till.schoolId, account(i), { limit: 20 })).notices.map(({ kind, amountFen }) => [
      kind,
      amountFen,
    ]);
  const lots = async (i: number) => (await till.head(account(i))).state.subsidy.map(({ amountFen }) => amountFen);
  const run = (over = deps, until = Number.MAX_SAFE_INTEGER) => expireSubsidies(over, until);
  return { till, deps, depsOver, grant, account, caller, inbox, lots, run, database };
}

describe('the hourly look at subsidies', () => {
  it('takes back what ran out, to where it was granted from, once, and tells the holder', async () => {
    const { till, grant, account, inbox, lots, run } = await school();
    await grant(0, 30, '2026-11-22');
    await grant(0, 20, '2026-12-31');
    await grant(1, 5, '2026-12-31');
    till.now = Date.parse('2026-11-22T23:59:59+08:00');
    expect(await run()).toMatchObject({ expiredFen: 0, complete: true });
    expect(await lots(0)).toEqual([3_000, 2_000]);
    till.now += 1_000;
    expect(await run()).toMatchObject({ expiredFen: 3_000, failed: [] });
    const head = await till.head(account(0));
    expect(head).toMatchObject({
      kind: 'subsidy-expired',
      postings: [{ amountFen: -3_000 }, { leg: 'funding:subsidy', amountFen: 3_000 }],
    });
    expect(verifyPassbook(await till.all(account(0)))).toEqual([]);
    expect((await inbox(0))[0]).toEqual(['subsidy-expired', 3_000]);
    expect(await run()).toMatchObject({ looked: 0, expiredFen: 0, noticed: 0 });
    expect(await lots(0)).toEqual([2_000]);
    expect(await lots(1)).toEqual([500]);
  });

  it('tells of what is about to run out within the days of the pack, once, with what is left of it', async () => {
    const { till, grant, inbox, run, account } = await school();
    await grant(0, 30, '2026-12-10');
    expect(await run()).toMatchObject({ noticed: 0 });
    await authorizePayment(till.deps, till.tapSale(account(0), 1_000));
    till.now = Date.parse('2026-12-03T08:00:00+08:00');
    expect(await run()).toMatchObject({ noticed: 1 });
    expect(await run()).toMatchObject({ noticed: 0 });
    expect(await inbox(0)).toEqual([
      ['subsidy-expiring', 2_000],
      ['subsidy-granted', 3_000],
    ]);
  });

  it('tells nothing of what was spent, and makes up days on which it did not run', async () => {
    const { till, grant, inbox, run, account } = await school();
    await grant(0, 10, '2026-12-10');
    await grant(1, 10, '2026-12-11');
    await run();
    await authorizePayment(till.deps, till.tapSale(account(0), 1_000));
    till.now = Date.parse('2026-12-20T08:00:00+08:00');
    expect(await run()).toMatchObject({ expiredFen: 1_000 });
    expect(await inbox(0)).toEqual([['subsidy-granted', 1_000]]);
    expect((await inbox(1))[0]).toEqual(['subsidy-expired', 1_000]);
  });

  it('shows the holder the lots in the order they are spent in, and which can no longer be', async () => {
    const { till, deps, grant, caller } = await school();
    await grant(0, 30, '2026-11-22');
    await grant(0, 20, '2026-12-31');
    till.now = Date.parse('2026-11-23T00:00:00+08:00');
    expect(await readSubsidies(deps, caller(0))).toMatchObject({
      label: { zh: '补助' },
      totalFen: 2_000,
      lots: [
        { amountFen: 3_000, expiresAt: '2026-11-23T00:00:00.000+08:00', expired: true },
        { amountFen: 2_000, expiresAt: '2027-01-01T00:00:00.000+08:00', expired: false },
      ],
    });
  });

  it('looks at a day again in which an account could not be done, and does the others', async () => {
    const { till, deps, grant, lots, run, account } = await school();
    await grant(0, 30, '2026-11-22');
    await grant(1, 20, '2026-11-22');
    await run();
    till.now += 3 * DAY_MS;
    const broken = account(0);
    const passbook: typeof deps.passbook = {
      ...deps.passbook,
      head: async (schoolId, accountNo) => {
        if (accountNo === broken) throw new Error('unreadable');
        return deps.passbook.head(schoolId, accountNo);
      },
    };
    expect((await run({ ...deps, passbook })).failed).toMatchObject([{ accountNo: broken }]);
    expect([await lots(0), await lots(1)]).toEqual([[3_000], []]);
    expect(await run()).toMatchObject({ expiredFen: 3_000, failed: [] });
  });

  it('ends with everything taken back once and told once, wherever it dies', async () => {
    for (const moment of ['before', 'after'] as const) {
      for (let at = 1; at <= 40; at += 3) {
        const database = createModelDatabase();
        const { till, grant, lots, run, inbox, depsOver } = await school(database);
        await grant(0, 30, '2026-11-22');
        await grant(1, 20, '2026-11-22');
        await run();
        till.now += 3 * DAY_MS;
        await run(depsOver(faultyDatabase(database, { at, moment }))).catch((error: unknown) => {
          if (!(error instanceof Crash)) throw error;
        });
        await run();
        expect([await lots(0), await lots(1)]).toEqual([[], []]);
        const told = (await inbox(0)).filter(([kind]) => kind === 'subsidy-expired');
        expect(told).toEqual([['subsidy-expired', 3_000]]);
        const back = [...database.all('passbook')].filter(({ kind }) => kind === 'subsidy-expired');
        expect(back).toHaveLength(2);
      }
    }
  });

  it('stops when its time is over, and goes on where it stood', async () => {
    const { till, grant, lots, run } = await school(createModelDatabase(), 2);
    await grant(0, 30, '2026-11-22');
    till.now += 3 * DAY_MS;
    expect(await run(undefined, till.now)).toMatchObject({ complete: false, expiredFen: 0 });
    expect(await run()).toMatchObject({ complete: true, expiredFen: 3_000 });
    expect(await lots(0)).toEqual([]);
  });

  it('takes back also where the school grants no more, and then tells of nothing that is to come', async () => {
    const { deps, till, grant, lots } = await school();
    await grant(0, 30, '2026-11-22');
    await grant(1, 30, '2026-11-29');
    const { subsidy: _none, ...pack } = till.pack;
    till.now += 3 * DAY_MS;
    const report = await expireSubsidies({ ...deps, packOf: async () => pack }, Number.MAX_SAFE_INTEGER);
    expect(report).toMatchObject({ expiredFen: 3_000, noticed: 0 });
    expect(await lots(1)).toEqual([3_000]);
  });
});

describe('spending and taking back', () => {
  it('spends the lot that runs out first, then the next, then the card, and gives back to each in the other order', async () => {
    const { till, grant, account, lots } = await school();
    await grant(0, 30, '2026-12-31');
    await grant(0, 10, '2026-12-01');
    const answer = await authorizePayment(till.deps, till.tapSale(account(0), 4_500));
    if (answer.outcome !== 'charged') throw new Error(answer.outcome);
    expect(await lots(0)).toEqual([]);
    expect((await till.head(account(0))).state.balances.card).toBe(4_500);
    const back = (entryId: string, amountFen: number) =>
      reverse(till.deps, {
        sale: answer.entry,
        kind: 'reversal',
        entryId: `${answer.entry.entryId}-${entryId}`,
        amountFen: fen(amountFen),
        pack: till.pack,
      });
    await back('a', 700);
    expect((await till.head(account(0))).state.balances.card).toBe(5_000);
    expect(await lots(0)).toEqual([200]);
    await back('b', 3_000);
    expect(await lots(0)).toEqual([200, 3_000]);
    await back('c', 800);
    expect(await lots(0)).toEqual([1_000, 3_000]);
    expect(verifyPassbook(await till.all(account(0)))).toEqual([]);
  });

  it('gives back to a lot that ran out meanwhile; the next day takes it, and the holder is told', async () => {
    const { till, grant, account, lots, run, inbox } = await school();
    await grant(0, 10, '2026-11-21');
    const answer = await authorizePayment(till.deps, till.tapSale(account(0), 600));
    if (answer.outcome !== 'charged') throw new Error(answer.outcome);
    till.now += 2 * DAY_MS;
    await run();
    expect(await lots(0)).toEqual([]);
    till.now += DAY_MS;
    await reverse(till.deps, {
      sale: answer.entry,
      kind: 'reversal',
      entryId: `${answer.entry.entryId}-x`,
      amountFen: 'rest',
      pack: till.pack,
    });
    expect(await lots(0)).toEqual([600]);
    // It cannot be spent.
    await authorizePayment(till.deps, till.tapSale(account(0), 100));
    expect((await till.head(account(0))).state.balances.card).toBe(4_900);
    expect(await run()).toMatchObject({ expiredFen: 0 });
    till.now += DAY_MS;
    expect(await run()).toMatchObject({ expiredFen: 600 });
    expect((await inbox(0)).filter(([kind]) => kind === 'subsidy-expired')).toEqual([
      ['subsidy-expired', 600],
      ['subsidy-expired', 400],
    ]);
  });
});
