import { appears, fill, press, says, until } from '../stories/app';
import { changeInitialPassword, NEW_PASSWORD, readShownCode } from '../stories/steps';
import { signIn, titled, workElsewhere } from './support/deeds';
import type { Chapter, Scene } from './support/guide';
import { workPhone } from './support/work-phone';

/** Which of the ways to open that the school's page lists, and what is searched for there. */
const WORK = { way: 3, search: '上海科技大学' };

/** The newest code that the school sent to the address on its list. */
async function mailedCode({ stack, student }: Scene): Promise<string> {
  const inbox = await fetch(`${stack.sandbox.baseUrl}/mail/inbox?email=${encodeURIComponent(student.person.email ?? '')}`);
  return ((await inbox.json()) as { messages: { code: string }[] }).messages.at(-1)?.code ?? '';
}

/** The three fields of the registration, in the guide's words. */
async function registrationShown({ app }: Scene): Promise<void> {
  await until(app, 'the fields', async () => /姓名[\s\S]*学号\/卡号[\s\S]*查询密码[\s\S]*非银行卡和 egate 密码/.test(await app.text()));
}

/** 微信企业号使用指南 (ShanghaiTech): 关注 and 身份验证. Alipay has no WeChat Work: it says where to go, and checks the identity itself. */
export const followChapter: Chapter = {
  title: '关注企业号，身份验证',
  schoolId: 'shanghaitech',
  build: 'browser',
  container: 'wecom',
  steps(step) {
    step('SQ-01', '扫描企业号二维码关注“上海科技大学”，仅对有学工号的师生开放', async (scene) => {
      const { app, build, student, phone, page, stack, holder } = scene;
      if (build === 'alipay') return workElsewhere(scene, { ...WORK, words: /企业号二维码[\s\S]*仅对有学工号的师生开放/ });
      const work = workPhone(scene);
      expect(await work.follow('10099999999')).toMatch(/仅对有学工号的师生开放[\s\S]*open only to people with a student or staff number/);
      expect(await work.contacts()).not.toMatch(/上海科技大学/);
      // The app's own door is shut as well.
      if (phone !== undefined) await phone.open();
      else {
        await page?.goto(`${stack.web.url}/phone/wecom/?school=shanghaitech&sandbox_person=${encodeURIComponent(holder)}`);
        await press(app, 'consent-yes');
      }
      await says(app, 'home-retry-text', /仅对有学工号的师生开放/);
      expect(await work.follow(student.person.mobile)).toBe('');
      expect(await work.contacts()).toMatch(/上海科技大学/);
    });

    step('SQ-02', '点击“企业小助手”，通过邮箱或手机号进行身份验证', async (scene) => {
      const { app, build, student } = scene;
      if (build === 'alipay') {
        await says(app, `get-way-${WORK.way}`, /企业小助手[\s\S]*邮箱或手机号[\s\S]*身份验证/);
        await app.back();
        await press(app, 'bind-code');
      } else {
        const work = workPhone(scene);
        expect(await work.school()).toMatch(/企业小助手[\s\S]*身份验证/);
        await work.open('helper', 'again');
      }
      for (const [way, words] of [
        ['email', /^邮箱$/],
        ['mobile', /^手机号$/],
      ] as const)
        await says(app, `identity-way-${way}`, words);
      await fill(app, 'identity-name', student.person.name);
      await fill(app, 'identity-number', student.person.number);
      await press(app, 'identity-send');
      await says(app, 'identity-sent', /名单上的邮箱/);
      await fill(app, 'identity-code', '000000');
      await press(app, 'identity-submit');
      await says(app, 'identity-failure', /验证码不正确/);
      await fill(app, 'identity-code', await mailedCode(scene));
      await press(app, 'identity-submit');
      await says(app, 'home-name', new RegExp(`^${student.person.name}$`));
    });
  },
};

/** The first visit by the other way in: the registration. */
export const openChapter: Chapter = {
  title: '打开校园一卡通',
  schoolId: 'shanghaitech',
  build: 'browser',
  container: 'wecom',
  steps(step) {
    step('SQ-03', '微信通讯录，点击企业号“上海科技大学”', async (scene) => {
      const { build, student } = scene;
      if (build === 'alipay') return workElsewhere(scene, { ...WORK, words: /通讯录的企业号中找到“上海科技大学”/ });
      const work = workPhone(scene);
      expect(await work.follow(student.person.mobile)).toBe('');
      expect(await work.contacts()).toMatch(/上海科技大学\s*企业号/);
    });

    step('SQ-04', '打开“校园一卡通”应用，首次进入注册页面', async (scene) => {
      const { app, build } = scene;
      if (build === 'alipay') {
        await says(app, `get-way-${WORK.way}`, /打开“校园一卡通”应用，首次使用进入注册页面/);
        await app.back();
      } else {
        const work = workPhone(scene);
        expect(await work.school()).toMatch(/校园一卡通/);
        await work.open('card', 'first');
      }
      // The school is known by who opened it: no list of schools, the registration at once.
      await appears(app, 'bind-name');
      expect(await app.text()).toMatch(/上海科技大学/);
    });

    step('SQ-05', '进入注册页面：姓名，学号/卡号，查询密码（非银行卡和 egate 密码），初始密码为 123456', async (scene) => {
      await registrationShown(scene);
      expect(scene.student.initialPassword).toBe('123456');
      await signIn(scene);
    });

    step('SQ-04', '再次打开“校园一卡通”应用，直接进入主界面', async (scene) => {
      const { app, build, student } = scene;
      if (build === 'alipay') scene.phone?.host.reLaunch('/pages/home/index');
      else await workPhone(scene).open('card', 'again');
      await says(app, 'home-name', new RegExp(`^${student.person.name}$`));
    });
  },
};

/** 微信企业号使用指南 (ShanghaiTech): from the registration on. */
export const workChapter: Chapter = {
  title: '登陆校园一卡通',
  schoolId: 'shanghaitech',
  build: 'browser',
  container: 'wechat',
  steps(step) {
    step('SQ-05', '进入注册页面：姓名，学号/卡号，查询密码（非银行卡和 egate 密码），初始密码为 123456', async (scene) => {
      const { app } = scene;
      await app.open();
      await press(app, 'school-shanghaitech');
      await registrationShown(scene);
      await signIn(scene);
      await changeInitialPassword(app, scene.student);
    });

    step('SQ-06', '进入校园卡主界面，此时会看到校园卡余额等信息', async ({ app }) => {
      await until(app, 'the balance', async () => /校园卡余额/.test(await app.text()));
      await says(app, 'home-balance', /0\.00/);
    });

    step('SQ-07', '点击“微信充值”进入充值界面，选择充值金额 10 元、20 元、100 元.....，并点击“立即充值”', async ({ app, build }) => {
      await press(app, 'home-top-up');
      await says(app, 'topup-channel-wechat-pay', build === 'alipay' ? /^微信充值\s*请在微信中使用$/ : /^微信充值$/);
      for (const yuan of [10, 20, 100]) await says(app, `topup-preset-${yuan}00`, new RegExp(`^${yuan}元$`));
      await press(app, 'topup-preset-10000');
      app.atCashier('pay');
      await says(app, 'topup-submit', /^立即充值$/);
      await press(app, 'topup-submit');
      await until(app, 'the order to be held', async () => (await app.has('order-code')) && /待领/.test(await app.text()));
      await press(app, 'order-home');
    });

    step('SQ-08 SQ-09 SQ-10', '点击“交易明细”模块，可查询每月的校园卡交易明细：消费(商户全称)，金额，时间', async ({ app, till }) => {
      await press(app, 'home-pay');
      expect(await till.chargeCode(1_200, await readShownCode(app))).toMatchObject({ outcome: 'charged' });
      await says(app, 'code-paid-amount', /12\.00/);
      await app.back();
      await press(app, 'home-statement');
      const month = new Date(Date.now() + 8 * 3_600_000);
      const words = new RegExp(`${month.getUTCFullYear()}年${month.getUTCMonth() + 1}月`);
      await until(app, 'this month', async () => words.test(await app.text()));
      await titled(app, /交易明细/);
      const shown = await until(app, 'the purchase', async () => {
        const text = await app.text();
        return /12\.00/.test(text) && text;
      });
      // Never the guide's plus in green: what was spent is less.
      expect(shown).toMatch(/[-−]\s*¥?12\.00/);
      expect(shown).not.toMatch(/\+\s*¥?12\.00/);
      expect(shown).toMatch(/消费[（(][^）)]+[）)]|一食堂|餐饮/);
      expect(shown).toMatch(/\d{2}:\d{2}:\d{2}/);
      await app.back();
    });

    step('SQ-11', '点击“卡挂失”模块，输入校园卡六位查询密码，点击“提交”', async ({ app, till, student }) => {
      await says(app, 'home-loss', /^卡挂失$/);
      await press(app, 'home-loss');
      await until(app, 'the password', async () => /查询密码/.test(await app.text()));
      await fill(app, 'loss-password', NEW_PASSWORD);
      await press(app, 'loss-submit');
      await press(app, 'loss-confirm-yes');
      await appears(app, 'loss-state');
      expect(await till.chargeCard(100, student.chip)).toMatchObject({ outcome: 'not-charged', code: 'card.lost' });
    });
  },
};
