import { TillWorld } from '../../functions/test/till-world';
import type { Screen } from './machine';
import { PosMachine, type PosMachineParts } from './pos-machine';
import { newTerminalKey } from './signed-request';

const DISHES = [
  { id: 'a', name: { zh: '甲套餐', en: 'Meal A' }, priceFen: 1_200, prices: { student: 1_000, staff: 1_100, temporary: 1_500 } },
  { id: 'b', name: { zh: '米饭', en: 'Rice' }, priceFen: 50 },
];
// Any X25519 key: what is sealed to it is opened by nobody here.
const PIN_KEY = { keyId: 'p1', publicKey: '3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08=' };

const texts = (screen: Screen): string => JSON.stringify(screen);
const buttonIds = (screen: Screen): string[] => screen.buttons.map(({ id }) => id);

async function canteen(more: Partial<PosMachineParts> = {}) {
  const world = new TillWorld();
  const accountNo = await world.fixture.account({ cardFen: 10_000 });
  const { schoolId } = world.fixture;
  const names = { school: { zh: '示例大学', en: 'A university' }, merchant: { zh: '一食堂', en: 'Canteen 1' } };
  const identity = { schoolId, terminal: 7, key: world.key };
  const machine = new PosMachine({ identity, world: world.machineWorld(), ...names, dishes: DISHES, pinKey: PIN_KEY, ...more });
  await machine.press('open-shift', { cashier: '1024' });
  const take = async (amount: string) => {
    await machine.press('take', { amount });
    const after = await machine.place(world.chip(accountNo));
    await machine.place(null);
    return after;
  };
  return { world, accountNo, machine, take };
}

/** Answers of one address that the real operations are not asked for. */
function played(world: TillWorld, path: string, answer: (body: Record<string, unknown>) => Response): void {
  const { fetch } = world;
  const wire: typeof fetch = async (input, init) =>
    new URL(String(input)).pathname === path ? answer(JSON.parse(String(init?.body))) : fetch(input, init);
  Object.assign(world, { fetch: wire });
}

function reply(world: TillWorld, outcome: string, more: object = {}): Response {
  const nothing = { entryId: null, n: null, kind: null, amountFen: 0, claimedFen: 0, cardFen: null, recordedAt: null, reason: null };
  return Response.json({ ...nothing, outcome, definite: outcome !== 'pending', serverTime: new Date(world.now).toISOString(), ...more });
}

test('nobody sells before the shift is opened, and the screen says whose it is', async () => {
  const world = new TillWorld();
  const names = { school: { zh: '示例大学', en: 'U' }, merchant: { zh: '一食堂', en: 'C' } };
  const identity = { schoolId: world.fixture.schoolId, terminal: 7, key: newTerminalKey() };
  const machine = new PosMachine({ identity, world: world.machineWorld(), ...names });
  expect(machine.screen().id).toBe('pos.shift-closed');
  expect((await machine.press('take', { amount: '1' })).id).toBe('pos.shift-closed');
  expect((await machine.press('open-shift', { cashier: 'x' })).notice?.tone).toBe('bad');
  expect(texts(await machine.press('open-shift', { cashier: '1024' }))).toContain('1024');
});

test('an amount is keyed, a card is laid on, and the till says it aloud and prints it', async () => {
  const { world, take, machine } = await canteen();
  await machine.press('take', { amount: '12.5' });
  expect(machine.screen()).toMatchObject({ id: 'pos.present', title: { zh: '请出示付款码或贴卡' } });
  await machine.press('back');
  const screen = await take('12.5');
  expect(screen).toMatchObject({
    id: 'pos.ready',
    notice: { tone: 'good', text: { zh: '收款成功，十二元五角', en: 'Paid, twelve yuan fifty' } },
  });
  expect(screen.receipt).toEqual([
    '示例大学',
    '商户 一食堂',
    '终端 7  流水 1',
    '时间 2026-11-21 12:08:17',
    '类型 消费',
    '方式 校园卡',
    '金额 12.50元',
    '卡余额 87.50元',
  ]);
  expect(world.reached).toEqual(['charge 1']);
});

test.each(['', '0', '-1', '1.234', 'x'])('"%s" is no amount', async (amount) => {
  const { machine } = await canteen();
  expect((await machine.press('take', { amount })).notice?.text.zh).toBe('金额不正确');
});

test('a code is scanned; a UnionPay code is refused by name and nothing is sent', async () => {
  const { world, accountNo, machine } = await canteen();
  await machine.press('take', { amount: '3' });
  const refused = await machine.press('scan', { code: '6212345678901234567' });
  expect(refused.notice?.text.zh).toContain('云闪付');
  expect(world.reached).toEqual([]);
  expect((await machine.press('scan', { code: await world.fixture.code(accountNo) })).notice?.tone).toBe('good');
});

test('price keys add up a plate, and every identity’s price goes with it', async () => {
  const { world, accountNo, machine } = await canteen();
  const bodies: unknown[] = [];
  played(world, '/terminal/charges', (body) => {
    bodies.push(body);
    return reply(world, 'charged', { entryId: '7-1', amountFen: 1_050, listFen: 1_050, surchargeFen: 50, discountFen: 0, paidFen: 1_100 });
  });
  await machine.press('mode');
  await machine.press('dish-a');
  expect(texts(await machine.press('dish-b'))).toContain('12.50');
  await machine.press('take');
  const screen = await machine.place(world.chip(accountNo));
  expect(bodies).toMatchObject([{ amountFen: 1_250, prices: { student: 1_050, staff: 1_150, temporary: 1_550 } }]);
  expect(screen.receipt).toEqual(expect.arrayContaining(['金额 11.00元', '标价 10.50元', '搭伙费 0.50元']));
});

test('above the limit the holder types a password, which leaves as a sale of its own and sealed', async () => {
  const world = new TillWorld();
  const accountNo = await world.fixture.account({ cardFen: 10_000 });
  const reason = { code: 'payment.pin-required', messageZh: '请输入密码', messageEn: 'Type it.' };
  const sent: Record<string, unknown>[] = [];
  played(world, '/terminal/charges', () => reply(world, 'not-charged', { definite: false, reason }));
  played(world, '/terminal/pin-charges', (body) => {
    sent.push(body);
    const wrong = { code: 'payment.pin-wrong', messageZh: '密码不正确', messageEn: 'Wrong.' };
    return sent.length === 1
      ? reply(world, 'not-charged', { reason: wrong })
      : reply(world, 'charged', { entryId: '7-3', amountFen: 5_000, cardFen: 5_000 });
  });
  const names = { school: { zh: '示例大学', en: 'U' }, merchant: { zh: '一食堂', en: 'C' } };
  const identity = { schoolId: world.fixture.schoolId, terminal: 7, key: world.key };
  const machine = new PosMachine({ identity, world: world.machineWorld(), ...names, pinKey: PIN_KEY });
  await machine.press('open-shift', { cashier: '1' });
  await machine.press('take', { amount: '50' });
  expect(await machine.place(world.chip(accountNo))).toMatchObject({ id: 'pos.pin', notice: { text: { zh: '请输入密码' } } });
  expect((await machine.press('ok', { pin: '12' })).notice).toBeDefined();
  expect(sent).toEqual([]);
  expect(await machine.press('ok', { pin: '111111' })).toMatchObject({ id: 'pos.pin', notice: { text: { zh: '密码不正确' } } });
  expect(await machine.press('ok', { pin: '123456' })).toMatchObject({ id: 'pos.ready', notice: { tone: 'good' } });
  expect(sent.map(({ sequence }) => sequence)).toEqual([2, 3]);
  expect(sent[0]).toMatchObject({ pin: { keyId: 'p1' } });
  expect(JSON.stringify([sent, world.memory])).not.toMatch(/111111|123456"/);
});

test('a payer’s own code goes to its own door, and what waits for a phone is asked about each second', async () => {
  for (const [code, source] of [
    ['134567890123456789', 'wechat-pay'],
    ['281234567890123456', 'alipay'],
  ] as const) {
    const world = new TillWorld();
    let asked = 0;
    played(world, '/terminal/native-charges', () => reply(world, 'pending'));
    played(world, '/terminal/native-charges/query', () => {
      asked += 1;
      return asked < 3 ? reply(world, 'pending') : reply(world, 'charged', { entryId: '7-1', amountFen: 800 });
    });
    const names = { school: { zh: '示例大学', en: 'U' }, merchant: { zh: '一食堂', en: 'C' } };
    const identity = { schoolId: world.fixture.schoolId, terminal: 7, key: world.key };
    const machine = new PosMachine({ identity, world: world.machineWorld(), ...names });
    await machine.press('open-shift', { cashier: '1' });
    await machine.press('take', { amount: '8' });
    expect((await machine.press('scan', { code })).notice).toMatchObject({ tone: 'wait', text: { zh: '等待付款人或银行确认，请勿交付' } });
    for (let second = 0; second < 3; second += 1) {
      world.fixture.now += 1_000;
      await machine.tick();
    }
    expect(asked).toBe(3);
    expect(machine.screen().notice?.text.zh).toBe('收款成功，八元');
    await machine.press('menu');
    const row = (await machine.press('totals')).table?.rows.find(([name]) => name?.startsWith(source === 'alipay' ? '支付宝' : '微信'));
    expect(row?.slice(1)).toEqual(['1', '8.00元']);
  }
});

test('the network is lost in a sale: the screen says what to do, the next customer is served, and the list tells how it ended', async () => {
  const { world, machine, take } = await canteen();
  machine.setFault('answer-lost', true);
  const unknown = await take('5');
  expect(unknown.notice).toMatchObject({ tone: 'bad' });
  expect(unknown.notice?.text.zh).toContain('请勿交付，请勿重复收款');
  expect(unknown.receipt).toBeUndefined();
  expect(buttonIds(unknown)).toEqual(expect.arrayContaining(['retry', 'open', 'void-last']));
  machine.setFault('answer-lost', false);
  const other = await world.fixture.account({ cardFen: 900 });
  await machine.press('take', { amount: '2' });
  expect((await machine.place(world.chip(other))).notice?.text.zh).toBe('收款成功，两元');
  await machine.tick();
  const list = await machine.press('open');
  expect(list.table?.rows).toMatchObject([['1', '5.00元', '已扣款 charged', expect.stringContaining('不在则撤销')]]);
  await machine.press('void-1');
  expect(machine.screen().table?.rows[0]?.[2]).toContain('已撤销');
  expect((await machine.press('seen-1')).table?.rows).toEqual([]);
});

test('the power is cut in a sale: the till that comes back knows of it, its shift and its last receipt', async () => {
  const { world, accountNo, machine, take } = await canteen();
  await take('1');
  world.cutPowerAt('charge.answer');
  expect((await take('4')).id).toBe('dark');
  expect((await machine.press('take', { amount: '1' })).id).toBe('dark');
  machine.setFault('power-cut', false);
  expect(machine.screen()).toMatchObject({ id: 'pos.ready', receipt: expect.arrayContaining(['金额 1.00元']) });
  expect(machine.pos.journal.unsettled()).toHaveLength(1);
  await machine.tick();
  expect(machine.pos.journal.unsettled()).toEqual([]);
  expect(await world.cardFen(accountNo)).toBe(9_500);
});

test.each(['clock-fast', 'clock-slow'])('with its %s the till tells the server’s correction and sells again', async (fault) => {
  const { machine, take } = await canteen();
  machine.setFault(fault, true);
  expect((await take('1')).notice?.tone).toBe('bad');
  const screen = await take('1');
  expect(screen.notice?.tone).toBe('good');
  expect(texts(screen)).toContain('已按服务器校正');
});

test('an accepted pass sells without a network, once, and is forwarded', async () => {
  const upload = { key: 's1', path: '/terminal/passes', body: '{}' };
  const { world, machine } = await canteen({ passes: { verify: () => ({ accepted: true, upload }) } });
  machine.setFault('network-cut', true);
  const digits = `93${'1'.repeat(224)}`;
  await machine.press('take', { amount: '6' });
  const sold = await machine.press('scan', { code: digits });
  expect(sold.notice?.text.zh).toContain('离线收款，六元，可以交付');
  expect(sold.receipt).toEqual(expect.arrayContaining(['类型 离线消费']));
  await machine.press('take', { amount: '6' });
  expect((await machine.press('scan', { code: digits })).notice?.text.zh).toContain('已使用');
  await machine.press('back');
  await machine.press('menu');
  expect((await machine.press('totals')).table?.rows.find(([name]) => name?.startsWith('离线码'))).toEqual([
    '离线码 Offline pass',
    '1',
    '6.00元',
  ]);
  expect(world.reached).toEqual([]);
});

test('shift totals, reprints, and a day end that equals the book', async () => {
  const { world, machine, take } = await canteen();
  await take('12.5');
  await take('3');
  await machine.press('void-last');
  await take('7');
  await machine.press('menu');
  const totals = await machine.press('totals');
  const row = (name: string) => totals.table?.rows.find(([first]) => first?.startsWith(name))?.slice(1);
  expect([row('校园卡'), row('收款合计'), row('撤销')]).toEqual([
    ['2', '19.50元'],
    ['2', '19.50元'],
    ['1', '3.00元'],
  ]);
  await machine.press('back');
  await machine.press('receipts');
  expect((await machine.press('reprint', { sequence: '1' })).receipt).toEqual(expect.arrayContaining(['** 重印 COPY **', '金额 12.50元']));
  expect((await machine.press('reprint', { sequence: '9' })).notice?.text.zh).toBe('没有这张小票');
  await machine.press('back');
  await machine.press('day-end');
  expect((await machine.press('close')).notice?.tone).toBe('good');
  const book = await world.book(machine.pos.today());
  expect(book.reduce((total, { amountFen }) => total + amountFen, 0)).toBe(1_950);
  await machine.press('back');
  await machine.press('totals');
  expect((await machine.press('close-shift')).receipt).toEqual(expect.arrayContaining(['收款合计 Sold  2  19.50元']));
  expect(machine.screen().id).toBe('pos.shift-closed');
});

test('a book that differs is shown at the day end', async () => {
  const { world, machine, take } = await canteen();
  played(world, '/terminal/batches', () =>
    Response.json({ totals: {}, book: { count: 0, amountFen: 0 }, differences: [{ sequence: 1, kind: 'missing-in-book' }] }),
  );
  await take('2');
  await machine.press('menu');
  await machine.press('day-end');
  const screen = await machine.press('close');
  expect(screen.notice?.tone).toBe('bad');
  expect(texts(screen)).toContain('1 missing-in-book');
});

test('once a minute the till says how it is, and passes the settings on', async () => {
  const heard: unknown[] = [];
  const beats: Record<string, unknown>[] = [];
  const { world, machine, take } = await canteen({ onSettings: (settings) => heard.push(settings) });
  played(world, '/terminal/heartbeats', (body) => {
    beats.push(body);
    return Response.json({ settings: { takesPasses: true } });
  });
  machine.setFault('answer-lost', true);
  await take('5');
  machine.setFault('answer-lost', false);
  await machine.tick();
  await machine.tick();
  world.fixture.now += 60_000;
  await machine.tick();
  expect(beats).toMatchObject([
    { terminal: 7, nextSequence: 2, openSales: { count: 1, amountFen: 500 } },
    { openSales: { count: 0, amountFen: 0 } },
  ]);
  expect(heard).toEqual([{ takesPasses: true }, { takesPasses: true }]);
});

test('a supervisor gives back a charged sale under a sealed password, and hears what became of it', async () => {
  const sent: Record<string, unknown>[] = [];
  const { world, machine, take } = await canteen();
  played(world, '/terminal/refunds', (body) => {
    sent.push(body);
    return Response.json({ entryId: 'x' });
  });
  await take('9');
  await machine.press('menu');
  await machine.press('refund');
  const fields = { sequence: '1', amount: '4', supervisor: 'chef', pin: '271828' };
  expect((await machine.press('ok', { ...fields, sequence: '5' })).notice?.text.zh).toBe('没有这笔已扣款的收款');
  machine.setFault('network-cut', true);
  expect((await machine.press('ok', fields)).notice?.text.zh).toContain('请勿再退');
  expect((await machine.press('ok', fields)).notice?.text.zh).toContain('上一次退款未确认');
  machine.setFault('network-cut', false);
  world.fixture.now += 5_000;
  await machine.tick();
  expect(machine.pos.pendingRefunds()).toEqual([]);
  expect(sent).toMatchObject([
    { sale: { terminal: 7, sequence: 1, day: '2026-11-21', amountFen: 900 }, amountFen: 400, supervisor: 'chef' },
  ]);
  expect(JSON.stringify([sent, world.memory])).not.toContain('271828"');
  await machine.press('back');
  expect((await machine.press('totals')).table?.rows.find(([name]) => name?.startsWith('退款'))?.slice(1)).toEqual(['1', '4.00元']);
});
