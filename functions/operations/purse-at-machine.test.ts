import { fen } from '../../shared/money';
import { Crash, faultyDatabase } from '../test/faulty-database';
import { CONTROLLERS, PurseWorld, WATER } from '../test/purse-world';

const [SHOWER] = CONTROLLERS;

test('BI-16: the first swipe loads 10 yuan from the card into the chip’s purse, for water only', async () => {
  const world = new PurseWorld();
  const accountNo = await world.till.account({ cardFen: 3_000 });
  const chip = world.card(accountNo);
  const reply = await world.swipe(chip);
  expect(reply).toMatchObject({ kind: 'settle', cardFen: 2_000, usedFen: 0, refillFen: 1_000, purseFen: 1_000 });
  expect(chip.purse.restFen).toBe(1_000);
  expect(await world.places(accountNo)).toEqual({ card: 2_000, purse: 1_000, settled: 0, owed: 0, water: 0 });
  const entry = await world.till.head(accountNo);
  expect(entry).toMatchObject({ kind: 'purse-loaded', counterparty: { book: 'terminal/40/2026-11-21' } });
});

test('BI-17, BI-18: a settlement shows balance and use, pays the water, and fills the purse up to 10 yuan', async () => {
  const world = new PurseWorld();
  const accountNo = await world.till.account({ cardFen: 3_000 });
  const chip = world.card(accountNo);
  await world.swipe(chip);
  chip.purse.spend(340);
  expect(await world.send(world.body(chip, 'read'))).toMatchObject({ cardFen: 2_000, usedFen: 340, refillFen: 0, purseFen: 660 });
  expect(await world.swipe(chip)).toMatchObject({ cardFen: 1_660, usedFen: 340, refillFen: 340, purseFen: 1_000 });
  expect(chip.purse.restFen).toBe(1_000);
  expect(await world.places(accountNo)).toEqual({ card: 1_660, purse: 1_000, settled: 340, owed: 0, water: 340 });
  expect(await world.till.head(accountNo)).toMatchObject({ kind: 'purse-settled', merchant: WATER, state: { purseSpentFen: 340 } });
  // Between two settlements no more than the ceiling can be used.
  expect(chip.purse.spend(5_000)).toBe(1_000);
});

test('a card that is short refills as far as it has money and never goes below zero', async () => {
  const world = new PurseWorld();
  const accountNo = await world.till.account({ cardFen: 1_150 });
  const chip = world.card(accountNo);
  await world.swipe(chip);
  chip.purse.spend(400);
  expect(await world.swipe(chip)).toMatchObject({ cardFen: 0, usedFen: 400, refillFen: 150, purseFen: 750 });
  chip.purse.spend(750);
  expect(await world.swipe(chip)).toMatchObject({ cardFen: 0, usedFen: 750, refillFen: 0, purseFen: 0 });
  expect(chip.purse.restFen).toBe(0);
});

test('an empty card has no first load, and one with less than ten yuan what it has', async () => {
  const world = new PurseWorld();
  const empty = await world.till.account();
  await expect(world.swipe(world.card(empty))).rejects.toMatchObject({ code: 'payment.insufficient-balance' });
  const little = await world.till.account({ cardFen: 320 });
  expect(await world.swipe(world.card(little))).toMatchObject({ cardFen: 0, refillFen: 320, purseFen: 320 });
});

test('a swipe with nothing used and nothing missing writes no entry, and tells the chip its sum again', async () => {
  const world = new PurseWorld();
  const accountNo = await world.till.account({ cardFen: 3_000 });
  const chip = world.card(accountNo);
  const { load } = await world.send(world.body(chip));
  const before = await world.till.head(accountNo);
  // The card was pulled before the chip was written: the next visit writes the same sum.
  const reply = await world.swipe(chip);
  expect(reply).toMatchObject({ entryId: null, refillFen: 0, load });
  expect(await world.till.head(accountNo)).toEqual(before);
  expect(chip.purse.restFen).toBe(1_000);
});

test('the same bytes have the same answer for ever, and other bytes none', async () => {
  const world = new PurseWorld();
  const chip = world.card(await world.till.account({ cardFen: 5_000 }));
  await world.swipe(chip);
  chip.purse.spend(200);
  const body = world.body(chip);
  const first = await world.send(body);
  await world.upload([world.use(chip, 300)]);
  world.till.now += 3_600_000;
  expect(await world.send(body)).toEqual({ ...first, serverTime: expect.any(String) });
  await expect(world.send({ ...world.body(chip), sequence: body.sequence })).rejects.toMatchObject({ code: 'payment.other-body' });
});

describe('a connected controller', () => {
  test('settles and fills the purse up without a walk to the settlement machine', async () => {
    const world = new PurseWorld();
    const accountNo = await world.till.account({ cardFen: 3_000 });
    const chip = world.card(accountNo);
    await world.swipe(chip);
    chip.purse.spend(900);
    expect(await world.swipe(chip, { terminal: SHOWER })).toMatchObject({ usedFen: 900, refillFen: 900, purseFen: 1_000 });
    expect(await world.places(accountNo)).toMatchObject({ card: 1_100, purse: 1_000, water: 900 });
  });

  test('gives no first load', async () => {
    const world = new PurseWorld();
    const chip = world.card(await world.till.account({ cardFen: 3_000 }));
    await expect(world.swipe(chip, { terminal: SHOWER })).rejects.toMatchObject({ code: 'purse.not-loaded' });
  });
});

describe('refuses', () => {
  async function loaded() {
    const world = new PurseWorld();
    const accountNo = await world.till.account({ cardFen: 3_000 });
    const chip = world.card(accountNo);
    await world.swipe(chip);
    return { world, accountNo, chip };
  }
  const refusal = (code: string) => expect.objectContaining({ code });

  test('a terminal of another kind, also a till of old that says nothing of its kind', async () => {
    const { world, chip } = await loaded();
    for (const kind of ['pos', 'kiosk', 'gate'] as const)
      await expect(world.send(world.body(chip), world.deps, { kind })).rejects.toEqual(refusal('terminal.wrong-kind'));
    await expect(world.send(world.body(chip), world.deps, {})).rejects.toEqual(refusal('terminal.wrong-kind'));
  });

  test('a school without purses', async () => {
    const world = new PurseWorld(undefined, 'sjtu');
    await expect(world.swipe(world.card(await world.till.account({ cardFen: 100 })))).rejects.toEqual(refusal('purse.not-offered'));
  });

  test('sums that no chip of that card signed', async () => {
    const { world, chip } = await loaded();
    const body = world.body(chip);
    await expect(world.send({ ...body, purse: { ...body.purse, spentFen: fen(500) } })).rejects.toEqual(refusal('purse.bad-proof'));
    await expect(world.send({ ...body, purse: { ...body.purse, mac: '0'.repeat(16) } })).rejects.toEqual(refusal('purse.bad-proof'));
    await expect(world.send({ ...body, chip: { ...body.chip, mac: '0'.repeat(16) } })).rejects.toEqual(refusal('card.bad-chip-code'));
  });

  test('a lost, replaced or closed card', async () => {
    const { world, accountNo, chip } = await loaded();
    const set = (change: object) =>
      world.till.change(accountNo, (head) => ({
        ...{ kind: 'limits-changed', entryId: `e${head.n}`, postings: [], occurredAt: world.till.now },
        state: { ...head.state, ...change },
      }));
    await set({ lostAt: 1 });
    await expect(world.swipe(chip)).rejects.toEqual(refusal('card.lost'));
    await set({ lostAt: 0, closed: true });
    await expect(world.swipe(chip)).rejects.toEqual(refusal('account.closed'));
    await set({ closed: false });
    await world.replaceCard(accountNo);
    await expect(world.swipe(chip)).rejects.toEqual(refusal('card.replaced'));
  });

  test('what was begun a minute ago, and a machine whose clock is ahead', async () => {
    const { world, chip } = await loaded();
    chip.purse.spend(100);
    const body = world.body(chip);
    world.till.now += 60_001;
    await expect(world.send(body)).rejects.toEqual(refusal('claim.too-late'));
    await expect(world.send({ ...world.body(chip), occurredAt: world.till.now + 30_001 })).rejects.toEqual(refusal('terminal.clock'));
  });

  test('a chip whose sums were turned back, and says nothing against an older request that came late', async () => {
    const { world, accountNo, chip } = await loaded();
    const late = world.body(chip);
    await world.upload([world.use(chip, 300)]);
    await expect(world.send(late)).rejects.toEqual(refusal('purse.other-state'));
    expect(world.stopped).toBe(0);
    expect(await world.swipe(chip)).toMatchObject({ usedFen: 0, refillFen: 300 });
    expect(await world.places(accountNo)).toMatchObject({ card: 1_700, purse: 1_000, water: 300 });
  });

  test('two chips of one card: from then on nothing of it is believed until there is a new card', async () => {
    const { world, accountNo, chip } = await loaded();
    const clone = world.card(accountNo);
    clone.purse.load(world.till.schoolId, (await world.send(world.body(chip))).load ?? { loadedFen: 0, mac: '' });
    for (let times = 0; times < 3; times += 1) chip.purse.spend(200);
    await world.upload([world.use(chip, 0)]);
    for (let times = 0; times < 5; times += 1) clone.purse.spend(10);
    await expect(world.send(world.body(clone))).rejects.toEqual(refusal('purse.other-state'));
    expect(world.stopped).toBe(1);
    await expect(world.swipe(chip)).rejects.toEqual(refusal('purse.other-state'));
    const next = await world.replaceCard(accountNo);
    expect(await world.swipe(next)).toMatchObject({ usedFen: 0, refillFen: 1_000 });
    expect(await world.places(accountNo)).toEqual({ card: 1_400, purse: 1_000, settled: 0, owed: 0, water: 600 });
  });
});

test('the function may die at any of its calls: the same bytes end at the same books', async () => {
  for (let at = 1; at < 40; at += 1) {
    for (const moment of ['before', 'after'] as const) {
      const world = new PurseWorld();
      const accountNo = await world.till.account({ cardFen: 3_000 });
      const chip = world.card(accountNo);
      await world.swipe(chip);
      chip.purse.spend(250);
      const body = world.body(chip);
      const dying = faultyDatabase(world.database, { at, moment });
      const died = await world.send(body, world.depsOver(dying)).then(
        () => false,
        (error: unknown) => error instanceof Crash,
      );
      expect(await world.send(body)).toMatchObject({ usedFen: 250, refillFen: 250, purseFen: 1_000, cardFen: 1_750 });
      expect(await world.places(accountNo)).toEqual({ card: 1_750, purse: 1_000, settled: 250, owed: 0, water: 250 });
      if (!died) return;
    }
  }
  throw new Error('it never came to its end');
});
