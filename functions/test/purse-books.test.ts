import { ZERO } from '../../shared/money';
import { reconcileTerminals } from '../operations/reconcile-terminals';
import { sumBooks } from '../operations/sum-day';
import { takeBatch } from '../operations/take-batch';
import { createBooks } from '../store/books';
import { createNotices } from '../store/notices';
import { createReconciliations } from '../store/reconciliations';
import { createTerminalBatches } from '../store/terminal-batches';
import { createTerminals } from '../store/terminals';
import { createModelDatabase } from './model-database';
import { CONTROLLERS, PurseWorld, SETTLEMENT_POS, WATER } from './purse-world';
import { RefundFixture } from './refund-fixture';

const DAY = '2026-11-21';

/** A day on which 3.40 was settled at the machine and 1.20 told by a controller. */
async function bathDay() {
  const database = createModelDatabase();
  const world = new PurseWorld(database);
  const terminals = createTerminals(database);
  const common = {
    schoolId: 'bistu',
    publicKey: Buffer.alloc(32).toString('base64'),
    merchant: WATER,
    name: '水',
    status: 'active',
  } as const;
  await terminals.save({ ...common, terminal: SETTLEMENT_POS, kind: 'settlement-pos' });
  await terminals.save({ ...common, terminal: CONTROLLERS[0], kind: 'water-controller' });
  const accountNo = await world.till.account({ cardFen: 3_000 });
  const chip = world.card(accountNo);
  await world.swipe(chip);
  chip.purse.spend(340);
  await world.swipe(chip);
  await world.upload([world.use(chip, 120)]);
  return { database, world, terminals, accountNo };
}

test('the day of the merchant of the water has what was settled wherever it was told, and the books sum to zero', async () => {
  const { database, terminals } = await bathDay();
  const { merchants, kinds } = await sumBooks({ books: createBooks(database), terminals }, 'bistu', DAY);
  expect(merchants.get(WATER)).toMatchObject({ salesCount: 2, grossFen: 460, refundsFen: 0, controlFen: 460 });
  expect(kinds).toMatchObject({
    'purse-loaded': { card: -1_000, purse: 1_000 },
    'purse-settled': { card: -340, purse: -120, [`merchant:${WATER}`]: 460 },
  });
});

test('what a machine settles is no sale that its statement of the day lacks, and none that waits for one', async () => {
  const { database, world, terminals, accountNo } = await bathDay();
  const fixture = new RefundFixture(database, 'bistu');
  const notices = createNotices(database);
  const deps = {
    ...fixture.depsOver(database),
    terminals,
    terminalBatches: createTerminalBatches(database),
    books: createBooks(database),
    reconciliations: createReconciliations(database),
    tellReversed: async (notice: Parameters<typeof notices.addNotice>[0]) => void (await notices.addNotice(notice)),
  };
  fixture.till.now = Date.parse(`${DAY}T21:00:00+08:00`);
  const totals = { count: 0, amountFen: ZERO };
  const at = { schoolId: 'bistu', terminal: SETTLEMENT_POS, day: DAY, part: 1, fromSequence: 1, ackedSeq: 100 };
  const body = { ...at, lines: [], totals, closed: true, dayTotals: totals };
  await takeBatch(deps, { body, bodyHash: 'a'.repeat(64) });
  fixture.till.now = Date.parse('2026-11-22T10:05:00+08:00');
  const before = await world.places(accountNo);
  // One of them closed its day with nothing sold, the other never states anything.
  expect(await reconcileTerminals(deps, 'bistu', DAY)).toMatchObject({ differences: 0 });
  expect(await world.places(accountNo)).toEqual(before);
});
