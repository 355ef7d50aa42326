import { type Machine, PowerCut, type Screen } from '../../sandbox/terminals/machine';
import { KioskWorld, labels, read } from './kiosk-world';

const GOOD_NOTE = '10000|2005';

async function atSlot(world: KioskWorld): Promise<{ readonly machine: Machine; readonly screen: Screen }> {
  const machine = world.cashMachine();
  await machine.place(world.chip);
  await machine.press('cash');
  return { machine, screen: await machine.press('next') };
}

describe('the cash machine of ShanghaiTech', () => {
  test('ST-40: it tells where the two machines stand', async () => {
    const { table } = await (await KioskWorld.open()).cashMachine().press('places');
    expect(table?.rows.map(([, place]) => place)).toEqual(['受理中心', '二号食堂']);
  });

  test('ST-41: all digits are typed on the PIN pad, and the screen says so', async () => {
    expect(read((await KioskWorld.open()).cashMachine().screen(), '提示')).toBe('如有需要输入数字的地方，请使用密码键盘输入区');
  });

  test.each([
    ['10000|1999', true],
    ['10000|2005', true],
    ['10000|2015', false],
    ['5000|2005', false],
    ['1000|2019', false],
  ])('ST-42: of the note %s it is %s that it is taken; any other comes back unread', async (note, isTaken) => {
    const world = await KioskWorld.open();
    const { machine } = await atSlot(world);
    const screen = await machine.press('insert', { note });
    expect(screen.id).toBe(isTaken ? 'cash.print' : 'cash.notes');
    if (!isTaken) expect(screen.notice?.text.zh).toBe('此纸币不能识别，已退回');
    expect((await world.places()).card).toBe(isTaken ? 10_000 : 0);
    expect(world.sent.some(({ path }) => path === '/terminal/cash')).toBe(isTaken);
  });

  test('ST-43, ST-44: with the card on the reader 现金充值 shows whose it is, and waits for 下一步', async () => {
    const world = await KioskWorld.open();
    const machine = world.cashMachine();
    expect(labels(await machine.place(world.chip))).toContain('现金充值');
    const screen = await machine.press('cash');
    expect([screen.id, read(screen, '姓名'), read(screen, '卡余额'), labels(screen)]).toEqual([
      'cash.check',
      '测**',
      '0.00元',
      ['下一步', '退出'],
    ]);
  });

  test('ST-45: the lamp of the slot is green while notes may be put in', async () => {
    const { screen } = await atSlot(await KioskWorld.open());
    expect([screen.title.zh, screen.light]).toEqual(['放钞', 'green']);
  });

  test('ST-46: it writes by itself and says not to move the card', async () => {
    const world = await KioskWorld.open();
    const { machine } = await atSlot(world);
    const seen: Screen[] = [];
    world.onStep = (name) => {
      if (name === 'chip.write') seen.push(machine.screen());
    };
    await machine.press('insert', { note: GOOD_NOTE, count: '2' });
    expect(seen.map(({ busy, notice }) => [busy, notice?.text.zh])).toEqual([[true, '写卡中，请勿移动卡片']]);
    expect([await world.places(), world.chip.memory.storedFen]).toEqual([{ card: 20_000, transit: 0, chipPending: 0 }, 20_000]);
  });

  test('ST-47, ST-48: 是 prints a receipt, 否 does not; then the data are shown, with 退出 and 继续充值', async () => {
    const world = await KioskWorld.open();
    const { machine } = await atSlot(world);
    const print = await machine.press('insert', { note: GOOD_NOTE });
    expect([print.title.zh, labels(print)]).toEqual(['是否打印凭条', ['是', '否']]);
    const done = await machine.press('yes');
    expect([done.title.zh, labels(done), read(done, '充值金额'), read(done, '卡余额')]).toEqual([
      '完成充值',
      ['退出', '继续充值'],
      '100.00元',
      '100.00元',
    ]);
    expect(done.receipt).toEqual(expect.arrayContaining(['上海科技大学', '充值金额：100.00元']));
    expect((await machine.press('again')).id).toBe('cash.check');
    await machine.press('next');
    await machine.press('insert', { note: GOOD_NOTE });
    expect((await machine.press('no')).receipt).toBeUndefined();
    expect((await world.places()).card).toBe(20_000);
  });

  test('a note that jams stops the slot; what was counted before it is on the card', async () => {
    const world = await KioskWorld.open();
    const { machine } = await atSlot(world);
    world.onStep = (name) => {
      if (name === 'note.counted') machine.setFault('note-jam', true);
    };
    const print = await machine.press('insert', { note: GOOD_NOTE, count: '3' });
    expect([print.id, (await world.places()).card]).toEqual(['cash.print', 10_000]);
    await machine.press('no');
    await machine.press('again');
    await machine.press('next');
    const jammed = await machine.press('insert', { note: GOOD_NOTE });
    expect([jammed.light, labels(jammed), (await world.places()).card]).toEqual(['red', ['退出'], 10_000]);
  });

  test('notes in a machine whose clock goes wrong meanwhile are credited all the same', async () => {
    const world = await KioskWorld.open();
    const { machine } = await atSlot(world);
    machine.setFault('clock-fast', true);
    expect((await machine.press('insert', { note: GOOD_NOTE })).id).toBe('cash.print');
    expect(await world.places()).toEqual({ card: 10_000, transit: 0, chipPending: 0 });
  });

  test('cash that the server refuses is kept by the machine under a number, and sent by nobody again', async () => {
    const world = await KioskWorld.open('shanghaitech', (pack) => ({
      ...pack,
      topUp: { ...pack.topUp, channels: pack.topUp.channels.filter(({ id }) => id !== 'cash-machine') },
    }));
    const { machine } = await atSlot(world);
    const held = await machine.press('insert', { note: GOOD_NOTE });
    expect([held.id, held.notice?.text.zh]).toEqual(['cash.held', expect.stringContaining('请凭编号 32-')]);
    expect(await world.places()).toEqual({ card: 0, transit: 0, chipPending: 0 });
  });
});

describe('every step of a deposit', () => {
  const faults = ['power cut', 'card pulled', 'line cut', 'answer lost', 'note jam'] as const;
  const FULL = { note: GOOD_NOTE, count: '2' };

  async function stepsOfDeposit(): Promise<readonly string[]> {
    const world = await KioskWorld.open();
    const { machine } = await atSlot(world);
    await machine.press('insert', FULL);
    return world.steps;
  }

  /** What is still to be written is written, what waits is claimed: at a kiosk, as the slip says. */
  async function nextVisit(world: KioskWorld): Promise<void> {
    Object.assign(world, { isCut: false, loseAnswers: 0, onStep: () => undefined });
    world.school.now += 5_000;
    // Power is back at the machine; its holder comes by.
    await world.cashMachine().place(world.chip);
    const kiosk = world.kiosk();
    await kiosk.place(world.chip);
    await kiosk.press('menu-2');
    if ((await kiosk.press('claim')).id === 'kiosk.rewrite') await kiosk.press('rewrite');
    if (kiosk.screen().id === 'kiosk.claim') await kiosk.press('ok', { pin: '123456' });
  }

  test.each(faults)('%s at any of them: every note that was drawn in is on the card after the next visit, once', async (fault) => {
    const steps = await stepsOfDeposit();
    expect(steps).toEqual(
      expect.arrayContaining(['note.drawn-in', 'note.counted', 'cash.send', 'cash.heard', 'chip.write', 'written.heard']),
    );
    for (let at = 1; at <= steps.length; at += 1) {
      const world = await KioskWorld.open();
      const machine = world.cashMachine();
      world.onStep = async (name, count) => {
        if (count !== at) return;
        if (fault === 'power cut') throw new PowerCut(name);
        if (fault === 'card pulled') await machine.place(null);
        if (fault === 'line cut') world.isCut = true;
        if (fault === 'answer lost') world.loseAnswers = 1;
        if (fault === 'note jam') machine.setFault('note-jam', true);
      };
      try {
        await machine.place(world.chip);
        await machine.press('cash');
        await machine.press('next');
        await machine.press('insert', FULL);
      } catch (error) {
        if (!(error instanceof PowerCut)) throw error;
      }
      const countedFen = world.steps.filter((name) => name === 'note.counted').length * 10_000;
      const { card, transit, chipPending } = await world.places();
      expect([0, countedFen]).toContain(card + transit + chipPending);
      await nextVisit(world);
      const told = { at: steps[at - 1], fault };
      expect({ ...told, ...(await world.places()) }).toEqual({ ...told, card: countedFen, transit: 0, chipPending: 0 });
      expect({ ...told, stored: world.chip.memory.storedFen }).toEqual({ ...told, stored: countedFen });
    }
  });
});
