import { fen } from '../../shared/money';
import { newOrder, type OrderWish } from '../domain/order';
import { type CloseOutDeps, closeAccount } from '../operations/close-account';
import { creditOrder } from '../operations/confirm-order';
import type { DisputeDeps } from '../operations/dispute-sale';
import type { StudentRefundDeps } from '../operations/read-refunds';
import { createBooks } from '../store/books';
import { createCardCharges } from '../store/card-charges';
import { createCloseOuts } from '../store/close-outs';
import { createDisputes } from '../store/disputes';
import { createPayOuts } from '../store/pay-outs';
import { createPurses } from '../store/purses';
import { createRefunds } from '../store/refunds';
import { createReversals } from '../store/reversals';
import { createTerminalBatches } from '../store/terminal-batches';
import { createModelDatabase } from '../test/model-database';
import { MoneyWorld } from '../test/money-world';
import { RefundFixture } from '../test/refund-fixture';
import { codeOf, type Phone, StudentWorld, type TestHolder } from '../test/student-world';
import { disputeRoutes } from './dispute-routes';
import { refundRoutes } from './refund-routes';

let student: StudentWorld;
let world: MoneyWorld;
let played: RefundFixture;
let deps: StudentRefundDeps & DisputeDeps & CloseOutDeps;
let phone: Phone;
let holder: TestHolder;
let orders = 0;

beforeEach(async () => {
  student = await StudentWorld.create(createModelDatabase());
  const { database } = student;
  played = new RefundFixture(database, 'shanghaitech');
  played.wechat.clock = () => student.now;
  const more = {
    ...played.deps,
    reversals: createReversals(database),
    payOuts: createPayOuts(database),
    refunds: createRefunds(database),
    closeOuts: createCloseOuts(database),
    purses: createPurses(database),
    cardCharges: createCardCharges(database),
    disputes: createDisputes(database),
    terminalBatches: createTerminalBatches(database),
    books: createBooks(database),
  };
  world = new MoneyWorld(student, (readers, money) => {
    const { clock, packOf, backOff, passbook, orders: rows } = money;
    deps = { ...money, ...more, clock, packOf, backOff, passbook, orders: rows };
    return [refundRoutes(readers, deps), disputeRoutes(readers, deps)];
  });
  phone = student.phone('owner');
  holder = await student.provenHolder(phone);
});

/** A paid and credited top-up of the holder's. */
async function topUp(amountFen: number, more: Partial<OrderWish> = {}): Promise<string> {
  orders += 1;
  const orderNo = `shanghaitech${String(orders).padStart(15, '0')}`;
  const { schoolId, accountNo } = holder;
  const base = { schoolId, orderNo, accountNo, channel: 'wechat-pay', appId: 'wxmini', payerOpenId: 'oPayerOpenid1234' } as const;
  const order = newOrder({ ...base, amountFen: fen(amountFen), ...more }, student.now);
  await deps.orders.insert(order);
  await creditOrder(deps, order, { platformTradeNo: `t-${orderNo}`, paidAt: student.now });
  return orderNo;
}

const proof = { kind: 'id-tail', value: '30417X' };
const get = async (path: string, who: Phone = phone) => world.ask(who, 'GET', path);
const ask = (body: object = {}, who: Phone = phone) =>
  world.ask(who, 'POST', '/refunds', { requestId: world.requestId(), amountFen: null, proof, ...body });

describe('a student’s refunds', () => {
  test('shows what could go back to whom, and what stays and why', async () => {
    const own = await topUp(2_000);
    const gift = await topUp(500, { origin: 'gift', giftId: 'g' });
    expect((await get('/refundable')).body).toMatchObject({
      refundableFen: 2_000,
      lots: [
        { orderNo: gift, refundableFen: 500, to: null, reason: 'others' },
        { orderNo: own, refundableFen: 2_000, to: { via: 'platform', channel: 'wechat-pay', masked: 'oPay****34' }, reason: null },
      ],
      remainder: [{ reason: 'others', amountFen: 500 }],
    });
  });

  test('gives back what was paid, tells since when, and a repeat is the same without a second proof', async () => {
    const orderNo = await topUp(2_000);
    const body = { requestId: world.requestId(), amountFen: 1_500 };
    const heard = await ask(body);
    expect(heard).toMatchObject({
      status: 200,
      body: {
        amountFen: 1_500,
        parts: [{ orderNo, amountFen: 1_500, state: 'succeeded', to: { via: 'platform', masked: 'oPay****34' } }],
        remainder: [],
      },
    });
    expect(await ask({ ...body, proof: undefined })).toMatchObject({ status: 200, body: heard.body });
    expect((await get(`/refunds/${heard.body.refundId}`)).body).toEqual(heard.body);
    expect((await get('/refunds')).body.refunds).toEqual(heard.body.parts);
    expect((await get(`/refunds?orderNo=${orderNo}`)).body.refunds).toHaveLength(1);
    expect((await get('/refunds?orderNo=shanghaitech999')).body.refunds).toEqual([]);
    expect((await student.head(holder)).state.balances.transit).toBe(500);
    expect(JSON.stringify(heard.body)).not.toContain('oPayerOpenid1234');
  });

  test('pages through more of them than one page holds, each once', async () => {
    for (let made = 0; made < 23; made += 1) await topUp(100);
    await ask({ amountFen: 2_000 });
    student.now += 61_000;
    await ask({ amountFen: 300 });
    const first = (await get('/refunds')).body;
    const second = (await get(`/refunds?cursor=${first.nextCursor}`)).body;
    const all = [...first.refunds, ...second.refunds].map(({ refundNo }: { refundNo: string }) => refundNo);
    expect([all.length, new Set(all).size, second.nextCursor]).toEqual([23, 23, null]);
  });

  test('takes a proof given now: none, a wrong one and an unproven holder are refused', async () => {
    await topUp(2_000);
    expect(codeOf(await ask({ proof: undefined }))).toBe('auth.second-proof-required');
    expect(codeOf(await ask({ proof: { kind: 'id-tail', value: '304170' } }))).toBe('auth.second-proof-wrong');
    const stranger = student.phone('new');
    await stranger.signIn();
    await stranger.bind(await student.holder(), '123456');
    expect(codeOf(await ask({}, stranger))).toBe('auth.password-change-required');
    expect(codeOf(await ask({}, student.phone('nobody')))).toBe('auth.sign-in-required');
    expect((await student.head(holder)).state.balances.transit).toBe(2_000);
  });

  test.each([
    [{ amountFen: 0 }, 'payment.amount-invalid'],
    [{ amountFen: 1.5 }, 'payment.amount-invalid'],
    [{ amountFen: '100' }, 'payment.amount-invalid'],
    [{ amountFen: 2_001 }, 'refund.over-rest'],
    [{ requestId: 'short' }, 'request.malformed'],
    [{ orderNo: 'shanghaitech777' }, 'refund.nothing-left'],
  ])('of %j is refused with %s', async (body, code) => {
    await topUp(2_000);
    expect(codeOf(await ask(body))).toBe(code);
  });

  test('of an amount that is not written out is refused', async () => {
    await topUp(2_000);
    const raw = '{"requestId":"abcdefghijklmnop","amountFen":1e3}';
    expect(codeOf(await world.ask(phone, 'POST', '/refunds', raw))).toBe('payment.amount-invalid');
  });

  test('of another holder are unknown', async () => {
    await topUp(2_000);
    const { body } = await ask();
    const other = student.phone('other');
    await student.provenHolder(other);
    expect(codeOf(await get(`/refunds/${body.refundId}`, other))).toBe('refund.unknown');
    expect((await get('/refunds', other)).body.refunds).toEqual([]);
    const path = `/refunds/${body.parts[0].refundNo}/redirect`;
    expect(codeOf(await world.ask(other, 'POST', path))).toBe('refund.unknown');
  });

  test('a stuck one offers the bound bank card', async () => {
    await topUp(2_000);
    played.wechat.next = 'stuck';
    const { body } = await ask();
    expect(body.parts).toMatchObject([{ state: 'stuck', redirectable: true }]);
    const redirect = () => world.ask(phone, 'POST', `/refunds/${body.parts[0].refundNo}/redirect`);
    expect(codeOf(await redirect())).toBe('bank.not-bound');
    played.bankCard = { agreementRef: 'agr-1', cardTail: '1234' };
    expect((await redirect()).body.refunds).toMatchObject([{ state: 'succeeded', to: { via: 'bank', masked: '****1234' } }]);
  });
});

test('58: the holder sees what went where, what remains and why, when the account is closed', async () => {
  expect((await get('/close-out')).body).toMatchObject({ state: 'open', since: null });
  const orderNo = await topUp(2_000);
  await student.topUp(holder, 300);
  await closeAccount(deps, { schoolId: holder.schoolId, accountNo: holder.accountNo, by: 'staff:1' });
  expect((await get('/close-out')).body).toMatchObject({
    state: 'remains',
    refunds: [{ parts: [{ orderNo, amountFen: 2_000, state: 'succeeded' }] }],
    remainder: [{ reason: 'no-order', amountFen: 300 }],
  });
});

describe('a student’s disputes', () => {
  test('are told with state and since when; another holder’s are unknown', async () => {
    const { n } = await student.head(holder);
    expect(codeOf(await world.ask(phone, 'POST', '/disputes', { n, reason: 'not-received' }))).toBe('dispute.not-disputable');
    expect(codeOf(await world.ask(phone, 'POST', '/disputes', { n: 0, reason: 'other' }))).toBe('request.malformed');
    await topUp(2_000);
    played.till.now = student.now;
    const sale = await played.charge(holder.accountNo, 700);
    const opened = await world.ask(phone, 'POST', '/disputes', { n: sale.n, reason: 'not-received', text: ' 没拿到 ' });
    expect(opened).toMatchObject({
      status: 200,
      body: { n: sale.n, state: 'waiting', amountFen: 700, text: '没拿到', terminalSays: null, reversedBy: null },
    });
    expect((await get(`/disputes/${sale.n}`)).body).toEqual(opened.body);
    expect((await get('/disputes')).body.disputes).toEqual([opened.body]);
    expect(codeOf(await get('/disputes/x'))).toBe('dispute.unknown');
    const other = student.phone('other');
    await student.provenHolder(other);
    expect(codeOf(await get(`/disputes/${sale.n}`, other))).toBe('dispute.unknown');
  });
});
