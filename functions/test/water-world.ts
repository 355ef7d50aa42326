import type { Machine, MachineWorld as Surroundings } from '../../sandbox/terminals/machine';
import { CardChip, type ChipMemory } from '../../sandbox/terminals/physical-card';
import { createSettlementPos } from '../../sandbox/terminals/settlement-pos';
import { newTerminalKey } from '../../sandbox/terminals/signed-request';
import { createWaterController } from '../../sandbox/terminals/water-controller';
import { errorTable } from '../../shared/errors';
import { sum } from '../../shared/money';
import { writeCardNumber } from '../domain/card-number';
import { chipKey } from '../domain/school-keys';
import { refuse } from '../lib/handler';
import type { HttpReply, HttpRequest } from '../lib/http';
import { createSchools } from '../store/schools';
import { createTerminals } from '../store/terminals';
import { createTerminalPurses, type TerminalPurses } from '../wiring/terminal-purses';
import { createModelDatabase } from './model-database';
import { SaleFixture } from './sale-fixture';

const SETTLEMENT_POS = 41;
const SHOWER = 42;
const BOILER = 43;
const WATER = 3;
const quiet = {
  log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  counter: { count: () => undefined, publish: () => undefined },
  texts: errorTable,
};

/** BISTU's baths with their screens, on a line to the function as its wiring makes it, over the model of the database. */
export class WaterWorld {
  readonly database = createModelDatabase();
  readonly school = new SaleFixture(this.database, 'bistu');
  accountNo = 0;
  /** What happens at a step of any machine. */
  onStep: (name: string, count: number) => Promise<void> | void = () => undefined;
  steps: string[] = [];
  /** The line is cut: nothing arrives. */
  isCut = false;
  /** So many answers are lost on their way back. */
  loseAnswers = 0;
  readonly paths: string[] = [];
  chip!: CardChip;

  readonly #purses: TerminalPurses;
  readonly #key = newTerminalKey();
  readonly #kept = new Map<number, string>();

  constructor() {
    this.#purses = createTerminalPurses({
      database: this.database,
      clock: () => this.school.now,
      masterKey: new Uint8Array(32).fill(7),
    });
  }

  static async open(cardFen = 3_000): Promise<WaterWorld> {
    const world = new WaterWorld();
    await createSchools(world.database).publish(world.school.pack);
    const terminals = createTerminals(world.database);
    const common = { schoolId: 'bistu', publicKey: world.#key.publicKey, merchant: WATER, name: '水控', status: 'active' } as const;
    await terminals.save({ ...common, terminal: SETTLEMENT_POS, kind: 'settlement-pos' });
    for (const terminal of [SHOWER, BOILER]) await terminals.save({ ...common, terminal, kind: 'water-controller' });
    world.accountNo = await world.school.account({ cardFen });
    world.chip = world.card();
    return world;
  }

  card(issue = 1, memory: Partial<ChipMemory> = {}): CardChip {
    const cardNumber = writeCardNumber({ accountNo: this.accountNo, issue });
    return new CardChip({ cardNumber, chipKey: chipKey(this.school.keys, cardNumber) }, memory);
  }

  /** The machine over what it has kept: the same one, after its power was cut. */
  pos(): Machine {
    return createSettlementPos(this.#identity(SETTLEMENT_POS), this.school.pack, this.#surroundings(SETTLEMENT_POS));
  }

  shower(): Machine {
    return createWaterController(this.#identity(SHOWER), this.school.pack, this.#surroundings(SHOWER));
  }

  boiler(): Machine {
    return createWaterController(this.#identity(BOILER), this.school.pack, this.#surroundings(BOILER));
  }

  /** Puts the card in, runs water so many times, and takes it out. */
  async bathe(machine: Machine, pulses: number, chip: CardChip = this.chip): Promise<void> {
    await machine.place(chip);
    for (let done = 0; done < pulses; done += 1) await machine.press('run');
    await machine.place(null);
  }

  /** Where the money of the holder lies; `water` is what the merchant got. */
  async places() {
    const { balances, owedFen = 0, purseSpentFen = 0 } = (await this.school.head(this.accountNo)).state;
    const legs = (await this.school.all(this.accountNo)).flatMap(({ postings }) => postings);
    const water = sum(legs.filter(({ leg }) => leg === `merchant:${WATER}`).map(({ amountFen }) => amountFen));
    return { card: balances.card, purse: balances.purse, settled: purseSpentFen, owed: owedFen, water };
  }

  #identity(terminal: number) {
    return { schoolId: 'bistu', terminal, key: this.#key, pinKeys: [] };
  }

  #surroundings(terminal: number): Surroundings {
    return {
      fetch: (input, init) => this.#fetch(new URL(String(input)), init ?? {}),
      clock: () => this.school.now,
      baseUrl: 'http://functions.invalid',
      memory: {
        load: () => JSON.parse(this.#kept.get(terminal) ?? 'null'),
        // Text, as on a disk.
        save: (memory) => this.#kept.set(terminal, JSON.stringify(memory)),
      },
      step: async (name) => {
        this.steps.push(name);
        await this.onStep(name, this.steps.length);
      },
    };
  }

  async #fetch(url: URL, init: RequestInit): Promise<Response> {
    if (this.isCut) throw new TypeError('the line is cut');
    this.paths.push(url.pathname);
    const reply = await this.#answer(url.pathname, init);
    if (this.loseAnswers > 0) {
      this.loseAnswers -= 1;
      throw new TypeError('the answer was lost');
    }
    return new Response(String(reply.body), { status: reply.status });
  }

  async #answer(path: string, init: RequestInit): Promise<HttpReply> {
    const request: HttpRequest = {
      method: 'POST',
      path,
      query: {},
      headers: Object.fromEntries(new Headers(init.headers).entries()),
      rawBody: new TextEncoder().encode(String(init.body)),
      sourceIp: '192.0.2.1',
      requestId: 'r',
    };
    try {
      const answer = path === '/terminal/purses' ? this.#purses.settle(request) : this.#purses.upload(request);
      return { status: 200, headers: {}, body: JSON.stringify(await answer) };
    } catch (error) {
      return refuse(error, quiet);
    }
  }
}
