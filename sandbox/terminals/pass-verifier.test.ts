import fc from 'fast-check';
import { clearReceivable } from '../../functions/operations/clear-receivable';
import { giveUpPasses, passFacts } from '../../functions/operations/pass-keys';
import { PassWorld } from '../../functions/test/pass-world';
import type { PassSaleBody } from '../../shared/api/passes';
import { isAppError } from '../../shared/errors';
import { PassLan, PassVerifier } from './pass-verifier';

const HOUR = 3_600_000;
const ENVELOPE = 9_000;

/** A till with no network: what it took waits in `sold`. */
class Till {
  readonly verifier: PassVerifier;
  readonly sold: PassSaleBody[] = [];
  readonly terminal: number;
  readonly #world: PassWorld;
  #memory: unknown;
  #sequence = 0;

  constructor(world: PassWorld, terminal: number, lan?: PassLan) {
    this.#world = world;
    this.terminal = terminal;
    const save = (kept: unknown): void => {
      this.#memory = JSON.parse(JSON.stringify(kept));
    };
    const memory = { load: () => this.#memory, save };
    this.verifier = new PassVerifier('bistu', memory, lan);
  }

  async heartbeat(): Promise<void> {
    const { passControls } = this.#world.students.deps;
    this.verifier.hear(await passFacts({ passControls, clock: () => this.#world.students.now }, 'bistu'));
  }

  /** "taken", or why not. */
  take(pass: string | undefined, amountFen: number): string {
    this.#sequence += 1;
    const at = { schoolId: 'bistu', terminal: this.terminal, sequence: this.#sequence, occurredAt: this.#world.students.now };
    const verdict = this.verifier.verify(pass ?? '', { ...at, amountFen });
    if (!verdict.accepted) return verdict.code;
    this.sold.push(JSON.parse(verdict.upload.body));
    return 'taken';
  }
}

async function hall(tills: number, groups: number, cardFen = 20_000) {
  const world = await PassWorld.create();
  const { holder, phone } = await world.holder(cardFen);
  const { passes } = await world.open(phone);
  const lans = Array.from({ length: groups }, () => new PassLan());
  const all = Array.from({ length: tills }, (_, index) => new Till(world, 7 + index, lans[index % groups]));
  for (const till of all) await till.heartbeat();
  return { world, holder, phone, passes, tills: all };
}

function first<T>(list: readonly T[]): T {
  const [one] = list;
  if (one === undefined) throw new Error('empty');
  return one;
}

describe('a till without network', () => {
  it('takes a pass by public key, once, up to its ceiling and the money of its envelope', async () => {
    const { tills, passes, world } = await hall(1, 1);
    const till = first(tills);
    expect(till.take(passes[0], 3_001)).toBe('pass.over-ceiling');
    expect([0, 1, 2].map((index) => till.take(passes[index], 2_900))).toEqual(['taken', 'taken', 'taken']);
    expect(till.take(passes[0], 100)).toBe('pass.used');
    // 8,700 of 9,000 are taken.
    expect(till.take(passes[3], 301)).toBe('pass.over-ceiling');
    expect(till.take(passes[3], 300)).toBe('taken');
    for (const sale of till.sold) await expect(world.tell(sale)).resolves.toMatchObject({ usedBefore: false });
  });

  it('refuses by name what is damaged, forged, of another school, out of its window, or shown to a till that never heard a key', async () => {
    const { tills, passes, world } = await hall(1, 1);
    const till = first(tills);
    const pass = passes[0] ?? '';
    const forged = `${pass.slice(0, -1)}${(Number(pass.at(-1)) + 1) % 10}`;
    expect([till.take(pass.slice(1), 100), till.take(forged, 100)]).toEqual(['pass.malformed', 'pass.forged']);
    expect(new Till(world, 70).take(pass, 100)).toBe('pass.not-offered');
    const foreign = new PassVerifier('sjtu', { load: () => undefined, save: () => undefined });
    expect(foreign.verify(pass, { schoolId: 'sjtu', terminal: 1, sequence: 1, amountFen: 1, occurredAt: 0 })).toMatchObject({
      accepted: false,
    });
    const { now } = world.students;
    world.students.now = now - 2 * 60_000;
    expect(till.take(pass, 100)).toBe('pass.not-yet-valid');
    world.students.now = now + 73 * HOUR;
    expect(till.take(pass, 100)).toBe('pass.expired');
  });

  it('refuses the passes of a lost phone once it has heard of it, and all earlier ones after the school gave them up', async () => {
    const { tills, passes, phone, world } = await hall(2, 2);
    const [online, offline] = tills;
    await phone.post('/student/loss', { password: '739154', keepCodes: false });
    await online?.heartbeat();
    expect([online?.take(passes[0], 100), offline?.take(passes[0], 100)]).toEqual(['pass.revoked', 'taken']);
    const { passControls } = world.students.deps;
    const other = await world.holder(20_000, 'another');
    const theirs = await world.open(other.phone);
    expect(online?.take(theirs.passes[0], 100)).toBe('taken');
    await giveUpPasses({ passControls }, 'bistu');
    await online?.heartbeat();
    expect(online?.take(theirs.passes[1], 100)).toBe('pass.revoked');
    expect(online?.take((await world.open(other.phone)).passes[0], 100)).toBe('taken');
  });

  it('shares what it took with the tills of its hall, so that a second till there refuses the same pass', async () => {
    const { tills, passes } = await hall(3, 1);
    expect(tills.map((till) => till.take(passes[0], 1_000))).toEqual(['taken', 'pass.used', 'pass.used']);
    const apart = await hall(3, 3);
    expect(apart.tills.map((till) => till.take(apart.passes[0], 1_000))).toEqual(['taken', 'taken', 'taken']);
  });

  it('two of them take one pass: both merchants are paid, the second is owed and reported', async () => {
    const { tills, passes, world, holder } = await hall(2, 2);
    for (const till of tills) till.take(passes[0], 1_500);
    const answers = [];
    for (const till of tills) answers.push(await world.tell(first(till.sold), { merchant: till.terminal }));
    expect(answers.map(({ usedBefore }) => usedBefore)).toEqual([false, true]);
    expect(await world.paid(holder)).toBe(3_000);
    expect((await world.students.head(holder)).state).toMatchObject({ owedFen: 1_500, codesFrozen: true, balances: { card: 18_500 } });
  });
});

it('groups of tills that share lose at most one envelope less than there are groups, whatever is shown where and told when', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({ tills: fc.integer({ min: 1, max: 5 }), groups: fc.integer({ min: 1, max: 3 }) }),
      fc.array(fc.record({ till: fc.nat({ max: 4 }), pass: fc.nat({ max: 14 }), amount: fc.integer({ min: 500, max: 3_000 }) }), {
        minLength: 5,
        maxLength: 30,
      }),
      fc.infiniteStream(fc.nat()),
      async ({ tills: count, groups }, shown, order) => {
        const { tills, passes, world, holder } = await hall(count, groups, ENVELOPE);
        for (const { till, pass, amount } of shown) tills[till % count]?.take(passes[pass], amount);
        const sold = tills.flatMap((till) => till.sold).map((sale) => ({ sale, at: order.next().value ?? 0 }));
        for (const { sale } of sold.sort((a, b) => a.at - b.at)) await world.tell(sale);
        const total = sold.reduce((sum, { sale }) => sum + Number(sale.amountFen), 0);
        expect(await world.paid(holder)).toBe(total);
        // Once the envelope has ended, what it still held settles the debt; the rest is what can be lost.
        world.students.now += 121 * HOUR;
        await clearReceivable(world.deps, holder).catch((error: unknown) => {
          if (!isAppError(error)) throw error;
        });
        const lost = (await world.students.head(holder)).state.owedFen ?? 0;
        expect(lost).toBe(Math.max(0, total - ENVELOPE));
        expect(lost).toBeLessThanOrEqual((Math.min(groups, count) - 1) * ENVELOPE);
      },
    ),
    { numRuns: process.env.ECODE_FULL === '1' ? 200 : 20 },
  );
});
