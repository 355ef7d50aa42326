import fc from 'fast-check';
import { AppError } from '../../shared/errors';
import { CHARGE_LATE_MS } from '../domain/charge-window';
import type { Draft, Entry } from '../domain/entry';
import { verifyPassbook } from '../domain/verify-passbook';
import { authorizePayment, type SaleAnswer } from '../operations/authorize-payment';
import { drawHold } from '../operations/draw-hold';
import { querySale } from '../operations/query-sale';
import { settleDueOrders } from '../operations/settle-due-orders';
import { voidSale } from '../operations/void-sale';
import { createReversals } from '../store/reversals';
import { Crash, faultyDatabase } from './faulty-database';
import { HeldSaleFixture } from './held-sale-fixture';
import { createModelDatabase } from './model-database';
import { again } from './sale-fixture';

/** A wallet of 300 fen, a sale of 1,000 by its code. */
async function heldSale(walletFen = 300, amountFen = 1_000) {
  const world = new HeldSaleFixture(createModelDatabase());
  const accountNo = await world.holder(walletFen);
  const request = world.till.codeSale(await world.till.code(accountNo, { kind: 'wallet' }), amountFen);
  const first = await authorizePayment(world.till.deps, request);
  const name = { schoolId: 'dufl', accountNo, n: (await world.till.head(accountNo)).n };
  return { world, accountNo, request, first, name };
}

const later = (ms: number, { world }: { world: HeldSaleFixture }) => {
  world.till.now += ms;
};

describe('a wallet code that the wallet alone cannot pay (DL-35, DL-40)', () => {
  it('is held: the wallet part is reserved, the code used up, the till told to wait', async () => {
    const { world, accountNo, request, first } = await heldSale();
    expect(first).toMatchObject({ outcome: 'pending', entry: { kind: 'hold', drawFen: 700, postings: [] } });
    const { state } = await world.till.head(accountNo);
    expect(state.holds).toEqual([expect.objectContaining({ amountFen: 300 })]);
    expect(state.spent.dayFen).toBe(1_000);
    // The reserved money pays nothing else, and the code is spent.
    const other = world.till.codeSale(await world.till.code(accountNo, { kind: 'wallet' }), 100);
    expect(await authorizePayment(world.till.deps, other)).toMatchObject({ outcome: 'not-charged', code: 'code.used' });
    expect(await authorizePayment(world.till.deps, again(request))).toMatchObject({ outcome: 'pending' });
    expect(await querySale(world.till.deps, request)).toMatchObject({ outcome: 'pending' });
    expect(await world.kinds(accountNo)).toEqual(['wallet-opened', 'top-up', 'hold']);
  });

  it('is charged once the bank has paid the rest, and every retry hears so', async () => {
    const { world, accountNo, request, name } = await heldSale();
    await drawHold(world.deps, name);
    expect(await world.kinds(accountNo)).toEqual(['wallet-opened', 'top-up', 'hold', 'top-up', 'charge']);
    const charged = await authorizePayment(world.till.deps, again(request));
    expect(charged).toMatchObject({ outcome: 'charged', entry: { entryId: '7-1', merchant: 12 } });
    expect(await querySale(world.till.deps, request)).toEqual(charged);
    const { state } = await world.till.head(accountNo);
    expect(state).toMatchObject({ holds: [], balances: { wallet: 0 }, ownBankFen: 0, spent: { dayFen: 1_000 } });
    expect(world.bank.sumOf('debit')).toBe(700);
    expect(verifyPassbook(await world.till.all(accountNo))).toEqual([]);
  });

  it('draws once, however often the stream delivers the hold', async () => {
    const { world, accountNo, name } = await heldSale();
    await Promise.all([drawHold(world.deps, name), drawHold(world.deps, name)]);
    await drawHold(world.deps, name);
    expect((await world.kinds(accountNo)).filter((kind) => kind === 'charge')).toHaveLength(1);
    expect(world.bank.sumOf('debit')).toBe(700);
  });

  it('gives a charge that was taken back whole to the wallet, withdrawable as before', async () => {
    const { world, accountNo, request, name } = await heldSale();
    await drawHold(world.deps, name);
    expect(await voidSale(world.till.deps, request)).toMatchObject({ outcome: 'voided' });
    expect((await world.till.head(accountNo)).state).toMatchObject({ balances: { wallet: 1_000 }, ownBankFen: 1_000 });
  });

  it.each([
    ['refuses', 'bank.refused'],
    ['has ended the binding', 'bank.binding-ended'],
    ['says above its limit', 'bank.over-limit'],
  ] as const)('is released at once where the bank %s, and the till hears why', async (_, code) => {
    const { world, accountNo, request, name } = await heldSale();
    world.bank.before = (act) => {
      if (act === 'debit') throw new AppError(code);
    };
    expect(await drawHold(world.deps, name)).toMatchObject({ state: 'closed' });
    expect(await querySale(world.till.deps, request)).toEqual({ outcome: 'not-charged', code, definite: true });
    expect((await world.till.head(accountNo)).state).toMatchObject({ holds: [], balances: { wallet: 300 }, spent: { dayFen: 0 } });
  });

  it('is released where the debit failed', async () => {
    const { world, request, name } = await heldSale();
    world.bank.fate = 'failed';
    await drawHold(world.deps, name);
    expect(await querySale(world.till.deps, request)).toMatchObject({ outcome: 'not-charged', code: 'bank.refused', definite: true });
  });

  it('that the stream delivers too late is released, so that nothing of the account waits for ever', async () => {
    const held = await heldSale();
    later(CHARGE_LATE_MS + 1, held);
    await drawHold(held.world.deps, held.name);
    expect(await held.world.kinds(held.accountNo)).toEqual(['wallet-opened', 'top-up', 'hold', 'hold-released']);
    expect((await held.world.till.head(held.accountNo)).state).toMatchObject({ holds: [], spent: { dayFen: 0 } });
    expect(held.world.bank.calls).toEqual([]);
  });

  it('keeps asking about a debit that an earlier delivery sent, although the card was lost in between', async () => {
    const { world, accountNo, name } = await heldSale();
    world.bank.after = (act) => {
      if (act === 'debit') throw new Crash();
    };
    await expect(drawHold(world.deps, name)).rejects.toThrow(Crash);
    expect(world.bank.sumOf('debit')).toBe(700);
    world.bank.after = () => {};
    const card = await world.deps.bankCards.find('dufl', accountNo);
    if (card === undefined) throw new Error('no card');
    await world.deps.bankCards.save({ ...card, state: 'lost' });
    await drawHold(world.deps, name);
    expect(await world.kinds(accountNo)).toEqual(['wallet-opened', 'top-up', 'hold', 'top-up', 'charge']);
  });

  it('ends by whoever asks after C + 60 s; what the bank pays later is the holder’s, in the wallet', async () => {
    const held = await heldSale();
    const { world, accountNo, request, name } = held;
    world.bank.fate = 'pending';
    expect(await drawHold(world.deps, name)).toMatchObject({ state: 'created' });
    later(CHARGE_LATE_MS + 1, held);
    const answer = await querySale(world.till.deps, request);
    expect(answer).toEqual({ outcome: 'not-charged', code: 'payment.not-charged', definite: true });
    world.bank.settle([...world.bank.moved.keys()][0] ?? '', 'succeeded');
    await settleDueOrders(world.deps, Number.MAX_SAFE_INTEGER);
    expect(await world.kinds(accountNo)).toEqual(['wallet-opened', 'top-up', 'hold', 'hold-released', 'top-up']);
    expect((await world.till.head(accountNo)).state).toMatchObject({ balances: { wallet: 1_000 }, ownBankFen: 1_000 });
    expect(await authorizePayment(world.till.deps, again(request))).toEqual(answer);
  });

  it('is released by the credit itself where that comes after the window and nobody asked', async () => {
    const held = await heldSale();
    const { world, accountNo, request, name } = held;
    world.bank.fate = 'pending';
    await drawHold(world.deps, name);
    later(CHARGE_LATE_MS + 1, held);
    world.bank.settle([...world.bank.moved.keys()][0] ?? '', 'succeeded');
    await settleDueOrders(world.deps, Number.MAX_SAFE_INTEGER);
    expect(await world.kinds(accountNo)).toEqual(['wallet-opened', 'top-up', 'hold', 'top-up', 'hold-released']);
    expect(await querySale(world.till.deps, request)).toMatchObject({
      outcome: 'not-charged',
      code: 'payment.not-charged',
      definite: true,
    });
  });

  it('says one reason for ever where the bank’s refusal came after the window', async () => {
    const held = await heldSale();
    const { world, accountNo, request, name } = held;
    world.bank.before = (act) => {
      if (act !== 'debit') return;
      later(CHARGE_LATE_MS + 1, held);
      throw new AppError('bank.refused');
    };
    await drawHold(world.deps, name);
    const answer = await querySale(world.till.deps, request);
    expect(answer).toEqual({ outcome: 'not-charged', code: 'payment.not-charged', definite: true });
    // Out of the ring: now only the hold is found inside the window.
    for (let sale = 0; sale < 9; sale += 1) {
      world.till.now += 10;
      await authorizePayment(world.till.deps, { ...world.till.tapSale(accountNo, 1), attempt: 2 });
    }
    expect(await querySale(world.till.deps, request)).toEqual(answer);
  });

  it('is ended by a void while the bank is asked, and the money goes to the wallet', async () => {
    const { world, accountNo, request, name } = await heldSale();
    world.bank.after = async (act) => {
      if (act !== 'debit') return;
      expect(await voidSale(world.till.deps, request)).toMatchObject({ outcome: 'not-charged', definite: true });
    };
    await drawHold(world.deps, name);
    expect(await world.kinds(accountNo)).toEqual(['wallet-opened', 'top-up', 'hold', 'hold-released', 'top-up']);
    expect((await world.till.head(accountNo)).state.balances.wallet).toBe(1_000);
  });

  it('asks the bank for nothing once it has ended', async () => {
    const { world, request, name } = await heldSale();
    await voidSale(world.till.deps, request);
    expect(await drawHold(world.deps, name)).toBeUndefined();
    expect(world.bank.calls).toEqual([]);
  });

  it('reserves nothing after its time, so that a hold nobody ended stands in nobody’s way', async () => {
    const held = await heldSale();
    const { world, accountNo } = held;
    later(CHARGE_LATE_MS + 1, held);
    const next = world.till.codeSale(await world.till.code(accountNo, { kind: 'wallet' }), 300);
    expect(await authorizePayment(world.till.deps, next)).toMatchObject({ outcome: 'charged' });
    expect(await querySale(world.till.deps, held.request)).toMatchObject({ outcome: 'not-charged', definite: true });
  });

  it('keeps to the school’s most, and to three at once', async () => {
    const { first } = await heldSale(0, 20_001);
    expect(first).toMatchObject({ outcome: 'not-charged', code: 'bank.over-limit' });
    const { world, accountNo } = await heldSale(0, 20_000);
    const sell = async () => {
      world.till.now += 10_000;
      return authorizePayment(world.till.deps, world.till.codeSale(await world.till.code(accountNo, { kind: 'wallet' }), 100));
    };
    expect([await sell(), await sell(), await sell()].map((answer) => ('code' in answer ? answer.code : answer.outcome))).toEqual([
      'pending',
      'pending',
      'wallet.insufficient-balance',
    ]);
  });

  it('refuses another body under its number', async () => {
    const { world, request } = await heldSale();
    await expect(authorizePayment(world.till.deps, { ...request, bodyHash: 'f'.repeat(64) })).rejects.toThrow('payment.other-body');
  });

  it('is found after more sales than the ring holds', async () => {
    const { world, accountNo, request, name } = await heldSale();
    for (let sale = 0; sale < 9; sale += 1) {
      world.till.now += 10;
      await authorizePayment(world.till.deps, { ...world.till.tapSale(accountNo, 1), attempt: 2 });
    }
    expect(await querySale(world.till.deps, request)).toMatchObject({ outcome: 'pending' });
    await drawHold(world.deps, name);
    expect(await querySale(world.till.deps, request)).toMatchObject({ outcome: 'charged' });
  });
});

describe('a draw that dies anywhere', () => {
  it.each(['before', 'after'] as const)('is made whole by the next delivery or the sweep, dying %s each call', async (moment) => {
    for (let at = 1; at < 30; at += 1) {
      const held = await heldSale();
      const { world, accountNo, name, request } = held;
      const faulty = faultyDatabase(world.database, { at, moment });
      let died = true;
      try {
        await drawHold(world.depsOver(faulty), name);
        died = false;
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
      }
      await drawHold(world.deps, name);
      const answer = await querySale(world.till.deps, request);
      expect([answer.outcome, world.bank.sumOf('debit')]).toEqual(['charged', 700]);
      expect((await world.till.head(accountNo)).state.balances.wallet).toBe(0);
      if (!died) return;
    }
    throw new Error('it never came to its end');
  });
});

/** What may happen around one held sale, in any order. */
type Step =
  | 'draw'
  | 'draw-lost'
  | 'charge'
  | 'query'
  | 'void'
  | 'sweep'
  | 'settle-paid'
  | 'settle-failed'
  | 'wait'
  | 'wait-long'
  | 'spend'
  | 'other';
const STEPS: readonly Step[] = [
  'draw',
  'draw-lost',
  'charge',
  'query',
  'void',
  'sweep',
  'settle-paid',
  'settle-failed',
  'wait',
  'wait-long',
  'spend',
  'other',
];

it('in any order of events: never charged twice, never after "not charged", and the bank’s money in exactly one place', async () => {
  await fc.assert(
    fc.asyncProperty(
      // Those of one moment run at once.
      fc.array(fc.array(fc.constantFrom(...STEPS), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 8 }),
      fc.constantFrom('succeeded', 'failed', 'pending'),
      async (moments, fate) => {
        const held = await heldSale();
        const { world, accountNo, request, name } = held;
        const { till, bank } = world;
        const deps = { ...till.deps, reversals: createReversals(world.database) };
        bank.fate = fate;
        const said: SaleAnswer[] = [];
        let attempt = 1;
        const ask = async (how: typeof voidSale) => {
          attempt += 1;
          said.push(await how(deps, { ...request, attempt }));
        };
        const run: Readonly<Record<Step, () => Promise<unknown>>> = {
          draw: () => drawHold(world.deps, name),
          'draw-lost': async () => {
            bank.after = (act) => {
              if (act === 'debit') throw new AppError('bank.unavailable');
            };
            await drawHold(world.deps, name);
            bank.after = () => {};
          },
          charge: () => ask(authorizePayment),
          query: () => ask(querySale),
          void: () => ask(voidSale),
          sweep: () => settleDueOrders(world.deps, Number.MAX_SAFE_INTEGER),
          'settle-paid': async () => settleAll(world, 'succeeded'),
          'settle-failed': async () => settleAll(world, 'failed'),
          wait: async () => later(12_000, held),
          'wait-long': async () => later(CHARGE_LATE_MS, held),
          spend: async () => authorizePayment(till.deps, till.codeSale(await till.code(accountNo, { kind: 'wallet' }), 40)),
          other: async () => {
            const write = (head: Entry): Draft => ({
              kind: 'limits-changed',
              entryId: `x${head.n}`,
              postings: [],
              occurredAt: till.now,
              state: head.state,
            });
            // Somebody else may be first.
            await till.change(accountNo, write).catch(() => undefined);
          },
        };
        for (const steps of moments) await Promise.all(steps.map((step) => run[step]()));
        // Calm: the bank decides, everybody asks, the sweep has been round.
        settleAll(world, 'succeeded');
        for (let round = 0; round < 3; round += 1) {
          await settleDueOrders(world.deps, Number.MAX_SAFE_INTEGER);
          later(40 * 60_000, held);
        }
        await ask(querySale);

        const entries = await till.all(accountNo);
        expect(verifyPassbook(entries)).toEqual([]);
        const charges = entries.filter(({ kind, entryId }) => kind === 'charge' && entryId === '7-1');
        const released = entries.filter(({ kind, entryId }) => (kind === 'hold-released' || kind === 'fence') && entryId === '7-1');
        expect(charges.length + released.length).toBeLessThanOrEqual(1);
        for (const charge of charges) expect(charge.recordedAt).toBeLessThanOrEqual(charge.occurredAt + CHARGE_LATE_MS);
        // The bank's money: all of it came in, once, by the draw's own order.
        const drawn = entries.filter(({ kind, orderNo }) => kind === 'top-up' && orderNo !== `first${accountNo}`);
        expect(drawn.length).toBeLessThanOrEqual(1);
        expect(drawn.reduce((total, { postings }) => total - (postings[0]?.amountFen ?? 0), 0)).toBe(bank.sumOf('debit'));
        // The wallet: what came in less what was sold and not taken back.
        const sold = entries.reduce(
          (total, { postings }) => total + (postings.find(({ leg }) => leg.startsWith('merchant:'))?.amountFen ?? 0),
          0,
        );
        const { state } = await till.head(accountNo);
        expect(state.balances.wallet).toBe(300 + bank.sumOf('debit') - sold);
        expect(state.ownBankFen).toBe(state.balances.wallet);
        // What the till was told holds for ever.
        const definite = said.filter(
          (answer) => answer.outcome === 'charged' || answer.outcome === 'voided' || ('definite' in answer && answer.definite),
        );
        const tellsCharged = definite.some(({ outcome }) => outcome !== 'not-charged');
        expect(definite.every(({ outcome }) => (outcome !== 'not-charged') === tellsCharged)).toBe(true);
        expect(charges.length === 1).toBe(tellsCharged);
        const reasons = new Set(definite.flatMap((answer) => ('code' in answer ? [answer.code] : [])));
        expect(reasons.size).toBeLessThanOrEqual(1);
      },
    ),
    { numRuns: 400 },
  );
}, 60_000);

function settleAll({ bank }: HeldSaleFixture, fate: 'succeeded' | 'failed'): void {
  for (const [requestNo, { state }] of bank.moved) if (state === 'pending') bank.settle(requestNo, fate);
}
