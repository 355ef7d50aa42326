import { fen, sum } from '../../shared/money';
import { emptyState } from '../domain/account-state';
import { firstEntry } from '../domain/entry';
import { guestAccountNo } from '../domain/house-account';
import { move } from '../domain/posting';
import { verifyPassbook } from '../domain/verify-passbook';
import { Crash, faultyDatabase } from '../test/faulty-database';
import { createModelDatabase } from '../test/model-database';
import { RefundFixture } from '../test/refund-fixture';
import { listSuspense } from './open-suspense';
import { refundOrphan } from './refund-orphan';
import { refundSale } from './refund-sale';
import { voidSale } from './void-sale';

const world = () => new RefundFixture(createModelDatabase());
const by = (name: string) => ({ by: name, askedBy: 'staff:1', reason: '多扣' });

describe('a sale from the campus account', () => {
  it('is given back in parts, within the sale, and a repeat is the same part', async () => {
    const fixture = world();
    const accountNo = await fixture.till.account({ cardFen: 2_000 });
    const sale = await fixture.charge(accountNo, 1_200);
    const first = await refundSale(fixture.deps, { sale, ...by('a'), amountFen: fen(500) });
    expect((await refundSale(fixture.deps, { sale, ...by('a'), amountFen: fen(500) })).entry).toEqual(first.entry);
    await expect(refundSale(fixture.deps, { sale, ...by('b'), amountFen: fen(701) })).rejects.toThrow('refund.over-rest');
    const rest = await refundSale(fixture.deps, {
      sale,
      ...by('A-request-id-of-a-phone-that-is-as-long-as-one-may-be'),
      amountFen: 'rest',
    });
    expect(rest.entry.entryId).toMatch(/^7-\d+-[0-9A-Z]{15}$/);
    expect((await fixture.till.head(accountNo)).state.balances.card).toBe(2_000);
    expect(fixture.wechat.calls).toEqual([]);
  });

  it('asked back by the till, a supervisor, a dispute and reconciliation at once comes back once in total', async () => {
    const fixture = world();
    const accountNo = await fixture.till.account({ cardFen: 2_000 });
    const request = fixture.till.tapSale(accountNo, 1_200);
    const { authorizePayment } = await import('./authorize-payment');
    const charged = await authorizePayment(fixture.till.deps, request);
    if (!('entry' in charged)) throw new Error('not charged');
    const { entry: sale } = charged;
    await Promise.all([
      voidSale(fixture.till.deps, request),
      ...['supervisor', 'dispute', 'reconcile'].map((name) => refundSale(fixture.deps, { sale, ...by(name), amountFen: 'rest' })),
    ]);
    expect((await fixture.till.head(accountNo)).state.balances.card).toBe(2_000);
    const entries = await fixture.till.all(accountNo);
    expect(entries.filter(({ reverses }) => reverses === sale.entryId)).toHaveLength(1);
    expect(verifyPassbook(entries)).toEqual([]);
  });

  it('that is none is refused', async () => {
    const fixture = world();
    const accountNo = await fixture.till.account({ cardFen: 2_000 });
    const sale = await fixture.till.head(accountNo);
    await expect(refundSale(fixture.deps, { sale, ...by('a'), amountFen: 'rest' })).rejects.toThrow('dispute.not-disputable');
  });
});

describe('a sale by a WeChat code', () => {
  /** As a till's sale of a payer's own code stands in the guests' passbook. */
  async function sold(fixture: RefundFixture) {
    const { schoolId, now, pack, passbook } = fixture.till;
    const accountNo = guestAccountNo(7, '2026-11-21');
    const orderNo = 'bistuWXC0000000000000';
    const draft = {
      kind: 'native-charge',
      entryId: '7-88',
      orderNo,
      postings: move('channel:wechat-pay', 'merchant:12', fen(1_500)),
      counterparty: { book: 'terminal/7/2026-11-21', place: '000000088' },
      merchant: 12,
      occurredAt: now,
      state: { ...emptyState(), cardIssue: 0 },
    } as const;
    const sale = firstEntry({ schoolId, accountNo, draft, recordedAt: now, utcOffsetMinutes: pack.utcOffsetMinutes });
    await passbook.append(sale);
    return { accountNo, orderNo, sale };
  }

  it('goes back to the payer through the platform, in parts, within the sale', async () => {
    const fixture = world();
    const { accountNo, orderNo, sale } = await sold(fixture);
    const part = await refundSale(fixture.deps, { sale, ...by('a'), amountFen: fen(600) });
    expect(part).toMatchObject({
      payOut: { state: 'succeeded', to: { via: 'platform', orderNo } },
      entry: { kind: 'native-refund', reverses: '7-88' },
    });
    expect(part.entry.counterparty?.book).toBe('terminal/7/2026-11-21');
    expect((await refundSale(fixture.deps, { sale, ...by('a'), amountFen: fen(600) })).entry).toEqual(part.entry);
    await expect(refundSale(fixture.deps, { sale, ...by('a'), amountFen: fen(601) })).rejects.toThrow('request.replayed-differently');
    await expect(refundSale(fixture.deps, { sale, ...by('b'), amountFen: fen(901) })).rejects.toThrow('refund.over-rest');
    await Promise.all(
      ['c', 'd', 'e'].map((name) => refundSale(fixture.deps, { sale, ...by(name), amountFen: fen(900) }).catch(() => undefined)),
    );
    expect((await refundSale(fixture.deps, { sale, ...by('f'), amountFen: 'rest' })).entry.reverses).toBe('7-88');
    expect(fixture.wechat.givenFen(orderNo)).toBe(1_500);
    const legs = (await fixture.till.all(accountNo)).flatMap(({ postings }) => postings);
    expect(sum(legs.filter(({ leg }) => leg === 'merchant:12').map(({ amountFen }) => amountFen))).toBe(0);
  });

  it('that the platform refuses stays the merchant’s, and may be asked back again', async () => {
    const fixture = world();
    const { accountNo, orderNo, sale } = await sold(fixture);
    fixture.wechat.next = 'refused';
    expect(await refundSale(fixture.deps, { sale, ...by('a'), amountFen: 'rest' })).toMatchObject({ payOut: { state: 'returned' } });
    const back = await fixture.till.head(accountNo);
    expect(back).toMatchObject({ kind: 'refund-returned', merchant: 12, counterparty: { book: 'terminal/7/2026-11-21' } });
    expect(await fixture.deps.reversals.find('bistu', accountNo, sale.n)).toMatchObject({ reversedFen: 0, parts: [] });
    fixture.wechat.next = 'succeeded';
    await refundSale(fixture.deps, { sale, ...by('b'), amountFen: 'rest' });
    expect(fixture.wechat.givenFen(orderNo)).toBe(1_500);
    expect(verifyPassbook(await fixture.till.all(accountNo))).toEqual([]);
  });
});

describe('an orphan payment', () => {
  const orphan = {
    schoolId: 'bistu',
    channel: 'wechat-pay',
    merchantOrderNo: 'strange_order_1',
    appId: 'wx0000000000000001',
    day: '2026-11-20',
    ...{ platformTradeNo: '4200001234567890123456789012', amountFen: fen(800) },
  } as const;

  it('is taken into suspense and sent back once, however often it is found', async () => {
    const fixture = world();
    const [first] = await Promise.all([refundOrphan(fixture.deps, orphan), refundOrphan(fixture.deps, orphan)]);
    fixture.later(3_600_000);
    await refundOrphan(fixture.deps, orphan);
    expect(fixture.wechat.givenFen('strange_order_1')).toBe(800);
    const entries = await fixture.till.all(first.accountNo);
    expect(entries.map(({ kind }) => kind)).toEqual(['suspense', 'suspense-cleared']);
    expect(sum(entries.flatMap(({ postings }) => postings).map(({ amountFen }) => amountFen))).toBe(0);
    expect(await listSuspense(fixture.deps, 'bistu')).toEqual({ items: [], openFen: 0 });
    // The next day's bill names it too: it is the same refund.
    expect((await refundOrphan(fixture.deps, { ...orphan, day: '2026-11-22' })).payOutNo).toBe(first.payOutNo);
    await expect(refundOrphan(fixture.deps, { ...orphan, amountFen: fen(801) })).rejects.toThrow('request.replayed-differently');
  });

  it('is refunded once and listed as the books say, wherever the function dies', async () => {
    for (const next of ['succeeded', 'refused'] as const) {
      for (const moment of ['before', 'after'] as const) {
        for (let at = 1; at < 40; at += 1) {
          const fixture = world();
          fixture.wechat.next = next;
          const dying = fixture.depsOver(faultyDatabase(fixture.database, { at, moment }));
          const first = await refundOrphan(dying, orphan).catch((error: unknown) => error);
          if (first instanceof Error && !(first instanceof Crash)) throw first;
          fixture.later(3_600_000);
          const { accountNo } = await refundOrphan(fixture.deps, orphan);
          await fixture.sweep();
          const postings = (await fixture.till.all(accountNo)).flatMap((entry) => entry.postings);
          const suspendedFen = sum(postings.filter(({ leg }) => leg === 'suspense').map(({ amountFen }) => amountFen));
          expect(fixture.wechat.givenFen('strange_order_1')).toBe(next === 'succeeded' ? 800 : 0);
          expect(suspendedFen).toBe(next === 'succeeded' ? 0 : 800);
          expect((await listSuspense(fixture.deps, 'bistu')).openFen).toBe(suspendedFen);
          if (!(first instanceof Crash)) break;
        }
      }
    }
  });

  it('that cannot be sent back stands in suspense again', async () => {
    const fixture = world();
    fixture.wechat.next = 'refused';
    const payOut = await refundOrphan(fixture.deps, orphan);
    expect(payOut.state).toBe('returned');
    const entries = await fixture.till.all(payOut.accountNo);
    const suspended = entries.flatMap(({ postings }) => postings).filter(({ leg }) => leg === 'suspense');
    expect(sum(suspended.map(({ amountFen }) => amountFen))).toBe(800);
    const { items } = await listSuspense(fixture.deps, 'bistu');
    expect(items).toMatchObject([{ day: '2026-11-20', amountFen: 800, openFen: 800, reason: 'wechat-pay strange_order_1' }]);
  });
});
