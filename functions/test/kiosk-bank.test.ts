import { type Machine, PowerCut, type Screen } from '../../sandbox/terminals/machine';
import { AppError } from '../../shared/errors';
import { sum } from '../../shared/money';
import { createBankOrderSource } from '../operations/bank-order-source';
import { type QueryDeps, queryDueOrder } from '../operations/query-order';
import { readOrder } from '../operations/read-order';
import { createBankCards } from '../store/bank-cards';
import { createOrders } from '../store/orders';
import { createConfirmDeps } from '../wiring/money-in';
import { KioskWorld, labels, read } from './kiosk-world';

const SELF_SERVICE = 'menu-0';
const BANK = 'menu-1';
const PIN = '271828';
const OWN_CARD = '6217001230006789';

/** A holder who has changed the card password and bound the own bank card, at the machine. */
async function bound(schoolId = 'shanghaitech'): Promise<KioskWorld> {
  const world = await KioskWorld.open(schoolId);
  await world.withId();
  const { kiosk } = await world.visit();
  await changePassword(kiosk);
  await kiosk.press('exit');
  await kiosk.press(BANK);
  await kiosk.press('bank-binding');
  await kiosk.press('ok', { bankCard: OWN_CARD, pin: PIN });
  world.school.now += 1_000;
  world.steps = [];
  return world;
}

async function changePassword(kiosk: Machine, fields = {}): Promise<Screen> {
  await kiosk.press(SELF_SERVICE);
  await kiosk.press('change-password');
  return kiosk.press('ok', { which: 'transaction', old: '123456', new: PIN, again: PIN, ...fields });
}

async function transferForm(world: KioskWorld): Promise<{ readonly kiosk: Machine; readonly screen: Screen }> {
  const { kiosk } = await world.visit();
  await kiosk.press(BANK);
  return { kiosk, screen: await kiosk.press('bank-transfer') };
}

describe('the bank services of ShanghaiTech', () => {
  test('ST-27: 自助服务 — 修改密码 changes the card password, and needs no phone', async () => {
    const world = await KioskWorld.open();
    await world.topUp(2_000);
    const { kiosk } = await world.visit();
    expect((await changePassword(kiosk, { old: '000000' })).notice?.text.zh).toBe('密码不正确');
    expect((await kiosk.press('ok', { which: 'transaction', old: '123456', new: '111111', again: '111111' })).notice?.text.zh).toContain(
      '密码',
    );
    const done = await kiosk.press('ok', { which: 'transaction', old: '123456', new: PIN, again: PIN });
    expect([done.id, done.notice?.text.zh]).toEqual(['kiosk.password-done', '密码修改成功']);
    await kiosk.press('exit');
    await kiosk.press('menu-2');
    await kiosk.press('claim');
    expect((await kiosk.press('ok', { pin: '123456' })).notice?.text.zh).toBe('密码不正确');
    expect((await kiosk.press('ok', { pin: PIN })).id).toBe('kiosk.claim-done');
    // The query password is the other one (ST-06), and nobody's session or proof was touched.
    expect(await world.holder()).toMatchObject({ passwordHash: null, provenAt: null });
  });

  test('a change whose answer was lost is repeated, and is no wrong guess', async () => {
    const world = await KioskWorld.open();
    const { kiosk } = await world.visit();
    world.onStep = (name) => {
      if (name === 'password.send') world.loseAnswers = 1;
      if (name === 'password.heard') world.onStep = () => undefined;
    };
    expect((await changePassword(kiosk)).id).toBe('kiosk.password-done');
  });

  test('five wrong passwords lock the card at that machine', async () => {
    const world = await KioskWorld.open();
    const { kiosk } = await world.visit();
    for (let tries = 0; tries < 5; tries += 1) {
      expect((await changePassword(kiosk, { old: '000000' })).notice?.text.zh).toBe('密码不正确');
      await kiosk.press('exit');
    }
    expect((await changePassword(kiosk)).notice?.text.zh).toBe('错误次数过多，请 30 分钟后再试');
  });

  test('ST-28, ST-29: 申请绑定 shows the ID masked, says which bank, and masks the password', async () => {
    const world = await KioskWorld.open();
    await world.withId();
    const { kiosk } = await world.visit();
    expect(labels(await kiosk.press(BANK))).toEqual(['申请绑定', '银校转账', '退出']);
    const screen = await kiosk.press('bank-binding');
    expect([screen.title.zh, read(screen, '身份证号'), read(screen, '说明')]).toEqual([
      '转账申请',
      expect.stringMatching(/^\*+.*/),
      '只能绑定上海银行银行卡',
    ]);
    expect(screen.fields.map(({ label, kind }) => [label.zh, kind])).toEqual([
      ['银行卡号', 'digits'],
      ['卡密码', 'password'],
    ]);
    expect(labels(screen)).toEqual(['确定', '退出']);
  });

  test.each([
    ['5217001230006789', '只能绑定学校指定银行的银行卡'],
    ['4217001230006789', '只能绑定储蓄卡，不能绑定信用卡'],
    ['123', '银行卡号不正确'],
  ])('ST-29: the card %s is refused by name', async (bankCard, sentence) => {
    const world = await KioskWorld.open();
    await world.withId();
    const { kiosk } = await world.visit();
    await changePassword(kiosk);
    await kiosk.press('exit');
    await kiosk.press(BANK);
    await kiosk.press('bank-binding');
    expect((await kiosk.press('ok', { bankCard, pin: PIN })).notice?.text.zh).toBe(sentence);
    expect(world.bank.agreements.size).toBe(0);
  });

  test('ST-30: 申请绑定成功, once and for all', async () => {
    const world = await bound();
    const { kiosk } = await world.visit();
    await kiosk.press(BANK);
    const screen = await kiosk.press('bank-binding');
    expect(screen.notice?.text.zh).toBe('已绑定尾号 6789 的银行卡，无需再次申请');
    expect(world.bank.agreements.size).toBe(1);
  });

  test('the initial password binds no bank card', async () => {
    const world = await KioskWorld.open();
    await world.withId();
    const { kiosk } = await world.visit();
    await kiosk.press(BANK);
    await kiosk.press('bank-binding');
    const screen = await kiosk.press('ok', { bankCard: OWN_CARD, pin: '123456' });
    expect([screen.id, world.bank.calls]).toEqual(['kiosk.bind', []]);
  });

  test('ST-31, ST-32, ST-34, ST-36: the transfer form has the printed fields, fee and buttons', async () => {
    const { screen } = await transferForm(await bound());
    expect(screen.title.zh).toBe('银行转卡片一卡通');
    expect(screen.lines.map(({ label }) => label.zh)).toEqual(
      expect.arrayContaining(['身份证号', '卡余额', '补写金额', '管理费', '新余额']),
    );
    expect(screen.fields.map(({ label }) => label.zh)).toEqual(['转账金额', '卡密码']);
    expect([read(screen, '补写金额'), read(screen, '管理费')]).toEqual(['0.00元', '0.0%']);
    expect(labels(screen)).toEqual(expect.arrayContaining(['转账', '补写', '退出']));
  });

  test('ST-35, ST-37, ST-38: 53.00 + 1 → 54.00 before and after, and only then may the card be taken', async () => {
    const world = await bound();
    await world.topUp(5_300);
    const first = await world.visit();
    await first.kiosk.press('menu-2');
    await first.kiosk.press('claim');
    await first.kiosk.press('ok', { pin: PIN });
    const { kiosk } = await transferForm(world);
    const preview = await kiosk.press('preview', { amount: '1' });
    expect([read(preview, '卡余额'), read(preview, '新余额')]).toEqual(['53.00元', '54.00元']);
    const busy: boolean[] = [];
    world.onStep = (name) => {
      if (name === 'transfer.send' || name === 'chip.write') busy.push(kiosk.screen().busy === true);
    };
    const done = await kiosk.press('transfer', { amount: '1', pin: PIN });
    expect([done.id, done.notice?.text.zh, read(done, '新余额'), busy]).toEqual([
      'kiosk.transfer-done',
      '转账成功，转账金额:1.00元',
      '54.00元',
      [true, true],
    ]);
    expect([await world.places(), world.bank.sumOf('debit'), world.chip.memory.storedFen]).toEqual([
      { card: 5_400, transit: 0, chipPending: 0 },
      100,
      5_400,
    ]);
  });

  test('ST-33: 补写 comes before another transfer, also where the machine does not know of it', async () => {
    const world = await bound();
    const { kiosk } = await transferForm(world);
    kiosk.setFault('card-pulled', true);
    expect((await kiosk.press('transfer', { amount: '1', pin: PIN })).id).toBe('kiosk.transfer-not-written');
    expect(await world.places()).toEqual({ card: 0, transit: 0, chipPending: 100 });
    const again = await transferForm(world);
    expect(read(again.screen, '补写金额')).toBe('1.00元');
    const refused = await again.kiosk.press('transfer', { amount: '2', pin: PIN });
    expect([refused.id, refused.notice?.text.zh, world.bank.sumOf('debit')]).toEqual(['kiosk.transfer', '有补写金额，请先补写', 100]);
    await again.kiosk.press('rewrite');
    const form = await again.kiosk.press('rewrite');
    expect([read(form, '卡余额'), read(form, '补写金额')]).toEqual(['1.00元', '0.00元']);
  });

  test('its order is on its way until the chip is written, and on the card from then on', async () => {
    const world = await bound();
    const { kiosk } = await transferForm(world);
    kiosk.setFault('card-pulled', true);
    await kiosk.press('transfer', { amount: '1', pin: PIN });
    const [orderNo = ''] = world.bank.moved.keys();
    expect(await orderOf(world, orderNo)).toMatchObject({ state: 'credited', arrivedIn: 'transit', onCardAt: null });
    const { kiosk: next } = await transferForm(world);
    await next.press('rewrite');
    await next.press('rewrite');
    expect((await orderOf(world, orderNo)).onCardAt).toContain('2026-11-21T');
  });

  test('a debit that the bank refuses is said, and moves nothing', async () => {
    const world = await bound();
    world.bank.fate = 'failed';
    const { kiosk } = await transferForm(world);
    const refused = await kiosk.press('transfer', { amount: '1', pin: PIN });
    expect([refused.id, refused.notice?.text.zh]).toEqual(['kiosk.transfer', '银行拒绝了这笔交易']);
    expect(await world.places()).toEqual({ card: 0, transit: 0, chipPending: 0 });
  });

  test('what the bank does not say yet is pending; asking again ends it, by the bank’s word', async () => {
    const world = await bound();
    world.bank.fate = 'pending';
    const { kiosk } = await transferForm(world);
    expect((await kiosk.press('transfer', { amount: '1', pin: PIN })).id).toBe('waiting');
    for (const requestNo of world.bank.moved.keys()) world.bank.settle(requestNo, 'succeeded');
    expect((await kiosk.press('retry')).id).toBe('kiosk.transfer-done');
    expect([await world.places(), world.bank.moved.size]).toEqual([{ card: 100, transit: 0, chipPending: 0 }, 1]);
  });

  test('what reached nobody within its minute is too late afterwards', async () => {
    const world = await bound();
    const { kiosk } = await transferForm(world);
    world.isCut = true;
    expect((await kiosk.press('transfer', { amount: '1', pin: PIN })).id).toBe('waiting');
    world.isCut = false;
    world.school.now += 61_000;
    expect((await kiosk.press('retry')).notice?.text.zh).toBe('操作已超时，请重新开始');
    expect(world.bank.calls).not.toContain('debit');
  });

  test('a debit that the bank never heard of is called off after the minute, and can never happen', async () => {
    const world = await bound();
    world.bank.before = (act) => {
      if (act === 'debit') throw new AppError('bank.unavailable');
    };
    const { kiosk } = await transferForm(world);
    expect((await kiosk.press('transfer', { amount: '1', pin: PIN })).id).toBe('waiting');
    world.school.now += 61_000;
    expect((await kiosk.press('retry')).notice?.text.zh).toBe('银行拒绝了这笔交易');
    expect([world.bank.calls.at(-1), world.bank.sumOf('debit'), await world.places()]).toEqual([
      'cancelDebit',
      0,
      { card: 0, transit: 0, chipPending: 0 },
    ]);
  });

  test('one number with another amount is refused, and the first stands', async () => {
    const world = await bound();
    const { kiosk } = await transferForm(world);
    await kiosk.press('transfer', { amount: '1', pin: PIN });
    const [sent] = world.sent.filter(({ path }) => path === '/terminal/bank').slice(-1);
    if (sent === undefined) throw new Error('nothing was sent');
    const body = { ...JSON.parse(sent.body), amountFen: 200 };
    expect(await world.send('bank', '/terminal/bank', body)).toMatchObject({ error: { code: 'payment.other-body' } });
    expect(await world.send('bank', '/terminal/bank', sent.body)).toMatchObject({ state: 'credited', amountFen: 100 });
    expect(world.bank.sumOf('debit')).toBe(100);
  });

  test('paid after the machine gave up: the sweep credits it, and the next visit claims it', async () => {
    const world = await bound();
    world.bank.fate = 'pending';
    const { kiosk } = await transferForm(world);
    await kiosk.press('transfer', { amount: '1', pin: PIN });
    const [requestNo = ''] = world.bank.moved.keys();
    world.bank.settle(requestNo, 'succeeded');
    world.school.now += 600_000;
    await sweep(world, requestNo);
    expect(await world.places()).toEqual({ card: 0, transit: 100, chipPending: 0 });
    const next = await world.visit();
    await next.kiosk.press('menu-2');
    const form = await next.kiosk.press('claim');
    expect([read(form, '待领金额'), read(form, '其他待领金额')]).toEqual(['1.00元', '1.00元，一并领取']);
    await next.kiosk.press('ok', { pin: PIN });
    expect(await world.places()).toEqual({ card: 100, transit: 0, chipPending: 0 });
  });
});

function queryDeps(world: KioskWorld): QueryDeps {
  const confirm = { ...createConfirmDeps(world.database), clock: () => world.school.now };
  const none = { queryOrder: () => Promise.reject(new Error('not asked')), closeOrder: () => Promise.reject(new Error('not asked')) };
  return { ...confirm, platforms: { 'wechat-pay': none, alipay: none, 'bank-card': createBankOrderSource(() => world.bank) } };
}

/** The minute's sweep over the one order. */
async function sweep(world: KioskWorld, orderNo: string): Promise<void> {
  const { schoolId } = world.school;
  const order = await createOrders(world.database).find(schoolId, orderNo);
  if (order === undefined || !('dueAt' in order)) return;
  await queryDueOrder(queryDeps(world), { schoolId, orderNo, dueAt: order.dueAt });
}

/** As its holder's phone shows it. */
function orderOf(world: KioskWorld, orderNo: string) {
  return readOrder(queryDeps(world), { schoolId: world.school.schoolId, accountNo: world.accountNo }, orderNo);
}

describe('the transfer machine of SJTU [terminal]', () => {
  /** Bound at the Center, in person (SJ-info-1284). */
  async function atCenter(): Promise<KioskWorld> {
    const world = await KioskWorld.open('sjtu');
    await world.withId();
    const { schoolId, now } = world.school;
    const agreement = world.fieldCipher.seal({ schoolId, accountNo: world.accountNo, field: 'bankAgreement' }, world.bank.bind());
    const card = { bindingNo: 'desk', agreement, cardTail: '6789', bankName: '中国银行', boundAt: now, version: 0 };
    await createBankCards(world.database).save({ schoolId, accountNo: world.accountNo, state: 'bound', ...card });
    return world;
  }

  test('SJ-08: 转账充值业务 moves money from the linked bank card, at most RMB 500, by the transaction password', async () => {
    const world = await atCenter();
    const { kiosk, screen } = await world.visit();
    expect(labels(screen).slice(0, 2)).toEqual(['转账充值业务', '校园卡业务']);
    expect(labels(await kiosk.press('menu-0'))).toContain('银行卡转卡钱包');
    await kiosk.press('bank-transfer');
    const initial = '417002';
    const over = await kiosk.press('transfer', { amount: '500.01', pin: initial });
    expect([over.id, world.bank.calls]).toEqual(['kiosk.transfer', []]);
    const done = await kiosk.press('transfer', { amount: '500', pin: initial });
    expect(done.id).toBe('kiosk.transfer-done');
    expect(await world.places()).toEqual({ card: 50_000, transit: 0, chipPending: 0 });
  });

  test('SJ-info-1565: a found card is put back into use with the transaction password, and the newer one is dead', async () => {
    const world = await atCenter();
    await world.school.change(world.accountNo, (head) => ({
      ...{ kind: 'limits-changed', entryId: 'reissued', postings: [], occurredAt: world.school.now },
      state: { ...head.state, cardIssue: 2 },
    }));
    const { kiosk } = await world.visit();
    await kiosk.press('menu-1');
    await kiosk.press('reactivate');
    expect((await kiosk.press('ok', { pin: '000000' })).notice?.text.zh).toBe('密码不正确');
    expect((await kiosk.press('ok', { pin: '417002' })).id).toBe('kiosk.reactivate-done');
    const newer = world.kiosk();
    await newer.place(world.card(2));
    await newer.press('menu-0');
    expect((await newer.press('bank-transfer')).notice?.text.zh).toContain('这张卡已被补办的新卡替代');
  });

  test('SJ-09: the machine finder lists place and quantity in each campus', async () => {
    const { table } = await (await KioskWorld.open('sjtu')).kiosk().press('places');
    expect(table?.columns.map(({ zh }) => zh)).toEqual(['校区', '地点', '数量']);
    expect(table?.rows.map(([campus]) => campus)).toEqual(['闵行校区', '徐汇校区']);
  });

  test('SJ-10: the first thing asked for is the card', async () => {
    expect(read((await KioskWorld.open('sjtu')).kiosk().screen(), '放卡')).toContain('校园卡');
  });

  test('SJ-11, SJ-12: 校园卡业务 — 持卡人流水查询 asks for the checking password and shows true signs', async () => {
    const world = await atCenter();
    await world.topUp(2_000, 'alipay');
    const first = await world.visit();
    await first.kiosk.press('menu-1');
    const ask = await first.kiosk.press('statement');
    expect(ask.fields.map(({ label, kind }) => [label.en, kind])).toEqual([['Checking password', 'password']]);
    expect((await first.kiosk.press('ok', { pin: '000000' })).notice?.text.zh).toBe('密码不正确');
    const page = await first.kiosk.press('ok', { pin: '417002' });
    expect([page.id, page.table?.rows]).toEqual(['kiosk.statement', [['2026-11-21 12:08:18', '充值', '+20.00元']]]);
    expect((await first.kiosk.press('before')).table?.rows).toEqual([]);
  });
});

describe('every step of a transfer', () => {
  const faults = ['power cut', 'card pulled', 'line cut', 'answer lost', 'bank silent'] as const;

  async function transferThrough(world: KioskWorld): Promise<void> {
    const { kiosk } = await transferForm(world);
    await kiosk.press('transfer', { amount: '20', pin: PIN });
  }

  async function nextVisit(world: KioskWorld): Promise<void> {
    Object.assign(world, { isCut: false, loseAnswers: 0, onStep: () => undefined });
    world.bank.before = () => undefined;
    world.bank.after = () => undefined;
    for (const requestNo of world.bank.moved.keys()) await sweep(world, requestNo);
    world.school.now += 5_000;
    const { kiosk } = await world.visit();
    await kiosk.press('menu-2');
    if ((await kiosk.press('claim')).id === 'kiosk.rewrite') await kiosk.press('rewrite');
    if (kiosk.screen().id === 'kiosk.claim') await kiosk.press('ok', { pin: PIN });
  }

  test.each(faults)('%s at any of them: what the bank paid is on the card after the next visit, once', async (fault) => {
    const example = await bound();
    await transferThrough(example);
    const { steps } = example;
    expect(steps).toEqual(expect.arrayContaining(['transfer.send', 'transfer.heard', 'chip.write', 'written.send']));
    let paid = 0;
    for (let at = 1; at <= steps.length; at += 1) {
      const world = await bound();
      const { kiosk } = await transferForm(Object.assign(world, { steps: [] }));
      const offset = world.steps.length;
      if (at <= offset) continue;
      world.onStep = async (name, count) => {
        if (count !== at) return;
        if (fault === 'power cut') throw new PowerCut(name);
        if (fault === 'card pulled') await kiosk.place(null);
        if (fault === 'line cut') world.isCut = true;
        if (fault === 'answer lost') world.loseAnswers = 1;
        if (fault === 'bank silent') world.bank.after = () => Promise.reject(new Error('the bank’s answer was lost'));
      };
      try {
        await kiosk.press('transfer', { amount: '20', pin: PIN });
      } catch (error) {
        if (!(error instanceof PowerCut)) throw error;
      }
      const debitedFen = world.bank.sumOf('debit');
      const before = await world.places();
      expect(before.card + before.transit + before.chipPending).toBeLessThanOrEqual(debitedFen);
      await nextVisit(world);
      const told = { fault, at: steps[at - 1] };
      const finallyFen = world.bank.sumOf('debit');
      paid += finallyFen;
      expect({ ...told, ...(await world.places()) }).toEqual({ ...told, card: finallyFen, transit: 0, chipPending: 0 });
      expect({ ...told, stored: world.chip.memory.storedFen }).toEqual({ ...told, stored: finallyFen });
      const bankLegs = (await world.school.all(world.accountNo))
        .flatMap(({ postings }) => postings)
        .filter(({ leg }) => leg.includes('bank'));
      expect(sum(bankLegs.map(({ amountFen }) => amountFen))).toBe(-finallyFen + 0);
    }
    expect(paid).toBeGreaterThan(0);
  });
});
