import { authorizePayment } from '../operations/authorize-payment';
import { confirmOrder } from '../operations/confirm-order';
import { settleDueOrders } from '../operations/settle-due-orders';
import { createModelDatabase } from '../test/model-database';
import { MoneyWorld } from '../test/money-world';
import { SaleFixture } from '../test/sale-fixture';
import { codeOf, type Phone, StudentWorld, type TestHolder } from '../test/student-world';
import { othersRoutes } from './others-routes';

const MINUTE = 60_000;
let student: StudentWorld;
let world: MoneyWorld;
let holder: TestHolder;
let parent: Phone;

beforeEach(async () => {
  student = await StudentWorld.create(createModelDatabase());
  world = new MoneyWorld(student, (readers, deps) => [othersRoutes(readers, deps)]);
  holder = await student.holder('shanghaitech', { name: '测试·甲' });
  parent = student.phone('parent');
  await parent.signIn();
});

const wish = (changes: object = {}) => ({
  schoolId: holder.schoolId,
  name: holder.name,
  number: holder.number,
  requestId: world.requestId(),
  amountFen: 2_000,
  channel: 'wechat-pay',
  ...changes,
});
const pay = (who: Parameters<MoneyWorld['ask']>[0], changes: object = {}) => world.ask(who, 'POST', '/top-ups-for-others', wish(changes));
const paid = (orderNo: string) => confirmOrder(world.deps, 'wechat-pay', world.wechat.pay(orderNo, student.now));
const topUps = async () => (await student.entries(holder)).filter(({ kind }) => kind === 'top-up');

describe('a top-up for somebody else, by name and number', () => {
  test('needs neither password nor binding, waits to be claimed, and may not be withdrawn (ST-56, ST-60)', async () => {
    const heard = await pay(parent);
    expect(heard).toMatchObject({
      status: 200,
      body: { state: 'created', amountFen: 2_000, payee: { nameMasked: '测**', school: { zh: '上海科技大学' } } },
    });
    expect(JSON.stringify(heard.body)).not.toContain(holder.number);
    await paid(heard.body.orderNo);
    const { state } = await student.head(holder);
    expect(state.balances).toMatchObject({ card: 0, transit: 2_000 });
    expect(state.ownBankFen).toBe(0);
    const order = await world.deps.orders.find(holder.schoolId, heard.body.orderNo);
    expect(order).toMatchObject({ origin: 'other', accountNo: holder.accountNo, payerOpenId: 'wxmini-parent', appId: 'wxmini' });
  });

  test('is told to its payer and to its holder, each what is theirs (ST-58)', async () => {
    const { body } = await pay(parent);
    const mine = async () => (await world.ask(parent, 'GET', `/top-ups-for-others/${body.orderNo}`)).body;
    expect(await mine()).toMatchObject({ state: 'created', origin: 'other', creditedAt: null });
    student.now += 1_000;
    await paid(body.orderNo);
    const shown = await mine();
    expect(shown).toMatchObject({ state: 'credited', payee: { nameMasked: '测**' } });
    expect(Object.keys(shown)).not.toContain('onCardAt');
    expect((await world.ask(parent, 'GET', '/top-ups-for-others')).body.orders).toEqual([shown]);
    const phone = student.phone('owner');
    await phone.signIn();
    await phone.bind(holder, '123456');
    const { orders } = (await world.ask(phone, 'GET', '/top-ups')).body;
    expect(orders).toMatchObject([{ orderNo: body.orderNo, origin: 'other', state: 'credited' }]);
    expect(orders[0].since).toBe(orders[0].creditedAt);
    // Another visitor sees nothing of it.
    const stranger = student.phone('stranger');
    await stranger.signIn();
    expect(codeOf(await world.ask(stranger, 'GET', `/top-ups-for-others/${body.orderNo}`))).toBe('order.unknown');
    expect((await world.ask(stranger, 'GET', '/top-ups-for-others')).body.orders).toEqual([]);
  });

  test('that nobody paid is not in the holder’s history', async () => {
    await pay(parent);
    const phone = student.phone('owner');
    await phone.signIn();
    await phone.bind(holder, '123456');
    expect((await world.ask(phone, 'GET', '/top-ups')).body).toEqual({ orders: [], nextCursor: null });
  });

  test('is one order and one credit, however often it is asked for', async () => {
    const same = wish();
    const heard = await Promise.all(Array.from({ length: 5 }, () => world.ask(parent, 'POST', '/top-ups-for-others', same)));
    const numbers = new Set(heard.map(({ body }) => body.orderNo));
    expect(numbers.size).toBe(1);
    const [orderNo = ''] = numbers;
    await paid(orderNo);
    await paid(orderNo);
    expect(await topUps()).toHaveLength(1);
    expect(await world.ask(parent, 'POST', '/top-ups-for-others', same)).toMatchObject({
      body: { orderNo, state: 'credited', payParams: {} },
    });
    expect(codeOf(await world.ask(parent, 'POST', '/top-ups-for-others', { ...same, amountFen: 2_001 }))).toBe(
      'request.replayed-differently',
    );
  });

  test('under one request id of two payers is two orders', async () => {
    const other = student.phone('uncle');
    await other.signIn();
    const same = wish();
    const [a, b] = [
      await world.ask(parent, 'POST', '/top-ups-for-others', same),
      await world.ask(other, 'POST', '/top-ups-for-others', same),
    ];
    expect(a.body.orderNo).not.toBe(b.body.orderNo);
  });

  test('whose callback never came is credited by the sweep, and paid after it was closed as well', async () => {
    const { body } = await pay(parent);
    student.now += 31 * MINUTE;
    await settleDueOrders(world.deps, student.now + MINUTE);
    expect((await world.ask(parent, 'GET', `/top-ups-for-others/${body.orderNo}`)).body).toMatchObject({ state: 'closed', paidAt: null });
    const held = world.wechat.orders.get(body.orderNo);
    if (held === undefined) throw new Error('no such order');
    Object.assign(held, { state: 'paid', paidAt: student.now });
    await confirmOrder(world.deps, 'wechat-pay', world.wechat.paidOrder(body.orderNo));
    expect(await topUps()).toHaveLength(1);
  });

  test.each([
    [{ amountFen: 0 }, 'top-up.amount-invalid'],
    [{ amountFen: 5_000_001 }, 'top-up.over-cap'],
    [{ channel: 'alipay' }, 'top-up.channel-not-offered'],
    [{ channel: 'bank-card' }, 'top-up.channel-not-offered'],
    [{ schoolId: 'nowhere' }, 'school.unknown'],
    [{ schoolId: 'dufl' }, 'top-up.channel-not-offered'],
    [{ name: '测试·乙' }, 'top-up.no-match'],
    [{ number: 'N0' }, 'top-up.no-match'],
    [{ requestId: 'short' }, 'request.malformed'],
  ])('%j is refused as %s, and nothing is written', async (changes, code) => {
    expect(codeOf(await pay(parent, changes))).toBe(code);
    expect(world.wechat.orders.size).toBe(0);
    expect((await world.deps.orders.ofAccount(holder.schoolId, holder.accountNo)).orders).toEqual([]);
  });

  test('of an amount with an exponent is refused', async () => {
    const text = JSON.stringify(wish()).replace('2000', '2e3');
    expect(codeOf(await world.ask(parent, 'POST', '/top-ups-for-others', text))).toBe('top-up.amount-invalid');
  });

  test('needs a session or a page', async () => {
    for (const [method, path, body] of [
      ['POST', '/top-ups-for-others', wish()],
      ['POST', '/top-ups-for-others/check', wish()],
      ['GET', '/top-ups-for-others'],
      ['GET', '/top-ups-for-others/shanghaitech000000000000000'],
      ['GET', '/top-ups'],
    ] as const) {
      expect(codeOf(await world.ask({ token: undefined, sourceIp: '192.0.2.1' }, method, path, body))).toBe('auth.sign-in-required');
    }
  });

  test('is refused only where the card is full, and tells no balance', async () => {
    await student.topUp(holder, 499_999);
    expect((await pay(parent)).status).toBe(200);
    await student.topUp(holder, 1);
    const heard = await pay(parent);
    expect(codeOf(heard)).toBe('top-up.over-max-balance');
    expect(heard.body.error.detail).toBeUndefined();
  });
});

test('ST-50, ST-53, ST-54, ST-57: whom it is for is found in the school that was picked, by number and the very name; wrong data is told and may be corrected', async () => {
  const { schools } = (await parent.get('/student/schools?q=shkjdx')).body;
  const { schoolId } = schools[0];
  const add = async (changes: object) =>
    codeOf(await world.ask(parent, 'POST', '/top-ups-for-others/check', wish({ schoolId, ...changes })));
  expect(await add({ name: '测试甲' })).toBe('top-up.no-match');
  expect(await add({ number: `${holder.number}0` })).toBe('top-up.no-match');
  expect(await add({})).toBe('200');
  // Somebody with a temporary card has the citizen's number for theirs.
  const guest = await student.holder('shanghaitech', { name: '临时·乙', number: '11010119900101000X' });
  expect(await add({ name: guest.name, number: 'N11010119900101' })).toBe('top-up.no-match');
  expect(await add({ name: guest.name, number: guest.number.toLowerCase() })).toBe('200');
});

test('ST-59, ST-70: what came by Alipay, from a computer’s page too, is on the card with the next swipe at a POS', async () => {
  const till = new SaleFixture(student.database, holder.schoolId);
  till.now = student.now;
  expect(await authorizePayment(till.deps, till.tapSale(holder.accountNo, 1_250))).toMatchObject({ code: 'payment.insufficient-balance' });
  const { body } = await pay(await world.page(), { payBy: 'page', screen: 'computer', channel: 'alipay' });
  await confirmOrder(world.deps, 'alipay', world.alipay.pay(body.orderNo, student.now));
  expect((await student.head(holder)).state.balances).toMatchObject({ card: 0, transit: 2_000 });
  expect(await authorizePayment(till.deps, till.tapSale(holder.accountNo, 1_250))).toMatchObject({ outcome: 'charged' });
  expect((await student.head(holder)).state.balances).toMatchObject({ card: 750, transit: 0 });
});

describe('name and number', () => {
  const check = (who: Parameters<MoneyWorld['ask']>[0], changes: object = {}) =>
    world.ask(who, 'POST', '/top-ups-for-others/check', wish(changes));

  test('that match show whom it is for and the ways to pay, masked (ST-65, ST-66)', async () => {
    const { status, body } = await check(await world.page());
    expect(status).toBe(200);
    expect(body.payee).toMatchObject({ nameMasked: '测**', school: { zh: '上海科技大学' } });
    expect(body.payee.numberMasked).toContain('****');
    expect(body.channels).toEqual([
      expect.objectContaining({ id: 'wechat-pay', payBy: ['in-app', 'qr'] }),
      expect.objectContaining({ id: 'alipay', payBy: ['in-app', 'qr', 'page'] }),
    ]);
  });

  test('answer alike for a wrong name and a number that nobody has, and lock alike', async () => {
    for (const changes of [{ name: '别人' }, { number: 'N404' }]) {
      const phone = student.phone(`guesser-${Object.keys(changes)[0]}`);
      await phone.signIn();
      const heard = [];
      for (let guess = 0; guess < 6; guess += 1) heard.push(codeOf(await check(phone, changes)));
      expect(heard).toEqual([...Array(5).fill('top-up.no-match'), 'auth.locked']);
    }
  });

  test('that are right give the guess back, so that a parent may come every day', async () => {
    for (let time = 0; time < 25; time += 1) expect((await check(parent)).status).toBe(200);
  });

  test('cannot be walked through: many numbers by one guesser end, also with right ones in between', async () => {
    const codes: string[] = [];
    for (let number = 0; number < 25; number += 1) {
      codes.push(codeOf(await check(parent, { number: `N9${number}` })));
      await check(parent);
    }
    expect(codes.filter((code) => code === 'top-up.no-match')).toHaveLength(20);
    expect(codes.at(-1)).toBe('auth.locked');
  });

  test('cannot be walked through by ever new pages of one address', async () => {
    const codes: string[] = [];
    for (let number = 0; number < 25; number += 1) codes.push(codeOf(await check(await world.page(), { number: `N9${number}` })));
    expect(codes.filter((code) => code === 'top-up.no-match')).toHaveLength(20);
    expect(codeOf(await check(await world.page('203.0.113.9'), { number: 'N1' }))).toBe('top-up.no-match');
  });

  test('of one number are refused to a crowd as well', async () => {
    const codes: string[] = [];
    for (let guesser = 0; guesser < 22; guesser += 1) {
      codes.push(codeOf(await check(await world.page(`203.0.113.${guesser}`), { name: '别人' })));
    }
    expect(codes.filter((code) => code === 'top-up.no-match')).toHaveLength(20);
  });
});

describe('a page on a computer', () => {
  const onPage = { payBy: 'page', screen: 'computer', channel: 'alipay' };
  const byCode = { payBy: 'qr', screen: 'computer' };

  test('pays by a code, sees its own order, and knows who paid when they have (手机付款: ST-66, ST-67)', async () => {
    const page = await world.page();
    const { status, body } = await pay(page, byCode);
    expect(status).toBe(200);
    const wanted = world.wechat.orders.get(body.orderNo)?.wish;
    expect(wanted).toMatchObject({ payBy: 'qr', appId: 'wxmini' });
    expect(wanted).not.toHaveProperty('payerOpenId');
    await confirmOrder(world.deps, 'wechat-pay', { ...world.wechat.pay(body.orderNo, student.now), payerOpenId: 'who scanned' });
    expect(await world.deps.orders.find(holder.schoolId, body.orderNo)).toMatchObject({ payment: { payerOpenId: 'who scanned' } });
    expect((await world.ask(page, 'GET', `/top-ups-for-others/${body.orderNo}`)).body).toMatchObject({ state: 'credited', payBy: 'qr' });
    expect((await world.ask(page, 'GET', '/top-ups-for-others')).body.orders).toHaveLength(1);
    expect((await world.ask(await world.page(), 'GET', '/top-ups-for-others')).body.orders).toEqual([]);
  });

  test('pays on the platform’s own page (电脑付款: ST-66)', async () => {
    const { body } = await pay(await world.page(), onPage);
    expect(world.alipay.orders.get(body.orderNo)?.wish).toMatchObject({ payBy: 'page', appId: '2021mini' });
  });

  test.each([
    ['in the app', {}, 'top-up.not-here'],
    ['by a code on the phone that would scan it', { payBy: 'qr', screen: 'phone' }, 'top-up.not-here'],
    ['by a code on what it does not say is a computer', { payBy: 'qr' }, 'top-up.not-here'],
    ['on a page that WeChat Pay does not have', { payBy: 'page', screen: 'computer' }, 'top-up.channel-not-offered'],
  ])('cannot pay %s', async (_, changes, code) => {
    expect(codeOf(await pay(await world.page(), changes))).toBe(code);
  });

  test('a code in a mini-program is refused, whatever it says of its screen', async () => {
    expect(codeOf(await pay(parent, byCode))).toBe('top-up.not-here');
  });

  test('may do nothing that belongs to a session or a holder', async () => {
    const page = await world.page();
    expect(codeOf(await world.ask(page, 'GET', '/top-ups'))).toBe('auth.sign-in-required');
    const phone = student.phone('page');
    phone.token = page.token;
    expect(codeOf(await phone.bind(holder, '123456'))).toBe('auth.sign-in-required');
    expect(codeOf(await phone.get('/student/account'))).toBe('auth.sign-in-required');
  });

  test('is over after 30 days, and a token that was altered is none', async () => {
    const page = await world.page();
    const altered = { ...page, token: page.token.replace(/.$/, (last) => (last === 'A' ? 'E' : 'A')) };
    expect(codeOf(await world.ask(altered, 'GET', '/top-ups-for-others'))).toBe('auth.sign-in-required');
    expect((await world.ask(page, 'GET', '/top-ups-for-others')).status).toBe(200);
    student.now += 30 * 24 * 60 * MINUTE;
    expect(codeOf(await world.ask(page, 'GET', '/top-ups-for-others'))).toBe('auth.sign-in-required');
  });

  test('makes 60 orders an hour from one address at most', async () => {
    const codes: string[] = [];
    for (let order = 0; order < 62; order += 1) codes.push(codeOf(await pay(await world.page(), byCode)));
    expect(codes.filter((code) => code === '200')).toHaveLength(60);
    expect(codes.at(-1)).toBe('auth.locked');
  });
});

test('a history of many top-ups comes a page at a time, each once', async () => {
  const orders = new Set<string>();
  for (let order = 0; order < 35; order += 1) {
    student.now += 1_000;
    orders.add((await pay(parent)).body.orderNo);
  }
  const first = (await world.ask(parent, 'GET', '/top-ups-for-others')).body;
  const second = (await world.ask(parent, 'GET', `/top-ups-for-others?cursor=${first.nextCursor}`)).body;
  expect([first.orders.length, second.orders.length, second.nextCursor]).toEqual([30, 5, null]);
  expect(new Set([...first.orders, ...second.orders].map(({ orderNo }) => orderNo))).toEqual(orders);
  expect(codeOf(await world.ask(parent, 'GET', '/top-ups-for-others?cursor=x'))).toBe('request.malformed');
});
