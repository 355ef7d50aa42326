import { fen } from '../../shared/money';
import { DAY_MS } from '../../shared/time';
import { legs } from '../domain/legs';
import { movementDraft } from '../domain/movement';
import { move } from '../domain/posting';
import { grantLegs } from '../domain/subsidy';
import { verifyPassbook } from '../domain/verify-passbook';
import { createCardCharges } from '../store/card-charges';
import { createCloseOuts } from '../store/close-outs';
import { createPurses } from '../store/purses';
import { Crash, faultyDatabase } from '../test/faulty-database';
import { createModelDatabase } from '../test/model-database';
import { RefundFixture } from '../test/refund-fixture';
import { authorizePayment } from './authorize-payment';
import { chargeCardFee } from './charge-card-fee';
import { type CloseOutDeps, closeAccount } from './close-account';

const CARD = { agreementRef: 'agr-1', cardTail: '1234' };

class CloseFixture extends RefundFixture {
  readonly closing: CloseOutDeps;

  constructor() {
    super(createModelDatabase(), 'shanghaitech', {});
    this.closing = this.closingOver(this.database);
  }

  closingOver(database: RefundFixture['database']): CloseOutDeps {
    return {
      ...this.depsOver(database),
      closeOuts: createCloseOuts(database),
      cardCharges: createCardCharges(database),
      purses: createPurses(database),
    };
  }

  wishOf(accountNo: number) {
    return { schoolId: this.till.schoolId, accountNo, by: 'staff:1' };
  }

  close(accountNo: number, acknowledgedFen?: number) {
    const acknowledged = acknowledgedFen === undefined ? {} : { acknowledgedFen: fen(acknowledgedFen) };
    return closeAccount(this.closing, { ...this.wishOf(accountNo), ...acknowledged });
  }

  async total(accountNo: number): Promise<number> {
    const { balances, subsidy } = (await this.till.head(accountNo)).state;
    return Object.values(balances).reduce((sum, one) => sum + one, 0) + subsidy.reduce((sum, lot) => sum + lot.amountFen, 0);
  }

  async grant(accountNo: number, amountFen: number): Promise<void> {
    const { now, pack } = this.till;
    await this.till.change(accountNo, (head) =>
      movementDraft(
        head,
        {
          ...{ kind: 'subsidy-granted', entryId: `grant-${now}`, family: 'subsidy', occurredAt: now, recordedAt: now },
          postings: grantLegs(head.state.subsidy, { amountFen: fen(amountFen), expiresAt: now + 30 * DAY_MS }),
        },
        pack,
      ),
    );
  }

  async cash(accountNo: number, amountFen: number): Promise<void> {
    const { now, pack } = this.till;
    await this.till.change(accountNo, (head) =>
      movementDraft(
        head,
        {
          ...{ kind: 'top-up', entryId: `cash-${now}`, family: 'channel/cash', occurredAt: now, recordedAt: now },
          postings: move('channel:cash', 'card', fen(amountFen)),
        },
        pack,
      ),
    );
  }
}

it('58, 59: everything goes to whoever paid it, and the account closes with nothing left', async () => {
  const fixture = new CloseFixture();
  const accountNo = await fixture.till.account();
  const own = await fixture.topUp(accountNo, 3_000, { daysAgo: 40 });
  const bank = await fixture.topUp(accountNo, 2_000, { channel: 'bank-card', appId: 'bank', daysAgo: 30 });
  const old = await fixture.topUp(accountNo, 1_000, { daysAgo: 400 });
  const gift = await fixture.topUp(accountNo, 500, { origin: 'gift', giftId: 'g', channel: 'alipay', appId: '2021000000000001' });
  await fixture.grant(accountNo, 700);
  fixture.bankCard = CARD;
  const closed = await fixture.close(accountNo);
  expect(closed).toMatchObject({ state: 'closed', remainder: [], subsidyFen: 700 });
  expect(await fixture.total(accountNo)).toBe(0);
  expect([fixture.wechat.givenFen(own), fixture.alipay.givenFen(gift)]).toEqual([3_000, 500]);
  expect([...fixture.bankPaid.values()].sort()).toEqual([1_000, 2_000]);
  expect([await fixture.left(bank), await fixture.left(old)]).toEqual([0, 0]);
  const entries = await fixture.till.all(accountNo);
  expect(entries.slice(-8).map(({ kind }) => kind)).toEqual([
    'account-frozen',
    'claim',
    'subsidy-expired',
    ...Array(4).fill('refund'),
    'account-closed',
  ]);
  expect(entries.at(-1)?.state).toMatchObject({ closed: true, codesFrozen: true, ownBankFen: 0 });
  expect(verifyPassbook(entries)).toEqual([]);
  // Once more is the same, and writes nothing.
  expect(await fixture.close(accountNo)).toMatchObject({ state: 'closed', closedN: closed.closedN, refundIds: closed.refundIds });
  expect(await fixture.till.all(accountNo)).toHaveLength(entries.length);
});

it('settles what is owed before anything goes back, and stays open while more is owed than the card has', async () => {
  const fixture = new CloseFixture();
  const accountNo = await fixture.till.account();
  const owe = (amountFen: number) =>
    fixture.till.change(accountNo, (head) =>
      movementDraft(
        head,
        {
          ...{
            kind: 'pass-charge',
            entryId: `9-${amountFen}`,
            family: 'internal',
            occurredAt: fixture.till.now,
            recordedAt: fixture.till.now,
          },
          postings: move(legs.receivable, 'merchant:12', fen(amountFen)),
        },
        fixture.till.pack,
      ),
    );
  await fixture.cash(accountNo, 400);
  await owe(1_000);
  expect(await fixture.close(accountNo)).toMatchObject({ state: 'remains', remainder: [{ reason: 'owed', amountFen: 600 }] });
  const orderNo = await fixture.topUp(accountNo, 800);
  expect(await fixture.close(accountNo)).toMatchObject({ state: 'closed', remainder: [] });
  expect(fixture.wechat.givenFen(orderNo)).toBe(200);
  const entries = await fixture.till.all(accountNo);
  expect(entries.filter(({ kind }) => kind === 'receivable-cleared').map(({ state }) => state.owedFen)).toEqual([600, undefined]);
  expect(entries.at(-1)?.state).toMatchObject({ closed: true, codesFrozen: true });
  expect(verifyPassbook(entries)).toEqual([]);
});

it('stops card and codes at once', async () => {
  const fixture = new CloseFixture();
  const accountNo = await fixture.till.account();
  await fixture.cash(accountNo, 5_000);
  await fixture.close(accountNo);
  for (const sale of [fixture.till.tapSale(accountNo, 100), fixture.till.codeSale(await fixture.till.code(accountNo), 100)]) {
    expect(await authorizePayment(fixture.till.deps, sale)).toMatchObject({ outcome: 'not-charged' });
  }
});

it('says exactly what remains and why, closes only when that is acknowledged, and takes nothing of it', async () => {
  const fixture = new CloseFixture();
  const accountNo = await fixture.till.account();
  await fixture.topUp(accountNo, 1_000, { daysAgo: 400 });
  await fixture.cash(accountNo, 300);
  const remains = await fixture.close(accountNo);
  expect(remains).toMatchObject({
    state: 'remains',
    remainder: [
      { reason: 'too-old', amountFen: 1_000 },
      { reason: 'no-order', amountFen: 300 },
    ],
  });
  expect((await fixture.close(accountNo, 1_299)).state).toBe('remains');
  expect((await fixture.till.head(accountNo)).state.closed).toBe(false);
  expect(await fixture.close(accountNo, 1_300)).toMatchObject({ state: 'closed', acknowledgedBy: 'staff:1' });
  expect(await fixture.total(accountNo)).toBe(1_300);
  // A bank card is bound later: what was too old can go after all.
  fixture.bankCard = CARD;
  expect(await fixture.close(accountNo)).toMatchObject({ state: 'closed', remainder: [{ reason: 'no-order', amountFen: 300 }] });
  expect([...fixture.bankPaid.values()]).toEqual([1_000]);
});

it('a closed account still takes a failed refund back, and it can be sent again', async () => {
  const fixture = new CloseFixture();
  const accountNo = await fixture.till.account();
  const orderNo = await fixture.topUp(accountNo, 2_000);
  fixture.wechat.next = 'pending';
  const closed = await fixture.close(accountNo);
  expect([closed.state, await fixture.total(accountNo)]).toEqual(['closed', 0]);
  for (const refundNo of fixture.wechat.refunds.keys()) fixture.wechat.become(refundNo, 'failed');
  fixture.later(11_000);
  await fixture.sweep();
  const head = await fixture.till.head(accountNo);
  expect([head.kind, head.state.closed, await fixture.total(accountNo), await fixture.left(orderNo)]).toEqual([
    'refund-returned',
    true,
    2_000,
    2_000,
  ]);
  fixture.wechat.next = 'succeeded';
  fixture.later(60_000);
  const again = await fixture.close(accountNo);
  expect([again.state, again.refundIds.length, await fixture.total(accountNo)]).toEqual(['closed', 2, 0]);
  expect(fixture.wechat.givenFen(orderNo)).toBe(2_000);
  expect((await fixture.till.all(accountNo)).filter(({ kind }) => kind === 'account-closed')).toHaveLength(1);
});

it('gives a deposit back first, and then out to whoever paid in', async () => {
  const fixture = new CloseFixture();
  Object.assign(fixture.till.pack, { cardCharges: { feeFen: fen(1_000), depositFen: fen(2_000) } });
  const accountNo = await fixture.till.account();
  const orderNo = await fixture.topUp(accountNo, 5_000);
  await fixture.close(accountNo).catch(() => undefined);
  const other = await fixture.till.account({ cardFen: 2_500 });
  await chargeCardFee(fixture.closing, { schoolId: fixture.till.schoolId, accountNo: other, issue: 1, what: 'deposit' });
  expect(await fixture.total(other)).toBe(500);
  expect(await fixture.close(other)).toMatchObject({
    state: 'remains',
    depositFen: 2_000,
    remainder: [{ reason: 'no-order', amountFen: 2_500 }],
  });
  expect(await fixture.left(orderNo)).toBe(0);
});

it('more lots than one refund may have go in rounds', async () => {
  const fixture = new CloseFixture();
  const accountNo = await fixture.till.account();
  for (let made = 0; made < 23; made += 1) await fixture.topUp(accountNo, 100);
  const closed = await fixture.close(accountNo);
  expect([closed.state, closed.refundIds.length, await fixture.total(accountNo)]).toEqual(['closed', 2, 0]);
});

it('asked for by two at once is one closing', async () => {
  const fixture = new CloseFixture();
  const accountNo = await fixture.till.account();
  const orderNo = await fixture.topUp(accountNo, 2_000);
  await fixture.grant(accountNo, 500);
  await Promise.all([fixture.close(accountNo), fixture.close(accountNo), fixture.close(accountNo)]);
  expect(fixture.wechat.givenFen(orderNo)).toBe(2_000);
  expect(await fixture.closing.closeOuts.find(fixture.till.schoolId, accountNo)).toMatchObject({ state: 'closed', subsidyFen: 500 });
  expect((await fixture.till.all(accountNo)).filter(({ kind }) => kind === 'account-closed')).toHaveLength(1);
});

it('of an account that there is not is refused', async () => {
  await expect(new CloseFixture().close(404)).rejects.toThrow('account.unknown');
});

it('dies anywhere and is asked again: closed once, all given back once', async () => {
  for (let at = 1; at < 120; at += 1) {
    for (const moment of ['before', 'after'] as const) {
      const fixture = new CloseFixture();
      const accountNo = await fixture.till.account();
      const orderNo = await fixture.topUp(accountNo, 2_000);
      await fixture.grant(accountNo, 500);
      const faulty = faultyDatabase(fixture.database, { at, moment });
      const died = await closeAccount(fixture.closingOver(faulty), fixture.wishOf(accountNo)).then(
        () => false,
        (error) => error instanceof Crash,
      );
      fixture.later(61_000);
      const closed = await fixture.close(accountNo);
      await fixture.sweep();
      expect([closed.state, closed.subsidyFen, await fixture.total(accountNo), fixture.wechat.givenFen(orderNo)]).toEqual([
        'closed',
        500,
        0,
        2_000,
      ]);
      expect((await fixture.till.all(accountNo)).filter(({ kind }) => kind === 'account-closed')).toHaveLength(1);
      if (!died && faulty.calls() < at) return;
    }
  }
  throw new Error('a closing has fewer steps than this');
});
