import { fen } from '../../../shared/money';
import type { RulePack } from '../../../shared/rule-pack';
import type { EpochMs } from '../../../shared/time';
import { openedDraft, topUpDraft } from '../../domain/account-changes';
import { firstEntry, nextEntry } from '../../domain/entry';
import { deriveSchoolKeys, type SchoolKeys } from '../../domain/school-keys';
import { toItem } from '../../store/entry-item';
import { createModelDatabase } from '../model-database';
import { AccountChanges } from './account-changes';
import { Cardholder } from './cardholder';
import { Chance } from './chance';
import { checkEnd } from './final-check';
import { createInstance } from './function-instance';
import { TopUps } from './payer';
import { PlatformModel } from './payment-platform';
import type { SimulationResult } from './result';
import { Scheduler } from './scheduler';
import { ID_TAIL, PASSWORD, studentParts } from './student-functions';
import { Terminal } from './terminal';
import { Watch } from './watch';
import { drawWeather, FAIR } from './weather';
import type { Mix, World } from './world';

export interface SimulationInput {
  readonly seed: number;
  /** Operations to run before the weather clears up. */
  readonly operations: number;
  readonly packs: readonly RulePack[];
  /** Keeps what happened, for a reader. */
  readonly trail?: boolean;
}

export class SimulationFailure extends Error {
  override readonly name = 'SimulationFailure';
  readonly trail: readonly string[];

  constructor(seed: number, cause: unknown, trail: readonly string[]) {
    super(
      `seed ${seed}: ${cause instanceof Error ? (cause.name === 'Broken' ? cause.message : (cause.stack ?? cause.message)) : String(cause)}`,
      { cause },
    );
    this.trail = trail;
  }
}

/** One world from its seed: people, terminals and bad luck, then calm, then the reckoning. Throws SimulationFailure. */
export async function simulate(input: SimulationInput): Promise<SimulationResult> {
  const world = createWorld(input);
  const holders = await openAccounts(world);
  const platform = new PlatformModel(world);
  const topUps = new TopUps(world, platform);
  const changes = new AccountChanges(world);
  const terminals = Array.from({ length: world.mix.terminals }, (_, index) => new Terminal(world, index + 1));
  try {
    for (const holder of holders)
      for (let app = 0; app < 2; app += 1) world.scheduler.start(() => changes.bindApp(holder, holder.install()));
    await world.scheduler.run();

    world.weather = drawWeather(world.chance);
    for (const terminal of terminals) world.scheduler.start(() => terminal.sell(holders));
    for (let i = 0; i < world.mix.topUps; i += 1) world.scheduler.start(() => topUps.topUp(holders));
    for (let i = 0; i < world.mix.holders; i += 1) world.scheduler.start(() => changes.live(holders));
    world.scheduler.start(() => topUps.sweep());
    await world.scheduler.run();

    world.weather = FAIR;
    for (const terminal of terminals) world.scheduler.start(() => terminal.close());
    world.scheduler.start(() => topUps.settle());
    await world.scheduler.run();
    world.model.catchUp();
    return await checkEnd(world);
  } catch (error) {
    throw new SimulationFailure(input.seed, error, world.watch.trail ?? []);
  }
}

const keyCache = new Map<string, SchoolKeys>();

function createWorld({ seed, operations, packs, trail = false }: SimulationInput): World {
  const chance = new Chance(seed);
  const pack = chance.pick(packs);
  const keys = keyCache.get(pack.schoolId) ?? deriveSchoolKeys(new Uint8Array(32).fill(42), pack.schoolId);
  keyCache.set(pack.schoolId, keys);
  const model = createModelDatabase({ late: true, now: () => scheduler.now });
  const scheduler = new Scheduler({
    chance,
    startAt: drawStart(chance),
    afterStep: () => {
      if (chance.is(world.weather.catchUp)) model.catchUp(chance.between(1, 4), (below) => chance.below(below));
    },
  });
  const watch = new Watch({ pack, now: () => scheduler.now, trail });
  const world: World = {
    chance,
    scheduler,
    model,
    weather: FAIR,
    taken: new Set(),
    pack,
    keys,
    watch,
    mix: drawMix(chance),
    operations: 0,
    budget: operations,
    onWrite: (item) => watch.wrote(item),
  };
  return world;
}

/** Any time of day, or just before a boundary: midnight, a month's end, a week's end (UTC+8). */
function drawStart(chance: Chance): EpochMs {
  const evening = (year: number, month: number, day: number): EpochMs => Date.UTC(year, month, day, 16) - chance.between(5_000, 60_000);
  return chance.pick([
    Date.UTC(2026, 10, 21) + chance.below(86_400_000),
    evening(2026, 10, 21),
    // Saturday to Sunday the 29th, Sunday to Monday the 30th, the 30th to December.
    evening(2026, 10, 29),
    evening(2026, 10, 30),
  ]);
}

function drawMix(chance: Chance): Mix {
  return {
    accounts: chance.pick([1, 3, 8, 30]),
    terminals: chance.pick([2, 4, 8]),
    hot: chance.pick([0, 0.2, 0.6]),
    codes: chance.pick([0.1, 0.5, 0.9]),
    reusedCodes: chance.pick([0.05, 0.3]),
    voids: chance.pick([0.02, 0.15]),
    asks: chance.pick([0.1, 0.6]),
    restMs: chance.pick([1_500, 4_000, 12_000]),
    topUps: chance.pick([1, 3]),
    holders: chance.pick([0, 1, 3]),
    terminalSkewMs: chance.pick([0, 3_000, 35_000]),
  };
}

/** Each account with money on the card and money that waits, as roster and earlier top-ups leave it. */
async function openAccounts(world: World): Promise<readonly Cardholder[]> {
  const holders: Cardholder[] = [];
  for (let index = 0; index < world.mix.accounts; index += 1) {
    const holder = new Cardholder(world, 100_000_001 + world.chance.below(800_000_000) + index);
    if (world.watch.accounts.has(holder.accountNo)) continue;
    holders.push(holder);
    await openAccount(world, holder);
  }
  return holders;
}

async function openAccount(world: World, holder: Cardholder): Promise<void> {
  const { pack, scheduler, model, watch, chance } = world;
  const { accountNo, number, name } = holder;
  const { schoolId } = pack;
  const at = { recordedAt: scheduler.now, utcOffsetMinutes: pack.utcOffsetMinutes };
  let entry = firstEntry({ schoolId, accountNo, draft: openedDraft({ occurredAt: scheduler.now, cardIssue: 1 }), ...at });
  const append = async (next: typeof entry): Promise<void> => {
    entry = next;
    const item = toItem(entry);
    await model.passbook.put(item, { is: 'absent' });
    watch.wrote(item);
  };
  await append(entry);
  const parts = studentParts(world, createInstance(world));
  const rows = parts.holders.newRows({
    schoolId,
    accountNo,
    number,
    name,
    kind: 'student',
    idTail: parts.fieldCipher.seal({ schoolId, accountNo, field: 'idTail' }, ID_TAIL),
    mobile: '',
    cardNumbers: [],
    passwordHash: await parts.passwords.hash(PASSWORD),
    passwordChangedAt: scheduler.now,
    provenAt: scheduler.now,
    links: {},
    version: 1,
  });
  await model.transact(rows);
  const amounts = [
    ['realtime', chance.between(0, 6_000)],
    ['claim', chance.between(0, 6_000)],
  ] as const;
  for (const [mode, amount] of amounts) {
    if (amount === 0) continue;
    const orderNo = `first-${mode}-${accountNo}`;
    watch.paid.set(orderNo, { orderNo, accountNo, amountFen: fen(amount) });
    const credit = { orderNo, channel: 'wechat-pay', amountFen: fen(amount), paidAt: scheduler.now, recordedAt: scheduler.now } as const;
    await append(nextEntry(entry, topUpDraft(entry, credit, { ...pack, arrival: { ...pack.arrival, mode } }), at));
  }
}
