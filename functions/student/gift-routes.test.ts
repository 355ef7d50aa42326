import { deriveGiftKey } from '../domain/school-keys';
import { confirmOrder } from '../operations/confirm-order';
import { payGift } from '../operations/pay-gift';
import { settleDueOrders } from '../operations/settle-due-orders';
import { startPage } from '../operations/visitor';
import { createGifts } from '../store/gifts';
import { createOrders } from '../store/orders';
import { Crash, faultyDatabase } from '../test/faulty-database';
import { createModelDatabase } from '../test/model-database';
import { MASTER_KEY, MoneyWorld } from '../test/money-world';
import { codeOf, type Phone, StudentWorld, type TestHolder } from '../test/student-world';
import { giftRoutes } from './gift-routes';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
let student: StudentWorld;
let world: MoneyWorld;
let holder: TestHolder;
let owner: Phone;
let guest: Phone;

const giftParts = () => ({ gifts: createGifts(student.database), giftKeyOf: (schoolId: string) => deriveGiftKey(MASTER_KEY, schoolId) });

beforeEach(async () => {
  student = await StudentWorld.create(createModelDatabase());
  world = new MoneyWorld(student, (readers, deps) => [giftRoutes(readers, { ...deps, ...giftParts() })]);
  owner = student.phone('owner');
  holder = await student.provenHolder(owner);
  guest = student.phone('guest');
  await guest.signIn();
});

const link = (changes: object = {}) => ({
  requestId: world.requestId(),
  maxTotalFen: 10_000,
  expiresAt: new Date(student.now + 7 * DAY).toISOString(),
  note: '生日',
  ...changes,
});
const make = async (changes: object = {}): Promise<string> => {
  const heard = await world.ask(owner, 'POST', '/gifts', link(changes));
  if (heard.status !== 200) throw new Error(codeOf(heard));
  return heard.body.token;
};
const wish = (changes: object = {}) => ({ requestId: world.requestId(), amountFen: 3_000, channel: 'wechat-pay', ...changes });
const give = (token: string, changes: object = {}, who: Parameters<MoneyWorld['ask']>[0] = guest) =>
  world.ask(who, 'POST', `/gifts/${token}/top-ups`, wish(changes));
const show = (token: string) => world.ask({ token: undefined, sourceIp: '192.0.2.9' }, 'GET', `/gifts/${token}`);
const paid = (orderNo: string) => confirmOrder(world.deps, 'wechat-pay', world.wechat.pay(orderNo, student.now));
const owned = async () => (await world.ask(owner, 'GET', '/gifts')).body.gifts;

describe('a gift link', () => {
  test('tells a guest the school, a masked name, what is left and until when, and nothing else', async () => {
    const token = await make();
    const { status, body } = await show(token);
    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual(['asOf', 'expiresAt', 'leftFen', 'nameMasked', 'school', 'schoolId']);
    expect(body).toMatchObject({ leftFen: 10_000, nameMasked: '测**', school: { zh: '上海科技大学' } });
    await student.topUp(holder, 12_345);
    const all = JSON.stringify([await show(token), token]);
    for (const secret of [holder.number, holder.cardNumber, holder.name, String(holder.accountNo), '12345', '生日']) {
      expect(all).not.toContain(secret);
    }
  });

  test('brings money that is spendable, told to its owner, and never the owner’s bank money', async () => {
    const token = await make();
    const { body } = await give(token);
    expect(body).toMatchObject({ state: 'created', amountFen: 3_000, payee: { nameMasked: '测**', numberMasked: null } });
    await paid(body.orderNo);
    const { state } = await student.head(holder);
    expect(state).toMatchObject({ balances: { transit: 3_000 }, ownBankFen: 0 });
    expect(await owned()).toMatchObject([{ token, cameFen: 3_000, openFen: 0, leftFen: 7_000, state: 'open', note: '生日' }]);
    expect(await world.deps.orders.find(holder.schoolId, body.orderNo)).toMatchObject({ origin: 'gift', payerOpenId: 'wxmini-guest' });
  });

  test('may be paid from a page on a computer by a code', async () => {
    const token = await make();
    const heard = await give(token, { payBy: 'qr', screen: 'computer' }, pageOf());
    expect(heard.status).toBe(200);
  });

  test('made again under one request id is the same link, and of other content a refusal', async () => {
    const same = link();
    const heard = await Promise.all(Array.from({ length: 4 }, () => world.ask(owner, 'POST', '/gifts', same)));
    expect(new Set(heard.map(({ body }) => body.token)).size).toBe(1);
    expect(await owned()).toHaveLength(1);
    expect(codeOf(await world.ask(owner, 'POST', '/gifts', { ...same, maxTotalFen: 9_999 }))).toBe('request.replayed-differently');
  });

  test.each([
    [{ maxTotalFen: 100_001 }, 'top-up.over-cap'],
    [{ maxTotalFen: 0 }, 'top-up.amount-invalid'],
    [{ maxTotalFen: '10' }, 'top-up.amount-invalid'],
    [{ maxTotalFen: 1.5 }, 'top-up.amount-invalid'],
    [{ expiresAt: '2026-01-01T00:00:00Z' }, 'request.malformed'],
    [{ expiresAt: '2027-12-31T00:00:00Z' }, 'request.malformed'],
    [{ expiresAt: 'soon' }, 'request.malformed'],
    [{ note: 'x'.repeat(41) }, 'request.malformed'],
  ])('of %j is refused as %s', async (changes, code) => {
    expect(codeOf(await world.ask(owner, 'POST', '/gifts', link(changes)))).toBe(code);
    expect(await owned()).toEqual([]);
  });

  test('is made, listed and ended by a holder only, and ended by its owner only', async () => {
    const token = await make();
    expect(codeOf(await world.ask(guest, 'POST', '/gifts', link()))).toBe('auth.bind-required');
    expect(codeOf(await world.ask(guest, 'GET', '/gifts'))).toBe('auth.bind-required');
    expect(codeOf(await world.ask(guest, 'POST', `/gifts/${token}/end`))).toBe('auth.bind-required');
    const other = student.phone('other');
    await student.provenHolder(other);
    expect(codeOf(await world.ask(other, 'POST', `/gifts/${token}/end`))).toBe('gift.invalid');
    expect(codeOf(await give(token, {}, { token: undefined, sourceIp: '192.0.2.9' }))).toBe('auth.sign-in-required');
  });

  test('of a school without gift links cannot be made', async () => {
    const phone = student.phone('dalian');
    await student.provenHolder(phone, 'dufl');
    expect(codeOf(await world.ask(phone, 'POST', '/gifts', link()))).toBe('top-up.channel-not-offered');
  });
});

describe('paying by a link is refused', () => {
  test.each([
    ['altered in its signature', (token: string) => token.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'))],
    ['altered in its school', (token: string) => token.replace('shanghaitech', 'bistu')],
    [
      'altered in its id',
      (token: string) => token.replace(/\.([\w-])([\w-]{21})\./, (_, first, rest) => `.${first === 'A' ? 'B' : 'A'}${rest}.`),
    ],
    ['cut', (token: string) => token.slice(0, -1)],
    ['of nothing', () => 'g1.shanghaitech.AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA'],
  ])('when it was %s', async (_, alter) => {
    const token = alter(await make());
    expect(codeOf(await show(token))).toBe('gift.invalid');
    expect(codeOf(await give(token))).toBe('gift.invalid');
    expect(world.wechat.orders.size).toBe(0);
  });

  test('once it has expired', async () => {
    const token = await make();
    student.now += 7 * DAY;
    expect([codeOf(await show(token)), codeOf(await give(token))]).toEqual(['gift.expired', 'gift.expired']);
    expect(await owned()).toMatchObject([{ state: 'expired' }]);
  });

  test('once it was switched off; what was begun before may still be paid, and comes', async () => {
    const token = await make();
    const { body } = await give(token);
    expect((await world.ask(owner, 'POST', `/gifts/${token}/end`)).body).toMatchObject({ state: 'ended', openFen: 3_000 });
    expect((await world.ask(owner, 'POST', `/gifts/${token}/end`)).body).toMatchObject({ state: 'ended' });
    expect([codeOf(await show(token)), codeOf(await give(token))]).toEqual(['gift.ended', 'gift.ended']);
    await paid(body.orderNo);
    expect(await owned()).toMatchObject([{ state: 'ended', cameFen: 3_000 }]);
  });

  test('by its owner, in this app and in another', async () => {
    const token = await make();
    expect(codeOf(await give(token, {}, owner))).toBe('gift.own-link');
    const alipay = student.phone('owner-too', 'alipay-mini');
    await alipay.signIn();
    await alipay.bind(holder, '739154');
    expect(codeOf(await give(token, { channel: 'alipay' }, alipay))).toBe('gift.own-link');
    // Linked by 微信认证, and the app unbound since.
    await owner.post('/student/links/wechat');
    await owner.post('/student/unbind');
    await owner.signIn();
    expect(codeOf(await give(token, {}, owner))).toBe('gift.own-link');
    expect(world.wechat.orders.size + world.alipay.orders.size).toBe(0);
  });

  test('above what is left, which counts what is open', async () => {
    const token = await make();
    expect((await give(token, { amountFen: 6_000 })).status).toBe(200);
    const heard = await give(token, { amountFen: 4_001 });
    expect(heard).toMatchObject({ status: 409, body: { error: { code: 'gift.over-cap', detail: { leftFen: 4_000 } } } });
    expect((await give(token, { amountFen: 4_000 })).status).toBe(200);
    expect(await owned()).toMatchObject([{ state: 'full', leftFen: 0, openFen: 10_000 }]);
    expect((await show(token)).body).toMatchObject({ leftFen: 0 });
  });
});

describe('the cap', () => {
  test('holds over twenty guests at one moment', async () => {
    const token = await make();
    // In their own app, where nothing else puts them in a row.
    const guests = Array.from({ length: 20 }, (_, nth) => student.phone(`guest-${nth}`));
    await Promise.all(guests.map((phone) => phone.signIn()));
    const heard = await Promise.all(guests.map((phone) => give(token, {}, phone)));
    const codes = heard.map(codeOf);
    expect(codes.filter((code) => code === '200')).toHaveLength(3);
    expect(codes.filter((code) => code === 'gift.over-cap')).toHaveLength(17);
    for (const { body } of heard.filter(({ status }) => status === 200)) await paid(body.orderNo);
    expect(await owned()).toMatchObject([{ cameFen: 9_000, leftFen: 1_000 }]);
  });

  test('gets back what was never paid, and what was paid all the same comes and counts', async () => {
    const token = await make();
    const first = (await give(token, { amountFen: 10_000 })).body.orderNo;
    expect(codeOf(await give(token, { amountFen: 1 }))).toBe('gift.over-cap');
    student.now += 31 * MINUTE;
    await settleDueOrders(world.deps, student.now + MINUTE);
    expect(await owned()).toMatchObject([{ openFen: 0, leftFen: 10_000 }]);
    const second = (await give(token, { amountFen: 8_000 })).body.orderNo;
    await paid(second);
    const held = world.wechat.orders.get(first);
    if (held === undefined) throw new Error('no such order');
    Object.assign(held, { state: 'paid', paidAt: student.now });
    await confirmOrder(world.deps, 'wechat-pay', world.wechat.paidOrder(first));
    expect((await student.head(holder)).state.balances.transit).toBe(18_000);
    expect(await owned()).toMatchObject([{ cameFen: 18_000, leftFen: 0, state: 'full' }]);
    expect(codeOf(await give(token, { amountFen: 1 }))).toBe('gift.over-cap');
  });

  test('counts a repeated request once, and answers it also when the link is full or off by then', async () => {
    const token = await make();
    const same = wish({ amountFen: 10_000 });
    const ask = () => world.ask(guest, 'POST', `/gifts/${token}/top-ups`, same);
    const heard = await Promise.all([ask(), ask(), ask()]);
    expect(new Set(heard.map(({ body }) => body.orderNo)).size).toBe(1);
    await world.ask(owner, 'POST', `/gifts/${token}/end`);
    expect(await ask()).toMatchObject({ status: 200, body: { orderNo: heard[0]?.body.orderNo, state: 'created' } });
  });

  test.each(['before', 'after'] as const)(
    'holds when the function dies %s any of its calls, and the request is repeated',
    async (moment) => {
      for (let at = 1; at < 40; at += 1) {
        const token = await make();
        const visitor = {
          identity: { platform: 'wechat-mini', appId: 'wxmini', openid: 'wxmini-guest' },
          sourceIp: '192.0.2.1',
          bound: undefined,
        } as const;
        const request = { ...wish({ amountFen: 6_000 }), payBy: 'in-app', screen: 'phone' } as const;
        const dying = faultyDatabase(student.database, { at, moment });
        const deps = { ...world.deps, ...giftParts() };
        const orders = createOrders(dying);
        const died = await payGift({ ...deps, orders, gifts: createGifts(dying) }, visitor, token, request).then(
          () => false,
          (error: unknown) => {
            if (!(error instanceof Crash)) throw error;
            return true;
          },
        );
        const { orderNo } = await payGift(deps, visitor, token, request);
        expect(orderNo).toMatch(/^shanghaitech/);
        expect(codeOf(await give(token, { amountFen: 4_001 }))).toBe('gift.over-cap');
        if (!died) return;
      }
      throw new Error('it never ended');
    },
  );
});

test('a link takes a hundred orders at most, so that what is summed up has an end', async () => {
  const token = await make({ maxTotalFen: 100_000 });
  for (let order = 0; order < 100; order += 1) expect((await give(token, { amountFen: 1 })).status).toBe(200);
  expect(codeOf(await give(token, { amountFen: 1 }))).toBe('gift.over-cap');
});

function pageOf() {
  const { sessionToken } = startPage(world.deps);
  return { token: sessionToken, sourceIp: '198.51.100.7' };
}
