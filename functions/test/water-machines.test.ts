import { type Machine, PowerCut } from '../../sandbox/terminals/machine';
import { labels, read } from './kiosk-world';
import { WaterWorld } from './water-world';

describe('BISTU’s small purse', () => {
  test('BI-15: baths and hot-water machines take the small purse, and its name is the school’s', async () => {
    const { school } = await WaterWorld.open();
    const places = school.pack.places.filter(({ kind }) => kind === 'water-controller').map(({ name }) => name.zh);
    expect([school.pack.purses[0]?.label.zh, places]).toEqual(['小钱包', ['小营校区浴室', '健翔桥校区浴室', '健翔桥校区开水机']]);
    const world = await WaterWorld.open();
    const shower = world.shower();
    expect(read(shower.screen(), '插卡')).toBe('请插卡用水');
  });

  test('BI-16: without the first swipe at the settlement machine no water runs; that swipe loads 10 yuan, for water only', async () => {
    const world = await WaterWorld.open();
    const shower = world.shower();
    const refused = await shower.place(world.chip);
    expect([refused.id, refused.notice?.text.zh, labels(refused)]).toEqual(['water.refused', '请先在结算机刷卡预充小钱包', ['退出']]);
    await shower.place(null);
    const pos = world.pos();
    const done = await pos.place(world.chip);
    expect([done.id, read(done, '小钱包充入'), read(done, '小钱包余额')]).toEqual(['settlement.done', '10.00元', '10.00元']);
    expect(await world.places()).toEqual({ card: 2_000, purse: 1_000, settled: 0, owed: 0, water: 0 });
  });

  test('BI-17: between two settlements no more than 10 yuan runs, and the controller stops at 0', async () => {
    const world = await WaterWorld.open();
    await world.pos().place(world.chip);
    world.isCut = true;
    const shower = world.shower();
    await shower.place(world.chip);
    for (let pulses = 0; pulses < 60; pulses += 1) await shower.press('run');
    const empty = shower.screen();
    expect([read(empty, '小钱包余额'), read(empty, '本次消费'), labels(empty)]).toEqual(['0.00元', '10.00元', []]);
    expect(empty.notice?.text.zh).toBe('小钱包余额不足，请到结算机结算');
    world.isCut = false;
    await shower.place(null);
    expect(await world.places()).toEqual({ card: 2_000, purse: 0, settled: 1_000, owed: 0, water: 1_000 });
  });

  test('BI-18: a settlement shows 系统账户余额 and 小钱包消费额', async () => {
    const world = await WaterWorld.open();
    const pos = world.pos();
    await pos.place(world.chip);
    await pos.place(null);
    world.isCut = true;
    await world.bathe(world.shower(), 17);
    world.isCut = false;
    const done = await pos.place(world.chip);
    expect([read(done, '系统账户余额'), read(done, '小钱包消费额'), read(done, '小钱包余额')]).toEqual(['16.60元', '3.40元', '10.00元']);
  });

  test('BI-19: a controller shows 小钱包余额 when the card is put in, with or without a network', async () => {
    const world = await WaterWorld.open();
    await world.pos().place(world.chip);
    const shower = world.shower();
    expect(read(await shower.place(world.chip), '小钱包余额')).toBe('10.00元');
    await shower.press('run');
    await shower.place(null);
    world.isCut = true;
    expect(read(await shower.place(world.chip), '小钱包余额')).toBe('9.80元');
  });

  test('BI-20: the five settlement places', async () => {
    const { table } = await (await WaterWorld.open()).pos().press('places');
    expect(table?.rows.map(([, place]) => place)).toEqual([
      '小营浴室',
      '健翔桥浴室',
      '健翔桥开水房',
      '健翔桥教三楼二、五层',
      '健翔桥学四公寓一层',
    ]);
  });
});

describe('a purse that settles itself', () => {
  test('a controller with a network settles and fills up when the card is put in, and tells the rest when it is taken out', async () => {
    const world = await WaterWorld.open();
    await world.pos().place(world.chip);
    const shower = world.shower();
    await world.bathe(shower, 10);
    expect(await world.places()).toMatchObject({ card: 2_000, purse: 800, water: 200 });
    expect(read(await shower.place(world.chip), '小钱包余额')).toBe('10.00元');
    expect(await world.places()).toMatchObject({ card: 1_800, purse: 1_000, water: 200 });
  });

  test('without one it keeps the uses over a power cut, and tells them when the line is back', async () => {
    const world = await WaterWorld.open();
    await world.pos().place(world.chip);
    world.isCut = true;
    await world.bathe(world.shower(), 3);
    await world.bathe(world.shower(), 2);
    const shower = world.shower();
    expect(read(shower.screen(), '待上传')).toBe('2');
    expect(await world.places()).toMatchObject({ purse: 1_000, water: 0 });
    world.school.now += 7 * 86_400_000;
    world.isCut = false;
    const after = await shower.press('upload');
    expect(labels(after)).toEqual([]);
    expect(await world.places()).toEqual({ card: 2_000, purse: 900, settled: 100, owed: 0, water: 100 });
  });

  test('two controllers and the settlement machine tell of the same purse in any order, and it is settled once', async () => {
    const world = await WaterWorld.open();
    await world.pos().place(world.chip);
    world.isCut = true;
    const [shower, boiler] = [world.shower(), world.boiler()];
    await world.bathe(shower, 5);
    await world.bathe(boiler, 4);
    world.isCut = false;
    await boiler.press('upload');
    expect(await world.places()).toMatchObject({ purse: 820, water: 180 });
    await world.pos().place(world.chip);
    await shower.press('upload');
    expect(await world.places()).toEqual({ card: 1_820, purse: 1_000, settled: 180, owed: 0, water: 180 });
  });

  test('a controller whose clock is fast gives water all the same, is told the time, and what it sold is settled', async () => {
    const world = await WaterWorld.open();
    await world.pos().place(world.chip);
    const shower = world.shower();
    shower.setFault('clock-fast', true);
    await world.bathe(shower, 5);
    expect(await world.places()).toMatchObject({ purse: 900, water: 100 });
    // Set right by hand meanwhile: it is told again.
    shower.setFault('clock-fast', false);
    await shower.press('upload');
    expect(await world.places()).toMatchObject({ purse: 900, water: 100 });
    expect((await world.school.head(world.accountNo)).occurredAt).toBe(world.school.now);
  });

  test('a lost card gets no water where there is a network', async () => {
    const world = await WaterWorld.open();
    await world.pos().place(world.chip);
    await world.school.change(world.accountNo, (head) => ({
      ...{ kind: 'loss-reported', entryId: 'lost', postings: [], occurredAt: world.school.now },
      state: { ...head.state, lostAt: world.school.now },
    }));
    expect((await world.shower().place(world.chip)).notice?.text.zh).toMatch(/^校园卡已挂失/);
  });
});

const FAULTS = ['power cut', 'card pulled', 'line cut', 'answer lost'] as const;
type Fault = (typeof FAULTS)[number];

/** Plays the act with the fault at its `at`th step; a machine whose power is cut is gone, and the one over the same disk comes after it. */
async function suffer(world: WaterWorld, machine: Machine, at: { fault: Fault; step: number }, act: () => Promise<unknown>): Promise<void> {
  world.steps = [];
  world.onStep = async (name, count) => {
    if (count !== at.step) return;
    if (at.fault === 'power cut') throw new PowerCut(name);
    if (at.fault === 'card pulled') await machine.place(null);
    if (at.fault === 'line cut') world.isCut = true;
    if (at.fault === 'answer lost') world.loseAnswers = 2;
  };
  await act().catch((error: unknown) => {
    if (!(error instanceof PowerCut)) throw error;
  });
  Object.assign(world, { isCut: false, loseAnswers: 0, onStep: () => undefined });
  world.school.now += 5_000;
}

/** Nothing is lost and nothing counted twice: all that was on the card is in one place, and the books never hold less than the chip. */
async function mustBeWhole(world: WaterWorld, totalFen: number): Promise<void> {
  const { card, purse, settled, water, owed } = await world.places();
  const { loadedFen, spentFen } = world.chip.purse.sums;
  expect({ total: card + purse + water - owed, owed }).toEqual({ total: totalFen, owed: 0 });
  expect(Math.min(card, purse)).toBeGreaterThanOrEqual(0);
  expect(settled).toBeLessThanOrEqual(spentFen);
  expect(loadedFen).toBeLessThanOrEqual(purse + settled);
}

describe.each(FAULTS)('every step, %s', (fault) => {
  const acts = {
    'the first load': { before: async () => undefined, spentFen: 0 },
    'a settlement': {
      before: async (world: WaterWorld) => {
        await world.pos().place(world.chip);
        world.isCut = true;
        await world.bathe(world.shower(), 17);
        world.isCut = false;
      },
      spentFen: 340,
    },
  };

  test.each(Object.entries(acts))('of %s: the next visit finishes it', async (_name, { before, spentFen }) => {
    const counted = await WaterWorld.open();
    await before(counted);
    counted.steps = [];
    await counted.pos().place(counted.chip);
    const steps = counted.steps.length;
    expect(counted.steps).toEqual(['settle.send', 'settle.heard', 'chip.write', 'chip.written']);
    for (let step = 1; step <= steps; step += 1) {
      const world = await WaterWorld.open();
      await before(world);
      const pos = world.pos();
      await suffer(world, pos, { fault, step }, () => pos.place(world.chip));
      await mustBeWhole(world, 3_000);
      // The next visit, at the machine with its power and line back.
      const done = await world.pos().place(world.chip);
      expect([fault, step, done.id, world.chip.purse.restFen]).toEqual([fault, step, 'settlement.done', 1_000]);
      await mustBeWhole(world, 3_000);
      expect(await world.places()).toEqual({ card: 2_000 - spentFen, purse: 1_000, settled: spentFen, owed: 0, water: spentFen });
    }
  });

  test('of a bath with its settlement, its water and its upload: all that the chip gave is settled, once', async () => {
    const begin = async () => {
      const world = await WaterWorld.open();
      await world.pos().place(world.chip);
      world.isCut = true;
      await world.bathe(world.boiler(), 3);
      world.isCut = false;
      return world;
    };
    const counted = await begin();
    counted.steps = [];
    await counted.bathe(counted.shower(), 2);
    const { length } = counted.steps;
    expect(counted.steps).toEqual([
      ...['settle.send', 'settle.heard', 'chip.write', 'chip.written'],
      ...['chip.write', 'chip.written', 'water.run', 'chip.write', 'chip.written', 'water.run'],
      ...['upload.send', 'upload.heard', 'uses.forget'],
    ]);
    for (let step = 1; step <= length; step += 1) {
      const world = await begin();
      const shower = world.shower();
      await suffer(world, shower, { fault, step }, () => world.bathe(shower, 2));
      await mustBeWhole(world, 3_000);
      // Whoever comes next: the controllers tell what they kept, the holder swipes.
      const back = fault === 'power cut' ? world.shower() : shower;
      await back.place(null);
      await world.boiler().place(null);
      await mustBeWhole(world, 3_000);
      await world.pos().place(world.chip);
      const { spentFen } = world.chip.purse.sums;
      expect(await world.places()).toEqual({ card: 2_000 - spentFen, purse: 1_000, settled: spentFen, owed: 0, water: spentFen });
      expect([world.chip.purse.restFen, back.screen().id, labels(back.screen())]).toEqual([1_000, 'water.home', []]);
    }
  });
});
