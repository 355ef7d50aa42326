import fc from 'fast-check';
import { fen } from '../../shared/money';
import { cancelLossDraft, reportLossDraft } from '../domain/account-changes';
import type { Entry } from '../domain/entry';
import { createNoticeWishes } from '../store/notice-wishes';
import { createNotices } from '../store/notices';
import type { Database } from '../store/table';
import { Crash, faultyDatabase } from '../test/faulty-database';
import { createModelDatabase } from '../test/model-database';
import { SaleFixture } from '../test/sale-fixture';
import { authorizePayment } from './authorize-payment';
import { tellOfEntry } from './tell-of-entry';

/** A morning of one holder: a top-up that waits, a dear purchase that leaves little, the loss of the card and its end. */
async function morning() {
  const database = createModelDatabase();
  const till = new SaleFixture(database);
  const accountNo = await till.account({ cardFen: 6_000, transitFen: 6_000 });
  await authorizePayment(till.deps, till.tapSale(accountNo, 10_500));
  await authorizePayment(till.deps, till.tapSale(accountNo, 300));
  const at = { occurredAt: till.now, recordedAt: till.now };
  await till.change(accountNo, (head) => reportLossDraft(head, { entryId: 'los_1', keepCodes: false, ...at }));
  await till.change(accountNo, (head) => cancelLossDraft(head, { entryId: 'los_2', occurredAt: till.now }));
  const depsOver = (over: Database) => ({
    packOf: async () => till.pack,
    clock: () => {
      till.now += 1;
      return till.now;
    },
    notices: createNotices(over),
    wishes: createNoticeWishes(over),
  });
  const inbox = async () => (await createNotices(database).ofAccount(till.schoolId, accountNo, { limit: 99 })).notices;
  return { database, depsOver, entries: await till.all(accountNo), inbox, till, accountNo };
}

const EXPECTED = ['app-bound', 'claim-waiting', 'large-spend', 'loss-cancelled', 'loss-reported', 'low-balance'];

describe('what an entry gives to know', () => {
  it('lies in the inbox with its amount, its entry and the time it was told', async () => {
    const { database, depsOver, entries, inbox, till } = await morning();
    const before = till.now;
    for (const entry of entries) await tellOfEntry(depsOver(database), entry);
    const found = await inbox();
    expect(found.map(({ kind, amountFen }) => [kind, amountFen]).reverse()).toEqual([
      ['app-bound', 0],
      ['claim-waiting', 6_000],
      ['large-spend', 10_500],
      ['low-balance', 1_500],
      ['loss-reported', 0],
      ['loss-cancelled', 0],
    ]);
    const charge = entries.find(({ kind }) => kind === 'charge');
    expect(found.find(({ kind }) => kind === 'low-balance')).toMatchObject({ n: charge?.n, about: charge?.entryId });
    expect(found.every(({ at }) => at > before)).toBe(true);
  });

  it('is told once, however often, in whatever order and by however many at once it is delivered', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat({ max: 7 }), fc.integer({ min: 1, max: 3 })), { minLength: 0, maxLength: 20 }),
        async (deliveries) => {
          const { database, depsOver, entries, inbox } = await morning();
          const deps = depsOver(database);
          const all: readonly (readonly [Entry, number])[] = [
            ...deliveries.flatMap(([at, times]) => (entries[at] === undefined ? [] : [[entries[at], times] as const])),
            // At least once, and late.
            ...entries.map((entry) => [entry, 1] as const),
          ];
          for (const [entry, times] of all) await Promise.all(Array.from({ length: times }, () => tellOfEntry(deps, entry)));
          expect((await inbox()).map(({ kind }) => kind).sort()).toEqual(EXPECTED);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('is told once where the function dies between any two of its calls and is run again', async () => {
    for (const moment of ['before', 'after'] as const) {
      for (let at = 1; ; at += 1) {
        const { database, depsOver, entries, inbox } = await morning();
        let died = false;
        for (const entry of entries) {
          const faulty = faultyDatabase(database, { at, moment });
          await tellOfEntry(depsOver(faulty), entry).catch((error: unknown) => {
            if (!(error instanceof Crash)) throw error;
            died = true;
          });
          await tellOfEntry(depsOver(database), entry);
        }
        expect((await inbox()).map(({ kind }) => kind).sort()).toEqual(EXPECTED);
        if (!died) break;
      }
    }
  });

  it('follows what the holder chose', async () => {
    const { database, depsOver, entries, inbox, till, accountNo } = await morning();
    await createNoticeWishes(database).save(till.schoolId, accountNo, {
      off: ['claim-waiting'],
      lowBalanceFen: fen(500),
      largeSpendFen: fen(20_000),
    });
    for (const entry of entries) await tellOfEntry(depsOver(database), entry);
    expect((await inbox()).map(({ kind }) => kind).sort()).toEqual(['app-bound', 'loss-cancelled', 'loss-reported']);
  });

  it('costs no call where the amounts of a purchase can be nothing to tell', async () => {
    const { till, depsOver, database, accountNo } = await morning();
    const rich = await till.account({ cardFen: 90_000 });
    await authorizePayment(till.deps, till.tapSale(rich, 1_250));
    const counted = faultyDatabase(database, { at: Number.MAX_SAFE_INTEGER, moment: 'before' });
    expect(await tellOfEntry(depsOver(counted), await till.head(rich))).toBe(0);
    expect(counted.calls()).toBe(0);
    expect(accountNo).not.toBe(rich);
  });
});
