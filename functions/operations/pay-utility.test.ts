import fc from 'fast-check';
import { AppError } from '../../shared/errors';
import { fen } from '../../shared/money';
import type { Entry } from '../domain/entry';
import { verifyPassbook } from '../domain/verify-passbook';
import type { UtilityGateway, UtilityPayment } from '../platforms/contract';
import { createPayOuts, PAY_OUT_SHARDS } from '../store/pay-outs';
import type { Database } from '../store/table';
import { Crash, faultyDatabase } from '../test/faulty-database';
import { createModelDatabase } from '../test/model-database';
import { SaleFixture } from '../test/sale-fixture';
import type { HolderCaller } from './caller';
import { findUtility, listUtilityPayments, payUtility, readUtilityPayment, type UtilityDeps } from './pay-utility';
import { settleDuePayOuts } from './settle-due-pay-outs';
import { utilityRoute } from './utility-route';

type Mood = 'pays' | 'refuses' | 'loses the answer' | 'loses the request' | 'thinks about it';

/** The supplier: one payment for a number, whatever it answers. */
class Supplier implements UtilityGateway {
  mood: Mood = 'pays';
  readonly paid = new Map<string, number>();
  readonly refused = new Set<string>();
  asked = 0;

  async findAccount({ account }: { readonly account: string }) {
    if (account !== 'net2021') throw new AppError('utility.account-unknown');
    return { account, maskedOwner: '张*', balanceFen: fen(-1_000) };
  }

  async pay(request: Parameters<UtilityGateway['pay']>[0]): Promise<UtilityPayment> {
    this.asked += 1;
    const { requestNo, amountFen } = request;
    if (this.paid.has(requestNo)) return this.#receipt(requestNo);
    switch (this.mood) {
      case 'refuses':
        this.refused.add(requestNo);
        return { status: 'failed', requestNo, reason: 'account-frozen' };
      case 'loses the request':
        throw new AppError('utility.unavailable');
      case 'loses the answer':
        this.paid.set(requestNo, amountFen);
        throw new AppError('utility.unavailable');
      case 'thinks about it':
        return { status: 'pending', requestNo };
      case 'pays':
        this.paid.set(requestNo, amountFen);
        return this.#receipt(requestNo);
    }
  }

  async queryPayment({ requestNo }: { readonly requestNo: string }): Promise<UtilityPayment> {
    if (this.paid.has(requestNo)) return this.#receipt(requestNo);
    if (this.refused.has(requestNo)) return { status: 'failed', requestNo, reason: 'account-frozen' };
    return { status: this.mood === 'thinks about it' ? 'pending' : 'not-found', requestNo };
  }

  #receipt(requestNo: string): UtilityPayment {
    const amountFen = fen(this.paid.get(requestNo) ?? 0);
    return { status: 'succeeded', requestNo, amountFen, receiptNo: `R${requestNo.slice(-6)}`, at: 1 };
  }
}

/** DUFL pays the network fee (缴网费) from card or wallet. */
async function campus(database: Database = createModelDatabase()) {
  const till = new SaleFixture(database, 'dufl');
  const supplier = new Supplier();
  const holder = { passwordHash: 'x' as string | null, provenAt: 1 as number | null };
  const depsOver = (over: Database): UtilityDeps => ({
    ...new SaleFixture(over, 'dufl').deps,
    clock: () => till.now,
    backOff: async () => undefined,
    payOuts: createPayOuts(over),
    routes: { utility: utilityRoute(supplier) },
    packOf: async () => till.pack,
    // Of the holder only the proofs are looked at here.
    holders: { find: async () => holder as never },
    utilityGateway: supplier,
  });
  const accountNo = await till.account({ cardFen: 10_000 });
  const caller = { bound: { schoolId: 'dufl', accountNo } } as HolderCaller;
  const deps = depsOver(database);
  const wish = (more: object = {}) => ({
    utility: 'network' as const,
    requestId: 'request-000000000001',
    account: 'net2021',
    amountFen: 3_000 as unknown,
    source: 'card' as const,
    ...more,
  });
  const pass = (ms: number): void => {
    till.now += ms;
  };
  const sweep = () => settleDuePayOuts({ ...deps, dueShards: PAY_OUT_SHARDS }, Number.MAX_SAFE_INTEGER);
  const change = (more: object) =>
    till.change(accountNo, (head) => ({
      kind: 'limits-changed',
      entryId: `e${head.n}`,
      postings: [],
      occurredAt: till.now,
      state: { ...head.state, ...more },
    }));
  return {
    till,
    supplier,
    holder,
    deps,
    depsOver,
    caller,
    wish,
    pass,
    sweep,
    change,
    head: () => till.head(accountNo),
    all: () => till.all(accountNo),
  };
}

const moved = (entries: readonly Entry[]) =>
  entries
    .filter(({ kind }) => kind.startsWith('utility'))
    .map(({ kind, postings }) => [kind, ...postings.map(({ leg, amountFen }) => `${leg} ${amountFen}`)]);
const codeOf = (run: Promise<unknown>): Promise<string> =>
  run.then(
    () => 'ok',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );

describe('paying the network fee (DL-01)', () => {
  it('shows whose account it is, masked, then debits the card and keeps the receipt', async () => {
    const { deps, caller, wish, all, supplier } = await campus();
    expect(await findUtility(deps, caller, 'network', 'net2021')).toEqual({
      utility: 'network',
      account: 'net2021',
      maskedOwner: '张*',
      maskedPlace: null,
      balanceFen: -1_000,
    });
    const paid = await payUtility(deps, caller, wish());
    expect(paid).toMatchObject({ state: 'succeeded', amountFen: 3_000, utility: 'network', receiptNo: `R${paid.payOutNo.slice(-6)}` });
    expect(moved(await all())).toEqual([['utility-payment', 'card -3000', 'utility:network 3000']]);
    expect((await all()).at(-1)?.counterparty?.book).toMatch(/^utility\/network\/2026-11-21\/\d$/);
    expect(await payUtility(deps, caller, wish())).toEqual(paid);
    expect(await readUtilityPayment(deps, caller, paid.payOutNo)).toEqual(paid);
    expect(await listUtilityPayments(deps, caller)).toEqual({ payments: [paid] });
    expect(supplier.asked).toBe(1);
  });

  it('pays from the wallet where it is open', async () => {
    const { deps, caller, wish, change, head } = await campus();
    expect(await codeOf(payUtility(deps, caller, wish({ source: 'wallet' })))).toBe('wallet.not-open');
    await change({ walletOpen: true });
    expect(await codeOf(payUtility(deps, caller, wish({ source: 'wallet' })))).toBe('wallet.insufficient-balance');
    const { state } = await head();
    await change({ balances: { ...state.balances, wallet: fen(3_000) } });
    expect((await payUtility(deps, caller, wish({ source: 'wallet' }))).state).toBe('succeeded');
    expect((await head()).state.balances).toMatchObject({ card: 10_000, wallet: 0 });
  });

  it('gives the money back when the supplier refuses, once however often it is asked', async () => {
    const { deps, caller, wish, all, supplier, sweep, head } = await campus();
    supplier.mood = 'refuses';
    const refused = await payUtility(deps, caller, wish());
    expect(refused).toMatchObject({ state: 'returned', receiptNo: null });
    expect(moved(await all())).toEqual([
      ['utility-payment', 'card -3000', 'utility:network 3000'],
      ['utility-returned', 'card 3000', 'utility:network -3000'],
    ]);
    expect((await head()).reverses).toBe(refused.payOutNo);
    expect(await payUtility(deps, caller, wish())).toMatchObject({ state: 'returned' });
    await sweep();
    expect((await head()).state.balances.card).toBe(10_000);
    expect(verifyPassbook(await all())).toEqual([]);
  });

  it('a timeout is pending, and is ended by a query, never by paying twice', async () => {
    const { deps, caller, wish, supplier, sweep, pass, head } = await campus();
    supplier.mood = 'loses the answer';
    const pending = await payUtility(deps, caller, wish());
    expect(pending).toMatchObject({ state: 'requested', receiptNo: null });
    expect((await head()).state.balances.card).toBe(7_000);
    pass(11_000);
    expect(await sweep()).toMatchObject({ looked: 1, settled: 1, failed: [] });
    expect(await readUtilityPayment(deps, caller, pending.payOutNo)).toMatchObject({ state: 'succeeded' });
    expect([...supplier.paid.values()]).toEqual([3_000]);
  });

  it('a request that never arrived is sent again under its number', async () => {
    const { deps, caller, wish, supplier, pass } = await campus();
    supplier.mood = 'loses the request';
    const pending = await payUtility(deps, caller, wish());
    supplier.mood = 'pays';
    pass(11_000);
    expect(await readUtilityPayment(deps, caller, pending.payOutNo)).toMatchObject({ state: 'succeeded' });
    expect([...supplier.paid.values()]).toEqual([3_000]);
  });

  it('a look at a pending payment asks the supplier, but not each second', async () => {
    const { deps, caller, wish, supplier, pass } = await campus();
    supplier.mood = 'thinks about it';
    const pending = await payUtility(deps, caller, wish());
    const query = jest.spyOn(supplier, 'queryPayment');
    for (let second = 0; second < 20; second += 1) {
      pass(1_000);
      await readUtilityPayment(deps, caller, pending.payOutNo);
    }
    expect(query.mock.calls.length).toBeGreaterThanOrEqual(2);
    expect(query.mock.calls.length).toBeLessThanOrEqual(7);
  });
});

describe('a utility payment is refused, with nothing written and nothing asked', () => {
  it.each([
    ['no whole number', { amountFen: 1.5 }, 'payment.amount-invalid'],
    ['nothing', { amountFen: 0 }, 'payment.amount-invalid'],
    ['text', { amountFen: '3000' }, 'payment.amount-invalid'],
    ['more than a year of it', { amountFen: 200_001 }, 'payment.amount-invalid'],
    ['more than the card holds', { amountFen: 10_001 }, 'payment.insufficient-balance'],
    ['an account nobody has', { account: 'net404' }, 'utility.account-unknown'],
    ['what the school does not offer', { utility: 'electricity' }, 'utility.not-offered'],
  ])('%s', async (_, more, code) => {
    const { deps, caller, wish, all, supplier } = await campus();
    const before = await all();
    expect(await codeOf(payUtility(deps, caller, wish(more)))).toBe(code);
    expect(await all()).toEqual(before);
    expect(supplier.asked).toBe(0);
  });

  it('a holder with the initial password, a lost card, a closed account', async () => {
    const { deps, caller, wish, holder, change } = await campus();
    holder.passwordHash = null;
    expect(await codeOf(payUtility(deps, caller, wish()))).toBe('auth.password-change-required');
    holder.passwordHash = 'x';
    holder.provenAt = null;
    expect(await codeOf(payUtility(deps, caller, wish()))).toBe('auth.second-proof-required');
    holder.provenAt = 1;
    await change({ lostAt: 5 });
    expect(await codeOf(payUtility(deps, caller, wish()))).toBe('card.lost');
    await change({ closed: true });
    expect(await codeOf(payUtility(deps, caller, wish()))).toBe('account.closed');
  });

  it('the same request with another amount or another account, and a payment of somebody else', async () => {
    const { deps, caller, wish, till } = await campus();
    const paid = await payUtility(deps, caller, wish());
    expect(await codeOf(payUtility(deps, caller, wish({ amountFen: 3_001 })))).toBe('request.replayed-differently');
    const other = { bound: { schoolId: 'dufl', accountNo: await till.account() } } as HolderCaller;
    expect(await codeOf(readUtilityPayment(deps, other, paid.payOutNo))).toBe('pay-out.unknown');
  });
});

describe('whatever happens to a utility payment', () => {
  const moods = fc.constantFrom<Mood>('pays', 'refuses', 'loses the answer', 'loses the request', 'thinks about it');

  it('dies at any call: the supplier is paid once or the card has its money, and the sweep ends it', async () => {
    for (const moment of ['before', 'after'] as const) {
      for (let at = 1; at < 30; at += 1) {
        const inner = createModelDatabase();
        const { depsOver, caller, wish, supplier, sweep, pass, head, deps } = await campus(inner);
        const dying = faultyDatabase(inner, { at, moment });
        const died = await payUtility(depsOver(dying), caller, wish()).then(
          () => false,
          (error: unknown) => error instanceof Crash,
        );
        if (!died) break;
        pass(60_000);
        await sweep();
        await payUtility(deps, caller, wish());
        expect([...supplier.paid.values()]).toEqual([3_000]);
        expect((await head()).state.balances.card).toBe(7_000);
      }
    }
  });

  it('every fen is at the supplier or on the card once it has an end, in any moods, with two asking at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(moods, { minLength: 1, maxLength: 6 }), async (list) => {
        const { deps, caller, wish, supplier, sweep, pass, head, all } = await campus();
        supplier.mood = list[0] ?? 'pays';
        await Promise.all([payUtility(deps, caller, wish()), payUtility(deps, caller, wish())]);
        for (const mood of list) {
          supplier.mood = mood;
          pass(86_400_000);
          await Promise.all([sweep(), sweep()]);
        }
        supplier.mood = 'pays';
        pass(86_400_000);
        await sweep();
        const at = [...supplier.paid.values()].reduce((total, amountFen) => total + amountFen, 0);
        expect((await head()).state.balances.card + at).toBe(10_000);
        expect(verifyPassbook(await all())).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
