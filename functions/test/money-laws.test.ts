import fc from 'fast-check';
import { fen, sum } from '../../shared/money';
import { claimDraft } from '../domain/account-changes';
import type { BalanceName } from '../domain/account-state';
import type { Entry } from '../domain/entry';
import { isBalance } from '../domain/posting';
import { verifyPassbook } from '../domain/verify-passbook';
import { redirectRefund } from '../operations/redirect-refund';
import { refund } from '../operations/refund';
import { refundSale } from '../operations/refund-sale';
import { createModelDatabase, type ModelDatabase } from './model-database';
import { RefundFixture } from './refund-fixture';

/**
 * The laws of the money, whatever happens in whatever order: top-ups of every origin, charges, claims, refunds in parts, sales taken back in
 * parts, platforms that say yes, no, nothing, stuck or later, reads that lag. Checked after every single step.
 */
const amount = fc.integer({ min: 1, max: 3_000 });
const mood = fc.constantFrom('succeeded', 'pending', 'refused', 'stuck', 'lost', 'lost-after');
const step = fc.oneof(
  fc.record({
    do: fc.constant('top-up' as const),
    amount,
    channel: fc.constantFrom('wechat-pay', 'alipay', 'bank-card'),
    origin: fc.constantFrom('own', 'other', 'gift', 'auto'),
    target: fc.constantFrom('card', 'wallet'),
    daysAgo: fc.constantFrom(0, 1, 364, 366),
  }),
  fc.record({ do: fc.constant('charge' as const), amount }),
  fc.record({ do: fc.constant('claim' as const) }),
  fc.record({
    do: fc.constant('refund' as const),
    amount: fc.option(amount),
    whose: fc.constantFrom('own', 'everyone'),
    again: fc.boolean(),
  }),
  fc.record({ do: fc.constant('take back' as const), which: fc.nat(), amount: fc.option(amount), again: fc.boolean() }),
  fc.record({ do: fc.constant('redirect' as const), which: fc.nat() }),
  fc.record({ do: fc.constant('mood' as const), mood, bank: fc.constantFrom('succeeded', 'pending', 'failed'), hasCard: fc.boolean() }),
  fc.record({ do: fc.constant('outcome' as const), which: fc.nat(), status: fc.constantFrom('succeeded', 'failed', 'stuck') }),
  fc.record({ do: fc.constant('later' as const), ms: fc.constantFrom(1_000, 61_000, 3_600_000, 90_000_000) }),
  fc.record({ do: fc.constant('catch up' as const), part: fc.integer({ min: 1, max: 20 }) }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Refusals a holder may well hear; anything else is a fault. */
const FAIR = /^(refund\.(over-rest|nothing-left|too-old|too-soon|not-yours|platform-unavailable)|bank\.not-bound)$/;

class Life {
  readonly database: ModelDatabase = createModelDatabase({ late: true });
  readonly fixture = new RefundFixture(this.database, 'shanghaitech');
  readonly sales: Entry[] = [];
  readonly orders: string[] = [];
  readonly refunds: string[] = [];
  accountNo = 0;
  requests = 0;

  async take(one: Step): Promise<void> {
    const { fixture, accountNo } = this;
    switch (one.do) {
      case 'top-up': {
        const { amount: amountFen, channel, daysAgo, target } = one;
        const origin = channel === 'bank-card' ? 'own' : one.origin;
        const appId = channel === 'bank-card' ? 'bank' : 'app';
        this.orders.push(await fixture.topUp(accountNo, amountFen, { channel, origin, target, appId, daysAgo }));
        return;
      }
      case 'charge':
        this.sales.push(
          ...(await fixture.charge(accountNo, one.amount).then(
            (sale) => [sale],
            () => [],
          )),
        );
        return;
      case 'claim': {
        const { now, pack } = fixture.till;
        const entryId = `claim-${(await fixture.till.head(accountNo)).n}`;
        const head = await fixture.till.head(accountNo);
        const draft = claimDraft(head, { entryId, occurredAt: now, recordedAt: Math.max(now, head.recordedAt) }, pack);
        if (draft !== undefined) await fixture.till.change(accountNo, () => draft);
        return;
      }
      case 'refund': {
        if (!one.again) this.requests += 1;
        const amountFen = one.amount === null ? 'all' : fen(one.amount);
        const wish = fixture.wish(accountNo, { requestId: `r-${this.requests}`, amountFen, whose: one.whose, askedBy: 'staff:1' });
        const done = await refund(fixture.deps, wish).catch(fair(one.again));
        this.refunds.push(...(done?.payOuts ?? []).map(({ payOutNo }) => payOutNo));
        return;
      }
      case 'take back': {
        const sale = this.sales[one.which % Math.max(1, this.sales.length)];
        if (sale === undefined) return;
        if (!one.again) this.requests += 1;
        const amountFen = one.amount === null ? 'rest' : fen(one.amount);
        await refundSale(fixture.deps, { sale, by: `b${this.requests}`, amountFen, askedBy: 'staff:1', reason: '' }).catch(fair(one.again));
        return;
      }
      case 'redirect': {
        const payOutNo = this.refunds[one.which % Math.max(1, this.refunds.length)];
        if (payOutNo === undefined) return;
        const done = await redirectRefund(fixture.deps, { schoolId: fixture.till.schoolId, accountNo, payOutNo, askedBy: 'holder' }).catch(
          fair(false),
        );
        this.refunds.push(...(done !== undefined && 'payOuts' in done ? done.payOuts.map((one) => one.payOutNo) : []));
        return;
      }
      case 'mood':
        fixture.wechat.next = one.mood;
        fixture.alipay.next = one.mood;
        fixture.bankSays = one.bank;
        fixture.bankCard = one.hasCard ? { agreementRef: 'agr-1', cardTail: '1234' } : undefined;
        return;
      case 'outcome': {
        const platform = one.which % 2 === 0 ? fixture.wechat : fixture.alipay;
        const pending = [...platform.refunds].filter(
          ([, { status }]) => status === 'pending' || (status === 'stuck' && one.status === 'succeeded'),
        );
        const chosen = pending[one.which % Math.max(1, pending.length)];
        if (chosen !== undefined) platform.become(chosen[0], one.status);
        return;
      }
      case 'later':
        fixture.later(one.ms);
        await fixture.sweep();
        return;
      case 'catch up':
        this.database.catchUp(one.part);
    }
  }

  /** Throws where a law is broken. */
  async check(): Promise<void> {
    const { fixture, accountNo } = this;
    const entries = await fixture.till.all(accountNo);
    expect(verifyPassbook(entries)).toEqual([]);
    const total = new Map<string, number>();
    for (const { postings } of entries) {
      expect(sum(postings.map(({ amountFen }) => amountFen))).toBe(0);
      for (const { leg, amountFen } of postings) total.set(leg, (total.get(leg) ?? 0) + amountFen);
    }
    expect([...total.values()].reduce((a, b) => a + b, 0)).toBe(0);
    const { state } = await fixture.till.head(accountNo);
    for (const [name, held] of Object.entries(state.balances) as [BalanceName, number][]) {
      expect(isBalance(name)).toBe(true);
      expect(held).toBeGreaterThanOrEqual(0);
      expect(held).toBe(total.get(name) ?? 0);
    }
    const { card, transit, wallet, chipPending } = state.balances;
    expect(state.ownBankFen).toBeGreaterThanOrEqual(0);
    expect(state.ownBankFen).toBeLessThanOrEqual(card + transit + wallet + chipPending);
    await this.checkLots();
    await this.checkSales();
  }

  /** Of each payment: what is left and what has gone is what was paid; the other side has given no more than has gone. */
  async checkLots(): Promise<void> {
    const { fixture } = this;
    const payOuts = await Promise.all(
      [...new Set(this.refunds)].map((payOutNo) => fixture.deps.payOuts.find(fixture.till.schoolId, payOutNo)),
    );
    for (const orderNo of this.orders) {
      const order = await fixture.deps.orders.find(fixture.till.schoolId, orderNo);
      if (order?.state !== 'credited') throw new Error('not credited');
      const mine = payOuts.flatMap((one) => (one !== undefined && one.to.via !== 'utility' && one.to.orderNo === orderNo ? [one] : []));
      const gone = sum(mine.filter((one) => one.state !== 'returned').map((one) => one.amountFen));
      expect(order.credit.remainingFen).toBeGreaterThanOrEqual(0);
      expect(order.credit.remainingFen + gone).toBe(order.amountFen);
      const byBank = sum(mine.filter(({ payOutNo }) => fixture.bankPaid.has(payOutNo)).map((one) => one.amountFen));
      const given = fixture.wechat.givenFen(orderNo) + fixture.alipay.givenFen(orderNo) + byBank;
      expect(given).toBeLessThanOrEqual(gone);
      if (order.origin === 'other' || order.origin === 'gift') expect(byBank).toBe(0);
    }
  }

  async checkSales(): Promise<void> {
    for (const sale of this.sales) {
      const { reversedFen, parts } = await this.fixture.deps.reversals.find(sale.schoolId, sale.accountNo, sale.n);
      expect(sum(parts.map((part) => part.amountFen))).toBe(reversedFen);
      const sold = sale.postings.find(({ leg }) => leg.startsWith('merchant:'))?.amountFen ?? 0;
      expect(reversedFen).toBeLessThanOrEqual(sold);
    }
  }
}

/** A repeat with another amount is another wish. */
function fair(again: boolean) {
  return (error: { readonly code?: string }): undefined => {
    if (FAIR.test(error.code ?? '') || (again && error.code === 'request.replayed-differently')) return undefined;
    throw error;
  };
}

test('sum zero, nothing below its floor, refundable within paid, lots never negative: after every step', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
      const life = new Life();
      life.accountNo = await life.fixture.till.account();
      for (const one of steps) {
        await life.take(one);
        await life.check();
      }
      // In the end every platform answers, and nothing is left open.
      life.fixture.wechat.next = 'succeeded';
      life.fixture.alipay.next = 'succeeded';
      life.fixture.bankSays = 'succeeded';
      for (const platform of [life.fixture.wechat, life.fixture.alipay]) {
        for (const [refundNo, { status }] of platform.refunds) if (status === 'pending') platform.become(refundNo, 'succeeded');
      }
      life.database.catchUp();
      for (let day = 0; day < 3; day += 1) {
        life.fixture.later(90_000_000);
        await life.fixture.sweep();
        life.database.catchUp();
      }
      await life.check();
      for (const payOutNo of life.refunds) {
        expect((await life.fixture.deps.payOuts.find('shanghaitech', payOutNo))?.state).not.toBe('requested');
      }
    }),
    { numRuns: 60 },
  );
}, 60_000);
