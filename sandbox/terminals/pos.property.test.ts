import fc from 'fast-check';
import { TillWorld } from '../../functions/test/till-world';
import { PowerCut } from './machine';
import { type Pos, TillRefusal } from './pos';

const RUNS = process.env.ECODE_FULL === '1' ? 1_000 : 60;
/** A failure is shrunk within it too. */
const TIME_LIMIT_MS = process.env.ECODE_FULL === '1' ? 150_000 : 12_000;
const ACCOUNTS = 2;
const STEPS = ['sale.write', 'charge.send', 'charge.answer', 'query.send', 'query.answer', 'void.write', 'void.send', 'void.answer'];

/** What can befall a till, in any order. */
const eventArbitrary = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('sell' as const), account: fc.nat(ACCOUNTS - 1), amountFen: fc.integer({ min: 1, max: 900 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('retry' as const, 'query' as const, 'void' as const), which: fc.nat(9) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('tick' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('network' as const),
      to: fc.constantFrom('up' as const, 'cut' as const, 'answer-lost' as const, 'late' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), forMs: fc.constantFrom(1_000, 5_000, 20_000, 61_000) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('deliver' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('top-up' as const), account: fc.nat(ACCOUNTS - 1) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cut-power' as const), at: fc.constantFrom(...STEPS) }) },
);
type Event = typeof eventArbitrary extends fc.Arbitrary<infer T> ? T : never;

/** A network that may also keep a request and hand it in later, when the till has long asked about it in other ways. */
class Story {
  readonly world = new TillWorld();
  readonly accounts: number[] = [];
  readonly #late: (() => Promise<unknown>)[] = [];
  #isLate = false;
  till!: Pos;

  async begin(): Promise<void> {
    for (let account = 0; account < ACCOUNTS; account += 1) this.accounts.push(await this.world.fixture.account({ cardFen: 500 }));
    const { fetch } = this.world;
    const wire: typeof fetch = async (input, init) => {
      if (!this.#isLate) return fetch(input, init);
      this.#late.push(() => fetch(input, init));
      throw new TypeError('nothing comes back');
    };
    Object.assign(this.world, { fetch: wire });
    this.till = this.world.switchOn();
  }

  async play(event: Event): Promise<void> {
    try {
      await this.#act(event);
    } catch (error) {
      if (error instanceof PowerCut) this.till = this.world.switchOn();
      else if (!(error instanceof TillRefusal)) throw error;
    }
  }

  async #act(event: Event): Promise<unknown> {
    const { world, till } = this;
    switch (event.do) {
      case 'sell':
        return till.chargeCard(event.amountFen, world.chip(this.accounts[event.account] ?? 0));
      case 'retry':
      case 'query':
      case 'void': {
        const { sales } = till.journal.memory;
        const sale = sales[event.which % Math.max(1, sales.length)];
        return sale && till[event.do](sale.sequence);
      }
      case 'tick':
        return till.tick();
      case 'network':
        this.#isLate = event.to === 'late';
        world.network = event.to === 'late' ? 'up' : event.to;
        return;
      case 'wait':
        world.fixture.now += event.forMs;
        return;
      case 'top-up':
        return world.topUp(this.accounts[event.account] ?? 0, 1_000);
      case 'deliver':
        return this.deliver();
      case 'cut-power':
        return world.cutPowerAt(event.at);
    }
  }

  /** Whatever hung in the network arrives now, and nobody hears the answers. */
  async deliver(): Promise<void> {
    const { network } = this.world;
    this.world.network = 'up';
    for (const arrive of this.#late.splice(0)) await arrive();
    this.world.network = network;
  }

  async end(): Promise<void> {
    this.world.step = () => undefined;
    this.#isLate = false;
    this.world.network = 'up';
    await this.deliver();
    this.till = this.world.switchOn();
    for (let tick = 0; tick < 40 && this.till.journal.unsettled().length > 0; tick += 1) {
      this.world.fixture.now += 31_000;
      await this.till.tick();
    }
  }

  /** Sequence → charged and taken back, as the passbooks have it. */
  async book(): Promise<Map<string, { charges: number; voids: number }>> {
    const found = new Map<string, { charges: number; voids: number }>();
    for (const account of this.accounts) {
      for (const { kind, entryId } of await this.world.fixture.all(account)) {
        const sequence = /^7-(\d+)(-void)?$/.exec(entryId)?.[1];
        if (sequence === undefined || (kind !== 'charge' && kind !== 'void')) continue;
        const so = found.get(sequence) ?? { charges: 0, voids: 0 };
        found.set(sequence, kind === 'charge' ? { ...so, charges: so.charges + 1 } : { ...so, voids: so.voids + 1 });
      }
    }
    return found;
  }
}

test(
  'whatever befalls a till, what it says of a sale is in the passbook, and in the end both agree on every sale',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(eventArbitrary, { minLength: 1, maxLength: 25 }), async (events) => {
        const story = new Story();
        await story.begin();
        for (const event of events) {
          await story.play(event);
          const book = await story.book();
          for (const { sequence, state } of story.till.journal.memory.sales) {
            const { charges, voids } = book.get(String(sequence)) ?? { charges: 0, voids: 0 };
            // Said at once, and true for ever: nothing is shown that the book does not have.
            if (state === 'charged') expect({ sequence, charges, voids }).toEqual({ sequence, charges: 1, voids: 0 });
            if (state === 'voided') expect({ sequence, charges, voids }).toEqual({ sequence, charges: 1, voids: 1 });
            if (state === 'not-charged') expect({ sequence, charges }).toEqual({ sequence, charges: 0 });
          }
        }
        await story.end();
        const { sales } = story.till.journal.memory;
        expect(sales.filter(({ state }) => state === 'open' || state === 'unknown')).toEqual([]);
        const charged = new Map([...(await story.book())].map(([sequence, { charges, voids }]) => [sequence, [charges, voids]]));
        const known = new Map(
          sales.flatMap(({ sequence, state }) =>
            state === 'not-charged' ? [] : [[String(sequence), [1, state === 'voided' ? 1 : 0]] as const],
          ),
        );
        expect(charged).toEqual(known);
      }),
      { numRuns: RUNS, interruptAfterTimeLimit: TIME_LIMIT_MS },
    );
  },
  TIME_LIMIT_MS + 30_000,
);
