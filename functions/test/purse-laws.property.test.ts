import fc from 'fast-check';
import type { CardChip } from '../../sandbox/terminals/physical-card';
import type { PurseUseBody } from '../../shared/api/purses';
import { fen } from '../../shared/money';
import { topUpDraft } from '../domain/account-changes';
import { cardActivatedDraft } from '../domain/card-issue';
import { verifyPassbook } from '../domain/verify-passbook';
import { authorizePayment } from '../operations/authorize-payment';
import { returnPurse } from '../operations/return-purse';
import { settleWaitingUses } from '../operations/settle-waiting-uses';
import { Crash, faultyDatabase } from './faulty-database';
import { CONTROLLERS, PurseWorld } from './purse-world';

const RUNS = process.env.ECODE_FULL === '1' ? 400 : 40;

type Step =
  | { readonly do: 'bathe'; readonly at: number; readonly chip: number; readonly pulses: number }
  | { readonly do: 'swipe'; readonly missesLoad: boolean; readonly dies: number }
  | { readonly do: 'tell'; readonly at: number; readonly order: number; readonly dies: number; readonly busy: boolean }
  | { readonly do: 'tell again'; readonly which: number }
  | { readonly do: 'top-up' | 'lunch'; readonly fen: number }
  | { readonly do: 'old card'; readonly which: number }
  | { readonly do: 'new card' | 'night' | 'wait' };

const controller = fc.nat(1);
const dies = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 14 }) });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('bathe' as const), at: controller, chip: fc.nat(3), pulses: fc.integer({ min: 1, max: 30 }) }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('swipe' as const), missesLoad: fc.boolean(), dies }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('tell' as const), at: controller, order: fc.nat(), dies, busy: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('tell again' as const), which: fc.nat(20) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('top-up' as const, 'lunch' as const), fen: fc.integer({ min: 1, max: 1_500 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('old card' as const), which: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('new card' as const, 'night' as const, 'wait' as const) }) },
);

/** One holder's cards, two controllers that keep their uses, and what is true of all of it. */
class Run {
  readonly world = new PurseWorld();
  readonly chips: CardChip[] = [];
  readonly kept: readonly PurseUseBody[][] = [[], []];
  readonly told: { readonly at: number; readonly use: PurseUseBody }[] = [];
  accountNo = 0;
  /** Issue of the card that is in use. */
  active = 1;
  paidFen = 0;
  lunchFen = 0;
  moment: 'before' | 'after' = 'before';

  async begin(cardFen: number): Promise<void> {
    this.accountNo = await this.world.till.account({ cardFen });
    this.paidFen = cardFen;
    this.chips.push(this.world.card(this.accountNo));
  }

  async take(it: Step): Promise<void> {
    const { world, accountNo } = this;
    world.till.now += 1_000;
    switch (it.do) {
      case 'bathe':
        return this.#bathe(it.at, this.chips[it.chip % this.chips.length], it.pulses);
      case 'swipe':
        return this.#swipe(it);
      case 'tell':
        return this.#tell(it);
      case 'tell again': {
        const told = this.told[it.which % Math.max(this.told.length, 1)];
        if (told !== undefined) await world.upload([told.use], { terminal: CONTROLLERS[told.at] ?? 0 });
        return;
      }
      case 'top-up': {
        const { now: paidAt, pack } = world.till;
        const credit = { orderNo: `order_${paidAt}`, channel: 'alipay', amountFen: fen(it.fen), paidAt, recordedAt: paidAt } as const;
        await world.till.change(accountNo, (head) => topUpDraft(head, credit, pack));
        this.paidFen += it.fen;
        return;
      }
      case 'lunch': {
        const answer = await authorizePayment(world.till.deps, world.till.tapSale(accountNo, it.fen, { issue: this.active }));
        if ('entry' in answer) this.lunchFen += it.fen;
        return;
      }
      case 'new card':
        if (this.chips.length === 4) return;
        this.chips.push(await world.replaceCard(accountNo));
        this.active = this.chips.length;
        // As the roster does; after an old card is put back into use its next swipe does it.
        await returnPurse(world.deps, { schoolId: 'bistu', accountNo }, world.till.pack);
        return;
      case 'old card': {
        const issue = (it.which % this.chips.length) + 1;
        if (issue === this.active) return;
        await world.till.change(accountNo, (head) =>
          cardActivatedDraft(head, { issue, entryId: `active-${head.n}`, requestHash: '0'.repeat(64), occurredAt: world.till.now }),
        );
        this.active = issue;
        return;
      }
      case 'night':
        await settleWaitingUses(world.deps, Number.MAX_SAFE_INTEGER);
        return;
      case 'wait':
        world.till.now += 40 * 3_600_000;
    }
  }

  async #bathe(at: number, chip: CardChip | undefined, pulses: number): Promise<void> {
    const before = chip?.purse.sums.spentFen ?? 0;
    for (let pulse = 0; pulse < pulses; pulse += 1) chip?.purse.spend(20);
    if (chip === undefined || chip.purse.sums.spentFen === before) return;
    this.kept[at]?.push(this.world.use(chip, 0));
  }

  async #swipe({ missesLoad, dies: at }: Extract<Step, { do: 'swipe' }>): Promise<void> {
    const { world } = this;
    const chip = this.chips[this.active - 1];
    if (chip === undefined) return;
    const body = world.body(chip);
    try {
      const reply = await this.#untilAnswered(at, (deps) => world.send(body, deps));
      if (reply.load !== null && !missesLoad) chip.purse.load(world.till.schoolId, reply.load);
    } catch (error) {
      expect(error).toMatchObject({ code: 'payment.insufficient-balance' });
    }
  }

  /** In any order; what the function was too busy for it stores. */
  async #tell({ at, order, dies: die, busy }: Extract<Step, { do: 'tell' }>): Promise<void> {
    const { world } = this;
    const kept = this.kept[at] ?? [];
    const uses = kept.splice(0).sort((a, b) => ((a.serial * 7_919 + order) % 101) - ((b.serial * 7_919 + order) % 101));
    if (uses.length === 0) return;
    const terminal = CONTROLLERS[at] ?? 0;
    const { uses: answers } = await this.#untilAnswered(die, (deps) => {
      const passbook = { ...deps.passbook, appendWith: async () => ({ written: false, failed: 0, found: undefined }) as const };
      return world.upload(uses, { terminal, deps: busy ? { ...deps, passbook } : deps });
    });
    for (const { state } of answers) expect(['settled', 'stored']).toContain(state);
    this.told.push(...uses.map((use) => ({ at, use })));
  }

  async #untilAnswered<T>(at: number, send: (deps: PurseWorld['deps']) => Promise<T>): Promise<T> {
    const { world } = this;
    if (at > 0) {
      this.moment = this.moment === 'before' ? 'after' : 'before';
      await send(world.depsOver(faultyDatabase(world.database, { at, moment: this.moment }))).catch((error: unknown) => {
        if (!(error instanceof Crash) && !(error instanceof Error && 'code' in error)) throw error;
      });
    }
    return send(world.deps);
  }

  async mustHold(): Promise<void> {
    const { card, purse, owed, water } = await this.world.places(this.accountNo);
    // What was paid in is in exactly one place; what is owed, the merchant has all the same.
    expect(card + purse + water + this.lunchFen - owed).toBe(this.paidFen);
    expect(Math.min(card, purse, owed)).toBeGreaterThanOrEqual(0);
    expect(water).toBeLessThanOrEqual(this.#spentFen());
    expect(this.world.stopped).toBe(0);
    // The books load first: no chip can spend what they do not hold or know of.
    for (const [index, chip] of this.chips.entries()) {
      const row = await this.world.deps.purses.find('bistu', this.accountNo, index + 1);
      expect(chip.purse.sums.loadedFen).toBeLessThanOrEqual(row?.loadedFen ?? 0);
      if (row?.state === 'live') expect(row.loadedFen - row.settledFen).toBe(purse);
    }
  }

  /** All controllers tell, the holder swipes, the night passes. */
  async end(): Promise<void> {
    for (const at of [0, 1]) await this.#tell({ do: 'tell', at, order: 0, dies: 0, busy: false });
    await this.#swipe({ do: 'swipe', missesLoad: false, dies: 0 });
    await settleWaitingUses(this.world.deps, Number.MAX_SAFE_INTEGER);
    expect((await this.world.places(this.accountNo)).water).toBe(this.#spentFen());
    expect(verifyPassbook(await this.world.till.all(this.accountNo))).toEqual([]);
  }

  #spentFen(): number {
    return this.chips.reduce((total, chip) => total + chip.purse.sums.spentFen, 0);
  }
}

test('uses on several controllers, settlements, uploads in any order and twice, missed loads, new cards, crashes and nights: the books are what the chips gave', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 4_000 }), fc.array(step, { minLength: 5, maxLength: 30 }), async (cardFen, steps) => {
      const run = new Run();
      await run.begin(cardFen);
      for (const one of steps) {
        await run.take(one);
        await run.mustHold();
      }
      await run.end();
      await run.mustHold();
    }),
    { numRuns: RUNS },
  );
});
