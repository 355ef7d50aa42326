import { fen } from '../../shared/money';
import { verifyPassbook } from '../domain/verify-passbook';
import { createNoticeWishes } from '../store/notice-wishes';
import { createNotices } from '../store/notices';
import { Crash, faultyDatabase } from '../test/faulty-database';
import { createModelDatabase } from '../test/model-database';
import { RefundFixture } from '../test/refund-fixture';
import { type PayOutRoute, settlePayOut } from './pay-out';
import { redirectRefund } from './redirect-refund';
import { refund } from './refund';

const world = () => new RefundFixture(createModelDatabase());
const balance = async (fixture: RefundFixture, accountNo: number) => (await fixture.till.head(accountNo)).state.balances.card;

describe('a refund of top-ups', () => {
  it('gives newest first, lowers the lots, and is sent to each platform once', async () => {
    const fixture = world();
    const accountNo = await fixture.till.account();
    const old = await fixture.topUp(accountNo, 3_000, { daysAgo: 9, channel: 'alipay', appId: '2021000000000000' });
    const young = await fixture.topUp(accountNo, 2_000, { daysAgo: 1 });
    await fixture.charge(accountNo, 1_000);
    const { refund: made, payOuts } = await refund(fixture.deps, fixture.wish(accountNo, { amountFen: fen(3_500) }));
    expect(made.parts.map(({ orderNo, amountFen }) => [orderNo, amountFen])).toEqual([
      [young, 2_000],
      [old, 1_500],
    ]);
    expect(payOuts.map(({ state, kind }) => [state, kind])).toEqual([
      ['succeeded', 'refund'],
      ['succeeded', 'refund'],
    ]);
    expect([await fixture.left(young), await fixture.left(old)]).toEqual([0, 1_500]);
    expect(await balance(fixture, accountNo)).toBe(500);
    expect([fixture.wechat.givenFen(young), fixture.alipay.givenFen(old)]).toEqual([2_000, 1_500]);
    const entries = await fixture.till.all(accountNo);
    expect(verifyPassbook(entries)).toEqual([]);
    expect(entries.at(-1)).toMatchObject({
      kind: 'refund',
      orderNo: old,
      counterparty: { book: expect.stringMatching(/^channel\/alipay\//) },
    });
    for (const { payOutNo } of made.parts) expect(payOutNo).toMatch(/^[0-9A-Za-z_]{6,31}$/);
  });

  it('repeated is the same refund with the same numbers, however the lots have changed since', async () => {
    const fixture = world();
    const accountNo = await fixture.till.account();
    await fixture.topUp(accountNo, 2_000);
    const first = await refund(fixture.deps, fixture.wish(accountNo, { amountFen: fen(500) }));
    await fixture.topUp(accountNo, 4_000);
    expect(await refund(fixture.deps, fixture.wish(accountNo, { amountFen: fen(500) }))).toEqual(first);
    expect(await balance(fixture, accountNo)).toBe(5_500);
    expect(fixture.wechat.calls).toHaveLength(1);
    await expect(refund(fixture.deps, fixture.wish(accountNo, { amountFen: fen(501) }))).rejects.toThrow('request.replayed-differently');
  });

  it('asked for twice at once is one refund', async () => {
    const fixture = world();
    const accountNo = await fixture.till.account();
    await fixture.topUp(accountNo, 2_000);
    const both = await Promise.all([1, 2].map(() => refund(fixture.deps, fixture.wish(accountNo, { amountFen: fen(1_500) }))));
    expect(both[0]?.refund).toEqual(both[1]?.refund);
    expect(await balance(fixture, accountNo)).toBe(500);
  });

  it('two different ones at once never give more than there is', async () => {
    const fixture = world();
    const accountNo = await fixture.till.account();
    const orderNo = await fixture.topUp(accountNo, 2_000);
    const asked = ['a', 'b', 'c'].map((requestId) =>
      refund(fixture.deps, fixture.wish(accountNo, { requestId, amountFen: fen(1_500), askedBy: 'staff:1' })),
    );
    const done = (await Promise.allSettled(asked)).filter(({ status }) => status === 'fulfilled');
    expect(done).toHaveLength(1);
    expect([await balance(fixture, accountNo), await fixture.left(orderNo), fixture.wechat.givenFen(orderNo)]).toEqual([500, 500, 1_500]);
  });

  it('is told once it has arrived, once however it was heard of, and not to a holder who wants to hear nothing of refunds', async () => {
    const fixture = world();
    const inbox = async (accountNo: number) => (await createNotices(fixture.database).ofAccount('bistu', accountNo, { limit: 9 })).notices;
    const give = async (accountNo: number) => {
      await fixture.topUp(accountNo, 2_000);
      fixture.wechat.next = 'pending';
      const { refund: made } = await refund(fixture.deps, fixture.wish(accountNo));
      expect(await inbox(accountNo)).toEqual([]);
      for (const { payOutNo } of made.parts) fixture.wechat.become(payOutNo, 'succeeded');
      fixture.later(31_000);
      await Promise.all([fixture.sweep(), fixture.sweep()]);
      await refund(fixture.deps, fixture.wish(accountNo));
      return made.parts[0]?.payOutNo;
    };
    const hears = await fixture.till.account();
    const about = await give(hears);
    expect(await inbox(hears)).toMatchObject([{ kind: 'refund-succeeded', amountFen: 2_000, about, at: fixture.till.now }]);
    const hearsNot = await fixture.till.account();
    await createNoticeWishes(fixture.database).save('bistu', hearsNot, { off: ['refund'] });
    await give(hearsNot);
    expect(await inbox(hearsNot)).toEqual([]);
  });

  it('that the platform definitely refuses comes back, with its lot, and may be asked for again', async () => {
    const fixture = world();
    const accountNo = await fixture.till.account();
    const orderNo = await fixture.topUp(accountNo, 2_000);
    fixture.wechat.next = 'refused';
    const { payOuts } = await refund(fixture.deps, fixture.wish(accountNo));
    expect(payOuts).toMatchObject([{ state: 'returned', failure: 'NOT_ENOUGH_LEFT' }]);
    expect([await balance(fixture, accountNo), await fixture.left(orderNo)]).toEqual([2_000, 2_000]);
    expect((await fixture.till.head(accountNo)).kind).toBe('refund-returned');
    fixture.wechat.next = 'succeeded';
    fixture.later(60_000);
    await refund(fixture.deps, fixture.wish(accountNo, { requestId: 'request-2' }));
    expect([await balance(fixture, accountNo), fixture.wechat.givenFen(orderNo)]).toEqual([0, 2_000]);
    expect(verifyPassbook(await fixture.till.all(accountNo))).toEqual([]);
  });

  it.each(['lost', 'lost-after', 'pending'] as const)(
    'whose answer is "%s" stays on its way until the sweep hears an explicit one',
    async (said) => {
      const fixture = world();
      const accountNo = await fixture.till.account();
      const orderNo = await fixture.topUp(accountNo, 2_000);
      fixture.wechat.next = said;
      const { refund: made, payOuts } = await refund(fixture.deps, fixture.wish(accountNo));
      expect(payOuts).toMatchObject([{ state: 'requested' }]);
      expect(await balance(fixture, accountNo)).toBe(0);
      fixture.later(11_000);
      await fixture.sweep();
      fixture.wechat.next = 'succeeded';
      for (const { payOutNo } of made.parts) if (fixture.wechat.refunds.has(payOutNo)) fixture.wechat.become(payOutNo, 'succeeded');
      fixture.later(31_000);
      expect((await fixture.sweep()).settled + (said === 'lost-after' ? 1 : 0)).toBe(1);
      expect(fixture.wechat.givenFen(orderNo)).toBe(2_000);
      expect((await refund(fixture.deps, fixture.wish(accountNo))).payOuts).toMatchObject([{ state: 'succeeded' }]);
    },
  );

  it.each([
    ['refund.nothing-left', 0, {}],
    ['refund.over-rest', 2_000, { amountFen: fen(2_001) }],
    ['refund.over-rest', 2_000, { amountFen: fen(-1) }],
    ['refund.nothing-left', 2_000, { orderNo: 'bistu999' }],
  ] as const)('is refused with %s, and nothing is written', async (code, amountFen, changes) => {
    const fixture = world();
    const accountNo = await fixture.till.account();
    if (amountFen > 0) await fixture.topUp(accountNo, amountFen);
    const before = await fixture.till.head(accountNo);
    await expect(refund(fixture.deps, fixture.wish(accountNo, changes))).rejects.toThrow(code);
    expect(await fixture.till.head(accountNo)).toEqual(before);
    expect(fixture.wechat.calls).toEqual([]);
  });

  it('of a payment older than 365 days is refused, or goes to the bound bank card', async () => {
    const fixture = world();
    const accountNo = await fixture.till.account();
    const orderNo = await fixture.topUp(accountNo, 2_000, { daysAgo: 366 });
    for (const changes of [{}, { orderNo }]) {
      await expect(refund(fixture.deps, fixture.wish(accountNo, changes))).rejects.toThrow('refund.too-old');
    }
    fixture.bankCard = { agreementRef: 'agr-1', cardTail: '1234' };
    const { payOuts } = await refund(fixture.deps, fixture.wish(accountNo));
    expect(payOuts).toMatchObject([{ state: 'succeeded', to: { via: 'bank', cardTail: '1234', orderNo } }]);
    expect([await fixture.left(orderNo), await balance(fixture, accountNo), fixture.wechat.calls]).toEqual([0, 0, []]);
  });

  it('that the bank refuses gives the lot and the withdrawable back', async () => {
    const fixture = world();
    const accountNo = await fixture.till.account();
    const orderNo = await fixture.topUp(accountNo, 2_000, { channel: 'bank-card', appId: 'bank' });
    fixture.bankCard = { agreementRef: 'agr-1', cardTail: '1234' };
    fixture.bankSays = 'failed';
    await refund(fixture.deps, fixture.wish(accountNo));
    const { state } = await fixture.till.head(accountNo);
    expect([state.balances.card, state.ownBankFen, await fixture.left(orderNo)]).toEqual([2_000, 2_000, 2_000]);
  });

  it('of what somebody else paid is not the holder’s to ask for; the office sends it to its payer', async () => {
    const fixture = world();
    const accountNo = await fixture.till.account();
    const orderNo = await fixture.topUp(accountNo, 2_000, { origin: 'gift', giftId: 'gft_1' });
    await expect(refund(fixture.deps, fixture.wish(accountNo, { orderNo }))).rejects.toThrow('refund.not-yours');
    await expect(refund(fixture.deps, fixture.wish(accountNo))).rejects.toThrow('refund.nothing-left');
    await refund(fixture.deps, fixture.wish(accountNo, { orderNo, whose: 'everyone', askedBy: 'staff:1' }));
    expect(fixture.wechat.givenFen(orderNo)).toBe(2_000);
  });

  it('again within a minute: a person is told to wait, our own is sent when the minute is over', async () => {
    const fixture = world();
    const accountNo = await fixture.till.account();
    const orderNo = await fixture.topUp(accountNo, 2_000);
    await refund(fixture.deps, fixture.wish(accountNo, { amountFen: fen(500) }));
    fixture.later(20_000);
    const second = fixture.wish(accountNo, { requestId: 'request-2', amountFen: fen(500) });
    await expect(refund(fixture.deps, second)).rejects.toMatchObject({ code: 'refund.too-soon', detail: { retryAfterSeconds: 40 } });
    const { payOuts } = await refund(fixture.deps, { ...second, askedBy: 'close-out' });
    expect(payOuts).toMatchObject([{ state: 'requested', asked: 0 }]);
    expect(fixture.wechat.calls).toHaveLength(1);
    fixture.later(20_000);
    expect((await fixture.sweep()).looked).toBe(0);
    fixture.later(20_001);
    expect((await fixture.sweep()).settled).toBe(1);
    expect(fixture.wechat.givenFen(orderNo)).toBe(1_000);
  });

  it('dies anywhere and is repeated: once in the end', async () => {
    for (let at = 1; at < 60; at += 1) {
      for (const moment of ['before', 'after'] as const) {
        const fixture = world();
        const accountNo = await fixture.till.account();
        const orders = [await fixture.topUp(accountNo, 2_000, { daysAgo: 2 }), await fixture.topUp(accountNo, 1_000)];
        const faulty = faultyDatabase(fixture.database, { at, moment });
        const died = await refund(fixture.depsOver(faulty), fixture.wish(accountNo)).then(
          () => false,
          (error) => error instanceof Crash,
        );
        fixture.later(11_000);
        await refund(fixture.deps, fixture.wish(accountNo));
        fixture.later(61_000);
        await fixture.sweep();
        expect(await balance(fixture, accountNo)).toBe(0);
        for (const [index, orderNo] of orders.entries()) {
          expect([await fixture.left(orderNo), fixture.wechat.givenFen(orderNo)]).toEqual([0, index === 0 ? 2_000 : 1_000]);
        }
        if (!died && faulty.calls() < at) return;
      }
    }
    throw new Error('a refund has fewer steps than this');
  });
});

describe('what others paid', () => {
  it('is not paid out to the holder for a top-up of their own that was spent before', async () => {
    const fixture = world();
    const accountNo = await fixture.till.account();
    await fixture.topUp(accountNo, 2_000, { daysAgo: 3 });
    await fixture.charge(accountNo, 2_000);
    const gift = await fixture.topUp(accountNo, 1_500, { origin: 'other', daysAgo: 1 });
    await expect(refund(fixture.deps, fixture.wish(accountNo))).rejects.toThrow('refund.nothing-left');
    // The payer gets it back, all of it.
    await refund(fixture.deps, fixture.wish(accountNo, { whose: 'everyone' }));
    expect([fixture.wechat.givenFen(gift), await balance(fixture, accountNo)]).toEqual([1_500, 0]);
  });

  it('stays theirs however often the holder asks: what was there before it came goes back once', async () => {
    const fixture = world();
    const accountNo = await fixture.till.account();
    await fixture.topUp(accountNo, 1_000, { daysAgo: 4 });
    await fixture.topUp(accountNo, 1_000, { daysAgo: 3 });
    await fixture.charge(accountNo, 1_000);
    await fixture.topUp(accountNo, 1_000, { origin: 'gift', giftId: 'g', daysAgo: 1 });
    const { refund: made } = await refund(fixture.deps, fixture.wish(accountNo));
    expect(made.parts.map(({ amountFen }) => amountFen)).toEqual([1_000]);
    fixture.later(120_000);
    await expect(refund(fixture.deps, fixture.wish(accountNo, { requestId: 'request-2' }))).rejects.toThrow('refund.nothing-left');
    expect(await balance(fixture, accountNo)).toBe(1_000);
  });

  it('stays theirs also where two refunds of two lots are asked at once', async () => {
    const fixture = world();
    const accountNo = await fixture.till.account();
    const first = await fixture.topUp(accountNo, 1_000, { daysAgo: 4 });
    const second = await fixture.topUp(accountNo, 1_000, { daysAgo: 3 });
    await fixture.charge(accountNo, 1_000);
    await fixture.topUp(accountNo, 1_000, { origin: 'gift', giftId: 'g', daysAgo: 1 });
    const ask = (orderNo: string) => refund(fixture.deps, fixture.wish(accountNo, { requestId: orderNo, orderNo }));
    await Promise.allSettled([ask(first), ask(second)]);
    expect(fixture.wechat.givenFen(first) + fixture.wechat.givenFen(second)).toBe(1_000);
    expect(await balance(fixture, accountNo)).toBe(1_000);
  });
});

describe('a refund that is stuck', () => {
  async function stuck() {
    const fixture = world();
    const accountNo = await fixture.till.account();
    const orderNo = await fixture.topUp(accountNo, 2_000);
    fixture.wechat.next = 'stuck';
    const { payOuts } = await refund(fixture.deps, fixture.wish(accountNo));
    const payOutNo = payOuts[0]?.payOutNo ?? '';
    const wish = { schoolId: 'bistu', accountNo, payOutNo, askedBy: 'holder' };
    return { fixture, accountNo, orderNo, payOutNo, wish, state: payOuts[0]?.state };
  }

  it('keeps the money out of the account until another way is chosen, and then goes to the bank card, once', async () => {
    const { fixture, accountNo, orderNo, wish, state } = await stuck();
    expect([state, await balance(fixture, accountNo), await fixture.left(orderNo)]).toEqual(['stuck', 0, 0]);
    await expect(redirectRefund(fixture.deps, wish)).rejects.toThrow('bank.not-bound');
    fixture.bankCard = { agreementRef: 'agr-1', cardTail: '1234' };
    const both = await Promise.all([redirectRefund(fixture.deps, wish), redirectRefund(fixture.deps, wish)]);
    expect(both[0]).toEqual(both[1]);
    await redirectRefund(fixture.deps, wish);
    expect([...fixture.bankPaid.values()]).toEqual([2_000]);
    expect([await balance(fixture, accountNo), await fixture.left(orderNo)]).toEqual([0, 0]);
  });

  it('and that the platform’s own staff delivered meanwhile is not paid a second time', async () => {
    const { fixture, wish, payOutNo } = await stuck();
    fixture.bankCard = { agreementRef: 'agr-1', cardTail: '1234' };
    fixture.wechat.become(payOutNo, 'succeeded');
    expect(await redirectRefund(fixture.deps, wish)).toMatchObject({ state: 'succeeded' });
    expect(fixture.bankPaid.size).toBe(0);
    await expect(redirectRefund(fixture.deps, wish)).rejects.toThrow('refund.nothing-left');
  });

  it('and whose notice of success arrives while it is being redirected takes nothing more from the account', async () => {
    const { fixture, wish, payOutNo, accountNo } = await stuck();
    fixture.bankCard = { agreementRef: 'agr-1', cardTail: '1234' };
    const other = await fixture.topUp(accountNo, 5_000);
    const found = await fixture.deps.payOuts.find('bistu', payOutNo);
    if (found?.state !== 'stuck') throw new Error('not stuck');
    const route = fixture.deps.routes.refund;
    if (route === undefined) throw new Error('no route');
    const refundRoute: PayOutRoute = {
      ...route,
      query: async (payOut) => {
        const said = await route.query(payOut);
        await settlePayOut(fixture.deps, found, { status: 'succeeded', at: fixture.till.now, externalRef: 'r' });
        return said;
      },
    };
    const deps = { ...fixture.deps, routes: { ...fixture.deps.routes, refund: refundRoute } };
    expect(await redirectRefund(deps, wish)).toMatchObject({ state: 'succeeded' });
    expect(fixture.bankPaid.size).toBe(0);
    expect([await balance(fixture, accountNo), await fixture.left(other)]).toEqual([5_000, 5_000]);
  });

  it('is left as it is while the platform cannot be asked', async () => {
    const { fixture, wish, payOutNo } = await stuck();
    fixture.bankCard = { agreementRef: 'agr-1', cardTail: '1234' };
    fixture.wechat.next = 'lost';
    await expect(redirectRefund(fixture.deps, wish)).rejects.toThrow('refund.platform-unavailable');
    expect((await fixture.deps.payOuts.find('bistu', payOutNo))?.state).toBe('stuck');
  });

  it('of another account is unknown', async () => {
    const { fixture, wish } = await stuck();
    await expect(redirectRefund(fixture.deps, { ...wish, accountNo: 1 })).rejects.toThrow('refund.unknown');
  });
});
