import { appears, fill, press, says, until } from '../stories/app';
import { changeInitialPassword, NEW_PASSWORD, readShownCode } from '../stories/steps';
import { payByPlatformCode, signIn, titled, typeAmount, visit, workElsewhere } from './support/deeds';
import type { Chapter, Scene } from './support/guide';
import { labels, line } from './support/machines';
import { workPhone } from './support/work-phone';

async function topUp({ app }: Scene, amount: string): Promise<void> {
  app.atCashier('pay');
  await press(app, 'home-top-up');
  await appears(app, 'topup-submit');
  await typeAmount(app, amount);
  await press(app, 'topup-submit');
  await says(app, 'order-state', /已到账/);
  await press(app, 'order-home');
}

async function onlyTheTopUp({ app }: Scene): Promise<void> {
  await until(app, 'the top-up', async () => /\+100\.00/.test(await app.text()));
  expect(await app.text()).not.toMatch(/8\.80/);
}

/** The screen does not ask; whoever asks all the same is refused by name. */
async function refusesAboveTheCap({ app, stack, build }: Scene): Promise<void> {
  const channel = build === 'alipay' ? 'alipay' : 'wechat-pay';
  const reply = await fetch(`${stack.functionsUrl}/student/top-ups`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await app.token()}`, 'content-type': 'application/json' },
    body: JSON.stringify({ requestId: `guide-${Date.now()}-over-the-cap`, amountFen: 99_901, channel }),
  });
  expect([reply.status, ((await reply.json()) as { error: { code: string } }).error.code]).toEqual([400, 'top-up.over-cap']);
}

/** 北京信息科技大学电子校园卡使用指南 (12 January 2024), 一、校园码刷码消费. */
const miniProgramChapter: Chapter = {
  title: '校园码刷码消费，微信小程序',
  schoolId: 'bistu',
  build: 'weapp',
  container: 'wechat',
  steps(step) {
    step('BI-06', '在微信小程序中搜索“信息科大E卡通”，进行校园卡绑定之后也可以打开电子校园卡', async (scene) => {
      const { app, student } = scene;
      await app.open();
      await press(app, 'school-bistu');
      await titled(app, /^校园卡绑定$/);
      await signIn(scene);
      await titled(app, /^信息科大E卡通$/);
      await changeInitialPassword(app, student);
      await says(app, 'home-pay', /^校园码$/);
    });

    step(
      'BI-03',
      '需要用现有的实体校园卡在校园任一消费终端上贴卡或消费，完成个人数据同步（约2秒显示余额即为同步成功）',
      async (scene) => {
        const { app, till, student } = scene;
        await topUp(scene, '50');
        await press(app, 'home-pay');
        expect(await till.chargeCode(100, await readShownCode(app))).toMatchObject({ outcome: 'not-charged', code: 'code.first-sync' });
        await app.back();
        expect(await till.chargeCard(1_000, student.chip)).toMatchObject({ outcome: 'charged', cardFen: 4_000 });
      },
      'terminal',
    );

    step(
      'BI-05',
      '点击“校园码”就可以在POS机上进行扫码消费，从校园卡余额中扣费',
      async ({ app, till }) => {
        await press(app, 'home-pay');
        await titled(app, /^校园码$/);
        expect(await till.chargeCode(1_250, await readShownCode(app))).toMatchObject({ outcome: 'charged', cardFen: 2_750 });
        await says(app, 'code-paid-amount', /12\.50/);
        await app.back();
      },
      'terminal',
    );

    step('BI-02', '新版校园卡系统包括实体校园卡和电子校园卡两种', async ({ app, till, student }) => {
      expect(await till.chargeCard(250, student.chip)).toMatchObject({ outcome: 'charged', cardFen: 2_500 });
      await press(app, 'home-refresh');
      await says(app, 'home-balance', /25\.00/);
    });

    step('BI-01', '校园卡支持金融消费和身份识别两大功能', async ({ app, machine }) => {
      await press(app, 'home-identity');
      const code = await until(app, 'an identity code', async () => {
        const digits = (await app.has('code-digits')) ? (await app.textOf('code-digits')).replace(/\s/g, '') : '';
        return /^9\d{23}$/.test(digits) && digits;
      });
      const gate = machine('gate');
      expect((await gate.press('scan', { code, direction: 'in' })).light).toBe('green');
      await app.back();
    });
  },
};

/** 一.1: the school's WeChat Work. */
const moduleChapter: Chapter = {
  title: '学校企业微信号“信息科大E卡通”模块',
  schoolId: 'bistu',
  build: 'browser',
  container: 'wecom',
  steps(step) {
    step('BI-04', '登录学校企业微信号，点击“信息科大E卡通”模块，主页面即可打开电子校园卡', async (scene) => {
      const { app, build, student } = scene;
      if (build === 'alipay') {
        await workElsewhere(scene, { way: 1, search: '北京信息科技大学', words: /登录学校企业微信号，点击“信息科大E卡通”模块/ });
        await app.back();
      } else {
        const work = workPhone(scene);
        expect(await work.follow(student.person.mobile)).toBe('');
        expect(await work.school()).toMatch(/信息科大E卡通/);
        await work.open('card', 'first');
      }
      await signIn(scene);
      // From then on it is the e-card at once.
      if (build === 'alipay') scene.phone?.host.reLaunch('/pages/home/index');
      else await workPhone(scene).open('card', 'again');
      await titled(app, /^信息科大E卡通$/);
      await says(app, 'home-school', /^北京信息科技大学$/);
      await says(app, 'home-name', new RegExp(`^${student.person.name}$`));
      await says(app, 'home-pay', /^校园码$/);
      await says(app, 'home-balance', /0\.00/);
      // It is an app like the others, which another of the same card may remove.
      await press(app, 'home-apps');
      const name = { weapp: /企业微信小程序/, alipay: /支付宝小程序/, browser: /企业微信/ }[build];
      await until(app, 'the app’s own name in the list', async () => name.test(await app.text()));
    });
  },
};

/** 三 and 四, where WeChat shows the browser build. */
const workChapter: Chapter = {
  title: '个人中心，校园卡充值',
  schoolId: 'bistu',
  build: 'browser',
  container: 'wechat',
  steps(step) {
    step('BI-07', '在主页面中点击“个人中心”', async (scene) => {
      const { app, student } = scene;
      await app.open();
      await press(app, 'school-bistu');
      await signIn(scene);
      await changeInitialPassword(app, student);
      await says(app, 'home-account', /^个人中心$/);
      await press(app, 'home-account');
      await titled(app, /^个人中心$/);
      await says(app, 'account-name', new RegExp(student.person.name));
    });

    step('BI-08', '确认核身状态，如果显示“未绑定”，需要点击“绑定”后使用', async ({ app, build }) => {
      const target = build === 'alipay' ? 'alipay' : 'wechat';
      await says(app, 'account-links', /^核身状态/);
      await press(app, 'account-links');
      await says(app, `link-${target}-status`, /^未绑定$/);
      await press(app, `link-${target}-do`);
      await says(app, `link-${target}-status`, /^已绑定$/);
      await app.back();
      await app.back();
    });

    step(
      'BI-09',
      '打开微信收付款码在 POS 机上刷码消费，费用从微信零钱或关联银行卡扣除',
      async (scene) => {
        await payByPlatformCode(scene, scene.build === 'alipay' ? 'alipay' : 'wechat', 880);
        await press(scene.app, 'home-refresh');
        // The card has nothing, and nothing was taken from it.
        await says(scene.app, 'home-balance', /0\.00/);
      },
      'terminal',
    );

    step('BI-10', '点击“校园卡充值”，可通过微信给校园卡账户充值。充值实时到账，上限为单笔 999 元', async (scene) => {
      const { app } = scene;
      await says(app, 'home-top-up', /^校园卡充值$/);
      await press(app, 'home-top-up');
      await appears(app, 'topup-submit');
      expect(await app.text()).toMatch(/充值实时到账，上限为单笔 999 元/);
      await typeAmount(app, '999.01');
      await says(app, 'topup-limit', /超过[\s\S]*999/);
      await refusesAboveTheCap(scene);
      await app.back();
      await topUp(scene, '100');
      await says(app, 'home-balance', /100\.00/);
      expect(await app.has('home-transit')).toBe(false);
    });

    step('BI-11', '校园卡充值、查询流水、卡片挂失解挂、网费充值和电费充值', async ({ app }) => {
      await visit(app, 'home-statement', () => until(app, 'the top-up', async () => /\+100\.00/.test(await app.text())));
      await says(app, 'home-network', /^网费充值$/);
      await says(app, 'home-electricity', /^电费充值$/);
      await visit(app, 'home-network', () => appears(app, 'utility-account'));
      await press(app, 'home-electricity');
      await fill(app, 'utility-account', '3-412');
      await press(app, 'utility-find');
      await press(app, 'utility-preset-2000');
      await press(app, 'utility-submit');
      await says(app, 'utility-state', /缴费成功/);
      await press(app, 'utility-home');
      await says(app, 'home-loss', /^卡片挂失$/);
      await press(app, 'home-loss');
      await press(app, 'loss-submit');
      await press(app, 'loss-confirm-yes');
      await appears(app, 'loss-state');
      await says(app, 'loss-cancel', /^卡片解挂$/);
      await fill(app, 'loss-cancel-password', NEW_PASSWORD);
    });
  },
};

/** 二、支付宝付款码刷码消费及充值. */
const alipayChapter: Chapter = {
  title: '支付宝付款码刷码消费及充值',
  schoolId: 'bistu',
  build: 'alipay',
  container: 'alipay',
  steps(step) {
    step(
      'BI-14',
      '搜索“校园派”，绑定校园卡，搜索北京信息科技大学，输入姓名、学号或教工号，输入充值金额，即可完成校园卡充值',
      async (scene) => {
        const { app, build } = scene;
        await app.open();
        await fill(app, 'school-search', '北京信息科技大学');
        await until(app, 'only BISTU', async () => (await app.has('school-bistu')) && !(await app.has('school-sjtu')));
        await press(app, 'school-bistu');
        await until(app, 'the fields', async () => /姓名[\s\S]*学号或教工号/.test(await app.text()));
        await signIn(scene);
        await press(app, 'home-top-up');
        await says(app, 'topup-channel-alipay', build === 'weapp' ? /^充校园卡\s*请在支付宝中使用$/ : /^充校园卡$/);
        await app.back();
        // A payer who turns back owes nothing, and the order can be paid after all.
        app.atCashier('cancel');
        await press(app, 'home-top-up');
        await typeAmount(app, '100');
        await press(app, 'topup-submit');
        await appears(app, 'order-pay-again');
        app.atCashier('pay');
        await press(app, 'order-pay-again');
        await says(app, 'order-state', /已到账/);
        await press(app, 'order-home');
        await says(app, 'home-balance', /100\.00/);
      },
    );

    step('BI-12', '首次使用支付宝付款码刷码消费，需要进行个人信息绑定', async (scene) => {
      const { app, build } = scene;
      await changeInitialPassword(app, scene.student);
      const target = build === 'weapp' ? 'wechat' : 'alipay';
      await says(app, 'home-link', build === 'weapp' ? /^个人信息绑定微信$/ : /^个人信息绑定支付宝$/);
      await press(app, 'home-link');
      await press(app, `link-${target}-do`);
      await says(app, `link-${target}-status`, /^已绑定$/);
      if (build === 'browser') await appears(app, 'links-browser');
      await app.back();
    });

    step(
      'BI-13',
      '打开支付宝收付款码在 POS 机上刷码消费。费用从支付宝余额或关联银行卡扣除',
      async (scene) => {
        await payByPlatformCode(scene, scene.build === 'weapp' ? 'wechat' : 'alipay', 880);
        await press(scene.app, 'home-refresh');
        await says(scene.app, 'home-balance', /100\.00/);
        // The page's account at the platform is another than the one a code names: its holder pays as a guest, who has no statement here.
        if (scene.build === 'browser') await visit(scene.app, 'home-statement', () => onlyTheTopUp(scene));
        else await until(scene.app, 'the purchase', async () => /8\.80/.test(await scene.app.text()));
      },
      'terminal',
    );
  },
};

/** 五、水控结算模式, at the sandbox's machines on the running functions. */
const waterChapter: Chapter = {
  title: '水控结算模式',
  schoolId: 'bistu',
  build: 'weapp',
  container: 'wechat',
  steps(step) {
    const at = (ids: string, words: string, deed: (scene: Scene) => Promise<void>) => step(ids, words, deed, 'terminal');

    at(
      'BI-20',
      '结算 POS 机安装位置：小营浴室、健翔桥浴室、健翔桥开水房，健翔桥教三楼二、五层，健翔桥学四公寓一层',
      async ({ machine }) => {
        const pos = machine('settlement-pos');
        const { table } = await pos.press('places');
        expect(table?.rows.map(([, place]) => place)).toEqual([
          '小营浴室',
          '健翔桥浴室',
          '健翔桥开水房',
          '健翔桥教三楼二、五层',
          '健翔桥学四公寓一层',
        ]);
        await pos.press('exit');
      },
    );

    at('BI-15', '小营校区浴室、健翔桥校区浴室、健翔桥校区开水机改为“小钱包”结算模式', async (scene) => {
      const { app, machine, stack } = scene;
      const places = stack.packs.find(({ schoolId }) => schoolId === 'bistu')?.places ?? [];
      expect(places.filter(({ kind }) => kind === 'water-controller').map(({ name }) => name.zh)).toEqual([
        '小营校区浴室',
        '健翔桥校区浴室',
        '健翔桥校区开水机',
      ]);
      await app.open();
      await press(app, 'school-bistu');
      await signIn(scene);
      await topUp(scene, '20');
      const refused = await machine('water-controller').place(scene.student.chip);
      expect([refused.notice?.text.zh, labels(refused)]).toEqual(['请先在结算机刷卡预充小钱包', ['退出']]);
      await machine('water-controller').place(null);
    });

    at(
      'BI-16',
      '第一次使用原有水控前需要在结算机上刷卡，本次刷卡会给卡内“小钱包”预充值 10 元，作为水控专用',
      async ({ app, machine, student }) => {
        const done = await machine('settlement-pos').place(student.chip);
        expect([line(done, '小钱包充入'), line(done, '小钱包余额')]).toEqual(['10.00元', '10.00元']);
        await machine('settlement-pos').place(null);
        await press(app, 'home-refresh');
        await until(app, 'the purse', async () => /小钱包[\s\S]*10\.00/.test(await app.text()));
      },
    );

    at('BI-19', '在淋浴、热水机水控器上插卡消费时，水控器显示小钱包余额', async ({ machine, student }) => {
      const shower = machine('water-controller');
      // Without a line it settles nothing by itself, so that the settlement machine has something to show.
      shower.setFault('network-cut', true);
      expect(line(await shower.place(student.chip), '小钱包余额')).toBe('10.00元');
      for (let pulses = 0; pulses < 17; pulses += 1) await shower.press('run');
      expect(line(shower.screen(), '小钱包余额')).toBe('6.60元');
      await shower.place(null);
    });

    at('BI-18', '在专门的结算 POS 机上结算历史消费时，结算 POS 机会显示系统账户余额和小钱包消费额', async ({ machine, student }) => {
      const done = await machine('settlement-pos').place(student.chip);
      expect([line(done, '小钱包消费额'), line(done, '小钱包余额')]).toEqual(['3.40元', '10.00元']);
      expect(line(done, '系统账户余额')).toBe('6.60元');
      await machine('settlement-pos').place(null);
    });

    at('BI-17', '小钱包的额度为 10 元，即两次使用结算 POS 机结算之间最多消费 10 元', async ({ machine, student }) => {
      const shower = machine('water-controller');
      await shower.place(student.chip);
      for (let pulses = 0; pulses < 60; pulses += 1) await shower.press('run');
      const empty = shower.screen();
      expect([line(empty, '小钱包余额'), line(empty, '本次消费'), labels(empty)]).toEqual(['0.00元', '10.00元', []]);
      shower.setFault('network-cut', false);
      await shower.place(null);
    });
  },
};

export const bistuChapters = [miniProgramChapter, moduleChapter, workChapter, alipayChapter, waterChapter];
