import { appears, fill, press, says, until } from '../stories/app';
import { changeInitialPassword, NEW_PASSWORD } from '../stories/steps';
import { signIn, titled, typeAmount, visit } from './support/deeds';
import type { Chapter } from './support/guide';

/** 微信充值操作说明 (ShanghaiTech, 21 April 2021), in its words. */
export const wechatChapter: Chapter = {
  title: '微信公众号使用指南',
  schoolId: 'shanghaitech',
  build: 'weapp',
  container: 'wechat',
  steps(step) {
    step('ST-02 ST-03', '绑定一卡通帐号：学校 上海科技大学，提交', async ({ app }) => {
      await app.open();
      await fill(app, 'school-search', 'shkjdx');
      await until(app, 'only ShanghaiTech', async () => (await app.has('school-shanghaitech')) && !(await app.has('school-bistu')));
      await press(app, 'school-shanghaitech');
      await titled(app, /^绑定一卡通帐号$/);
      await says(app, 'bind-submit', /^提交$/);
      expect(await app.text()).toMatch(/上海科技大学/);
    });

    step('ST-04 ST-05', '姓名 填写卡上姓名；学号/卡号 填写卡上的学号或卡号', async ({ app }) => {
      expect(await app.text()).toMatch(/姓名[\s\S]*学号\/卡号/);
      expect([await app.placeholder('bind-name'), await app.placeholder('bind-number')]).toEqual(['填写卡上姓名', '填写卡上的学号或卡号']);
    });

    step('ST-06', '查询密码 6位查询密码（非银行卡和 egate 密码），初始密码为 123456', async ({ app, student }) => {
      expect(await app.placeholder('bind-password')).toBe('6位查询密码');
      expect(await app.text()).toMatch(/查询密码[\s\S]*非银行卡和 egate 密码[\s\S]*123456/);
      expect(student.initialPassword).toBe('123456');
      await fill(app, 'bind-name', student.person.name);
      await fill(app, 'bind-number', student.person.number);
      await fill(app, 'bind-password', '000000');
      await press(app, 'bind-submit');
      await says(app, 'bind-failure', /不正确/);
    });

    step('ST-07', '提交，注册登陆成功', async (scene) => signIn(scene));

    step('ST-08', '图3 主界面', async ({ app, student }) => {
      await says(app, 'home-school', /^上海科技大学$/);
      await says(app, 'home-balance', /0\.00/);
      for (const id of ['home-pay', 'home-top-up', 'home-account', 'home-loss']) await appears(app, id);
      await changeInitialPassword(app, student);
    });

    step('ST-01', '关注微信公众号“完美校园”', async ({ app }) => {
      await press(app, 'home-share');
      await press(app, 'share-ways');
      await says(app, 'get-way-1', /关注微信公众号“完美校园”/);
      await app.back();
      await app.back();
    });

    step('ST-09', '进入校园卡-充值界面，选择充值金额 10 元、20 元、100 元.....', async ({ app }) => {
      await says(app, 'home-top-up', /^充值$/);
      await press(app, 'home-top-up');
      for (const yuan of [10, 20, 100]) await says(app, `topup-preset-${yuan}00`, new RegExp(`^${yuan}元$`));
      await press(app, 'topup-preset-2000');
      await says(app, 'topup-amount', /^20$/);
    });

    step('ST-10', '点击“立即充值”进入微信支付进行付款', async ({ app }) => {
      await says(app, 'topup-submit', /^立即充值$/);
      app.atCashier('pay');
      await press(app, 'topup-submit');
      await until(app, 'the order to be held', async () => (await app.has('order-code')) && /待领/.test(await app.text()));
      await press(app, 'order-home');
      await says(app, 'home-transit', /待领金额\s*¥20\.00/);
    });

    step(
      'ST-14',
      '通过 POS 机消费刷卡的同时自动领取充值的金额',
      async ({ app, till, student }) => {
        expect(await till.chargeCard(1_250, student.chip)).toMatchObject({ outcome: 'charged', claimedFen: 2_000, cardFen: 750 });
        await press(app, 'home-refresh');
        await says(app, 'home-balance', /7\.50/);
        expect(await app.has('home-transit')).toBe(false);
      },
      'terminal',
    );

    step('ST-11', '校园卡-账户信息，可以查看校园卡基本账户信息', async ({ app, student }) => {
      await says(app, 'home-account', /^账户信息$/);
      await press(app, 'home-account');
      await titled(app, /^账户信息$/);
      await says(app, 'account-name', new RegExp(student.person.name));
      await says(app, 'account-card', /¥7\.50/);
    });

    step('ST-12', '同时可以查询校园卡交易明细', async ({ app }) => {
      await says(app, 'account-statement', /^交易明细$/);
      await visit(app, 'account-statement', async () => {
        await until(app, 'both lines', async () => /[-−]12\.50/.test(await app.text()) && /\+20\.00/.test(await app.text()));
        await says(app, 'statement-spent', /12\.50/);
      });
    });

    step('ST-13', '如果卡片丢失，也可以在此进行校园卡挂失', async ({ app, till, student }) => {
      await says(app, 'account-loss', /挂失/);
      await press(app, 'account-loss');
      await fill(app, 'loss-password', NEW_PASSWORD);
      await press(app, 'loss-submit');
      await press(app, 'loss-confirm-yes');
      await appears(app, 'loss-state');
      expect(await till.chargeCard(100, student.chip)).toMatchObject({ outcome: 'not-charged', code: 'card.lost' });
    });
  },
};

/** 支付宝充值操作手册, 手机客户端 (ShanghaiTech, August 2016). Its one user tops up; here any student who is signed in does so for anybody. */
export const alipayChapter: Chapter = {
  title: '支付宝手机客户端',
  schoolId: 'shanghaitech',
  build: 'alipay',
  container: 'alipay',
  steps(step) {
    step('ST-49', '打开“校园生活—校园一卡通”应用', async ({ app }) => {
      await app.open();
      await appears(app, 'school-search');
    });

    step('ST-51', '点击列表中的项，选择城市，再选择学校', async ({ app }) => {
      await press(app, 'city-shanghai');
      await until(app, 'the schools of Shanghai', async () => (await app.has('school-sjtu')) && !(await app.has('school-bistu')));
      await press(app, 'city-all');
      await appears(app, 'school-bistu');
    });

    step('ST-52', '可以输入中文，拼音、字母简拼，点击查找学校', async ({ app }) => {
      for (const typed of ['上海科技', 'shanghaikeji', 'shkjdx']) {
        await fill(app, 'school-search', typed);
        await until(app, `what ${typed} means`, async () => (await app.has('school-shanghaitech')) && !(await app.has('school-sjtu')));
        await fill(app, 'school-search', '');
        await appears(app, 'school-bistu');
      }
    });

    step('ST-50 ST-60', '添加一卡通使用人：选择并绑定自己所在的学校，添加个人信息，不需要卡密码', async (scene) => {
      const { app } = scene;
      await press(app, 'school-shanghaitech');
      await signIn(scene);
      await press(app, 'home-money');
      await press(app, 'hub-pay-other');
      await appears(app, 'pay-other-name');
      expect(await app.has('pay-other-password')).toBe(false);
      expect(await app.text()).toMatch(/不需要对方的密码/);
    });

    step('ST-57', '如提示错误，请用户仔细核对所添加使用人相关信息是否正确后再次完成充值', async ({ app, student }) => {
      await fill(app, 'pay-other-name', '别人');
      await fill(app, 'pay-other-number', student.person.number);
      await press(app, 'pay-other-check');
      await says(app, 'pay-other-failure', /核对|不一致|不符/);
    });

    step('ST-53 ST-54', '姓名必须与一卡通系统中姓名一致；学工号', async ({ app, student }) => {
      expect(await app.text()).toMatch(/姓名[\s\S]*学工?号/);
      expect(await app.text()).toMatch(/临时卡[\s\S]*身份证号/);
      await fill(app, 'pay-other-name', student.person.name);
      await press(app, 'pay-other-check');
      await says(app, 'pay-other-masked', /\*/);
      await says(app, 'pay-other-number-masked', /\*/);
    });

    step('ST-55', '充值金额用户自定义', async ({ app }) => {
      await typeAmount(app, '1.23');
      await says(app, 'pay-for-amount', /^1\.23$/);
    });

    step('ST-56', '正常充值：点确定即可完成充值操作', async ({ app }) => {
      app.atCashier('pay');
      await press(app, 'pay-for-submit');
      await says(app, 'pay-for-state', /^充值成功$/);
    });

    step('ST-58', '充值记录查询', async ({ app, build }) => {
      await press(app, 'pay-for-home');
      await press(app, 'home-money');
      await press(app, 'hub-transfers');
      await until(app, 'the top-up', async () =>
        (build === 'weapp' ? /微信支付[\s\S]*1\.23/ : /支付宝[\s\S]*1\.23/).test(await app.text()),
      );
      await app.back();
      await app.back();
    });

    step(
      'ST-59',
      '通过 POS 机消费刷卡的同时自动领取充值的金额',
      async ({ app, till, student }) => {
        await says(app, 'home-transit', /待领金额\s*¥1\.23/);
        expect(await till.chargeCard(23, student.chip)).toMatchObject({ outcome: 'charged', claimedFen: 123, cardFen: 100 });
        await press(app, 'home-refresh');
        await says(app, 'home-balance', /1\.00/);
      },
      'terminal',
    );
  },
};
