import * as v from 'valibot';
import { accountReply, entriesAfterReply, statementReply } from '../../shared/api/student';
import { fen } from '../../shared/money';
import type { Entry } from '../domain/entry';
import { move, post } from '../domain/posting';
import { createMerchants } from '../store/merchants';
import { createModelDatabase } from '../test/model-database';
import { codeOf, type Phone, StudentWorld, type TestHolder } from '../test/student-world';
import { voidDraft } from '../test/void-draft';

let world: StudentWorld;
let phone: Phone;
let holder: TestHolder;
let sequence = 0;

const at = (text: string): number => new Date(`${text}+08:00`).getTime();

beforeEach(async () => {
  world = await StudentWorld.create(createModelDatabase());
  await createMerchants(world.database).save({
    schoolId: 'bistu',
    merchant: 12,
    name: { zh: '第一食堂', en: 'Canteen 1' },
    legalName: '北京某某餐饮有限公司',
  });
  world.now = at('2026-09-01T08:00:00');
  phone = world.phone('a');
  holder = await world.provenHolder(phone, 'bistu');
});

/** A sale as its entry is, without a terminal; a fence when nothing was charged. */
function sale(amountFen: number, more: { kind?: 'fence'; merchant?: number; claim?: number } = {}): Promise<Entry> {
  sequence += 1;
  return world.append(holder, (head) => {
    const claim = more.claim === undefined ? [] : move('transit', 'card', fen(more.claim));
    const postings = more.kind === 'fence' ? [] : [...claim, ...move('card', 'merchant:12', fen(amountFen))];
    return {
      kind: more.kind ?? 'charge',
      entryId: `7-${sequence}`,
      postings,
      merchant: more.merchant ?? 12,
      occurredAt: world.now,
      state: { ...head.state, balances: post(head.state.balances, postings) },
    };
  });
}

async function month(name: string, cursor?: string) {
  const { status, body } = await phone.get(`/student/statement?month=${name}${cursor === undefined ? '' : `&cursor=${cursor}`}`);
  expect(status).toBe(200);
  return v.parse(statementReply, body);
}

describe('the statement of a month', () => {
  it('lists newest first with sign, running balance, merchant and source (SQ-08, SQ-09, never SQ-10’s plus)', async () => {
    await world.topUp(holder, 2_000);
    world.now += 60_000;
    await sale(1_250);
    const { entries, spentFen, receivedFen, spentByDay } = await month('2026-09');
    expect(entries).toMatchObject([
      {
        kind: 'charge',
        amountFen: -1_250,
        runningFen: 750,
        fundedFrom: 'card',
        channel: null,
        merchant: { zh: '第一食堂', en: 'Canteen 1' },
        recordedAt: '2026-09-01T08:01:00.000+08:00',
      },
      { kind: 'top-up', amountFen: 2_000, runningFen: 2_000, fundedFrom: null, channel: 'wechat-pay', merchant: null },
    ]);
    expect({ spentFen, receivedFen, spentByDay }).toEqual({ spentFen: 1_250, receivedFen: 2_000, spentByDay: { '2026-09-01': 1_250 } });
  });

  it('counts transit into the running balance, and shows what a sale claimed as one entry', async () => {
    phone = world.phone('st');
    holder = await world.provenHolder(phone, 'shanghaitech');
    await world.topUp(holder, 2_000);
    await sale(1_250, { claim: 2_000 });
    const { entries } = await month('2026-09');
    expect(entries).toMatchObject([
      { amountFen: -1_250, runningFen: 750, claimedFen: 2_000, fundedFrom: 'card', merchant: null },
      { amountFen: 2_000, runningFen: 2_000, claimedFen: 0, balances: { transitFen: 2_000, cardFen: 0 } },
    ]);
  });

  it('shows what was paid by WeChat and its refund, though the balance stays (BI-09)', async () => {
    await world.topUp(holder, 2_000);
    const paid = (kind: 'native-charge' | 'native-refund', amountFen: number) =>
      world.append(holder, (head) => ({
        ...{ kind, entryId: `7-9${kind.length}`, merchant: 12, orderNo: 'bistu0001', occurredAt: world.now, state: head.state },
        postings: move('channel:wechat-pay', 'merchant:12', fen(amountFen)),
      }));
    await paid('native-charge', 1_250);
    await paid('native-refund', -1_250);
    const { entries, spentFen } = await month('2026-09');
    const common = { channel: 'wechat-pay', fundedFrom: null, runningFen: 2_000, merchant: { zh: '第一食堂' } };
    expect(entries.slice(0, 2)).toMatchObject([
      { ...common, kind: 'native-refund', amountFen: 1_250 },
      { ...common, kind: 'native-charge', amountFen: -1_250 },
    ]);
    // Totals are of the campus money, which none of it was.
    expect(spentFen).toBe(0);
  });

  it('shows losses, and neither fences nor the comings and goings of apps', async () => {
    await world.topUp(holder, 2_000);
    await sale(0, { kind: 'fence' });
    await phone.post('/student/loss', { keepCodes: true });
    const { entries } = await month('2026-09');
    expect(entries.map(({ kind }) => kind)).toEqual(['loss-reported', 'top-up']);
    expect(entries[0]).toMatchObject({ amountFen: 0, runningFen: 2_000 });
  });

  it('finds every month from the starts kept in the entries, also across empty ones, and reads no more than one entry a month', async () => {
    await world.topUp(holder, 10_000);
    for (const day of ['2026-09-30T23:59:59', '2026-10-01T00:00:00', '2026-12-31T23:59:59', '2027-01-01T00:00:00', '2027-03-15T12:00:00']) {
      world.now = at(day);
      await phone.signIn();
      await sale(100);
    }
    const spent = async (name: string) => (await month(name)).spentFen;
    expect(
      await Promise.all(['2026-08', '2026-09', '2026-10', '2026-11', '2026-12', '2027-01', '2027-02', '2027-03', '2027-04'].map(spent)),
    ).toEqual([0, 100, 100, 0, 100, 100, 0, 100, 0]);
    expect((await month('2026-09')).receivedFen).toBe(10_000);
  });

  it('comes in pages of thirty that entries written meanwhile do not move, each with the totals of the month', async () => {
    await world.topUp(holder, 100_000);
    for (let count = 0; count < 64; count += 1) {
      await sale(100);
      if (count % 10 === 0) await sale(0, { kind: 'fence' });
    }
    const first = await month('2026-09');
    expect(first.entries).toHaveLength(30);
    await sale(777);
    const second = await month('2026-09', first.nextCursor ?? '');
    const third = await month('2026-09', second.nextCursor ?? '');
    expect(second.entries).toHaveLength(30);
    expect(third.nextCursor).toBeNull();
    const all = [...first.entries, ...second.entries, ...third.entries];
    expect(all).toHaveLength(65);
    expect(new Set(all.map(({ n }) => n)).size).toBe(65);
    expect(first.spentFen).toBe(6_400);
    expect(third.spentFen).toBe(6_400 + 777);
    for (const [index, entry] of all.entries()) {
      const older = all[index + 1];
      if (older !== undefined) expect(entry.runningFen - older.runningFen).toBe(entry.amountFen);
    }
  });

  it('has no next page when the last one is exactly full', async () => {
    await world.topUp(holder, 100_000);
    for (let count = 0; count < 29; count += 1) await sale(100);
    const { entries, nextCursor } = await month('2026-09');
    expect([entries.length, nextCursor]).toEqual([30, null]);
  });

  it('takes a voided sale out of its own day, and counts money back for an older month as received', async () => {
    const pack = await world.deps.packOf('bistu');
    const undo = (old: Entry) =>
      world.append(holder, (head) => voidDraft(head, old, { occurredAt: world.now, recordedAt: world.now, pack }));
    await world.topUp(holder, 10_000);
    const first = await sale(1_000);
    const second = await sale(300);
    world.now = at('2026-09-02T09:00:00');
    await undo(first);
    expect(await month('2026-09')).toMatchObject({ spentFen: 300, receivedFen: 10_000, spentByDay: { '2026-09-01': 300 } });
    expect((await month('2026-09')).entries[0]).toMatchObject({
      kind: 'void',
      amountFen: 1_000,
      reverses: first.entryId,
      fundedFrom: null,
    });
    world.now = at('2026-10-01T09:00:00');
    await phone.signIn();
    await undo(second);
    expect(await month('2026-10')).toMatchObject({ spentFen: 0, receivedFen: 300, spentByDay: {} });
  });

  it.each(['2026-13', '2026-9', '202609', '', '1999-01'])('refuses %p as a month', async (name) => {
    expect(codeOf(await phone.get(`/student/statement?month=${name}`))).toBe('request.malformed');
  });

  it('needs a bound session', async () => {
    expect(codeOf(await world.phone('z').get('/student/statement?month=2026-09'))).toBe('auth.sign-in-required');
  });
});

describe('the account', () => {
  it('shows every balance as of one read, with the five newest entries', async () => {
    await world.topUp(holder, 10_000);
    for (let count = 0; count < 7; count += 1) await sale(100);
    const { body } = await phone.get('/student/account');
    const account = v.parse(accountReply, body);
    expect(account).toMatchObject({
      schoolId: 'bistu',
      name: holder.name,
      balances: { cardFen: 9_300, transitFen: 0, chipPendingFen: 0, walletFen: 0, purseFen: 0, subsidyFen: 0 },
      asOf: '2026-09-01T08:00:00.000+08:00',
      lastEntryN: 10,
      loss: null,
      walletOpen: false,
      capabilities: { showPaymentCode: true, cancelLoss: true },
    });
    expect(account.recent.map(({ amountFen }) => amountFen)).toEqual([-100, -100, -100, -100, -100]);
    expect(account.numberMasked).not.toBe(holder.number);
    expect(account.numberMasked).toContain('****');
  });

  it('says what an account with an initial password may do: look and top up', async () => {
    const initial = await world.holder('bistu');
    const other = world.phone('b');
    await other.signIn();
    await other.bind(initial, '030417');
    expect((await other.get('/student/account')).body).toMatchObject({
      passwordIsInitial: true,
      capabilities: { showPaymentCode: false, cancelLoss: false },
    });
  });
});

describe('the entries after a number', () => {
  const since = async (n: number) => v.parse(entriesAfterReply, (await phone.get(`/student/entries?after=${n}`)).body);

  it('are those since then, newest last, and none at rest', async () => {
    const { lastEntryN } = (await phone.get('/student/account')).body;
    expect(await since(lastEntryN)).toMatchObject({ entries: [], lastEntryN });
    await world.topUp(holder, 10_000);
    const charge = await sale(1_250);
    const heard = await since(lastEntryN);
    expect(heard.entries.map(({ amountFen }) => amountFen)).toEqual([10_000, -1_250]);
    expect(heard.lastEntryN).toBe(charge.n);
  });

  it('lose nothing when there are more than ten, and skip fences', async () => {
    await world.topUp(holder, 100_000);
    const start = (await world.head(holder)).n;
    for (let count = 0; count < 23; count += 1) await sale(count + 1, count % 4 === 3 ? { kind: 'fence' } : {});
    const seen: number[] = [];
    let n = start;
    for (let asks = 0; asks < 5; asks += 1) {
      const heard = await since(n);
      expect(heard.entries.length).toBeLessThanOrEqual(10);
      seen.push(...heard.entries.map(({ amountFen }) => -amountFen));
      n = heard.lastEntryN;
    }
    expect(seen).toEqual(Array.from({ length: 23 }, (_, index) => index + 1).filter((value) => value % 4 !== 0));
    expect(n).toBe((await world.head(holder)).n);
  });

  it('are never an empty page while there is news behind a long row of fences', async () => {
    await world.topUp(holder, 100_000);
    const start = (await world.head(holder)).n;
    for (let count = 0; count < 120; count += 1) await sale(0, { kind: 'fence' });
    const charge = await sale(1_250);
    for (let count = 0; count < 12; count += 1) await sale(0, { kind: 'fence' });
    const heard = await since(start);
    expect(heard.entries.map(({ n }) => n)).toEqual([charge.n]);
    expect((await since(heard.lastEntryN)).entries).toEqual([]);
  });

  it.each(['-1', '1.5', 'x', '', '9999999999'])('refuses %p as a number', async (text) => {
    expect(codeOf(await phone.get(`/student/entries?after=${text}`))).toBe('request.malformed');
  });
});

describe('what is asked for of a month', () => {
  const asked = async (query: string) => {
    const { status, body } = await phone.get(`/student/statement?month=2026-09&${query}`);
    expect(status).toBe(200);
    return v.parse(statementReply, body);
  };
  beforeEach(async () => {
    await world.topUp(holder, 5_000);
    await sale(1_250);
    await world.append(holder, (head) => {
      const postings = move('card', 'wallet', fen(700));
      const state = { ...head.state, balances: post(head.state.balances, postings) };
      return { kind: 'transfer', entryId: 'to-wallet', postings, occurredAt: world.now, state };
    });
    await sale(300);
  });

  it('may be one kind', async () => {
    const { entries, matching, spentFen } = await asked('kind=charge');
    expect(entries.map(({ amountFen }) => amountFen)).toEqual([-300, -1_250]);
    expect(matching).toEqual({ count: 2, outFen: 1_550, inFen: 0 });
    // The month stays the month.
    expect(spentFen).toBe(1_550);
  });

  it('may be what came in, or what went out; what moved between the own places did neither', async () => {
    expect((await asked('flow=in')).entries.map(({ kind }) => kind)).toEqual(['top-up']);
    expect((await asked('flow=out')).entries.map(({ kind }) => kind)).toEqual(['charge', 'charge']);
  });

  it('may be the wallet’s or the card’s: a transfer is of both', async () => {
    expect((await asked('place=wallet')).entries.map(({ kind }) => kind)).toEqual(['transfer']);
    expect((await asked('place=card')).entries.map(({ kind }) => kind)).toEqual(['charge', 'transfer', 'charge', 'top-up']);
  });

  it('may be several at once, and nothing', async () => {
    expect((await asked('place=card&flow=in&kind=top-up')).matching).toEqual({ count: 1, outFen: 0, inFen: 5_000 });
    expect(await asked('place=wallet&flow=in')).toMatchObject({ entries: [], nextCursor: null, matching: { count: 0 } });
  });

  it('counts all of it on each page, and pages through it only', async () => {
    for (let each = 0; each < 40; each += 1) await sale(10);
    const first = await asked('kind=charge');
    expect(first.entries).toHaveLength(30);
    expect(first.matching?.count).toBe(42);
    const second = await asked(`kind=charge&cursor=${first.nextCursor}`);
    expect(second.entries.every(({ kind }) => kind === 'charge')).toBe(true);
    expect(second.entries).toHaveLength(12);
    expect(second.matching?.count).toBe(42);
  });

  it.each(['kind=everything', 'flow=both', 'place=purse', 'kind='])('refuses %p', async (query) => {
    expect(codeOf(await phone.get(`/student/statement?month=2026-09&${query}`))).toBe('request.malformed');
  });
});
