import { randomBytes, randomUUID } from 'node:crypto';
import { createPayOuts } from '../../functions/store/pay-outs';
import { faultTable } from '../../sandbox/cashier/faults';
import type { Outgoing } from '../../sandbox/lib/courier';
import type { Delivery, Fault } from '../../sandbox/state';
import { wechatNoticeKind } from '../../sandbox/wechat-pay/callback';
import { type ErrorCode, errorTable } from '../../shared/errors';
import { DAY_MS } from '../../shared/time';
import { ask, expectRefusal, type Heard } from './support/ask';
import { eventually, Phone, type Student, studentOf, succeeded } from './support/phone';
import { bodyWith, GUESSES, NO_AMOUNTS, refusedAs, TOO_LARGE } from './support/refusals';
import { Till } from './support/till';
import { type HttpWorld, startHttpWorld } from './support/world';

/** Money of others, money back, and doubts about a sale, as they may wrongly be asked for over the running stack. */
const SCHOOL = 'shanghaitech';
const MONEY = '/student/money';
let world: HttpWorld;
let till: Till;
let holder: Student;
let owner: Phone;
let guest: Phone;
let proof: { kind: 'id-tail'; value: string };

beforeAll(async () => {
  world = await startHttpWorld(14, { cardholdersPerSchool: 12 });
  till = new Till(world, SCHOOL);
  holder = await studentOf(world, SCHOOL, 0);
  owner = await new Phone(world).able(holder);
  proof = { kind: 'id-tail', value: holder.person.idTail };
  guest = new Phone(world);
  await guest.signIn();
}, 240_000);
afterAll(() => world?.stop());

const post = (phone: Phone, path: string, body: unknown = {}) => phone.post(`${MONEY}${path}`, body);
const wish = (rest: object = {}) => ({ requestId: randomUUID(), ...rest });
const refused = (act: () => Promise<Heard>, code: ErrorCode, but?: RegExp) => refusedAs(world, code, act, but);
const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();
const balances = async () => succeeded(await owner.get('/student/account')).balances;

describe('a gift link', () => {
  const link = async (rest: object = {}): Promise<string> =>
    succeeded(await post(owner, '/gifts', wish({ maxTotalFen: 1_000, expiresAt: inMs(DAY_MS), ...rest }))).token;
  const pay = (token: string, rest: object = {}, phone = guest) =>
    post(phone, `/gifts/${token}/top-ups`, wish({ amountFen: 100, channel: 'wechat-pay', ...rest }));
  /** Neither shown nor paid by. */
  async function closed(token: string, code: ErrorCode): Promise<void> {
    await refused(() => guest.get(`${MONEY}/gifts/${encodeURIComponent(token)}`), code);
    await refused(() => pay(encodeURIComponent(token)), code, GUESSES);
  }

  it('that was altered anywhere, cut, or made up is invalid', async () => {
    const token = await link();
    const [form, school, id = '', signature = ''] = token.split('.');
    const turned = (text: string) => `${text.startsWith('A') ? 'B' : 'A'}${text.slice(1)}`;
    const altered = [
      `${form}.bistu.${id}.${signature}`,
      `${form}.atlantis.${id}.${signature}`,
      `${form}.${school}.${turned(id)}.${signature}`,
      `${form}.${school}.${id}.${turned(signature)}`,
      `g2.${school}.${id}.${signature}`,
      token.slice(0, -1),
      `${token}A`,
      'g1',
      '..%2f',
      '学校',
      'x'.repeat(300),
    ];
    for (const each of altered) await closed(each, 'gift.invalid');
    await refused(() => post(guest, `/gifts/${token}/end`), 'auth.bind-required');
    const stranger = await new Phone(world).bound(await studentOf(world, SCHOOL, 1));
    await refused(() => post(stranger, `/gifts/${token}/end`), 'gift.invalid');
    expect(succeeded(await guest.get(`${MONEY}/gifts/${token}`)).leftFen).toBe(1_000);
  });

  it('that has expired, or was switched off, takes nothing', async () => {
    const expiring = await link({ expiresAt: inMs(1_500) });
    const ended = await link();
    succeeded(await post(owner, `/gifts/${ended}/end`));
    await closed(ended, 'gift.ended');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await closed(expiring, 'gift.expired');
  });

  it('takes no more than its cap, nothing of its owner, and no amount that is none', async () => {
    const token = await link();
    const over = await refused(() => pay(token, { amountFen: 1_001 }), 'gift.over-cap', GUESSES);
    expect(over.body.error.detail).toEqual({ leftFen: 1_000 });
    // What is under way counts.
    succeeded(await pay(token, { amountFen: 700 }));
    const rest = await refused(() => pay(token, { amountFen: 301 }), 'gift.over-cap', GUESSES);
    expect(rest.body.error.detail).toEqual({ leftFen: 300 });
    await refused(() => pay(token, {}, owner), 'gift.own-link', GUESSES);
    await refused(() => pay(token, { channel: 'cash-machine' }), 'top-up.channel-not-offered', GUESSES);
    await refused(() => pay(token, { requestId: 'short' }), 'request.malformed');
    await refused(() => pay(token, {}, new Phone(world)), 'auth.sign-in-required');
  });

  it('is not made without an end, for longer or for more than the school lets it, or where the school has none', async () => {
    const make = (rest: object, phone = owner) => post(phone, '/gifts', wish({ maxTotalFen: 1_000, expiresAt: inMs(DAY_MS), ...rest }));
    await refused(() => make({ expiresAt: inMs(-1_000) }), 'request.malformed');
    await refused(() => make({ expiresAt: inMs(31 * DAY_MS) }), 'request.malformed');
    await refused(() => make({ expiresAt: 'tomorrow' }), 'request.malformed');
    expect((await refused(() => make({ maxTotalFen: 100_001 }), 'top-up.over-cap')).body.error.detail).toEqual({ maxFen: 100_000 });
    await refused(() => make({ requestId: 'short' }), 'request.malformed');
    await refused(() => make({}, guest), 'auth.bind-required');
    const dufl = await new Phone(world).bound(await studentOf(world, 'dufl', 0));
    await refused(() => make({}, dufl), 'top-up.channel-not-offered');
  });
});

describe('every request that moves money', () => {
  const routes = [
    ['/gifts', 'maxTotalFen', () => ({ expiresAt: inMs(DAY_MS) }), 'top-up.amount-invalid'],
    ['/refunds', 'amountFen', () => ({}), 'payment.amount-invalid'],
    [
      '/top-ups-for-others',
      'amountFen',
      () => ({ schoolId: SCHOOL, name: holder.person.name, number: holder.person.number, channel: 'wechat-pay' }),
      'top-up.amount-invalid',
    ],
    ['/auto-top-up', 'monthlyCapFen', () => ({ thresholdFen: 1_000, amountFen: 5_000 }), 'top-up.amount-invalid'],
  ] as const satisfies readonly (readonly [string, string, () => object, ErrorCode])[];

  it.each(routes)('refuses amounts that are none, and bodies that are none or too large (%s)', async (path, name, restOf, code) => {
    const heard = await world.ledger.unchangedBy(async () => {
      const all: Heard[] = [];
      for (const amount of NO_AMOUNTS) all.push(await post(owner, path, bodyWith(wish(restOf()), name, amount)));
      return all;
    }, GUESSES);
    for (const each of heard) expectRefusal(each, code);
    await refused(() => post(owner, path, wish(restOf())), 'request.malformed', GUESSES);
    await refused(() => post(owner, path, '{"requestId":'), 'request.malformed', GUESSES);
    await refused(() => post(owner, path, TOO_LARGE), 'request.too-large');
    await refused(() => post(new Phone(world), path, bodyWith(wish(restOf()), name, '5000')), 'auth.sign-in-required');
  });
});

describe('a refund', () => {
  const refund = (rest: object = {}, phone = owner) => post(phone, '/refunds', wish({ amountFen: 100, proof, ...rest }));
  let own: string;

  it('of nothing, without a proof or with a wrong one is refused', async () => {
    await refused(() => refund(), 'refund.nothing-left', GUESSES);
    await refused(() => refund({ amountFen: null }), 'refund.nothing-left', GUESSES);
    own = await owner.topUp(2_000);
    await refused(() => refund({ proof: undefined }), 'auth.second-proof-required');
    await refused(() => refund({ proof: { kind: 'id-tail', value: '000000' } }), 'auth.second-proof-wrong', GUESSES);
    await refused(() => refund({ requestId: 'short' }), 'request.malformed');
  });

  it('above the rest is refused, and the answer names the rest', async () => {
    for (const amountFen of [2_001, Number.MAX_SAFE_INTEGER]) {
      const heard = await refused(() => refund({ amountFen }), 'refund.over-rest', GUESSES);
      expect(heard.body.error.detail).toEqual({ leftFen: 2_000 });
    }
    await refused(() => refund({ amountFen: 2_001, orderNo: own }), 'refund.over-rest', GUESSES);
  });

  it('of what somebody else paid, of somebody else’s order, and of a number that is none is refused', async () => {
    const { token } = succeeded(await post(owner, '/gifts', wish({ maxTotalFen: 500, expiresAt: inMs(DAY_MS) })));
    const gift = succeeded(await post(guest, `/gifts/${token}/top-ups`, wish({ amountFen: 500, channel: 'wechat-pay' })));
    await guest.pay(gift.payParams);
    await eventually(async () => (await balances()).transitFen === 2_500);
    await refused(() => refund({ orderNo: gift.orderNo }), 'refund.not-yours', GUESSES);
    const other = await new Phone(world).bound(await studentOf(world, SCHOOL, 2));
    const others = await other.topUp(300);
    await refused(() => refund({ orderNo: others }), 'refund.nothing-left', GUESSES);
    await refused(() => refund({ orderNo: "' OR 1=1" }), 'request.malformed');
    await refused(() => refund({}, other), 'auth.password-change-required');
  });

  it('of what was paid more than 365 days ago is refused', async () => {
    const { books } = world.stack.sandbox.world;
    const { orderNo: old, payParams } = succeeded(await owner.order(900));
    books.setTime(Date.now() - 366 * DAY_MS);
    await owner.pay(payParams).finally(() => books.setTime(undefined));
    await eventually(async () => (await owner.get(`/student/top-ups/${old}`)).body.state === 'credited');
    await refused(() => refund({ orderNo: old }), 'refund.too-old', GUESSES);
  });

  it('within a minute of the last, under its number with another amount, or read by another is refused', async () => {
    world.stack.sandbox.world.books.planRefunds({ outcome: 'PROCESSING', afterMs: 0 });
    const requestId = randomUUID();
    const first = succeeded(await refund({ requestId, amountFen: 300, orderNo: own }));
    const [{ refundNo }] = first.parts;
    await refused(() => refund({ requestId, amountFen: 301, orderNo: own }), 'request.replayed-differently', GUESSES);
    const soon = await refused(() => refund({ orderNo: own }), 'refund.too-soon', GUESSES);
    expect(soon.body.error.detail.retryAfterSeconds).toBeGreaterThan(30);
    const stranger = await new Phone(world).bound(await studentOf(world, SCHOOL, 3));
    expectRefusal(await stranger.get(`${MONEY}/refunds/${first.refundId}`), 'refund.unknown');
    await refused(() => post(owner, `/refunds/${refundNo}x/redirect`), 'refund.unknown');

    await forgedNotices(own, refundNo);
  });

  /** The platform's word of a refund decides over money: whatever is not that word is refused, and the refund goes on waiting. */
  async function forgedNotices(orderNo: string, refundNo: string): Promise<void> {
    const { state, events, keys } = world.stack.sandbox.world;
    const stateOf = async () => (await createPayOuts(world.database).find(SCHOOL, refundNo))?.state;
    const random = (count: number) => new Uint8Array(randomBytes(count));
    const parts = { keys, state, events, clock: Date.now, wireClock: Date.now, randomBytes: random, changed: () => undefined };
    const compose = (delivery: Delivery, fault: Fault | null): Outgoing => {
      const spoiled = fault === null ? null : { fault, attempts: null };
      const outgoing = wechatNoticeKind(parts)
        .compose({ ...delivery, fault: spoiled })
        .at(-1);
      if (!outgoing) throw new Error('nothing to send');
      return outgoing;
    };
    const send = ({ headers, body }: Outgoing) =>
      ask(`${world.stack.functionsUrl}/callbacks/wechat-pay/refunds`, { method: 'POST', headers, body: new Uint8Array(body) });
    world.stack.sandbox.world.switchFault({ fault: 'lost', attempts: null }, orderNo);
    expect(world.stack.sandbox.world.books.settleRefund('wechatPay', refundNo, 'SUCCESS')).toBe(true);
    const delivery = Object.values(state.deliveries).find((each) => each.subject === 'refund' && each.refundNo === refundNo);
    const payment = Object.values(state.deliveries).find((each) => each.subject === 'payment' && each.orderNo === orderNo);
    if (!delivery || !payment) throw new Error('nothing was told');

    const faults: readonly Fault[] = ['byte-flipped', 'unsigned', 'bad-tag', 'wrong-associated-data', 'stale-time', 'unknown-serial'];
    expect(faults.filter((fault) => !(fault in faultTable))).toEqual([]);
    const good = compose(delivery, null);
    const forged: readonly Outgoing[] = [
      ...faults.map((fault) => compose(delivery, fault)),
      { ...good, body: Buffer.from(`${good.body.toString('utf8')} `) },
      { ...good, body: Buffer.from('') },
      {
        headers: { 'content-type': 'application/json' },
        body: Buffer.from(JSON.stringify({ out_refund_no: refundNo, refund_status: 'SUCCESS' })),
      },
      // A payment's own notice, validly signed.
      compose(payment, null),
    ];
    const answers = await world.ledger.unchangedBy(async () => {
      const all: Heard[] = [];
      for (const one of forged) all.push(await send(one));
      return all;
    });
    expect(answers.map(({ status }) => status).filter((status) => status < 400 || status >= 500)).toEqual([]);
    for (const { text } of answers) expect(text).toMatch(/^\{"code":"FAIL","message":"\w+"\}$/);
    expectRefusal(await world.ledger.unchangedBy(() => send({ headers: {}, body: Buffer.from('x'.repeat(65_537)) })), 'request.too-large');
    expect(await stateOf()).toBe('requested');
    expect((await send(good)).status).toBe(204);
    expect(await stateOf()).toBe('succeeded');
    expect((await world.ledger.unchangedBy(() => send(good))).status).toBe(204);
  }
});

describe('a doubt', () => {
  const doubt = (rest: object, phone = owner) => post(phone, '/disputes', { n: 1, reason: 'not-received', ...rest });

  it('about what is no sale of one’s own, or about nothing, is refused', async () => {
    const { entries } = await world.passbook.entries(SCHOOL, holder.accountNo, { from: 1, to: 100, limit: 100 });
    expect(entries.length).toBeGreaterThan(4);
    for (const { n, kind } of entries) {
      expect(kind).not.toBe('charge');
      await refused(() => doubt({ n }), 'dispute.not-disputable');
    }
    await refused(() => doubt({ n: 9_999 }), 'dispute.not-disputable');
    for (const n of [0, -1, 1.5, '1', null, undefined]) await refused(() => doubt({ n }), 'request.malformed');
    await refused(() => doubt({ n: 1, reason: 'because' }), 'request.malformed');
    await refused(() => doubt({ n: 1, text: 'x'.repeat(201) }), 'request.malformed');
    await refused(() => doubt({}, guest), 'auth.bind-required');
    for (const n of ['9999', '0', '1.5', 'x']) expectRefusal(await owner.get(`${MONEY}/disputes/${n}`), 'dispute.unknown');
  });

  it('about a sale that was taken back already is refused', async () => {
    const body = till.sale({ code: await owner.code(), amountFen: 100 });
    const charged = await till.send(body);
    expect(charged.body.outcome).toBe('charged');
    const voided = await till.send(body, { purpose: 'void', attempt: 2 });
    expect([voided.status, voided.body.outcome]).toEqual([200, 'voided']);
    const { entries } = await world.passbook.entries(SCHOOL, holder.accountNo, { from: 1, to: 100, limit: 100 });
    const n = entries.find(({ kind }) => kind === 'charge')?.n;
    await refused(() => doubt({ n }), 'reversal.already');
    expect(errorTable['reversal.already'].status).toBe(409);
  });
});

describe('automatic top-up', () => {
  const settings = { thresholdFen: 2_000, amountFen: 5_000, monthlyCapFen: 10_000 };

  it('is not agreed with other numbers than the school’s, above its cap, elsewhere, or changed before it is agreed', async () => {
    const start = (rest: object, phone = owner) => post(phone, '/auto-top-up', { ...settings, ...rest });
    await refused(() => start({ thresholdFen: 2_001 }), 'top-up.amount-invalid');
    await refused(() => start({ amountFen: 1 }), 'top-up.amount-invalid');
    await refused(() => start({ monthlyCapFen: 4_999 }), 'top-up.amount-invalid');
    await refused(() => start({ monthlyCapFen: 100_001 }), 'top-up.over-cap');
    const bistu = await new Phone(world).bound(await studentOf(world, 'bistu', 0));
    await refused(() => start({}, bistu), 'auto-top-up.not-offered');
    await refused(() => post(owner, '/auto-top-up/confirm'), 'auto-top-up.not-signed');
    const change = JSON.stringify({ ...settings, isOn: true });
    await refused(() => owner.ask(`${MONEY}/auto-top-up`, { method: 'PUT', body: change }), 'auto-top-up.not-signed');
  });
});

describe('notices', () => {
  const settings = {
    lowBalance: { on: true, fen: 500 },
    largeSpend: { on: true, fen: 3_000 },
    claimWaiting: { on: true },
    refund: { on: true },
  };
  const put = (body: object | string) =>
    owner.ask(`${MONEY}/notices/settings`, { method: 'PUT', body: typeof body === 'string' ? body : JSON.stringify(body) });

  it('are not marked as seen up to somebody else’s, a made-up one or one to come, nor listed from nowhere', async () => {
    const other = await new Phone(world).bound(await studentOf(world, SCHOOL, 1));
    const theirs = async (): Promise<string | undefined> => (await other.get(`${MONEY}/notices`)).body.notices[0]?.id;
    await eventually(async () => (await theirs()) !== undefined);
    const later = Buffer.from('999999999999999#app-bound/2').toString('base64url');
    for (const through of [await theirs(), later, 'zzzz'])
      await refused(() => post(owner, '/notices/read', { through }), 'notices.unknown');
    for (const body of [{}, { through: 7 }, { through: '' }, { through: '../../x' }, TOO_LARGE.slice(0, 40)])
      await refused(() => post(owner, '/notices/read', body), 'request.malformed');
    expectRefusal(await owner.get(`${MONEY}/notices?cursor=zzzz`), 'request.malformed');
    await refused(() => post(guest, '/notices/read', { through: later }), 'auth.bind-required');
  });

  it('have no other amounts than the school’s, and no switch for what concerns safety', async () => {
    for (const amount of NO_AMOUNTS) {
      const body = JSON.stringify(settings).replace('"fen":500', `"fen":${amount}`);
      await refused(() => put(body), 'notices.amount-not-offered');
    }
    await refused(() => put({ ...settings, largeSpend: { on: true, fen: 3_001 } }), 'notices.amount-not-offered');
    await refused(() => put({ ...settings, refund: { on: 'no' } }), 'request.malformed');
    await refused(() => put({}), 'request.malformed');
    const saved = succeeded(await put({ ...settings, loss: { on: false }, 'app-bound': { on: false } }));
    expect(Object.keys(saved).sort()).toEqual(['claimWaiting', 'largeSpend', 'lowBalance', 'refund']);
  });
});
