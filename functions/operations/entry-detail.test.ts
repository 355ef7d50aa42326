import * as v from 'valibot';
import { entryDetailReply } from '../../shared/api/records';
import { fen } from '../../shared/money';
import { entryHash } from '../domain/entry';
import { mirror, move, post } from '../domain/posting';
import { createMerchants } from '../store/merchants';
import { createTerminals } from '../store/terminals';
import { createModelDatabase } from '../test/model-database';
import { codeOf, type Phone, StudentWorld, type TestHolder } from '../test/student-world';

let world: StudentWorld;
let phone: Phone;
let holder: TestHolder;

beforeEach(async () => {
  world = await StudentWorld.create(createModelDatabase());
  const name = { zh: '第一食堂', en: 'Canteen 1' };
  await createMerchants(world.database).save({ schoolId: 'bistu', merchant: 12, name, legalName: '北京某某餐饮有限公司' });
  const terminal = { schoolId: 'bistu', terminal: 7, merchant: 12, name: '2 号窗口', place: '第一食堂一层', status: 'active' } as const;
  await createTerminals(world.database).save(terminal);
  phone = world.phone('a');
  holder = await world.provenHolder(phone, 'bistu');
  await world.topUp(holder, 2_000);
});

const postings = move('card', 'merchant:12', fen(1_250));

function sale(entryId: string, more: object = {}) {
  return world.append(holder, (head) => ({
    kind: 'charge',
    entryId,
    postings,
    merchant: 12,
    counterparty: { book: 'terminal/7/2026-11-21', place: '000000001' },
    occurredAt: world.now - 2_000,
    state: { ...head.state, balances: post(head.state.balances, postings) },
    ...more,
  }));
}

async function detail(n: number) {
  const { status, body } = await phone.get(`/student/entries/${n}`);
  expect(status).toBe(200);
  return v.parse(entryDetailReply, body);
}

describe('one entry', () => {
  it('says where, when by both clocks, from which place, and its hash', async () => {
    const entry = await sale('7-1');
    const found = await detail(entry.n);
    expect(found).toMatchObject({
      entry: { n: entry.n, entryId: '7-1', amountFen: -1_250, runningFen: 750, merchant: { zh: '第一食堂' } },
      parts: [{ place: 'card', amountFen: -1_250 }],
      terminal: { number: 7, name: '2 号窗口', place: '第一食堂一层' },
      reason: null,
      late: false,
      reversesN: null,
      reversedByN: [],
      hash: entryHash(entry),
    });
    expect(found.entry.occurredAt < found.entry.recordedAt).toBe(true);
  });

  it('names the entry that took it back, and that one names it', async () => {
    const sold = await sale('7-1');
    const back = await world.append(holder, (head) => ({
      kind: 'void',
      entryId: '7-1-void',
      postings: mirror(postings),
      reverses: '7-1',
      occurredAt: world.now,
      state: { ...head.state, balances: post(head.state.balances, mirror(postings)) },
    }));
    expect((await detail(sold.n)).reversedByN).toEqual([back.n]);
    expect((await detail(back.n)).reversesN).toBe(sold.n);
  });

  it('of a machine that is gone has its number still', async () => {
    const entry = await sale('9-1', { counterparty: { book: 'terminal/9/2026-11-21', place: '000000001' } });
    expect((await detail(entry.n)).terminal).toEqual({ number: 9, name: null, place: null });
  });

  it('of a top-up has no machine', async () => {
    expect((await detail((await sale('7-1')).n - 1)).terminal).toBeNull();
  });

  it.each(['0', '-1', '1.5', 'x', '9999999999', '99999'])('that is none: %s', async (n) => {
    expect(codeOf(await phone.get(`/student/entries/${n}`))).toBe('entry.unknown');
  });

  it('that the statement does not show is none either', async () => {
    expect(codeOf(await phone.get('/student/entries/1'))).toBe('entry.unknown');
  });

  it("of somebody else is out of reach: the number is of the caller's own passbook", async () => {
    const entry = await sale('7-1');
    const other = world.phone('b');
    await world.provenHolder(other, 'sjtu');
    expect(codeOf(await other.get(`/student/entries/${entry.n}`))).toBe('entry.unknown');
  });
});
