import fc from 'fast-check';
import { sum } from '../../shared/money';
import { verifyPassbook } from '../domain/verify-passbook';
import { authorizePayment } from '../operations/authorize-payment';
import { reverse } from '../operations/reverse-sale';
import { Crash, faultyDatabase } from './faulty-database';
import { MachineWorld } from './machine-world';
import { createModelDatabase } from './model-database';

/** A chip: it keeps the number of its last write, and adds an amount once for a number. */
class Chip {
  last = 0;
  valueFen = 0;

  write(n: number, amountFen: number): void {
    if (n <= this.last) return;
    this.last = n;
    this.valueFen += amountFen;
  }
}

type Step =
  | { readonly do: 'top-up' | 'charge'; readonly fen: number }
  | { readonly do: 'cash'; readonly notes: number; readonly canWrite: boolean; readonly dies: number }
  | { readonly do: 'claim'; readonly dies: number }
  /** What the machine did with the chip, and what it could tell of it. */
  | { readonly do: 'write'; readonly outcome: 'written' | 'failed' | 'pulled' | 'power loss after writing'; readonly amountOff: number }
  | { readonly do: 'rewrite' }
  | { readonly do: 'tell again'; readonly which: number }
  | { readonly do: 'take back'; readonly which: number };

const dies = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 12 }) });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('top-up' as const, 'charge' as const), fen: fc.integer({ min: 1, max: 4_000 }) }),
  fc.record({ do: fc.constant('cash' as const), notes: fc.integer({ min: 1, max: 3 }), canWrite: fc.boolean(), dies }),
  fc.record({ do: fc.constant('claim' as const), dies }),
  fc.record({
    do: fc.constant('write' as const),
    outcome: fc.constantFrom('written' as const, 'failed' as const, 'pulled' as const, 'power loss after writing' as const),
    amountOff: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: -5, max: 5 }) }),
  }),
  fc.record({ do: fc.constant('rewrite' as const) }),
  fc.record({ do: fc.constant('tell again' as const), which: fc.nat(5) }),
  fc.record({ do: fc.constant('take back' as const), which: fc.nat(5) }),
);

/** One account, its card and a machine that may lose power at any moment. */
class Run {
  readonly world: MachineWorld;
  readonly chip = new Chip();
  readonly writes: { readonly n: number; readonly amountFen: number }[] = [];
  accountNo = 0;
  paidFen = 0;
  moment: 'before' | 'after' = 'before';

  constructor() {
    this.world = new MachineWorld(createModelDatabase());
  }

  async take(it: Step): Promise<void> {
    const { world, accountNo } = this;
    world.till.now += 1_000;
    switch (it.do) {
      case 'top-up':
        await world.topUp(accountNo, it.fen);
        this.paidFen += it.fen;
        return;
      case 'charge':
        await authorizePayment(world.till.deps, world.till.tapSale(accountNo, it.fen));
        return;
      case 'cash': {
        const body = world.cashBody(accountNo, it.notes, { canWrite: it.canWrite });
        const { write } = await this.#untilAnswered(it.dies, (deps) => world.cash(body, deps));
        this.paidFen += it.notes * 10_000;
        if (write !== null) this.writes.push({ n: write, amountFen: it.notes * 10_000 });
        return;
      }
      case 'claim': {
        const body = world.claimBody(accountNo);
        const reply = await this.#unlessRefused(() => this.#untilAnswered(it.dies, (deps) => world.claim(body, deps)));
        if (reply?.kind === 'claim') this.writes.push({ n: reply.write, amountFen: reply.amountFen });
        return;
      }
      case 'write':
        return this.#write(it);
      case 'rewrite': {
        const reply = await this.#unlessRefused(() => world.chip(world.rewriteBody(accountNo)));
        if (reply === undefined) return;
        expect(this.writes).toContainEqual({ n: reply.write, amountFen: reply.amountFen });
        this.chip.write(reply.write, reply.amountFen);
        await world.chip(world.reportBody(accountNo, 'written', reply.write, reply.amountFen));
        return;
      }
      case 'tell again': {
        // Late, and only what is true: the chip holds it.
        const write = this.writes[it.which % Math.max(this.writes.length, 1)];
        if (write === undefined || write.n > this.chip.last) return;
        await world.chip(world.reportBody(accountNo, 'written', write.n, write.amountFen));
        return;
      }
      case 'take back': {
        const sales = (await world.till.all(accountNo)).filter(({ kind }) => kind === 'charge');
        const sale = sales[it.which % Math.max(sales.length, 1)];
        if (sale === undefined) return;
        const wish = { sale, kind: 'reversal', entryId: `${sale.entryId}-again`, amountFen: 'rest', pack: world.till.pack } as const;
        await reverse(world.till.deps, wish);
        return;
      }
    }
  }

  async #write({ outcome, amountOff }: Extract<Step, { do: 'write' }>): Promise<void> {
    const { world, accountNo } = this;
    const write = this.writes.at(-1);
    if (write === undefined || outcome === 'pulled') return;
    if (outcome === 'failed') {
      if (write.n > this.chip.last) await world.chip(world.reportBody(accountNo, 'failed', write.n, write.amountFen));
      return;
    }
    this.chip.write(write.n, write.amountFen);
    if (outcome === 'power loss after writing') return;
    const body = world.reportBody(accountNo, 'written', write.n, write.amountFen + amountOff);
    if (amountOff === 0) await world.chip(body);
    else await expect(world.chip(body)).rejects.toMatchObject({ code: 'chip.other-amount' });
  }

  /** The machine sends the same bytes until it has an answer; the function may die at any of its calls. */
  async #untilAnswered<T>(at: number, send: (deps: MachineWorld['deps']) => Promise<T>): Promise<T> {
    const { world } = this;
    if (at > 0) {
      const dying = world.depsOver(faultyDatabase(world.database, { at, moment: this.moment }));
      this.moment = this.moment === 'before' ? 'after' : 'before';
      try {
        await send(dying);
      } catch (error) {
        if (!(error instanceof Crash) && !(error instanceof Error && 'code' in error)) throw error;
      }
    }
    return send(world.deps);
  }

  async #unlessRefused<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      expect(['claim.nothing', 'chip.rewrite-first', 'chip.nothing-pending']).toContain((error as { code?: string }).code);
      return undefined;
    }
  }

  async mustHold(): Promise<void> {
    const { card, transit, chipPending } = await this.world.places(this.accountNo);
    const entries = await this.world.till.all(this.accountNo);
    const legs = entries.flatMap(({ postings }) => postings);
    const soldFen = sum(legs.filter(({ leg }) => leg.startsWith('merchant:')).map(({ amountFen }) => amountFen));
    // What was paid is in exactly one place.
    expect({ there: transit + chipPending + card + soldFen }).toEqual({ there: this.paidFen });
    expect(verifyPassbook(entries)).toEqual([]);
    // At most one amount waits to be written, and it is the last one.
    const open = (await this.world.deps.chipWrites.newest(this.world.till.schoolId, this.accountNo)) ?? { state: 'written', amountFen: 0 };
    expect(chipPending).toBe(open.state === 'open' ? open.amountFen : 0);
    const ids = entries.map(({ entryId }) => entryId);
    expect(new Set(ids).size).toBe(ids.length);
  }
}

it('keeps what was paid in exactly one place at every step of any claims, cash, writes, failures, rewrites and power losses', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
      const run = new Run();
      run.accountNo = await run.world.till.account();
      for (const it of steps) {
        await run.take(it);
        await run.mustHold();
      }
      // The chip holds what was confirmed, and what it was written with while its machine lost power; nothing twice.
      const entries = await run.world.till.all(run.accountNo);
      const confirmed = entries.filter(({ kind }) => kind === 'chip-written').map(({ postings }) => postings[1]?.amountFen ?? 0);
      const newest = await run.world.deps.chipWrites.newest(run.world.till.schoolId, run.accountNo);
      const untold = newest?.state === 'open' && newest.n === run.chip.last ? newest.amountFen : 0;
      expect(run.chip.valueFen).toBe(confirmed.reduce<number>((total, one) => total + one, untold));
    }),
    { numRuns: 60 },
  );
}, 60_000);
