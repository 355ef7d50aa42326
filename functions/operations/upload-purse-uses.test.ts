import { Crash, faultyDatabase } from '../test/faulty-database';
import { CONTROLLERS, PurseWorld } from '../test/purse-world';
import { settleWaitingUses } from './settle-waiting-uses';

const [SHOWER, BOILER] = CONTROLLERS;
const DAY_MS = 86_400_000;

async function loaded(cardFen = 3_000) {
  const world = new PurseWorld();
  const accountNo = await world.till.account({ cardFen });
  const chip = world.card(accountNo);
  await world.swipe(chip);
  return { world, accountNo, chip };
}

test('uses told by a controller are settled without a walk, and never refilled: no chip is there to be written', async () => {
  const { world, accountNo, chip } = await loaded();
  const uses = [world.use(chip, 120), world.use(chip, 80)];
  expect((await world.upload(uses)).uses).toEqual(uses.map(({ serial }) => ({ serial, state: 'settled', reason: null })));
  expect(await world.places(accountNo)).toEqual({ card: 2_000, purse: 800, settled: 200, owed: 0, water: 200 });
  const entry = await world.till.head(accountNo);
  expect(entry).toMatchObject({
    kind: 'purse-settled',
    entryId: `41-use-${uses[1]?.serial}`,
    counterparty: { book: 'terminal/41/2026-11-21' },
  });
});

test('a repeat, an older use and the other way round change nothing more', async () => {
  const { world, accountNo, chip } = await loaded();
  const [first, second] = [world.use(chip, 120), world.use(chip, 80)];
  await world.upload([second]);
  const after = await world.places(accountNo);
  expect(after).toMatchObject({ purse: 800, water: 200 });
  for (const uses of [[second], [first], [second, first]]) {
    expect((await world.upload(uses)).uses.every(({ state }) => state === 'settled')).toBe(true);
    expect(await world.places(accountNo)).toEqual(after);
  }
});

test('uses of a month ago are settled, in the book of the day they are recorded, marked late', async () => {
  const { world, accountNo, chip } = await loaded();
  const use = world.use(chip, 500);
  world.till.now += 30 * DAY_MS;
  await world.upload([use]);
  expect(await world.till.head(accountNo)).toMatchObject({ late: true, counterparty: { book: 'terminal/41/2026-12-21' } });
  expect(await world.places(accountNo)).toMatchObject({ purse: 500, water: 500 });
});

test('a controller whose clock is ahead puts nothing into a day to come', async () => {
  const { world, accountNo, chip } = await loaded();
  await world.upload([{ ...world.use(chip, 500), usedAt: world.till.now + 40 * DAY_MS }]);
  expect(await world.till.head(accountNo)).toMatchObject({ occurredAt: world.till.now, counterparty: { book: 'terminal/41/2026-11-21' } });
});

test('a lost card’s chip is still believed: the water ran', async () => {
  const { world, accountNo, chip } = await loaded();
  await world.till.change(accountNo, (head) => ({
    ...{ kind: 'loss-reported', entryId: 'lost', postings: [], occurredAt: world.till.now },
    state: { ...head.state, lostAt: world.till.now },
  }));
  await world.upload([world.use(chip, 500)]);
  expect(await world.places(accountNo)).toMatchObject({ card: 2_000, purse: 500, water: 500 });
});

describe('a card that was replaced', () => {
  test('gives the rest of its purse back, and pays from the card what its chip had used', async () => {
    const { world, accountNo, chip } = await loaded();
    await world.upload([world.use(chip, 200)]);
    const late = world.use(chip, 300);
    const next = await world.replaceCard(accountNo);
    // The new card's purse begins anew.
    expect(await world.swipe(next)).toMatchObject({ usedFen: 0, refillFen: 1_000, cardFen: 1_800 });
    expect((await world.till.all(accountNo)).at(-2)).toMatchObject({
      kind: 'purse-returned',
      postings: [{ leg: 'purse', amountFen: -800 }, { leg: 'card' }],
    });
    await world.upload([late]);
    expect(await world.places(accountNo)).toEqual({ card: 1_500, purse: 1_000, settled: 0, owed: 0, water: 500 });
    await world.upload([late, world.use(next, 100)]);
    expect(await world.places(accountNo)).toEqual({ card: 1_500, purse: 900, settled: 100, owed: 0, water: 600 });
  });

  test('whose account has no money left: the water is paid, and the holder owes it', async () => {
    const { world, accountNo, chip } = await loaded(1_000);
    const late = world.use(chip, 900);
    await world.replaceCard(accountNo);
    // The rest came back, and the new card took all of it.
    await world.swipe(world.card(accountNo, 2));
    await world.upload([late]);
    expect(await world.places(accountNo)).toEqual({ card: 0, purse: 1_000, settled: 0, owed: 900, water: 900 });
  });

  test('the old one, active again, lives on where the card can give what its chip still holds', async () => {
    const { world, accountNo, chip } = await loaded();
    await world.upload([world.use(chip, 200)]);
    await world.swipe(await world.replaceCard(accountNo));
    await world.till.change(accountNo, (head) => ({
      ...{ kind: 'card-activated', entryId: 'again', postings: [], occurredAt: world.till.now },
      state: { ...head.state, cardIssue: 1, cardsIssued: 2 },
    }));
    chip.purse.spend(100);
    // 2,800 in all after the first use; 100 more used, 1,000 in the purse again.
    expect(await world.swipe(chip)).toMatchObject({ usedFen: 100, refillFen: 1_000, purseFen: 1_000, cardFen: 1_700 });
    expect(chip.purse.restFen).toBe(1_000);
  });
});

describe('of one use, refuses and goes on with the others', () => {
  test('what no chip proves, a card that there is not, a serial used for another', async () => {
    const { world, accountNo, chip } = await loaded();
    const good = world.use(chip, 100);
    const forged = { ...world.use(chip, 100), purse: { ...good.purse, mac: 'f'.repeat(16) } };
    const codes = async (uses: Parameters<PurseWorld['upload']>[0]) =>
      (await world.upload(uses)).uses.map(({ state, reason }) => reason?.code ?? state);
    expect(await codes([forged, good])).toEqual(['purse.bad-proof', 'settled']);
    expect(await codes([{ ...world.use(chip, 100), serial: good.serial }])).toEqual(['payment.other-body']);
    expect(await world.places(accountNo)).toMatchObject({ water: 100 });
    const nobody = world.card(999_999_999);
    expect(await codes([world.use(nobody, 0)])).toEqual(['account.unknown']);
  });

  test('a chip that says it holds more than the books gave it, or has spent more than it holds', async () => {
    const { world, accountNo, chip } = await loaded();
    const greedy = { ...chip.purse.sums, loadedFen: 1_001, counter: 1 };
    expect((await world.upload([world.claim(accountNo, greedy)])).uses[0]).toMatchObject({ reason: { code: 'purse.other-state' } });
    const never = await world.till.account();
    for (const sums of [
      { loadedFen: 1_000, spentFen: 100, counter: 1 },
      { loadedFen: 100, spentFen: 101, counter: 1 },
    ])
      expect((await world.upload([world.claim(never, sums)])).uses[0]).toMatchObject({
        state: 'refused',
        reason: { code: 'purse.other-state' },
      });
  });
});

test('only a controller of a school with purses tells of uses', async () => {
  const { world, chip } = await loaded();
  const uses = [world.use(chip, 100)];
  for (const kind of ['pos', 'settlement-pos', 'kiosk'] as const)
    await expect(world.upload(uses, { kind })).rejects.toMatchObject({ code: 'terminal.wrong-kind' });
  const other = new PurseWorld(undefined, 'dufl');
  await expect(other.upload(uses)).rejects.toMatchObject({ code: 'purse.not-offered' });
});

test('the function may die at any of its calls: what the controller sends again ends at the same books', async () => {
  for (let at = 1; at < 60; at += 1) {
    for (const moment of ['before', 'after'] as const) {
      const { world, accountNo, chip } = await loaded();
      const uses = [world.use(chip, 100), world.use(chip, 150)];
      const died = await world.upload(uses, { deps: world.depsOver(faultyDatabase(world.database, { at, moment })) }).then(
        () => false,
        (error: unknown) => error instanceof Crash,
      );
      expect((await world.upload(uses)).uses.map(({ state }) => state)).toEqual(['settled', 'settled']);
      expect(await world.places(accountNo)).toEqual({ card: 2_000, purse: 750, settled: 250, owed: 0, water: 250 });
      if (!died) return;
    }
  }
  throw new Error('it never came to its end');
});

describe('in the night', () => {
  test('what was stored and not settled is settled, once', async () => {
    const { world, accountNo, chip } = await loaded();
    const uses = [world.use(chip, 100), world.use(chip, 150)];
    const busy = { ...world.deps, passbook: { ...world.deps.passbook, appendWith: async () => ({ written: false, failed: 0 }) as never } };
    expect((await world.upload(uses, { terminal: BOILER, deps: busy })).uses.map(({ state }) => state)).toEqual(['stored', 'stored']);
    expect(await world.places(accountNo)).toMatchObject({ water: 0 });
    expect(await settleWaitingUses(world.deps, Number.MAX_SAFE_INTEGER)).toEqual({
      looked: 2,
      settled: 2,
      refused: 0,
      failed: [],
      complete: true,
    });
    expect(await world.places(accountNo)).toEqual({ card: 2_000, purse: 750, settled: 250, owed: 0, water: 250 });
    expect(await settleWaitingUses(world.deps, Number.MAX_SAFE_INTEGER)).toMatchObject({ looked: 0 });
  });

  test('one account’s trouble stops no other', async () => {
    const { world, chip } = await loaded();
    const other = world.card(await world.till.account({ cardFen: 2_000 }));
    await world.swipe(other);
    const busy = { ...world.deps, passbook: { ...world.deps.passbook, appendWith: async () => ({ written: false, failed: 0 }) as never } };
    await world.upload([world.use(chip, 100), world.use(other, 150)], { terminal: SHOWER, deps: busy });
    let asked = 0;
    const packOf: typeof world.deps.packOf = async (schoolId) => {
      asked += 1;
      if (asked === 1) throw new Error('no answer');
      return world.deps.packOf(schoolId);
    };
    const run = await settleWaitingUses({ ...world.deps, packOf }, Number.MAX_SAFE_INTEGER);
    expect(run).toMatchObject({ looked: 2, settled: 1, failed: [{ error: expect.any(Error) }] });
  });
});
