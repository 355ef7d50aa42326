import { PowerCut, type Screen } from '../../sandbox/terminals/machine';
import { KioskWorld, labels, read } from './kiosk-world';

const WECHAT = 'menu-2';
const ALIPAY = 'menu-3';

async function claimForm(world: KioskWorld, menu = WECHAT) {
  const { kiosk } = await world.visit();
  await kiosk.press(menu);
  return { kiosk, screen: await kiosk.press('claim') };
}

describe('the kiosk of ShanghaiTech', () => {
  test('ST-15: the home menu has the four printed entries', async () => {
    const { screen } = await (await KioskWorld.open()).visit();
    expect([screen.title.zh, screen.title.en]).toEqual(['校园卡自助服务系统', 'Campus Card Automatic Service System']);
    expect(labels(screen).slice(0, 4)).toEqual(['自助服务', '银行服务', '微信企业号', '支付宝服务']);
  });

  test('ST-16: 微信企业号 has 领取转账金额 and 查询转帐流水', async () => {
    const { kiosk } = await (await KioskWorld.open()).visit();
    expect(labels(await kiosk.press(WECHAT))).toEqual(['领取转账金额', '查询转帐流水', '退出']);
  });

  test('ST-17, ST-18, ST-20: the claim form has the printed title, fields and buttons', async () => {
    const world = await KioskWorld.open();
    await world.topUp(2_000);
    const { screen } = await claimForm(world);
    expect(screen.title.zh).toBe('领取转账金额:(点击确定领取转账金额)');
    expect(screen.lines.slice(0, 3).map(({ label }) => label.zh)).toEqual(['证件号码', '用户名称', '待领金额']);
    expect(screen.fields.map(({ label, kind }) => [label.zh, kind])).toEqual([['卡密码', 'password']]);
    expect(labels(screen)).toEqual(['确定', '退出']);
    expect([read(screen, '用户名称'), read(screen, '待领金额')]).toEqual(['测**', '20.00元']);
  });

  test('ST-19: the table of what waits has name, amount and time', async () => {
    const world = await KioskWorld.open();
    await world.topUp(2_000);
    const { table } = (await claimForm(world)).screen;
    expect(table?.columns.map(({ zh }) => zh)).toEqual(['转账名称', '转账金额', '转账时间']);
    expect(table?.rows).toEqual([['微信充值', '20.00元', '2026-11-21 12:08:18']]);
  });

  test('ST-21: a claim asks for the card password; the initial one is 123456', async () => {
    const world = await KioskWorld.open();
    await world.topUp(2_000);
    const { kiosk } = await claimForm(world);
    const refused = await kiosk.press('ok', { pin: '000000' });
    expect([refused.id, refused.notice?.text.zh]).toEqual(['kiosk.claim', '密码不正确']);
    expect(await world.places()).toEqual({ card: 0, transit: 2_000, chipPending: 0 });
    const done = await kiosk.press('ok', { pin: '123456' });
    expect([done.id, done.notice?.text.zh]).toEqual(['kiosk.claim-done', '领取成功，领取金额:20.00元']);
    expect(await world.places()).toEqual({ card: 2_000, transit: 0, chipPending: 0 });
    expect(world.chip.memory.storedFen).toBe(2_000);
  });

  test('ST-22: 查询转帐流水 lists what came by the platform of its menu, and what became of it', async () => {
    const world = await KioskWorld.open();
    await world.topUp(2_000);
    await world.topUp(500, 'alipay');
    const { kiosk } = await world.visit();
    await kiosk.press(WECHAT);
    const { table } = await kiosk.press('transfers');
    expect(table?.rows).toEqual([['微信充值', '20.00元', '2026-11-21 12:08:18', '待领取']]);
  });

  test('ST-23: 支付宝服务 shows what came by Alipay and says what else is claimed with it', async () => {
    const world = await KioskWorld.open();
    await world.topUp(2_000);
    await world.topUp(500, 'alipay');
    const { kiosk, screen } = await claimForm(world, ALIPAY);
    expect(screen.table?.rows).toEqual([['支付宝充值', '5.00元', '2026-11-21 12:08:19']]);
    expect([read(screen, '待领金额'), read(screen, '其他待领金额')]).toEqual(['25.00元', '20.00元，一并领取']);
    await kiosk.press('ok', { pin: '123456' });
    expect(await world.places()).toEqual({ card: 2_500, transit: 0, chipPending: 0 });
  });

  test('ST-24, ST-25: the machine tells where its like stand', async () => {
    const kiosk = (await KioskWorld.open()).kiosk();
    const { table } = await kiosk.press('places');
    expect(table?.rows.map(([, place]) => place)).toEqual(['二号餐厅', '图书馆一楼', '受理中心', '行政中心一楼']);
  });

  test('ST-26: without a card on the reader nothing is offered but where the machines are', async () => {
    const screen = (await KioskWorld.open()).kiosk().screen();
    expect(read(screen, '放卡')).toBe('请将校园卡放到圈存机读卡区域');
    expect(labels(screen)).toEqual(['圈存机放置地点']);
  });

  test('ST-33: a card that was pulled while it was written is re-written first, by the amount of last time', async () => {
    const world = await KioskWorld.open();
    await world.topUp(2_000);
    const { kiosk } = await claimForm(world);
    kiosk.setFault('card-pulled', true);
    const failed = await kiosk.press('ok', { pin: '123456' });
    expect(failed.id).toBe('kiosk.claim-not-written');
    expect(await world.places()).toEqual({ card: 0, transit: 0, chipPending: 2_000 });
    await world.topUp(300);
    const again = await claimForm(world);
    expect([again.screen.id, read(again.screen, '补写金额')]).toEqual(['kiosk.rewrite', '20.00元']);
    const form = await again.kiosk.press('rewrite');
    expect([form.id, read(form, '待领金额')]).toEqual(['kiosk.claim', '3.00元']);
    expect(world.chip.memory.storedFen).toBe(2_000);
  });

  test('ST-38: while the chip is written the screen says so and takes no button', async () => {
    const world = await KioskWorld.open();
    await world.topUp(2_000);
    const { kiosk } = await claimForm(world);
    const seen: Screen[] = [];
    world.onStep = (name) => {
      if (name === 'chip.write') seen.push(kiosk.screen());
    };
    await kiosk.press('ok', { pin: '123456' });
    expect(seen.map(({ busy, buttons, notice }) => [busy, buttons.length, notice?.text.zh])).toEqual([[true, 0, '写卡中，请勿移动卡片']]);
  });

  test('a machine whose clock is ten minutes fast is told the time, sets its clock by it, and serves', async () => {
    const world = await KioskWorld.open();
    await world.topUp(2_000);
    const kiosk = world.kiosk();
    kiosk.setFault('clock-fast', true);
    await kiosk.place(world.chip);
    await kiosk.press(WECHAT);
    await kiosk.press('claim');
    expect((await kiosk.press('ok', { pin: '123456' })).id).toBe('kiosk.claim-done');
  });

  test('ST-39: the repair hotline stands on the home screen', async () => {
    expect(read((await KioskWorld.open()).kiosk().screen(), '报修')).toBe('自助圈存机报修电话：见机身');
  });
});

describe('every step of a claim', () => {
  const faults = ['power cut', 'card pulled', 'line cut', 'answer lost'] as const;

  /** Steps of a claim from the card on the reader to the last word, learnt by doing one. */
  async function stepsOfClaim(): Promise<readonly string[]> {
    const world = await KioskWorld.open();
    await world.topUp(2_000);
    await claimThrough(world);
    return world.steps;
  }

  async function claimThrough(world: KioskWorld): Promise<void> {
    const { kiosk } = await claimForm(world);
    await kiosk.press('ok', { pin: '123456' });
  }

  async function nextVisit(world: KioskWorld): Promise<void> {
    Object.assign(world, { isCut: false, loseAnswers: 0, onStep: () => undefined });
    world.school.now += 5_000;
    const { kiosk, screen } = await claimForm(world);
    if (screen.id === 'kiosk.rewrite') await kiosk.press('rewrite');
    if (kiosk.screen().id === 'kiosk.claim') await kiosk.press('ok', { pin: '123456' });
  }

  test.each(faults)('%s at any of them: the money is in one place, and the next visit finishes it', async (fault) => {
    const steps = await stepsOfClaim();
    expect(steps).toEqual(
      expect.arrayContaining(['claim.send', 'claim.heard', 'chip.write', 'chip.written', 'written.send', 'written.heard']),
    );
    for (let at = 1; at <= steps.length; at += 1) {
      const world = await KioskWorld.open();
      await world.topUp(2_000);
      const { kiosk } = await world.visit();
      world.onStep = async (name, count) => {
        if (count !== at) return;
        if (fault === 'power cut') throw new PowerCut(name);
        if (fault === 'card pulled') await kiosk.place(null);
        if (fault === 'line cut') world.isCut = true;
        if (fault === 'answer lost') world.loseAnswers = 1;
      };
      await kiosk.press(WECHAT);
      try {
        await kiosk.press('claim');
        await kiosk.press('ok', { pin: '123456' });
      } catch (error) {
        if (!(error instanceof PowerCut)) throw error;
      }
      const after = await world.places();
      expect({ at: steps[at - 1], there: after.card + after.transit + after.chipPending }).toEqual({ at: steps[at - 1], there: 2_000 });
      await nextVisit(world);
      expect({ at: steps[at - 1], ...(await world.places()) }).toEqual({ at: steps[at - 1], card: 2_000, transit: 0, chipPending: 0 });
      expect({ at: steps[at - 1], stored: world.chip.memory.storedFen }).toEqual({ at: steps[at - 1], stored: 2_000 });
    }
  });
});
