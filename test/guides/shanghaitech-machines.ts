import { bankCustomer } from './support/deeds';
import type { Chapter, Scene } from './support/guide';
import { fieldsOf, giveFromComputer, labels, line } from './support/machines';

const INITIAL = '123456';
const PIN = '271828';
/** Entries of the home menu, in the printed order. */
const [SELF_SERVICE, BANK, WECHAT, ALIPAY] = ['menu-0', 'menu-1', 'menu-2', 'menu-3'];

async function visitKiosk({ machine, student }: Scene) {
  const kiosk = machine('kiosk');
  await kiosk.place(null);
  await kiosk.place(student.chip);
  return kiosk;
}

async function menuOf(scene: Scene, menu: string | undefined) {
  const kiosk = await visitKiosk(scene);
  return { kiosk, screen: await kiosk.press(menu ?? '') };
}

/** 自助圈存机 and 校园卡自助服务系统 (ShanghaiTech, 21 April 2021), at the sandbox's machine on the running functions. */
export const kioskChapter: Chapter = {
  title: '校园卡自助服务系统',
  schoolId: 'shanghaitech',
  build: 'weapp',
  container: 'wechat',
  steps(step) {
    const at = (ids: string, words: string, deed: (scene: Scene) => Promise<void>) => step(ids, words, deed, 'terminal');

    at('ST-26', '将校园卡放到圈存机读卡区域', async ({ machine }) => {
      const screen = machine('kiosk').screen();
      expect([line(screen, '放卡'), labels(screen)]).toEqual(['请将校园卡放到圈存机读卡区域', ['圈存机放置地点']]);
    });

    at('ST-24 ST-25', '学校圈存机放置地点：二号餐厅、图书馆一楼、受理中心、行政中心一楼', async ({ machine }) => {
      const kiosk = machine('kiosk');
      const { table } = await kiosk.press('places');
      expect(table?.rows.map(([, place]) => place)).toEqual(['二号餐厅', '图书馆一楼', '受理中心', '行政中心一楼']);
    });

    at('ST-39', '自助圈存机报修电话', async ({ machine }) => {
      const kiosk = machine('kiosk');
      await kiosk.press('exit');
      expect(line(kiosk.screen(), '报修')).toMatch(/自助圈存机报修电话/);
    });

    at('ST-15', '自助服务、银行服务、微信企业号、支付宝服务', async (scene) => {
      await giveFromComputer(scene, 'wechat-pay', 5_300);
      const screen = (await visitKiosk(scene)).screen();
      expect([screen.title.zh, screen.title.en]).toEqual(['校园卡自助服务系统', 'Campus Card Automatic Service System']);
      expect(labels(screen).slice(0, 4)).toEqual(['自助服务', '银行服务', '微信企业号', '支付宝服务']);
    });

    at('ST-16', '领取转账金额、查询转帐流水', async (scene) => {
      expect(labels((await menuOf(scene, WECHAT)).screen)).toEqual(['领取转账金额', '查询转帐流水', '退出']);
    });

    at('ST-17 ST-18 ST-19 ST-20', '领取转账金额:(点击确定领取转账金额) 证件号码 用户名称 卡密码 待领金额', async (scene) => {
      const { kiosk } = await menuOf(scene, WECHAT);
      const screen = await kiosk.press('claim');
      expect(screen.title.zh).toBe('领取转账金额:(点击确定领取转账金额)');
      expect(screen.lines.slice(0, 3).map(({ label }) => label.zh)).toEqual(['证件号码', '用户名称', '待领金额']);
      expect([fieldsOf(screen), line(screen, '待领金额'), labels(screen)]).toEqual([[['卡密码', 'password']], '53.00元', ['确定', '退出']]);
      expect(screen.table?.columns.map(({ zh }) => zh)).toEqual(['转账名称', '转账金额', '转账时间']);
      expect(screen.table?.rows).toMatchObject([
        [expect.any(String), '53.00元', expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)],
      ]);
    });

    at('ST-21 ST-70 SQ-12', '请输入校园卡密码并点击“确认”。(校园卡初始密码:123456)', async (scene) => {
      const { kiosk } = await menuOf(scene, WECHAT);
      await kiosk.press('claim');
      expect((await kiosk.press('ok', { pin: '000000' })).notice?.text.zh).toBe('密码不正确');
      const done = await kiosk.press('ok', { pin: INITIAL });
      expect([done.id, done.notice?.text.zh]).toEqual(['kiosk.claim-done', '领取成功，领取金额:53.00元']);
      expect(scene.student.chip.memory.storedFen).toBe(5_300);
    });

    at('ST-22', '查询转帐流水', async (scene) => {
      const { kiosk } = await menuOf(scene, WECHAT);
      const { table } = await kiosk.press('transfers');
      expect(table?.rows).toMatchObject([[expect.any(String), '53.00元', expect.any(String), expect.stringMatching(/已领取|已到卡/)]]);
    });

    at('ST-23', '自助界面【支付宝服务】-【领取转账金额】', async (scene) => {
      await giveFromComputer(scene, 'alipay', 700);
      const { kiosk } = await menuOf(scene, ALIPAY);
      expect(line(await kiosk.press('claim'), '待领金额')).toBe('7.00元');
      expect((await kiosk.press('ok', { pin: INITIAL })).id).toBe('kiosk.claim-done');
      expect(scene.student.chip.memory.storedFen).toBe(6_000);
    });

    at('ST-27', '进入“自助服务”——“修改密码”模块修改校园卡密码，初始密码统一为“123456”', async (scene) => {
      const { kiosk, screen } = await menuOf(scene, SELF_SERVICE);
      expect(labels(screen)).toContain('修改密码');
      await kiosk.press('change-password');
      const done = await kiosk.press('ok', { which: 'transaction', old: INITIAL, new: PIN, again: PIN });
      expect([done.id, done.notice?.text.zh]).toEqual(['kiosk.password-done', '密码修改成功']);
    });

    at('ST-28 ST-29', '进入“银行服务”——“申请绑定”：身份证号，银行卡号 (只能绑定上海银行银行卡)，卡密码，确定 退出', async (scene) => {
      const { kiosk, screen: menu } = await menuOf(scene, BANK);
      expect(labels(menu)).toEqual(['申请绑定', '银校转账', '退出']);
      const screen = await kiosk.press('bank-binding');
      expect([screen.title.zh, line(screen, '身份证号'), line(screen, '说明')]).toEqual([
        '转账申请',
        expect.stringMatching(/\*/),
        '只能绑定上海银行银行卡',
      ]);
      expect([fieldsOf(screen), labels(screen)]).toEqual([
        [
          ['银行卡号', 'digits'],
          ['卡密码', 'password'],
        ],
        ['确定', '退出'],
      ]);
      const other = bankCustomer(scene).cards.find(({ kind, ofTheSchoolsBank }) => kind === 'debit' && !ofTheSchoolsBank);
      expect((await kiosk.press('ok', { bankCard: other?.cardNumber ?? '', pin: PIN })).notice?.text.zh).toBe(
        '只能绑定学校指定银行的银行卡',
      );
    });

    at('ST-30', '申请绑定成功', async (scene) => {
      const { kiosk } = await menuOf(scene, BANK);
      await kiosk.press('bank-binding');
      const own = bankCustomer(scene).cards.find(({ kind, ofTheSchoolsBank }) => kind === 'debit' && ofTheSchoolsBank);
      expect((await kiosk.press('ok', { bankCard: own?.cardNumber ?? '', pin: PIN })).notice?.text.zh).toBe('申请绑定成功');
    });

    at(
      'ST-31 ST-32 ST-34 ST-36',
      '银行转卡片一卡通：身份证号 卡余额 补写金额 管理费 0.0% 新余额 转账金额 卡密码，转账 补写 退出',
      async (scene) => {
        const { kiosk } = await menuOf(scene, BANK);
        const screen = await kiosk.press('bank-transfer');
        expect(screen.title.zh).toBe('银行转卡片一卡通');
        expect(screen.lines.map(({ label }) => label.zh)).toEqual(
          expect.arrayContaining(['身份证号', '卡余额', '补写金额', '管理费', '新余额']),
        );
        expect(fieldsOf(screen).map(([label]) => label)).toEqual(['转账金额', '卡密码']);
        expect([line(screen, '卡余额'), line(screen, '补写金额'), line(screen, '管理费')]).toEqual(['60.00元', '0.00元', '0.0%']);
        expect(labels(screen)).toEqual(expect.arrayContaining(['转账', '补写', '退出']));
      },
    );

    at('ST-35', '新余额：卡余额与转账金额之和，在转账之前', async ({ machine }) => {
      const preview = await machine('kiosk').press('preview', { amount: '1' });
      expect([line(preview, '卡余额'), line(preview, '新余额')]).toEqual(['60.00元', '61.00元']);
    });

    at('ST-37 ST-38', '转账成功，转账金额：1.00元；等待系统提示转账成功后即可取走卡片', async ({ machine, student }) => {
      const pressed = machine('kiosk').press('transfer', { amount: '1', pin: PIN });
      expect(machine('kiosk').screen().busy).toBe(true);
      const done = await pressed;
      expect([done.id, done.notice?.text.zh, line(done, '新余额')]).toEqual([
        'kiosk.transfer-done',
        '转账成功，转账金额:1.00元',
        '61.00元',
      ]);
      expect([done.busy ?? false, student.chip.memory.storedFen]).toEqual([false, 6_100]);
    });

    at('ST-33', '补写金额：上次转账写卡失败金额，有则需要先补写', async (scene) => {
      const { kiosk } = await menuOf(scene, BANK);
      await kiosk.press('bank-transfer');
      kiosk.setFault('card-pulled', true);
      expect((await kiosk.press('transfer', { amount: '2', pin: PIN })).id).toBe('kiosk.transfer-not-written');
      kiosk.setFault('card-pulled', false);
      const again = await menuOf(scene, BANK);
      expect(line(await again.kiosk.press('bank-transfer'), '补写金额')).toBe('2.00元');
      expect((await again.kiosk.press('transfer', { amount: '3', pin: PIN })).notice?.text.zh).toBe('有补写金额，请先补写');
      await again.kiosk.press('rewrite');
      const form = await again.kiosk.press('rewrite');
      expect([line(form, '补写金额'), scene.student.chip.memory.storedFen]).toEqual(['0.00元', 6_300]);
      await again.kiosk.place(null);
    });
  },
};

/** 现金充值操作说明 (ShanghaiTech, 21 April 2021). */
export const cashChapter: Chapter = {
  title: '自助充值机使用说明',
  schoolId: 'shanghaitech',
  build: 'weapp',
  container: 'wechat',
  steps(step) {
    const at = (ids: string, words: string, deed: (scene: Scene) => Promise<void>) => step(ids, words, deed, 'terminal');

    at('ST-40', '现金充值机目前位于受理中心、二号食堂', async ({ machine }) => {
      const cash = machine('cash-machine');
      const { table } = await cash.press('places');
      expect(table?.rows.map(([, place]) => place)).toEqual(['受理中心', '二号食堂']);
      await cash.press('exit');
    });

    at('ST-41', '如有需要输入数字的地方，请使用密码键盘输入区', async ({ machine }) => {
      expect(line(machine('cash-machine').screen(), '提示')).toBe('如有需要输入数字的地方，请使用密码键盘输入区');
    });

    at('ST-43', '将一卡通放置于现金充值机读卡区，在主界面点击“现金充值”模块', async ({ machine, student }) => {
      const cash = machine('cash-machine');
      expect(labels(await cash.place(student.chip))).toContain('现金充值');
      expect((await cash.press('cash')).id).toBe('cash.check');
    });

    at('ST-44', '读取卡片信息核对无误后，点击“下一步”', async ({ machine }) => {
      const screen = machine('cash-machine').screen();
      expect([line(screen, '卡余额'), labels(screen)]).toEqual(['0.00元', ['下一步', '退出']]);
      await machine('cash-machine').press('next');
    });

    at('ST-45', '进钞口灯呈绿色，此时在进钞口放入人民币', async ({ machine }) => {
      const screen = machine('cash-machine').screen();
      expect([screen.title.zh, screen.light]).toEqual(['放钞', 'green']);
    });

    at('ST-42', '进钞口只可使用以下两个版本的百元人民币', async ({ machine }) => {
      const cash = machine('cash-machine');
      for (const note of ['10000|2015', '5000|2005', '1000|2019']) {
        const screen = await cash.press('insert', { note });
        expect([screen.id, screen.notice?.text.zh]).toEqual(['cash.notes', '此纸币不能识别，已退回']);
      }
    });

    at('ST-46', '纸币进入后系统会自动进行写卡操作，此时请不要移动卡片', async ({ machine, student }) => {
      const cash = machine('cash-machine');
      const inserted = cash.press('insert', { note: '10000|2005' });
      // Looks at the screen while the machine works by itself.
      const seen: (string | undefined)[] = [];
      const looking = setInterval(() => seen.push(cash.screen().notice?.text.zh), 1);
      const screen = await inserted;
      clearInterval(looking);
      expect(screen.id).toBe('cash.print');
      expect(seen.some((text) => /请勿移动卡片/.test(text ?? ''))).toBe(true);
      expect(student.chip.memory.storedFen).toBe(10_000);
    });

    at('ST-47', '系统会提示是否打印凭条，点击“是”则打印凭条，点击“否”则退出', async ({ machine }) => {
      const cash = machine('cash-machine');
      expect([cash.screen().title.zh, labels(cash.screen())]).toEqual(['是否打印凭条', ['是', '否']]);
      expect((await cash.press('yes')).receipt).toEqual(expect.arrayContaining(['上海科技大学', '充值金额：100.00元']));
    });

    at('ST-48', '请核对显示信息是否正确，核对无误后，可退出即可完成充值操作或继续充值', async ({ machine }) => {
      const cash = machine('cash-machine');
      const screen = cash.screen();
      expect([screen.title.zh, labels(screen), line(screen, '充值金额'), line(screen, '卡余额')]).toEqual([
        '完成充值',
        ['退出', '继续充值'],
        '100.00元',
        '100.00元',
      ]);
      expect((await cash.press('again')).id).toBe('cash.check');
      await cash.place(null);
    });
  },
};
