import { appears, fill, press, says, until } from '../stories/app';
import { changeInitialPassword, readShownCode } from '../stories/steps';
import { bankCustomer, confirmByBankCode, payByPlatformCode, signIn, titled, typeAmount, visit } from './support/deeds';
import type { Chapter } from './support/guide';

/** 校园一卡通客户端、电子校园卡及第三方支付使用说明 (DUFL, 9 March 2021), in its words. */
const wechatChapter: Chapter = {
  title: '电子校园卡，微信',
  schoolId: 'dufl',
  build: 'weapp',
  container: 'wechat',
  steps(step) {
    step('DL-04', '打开微信扫码或微信搜索“校园 e 码通”小程序，登录领卡', async ({ app }) => {
      await app.open();
      await appears(app, 'school-search');
    });

    step('DL-05', '搜索学校名称或者定位城市，选择学校', async ({ app }) => {
      await fill(app, 'school-search', '大连外国语');
      await until(app, 'only DUFL', async () => (await app.has('school-dufl')) && !(await app.has('school-bistu')));
      await fill(app, 'school-search', '');
      await appears(app, 'school-bistu');
      await press(app, 'school-near');
      await until(app, 'the nearest first', async () => /大连外国语大学[\s\S]*(?=北京信息科技大学)[\s\S]*上海/.test(await app.text()));
      await press(app, 'school-dufl');
      await titled(app, /^登录领卡$/);
    });

    step('DL-06', '输入校园卡账号、密码及姓名，进行身份验证', async ({ app, student }) => {
      await until(app, 'the three fields', async () => /姓名[\s\S]*校园卡账号[\s\S]*密码/.test(await app.text()));
      await fill(app, 'bind-name', student.person.name);
      await fill(app, 'bind-number', student.person.number);
      await fill(app, 'bind-password', '135246');
      await press(app, 'bind-submit');
      await says(app, 'bind-failure', /不正确/);
    });

    step('DL-08', '如果忘记密码，请您本人持卡到本部图书馆二楼或旅顺二期教学楼 121 房间的校园卡管理部重置密码', async ({ app }) => {
      await press(app, 'bind-forgot');
      await until(app, 'where to go', async () => /本部图书馆二楼或旅顺二期教学楼 121 房间的校园卡管理部/.test(await app.text()));
      await press(app, 'forgot-close');
    });

    step(
      'DL-07',
      '初始密码为六个“0”或身份证号码后六位阿拉伯数字，有字母“X”的向前移一位；如已更改密码，请使用您更改后的密码',
      async (scene) => {
        const { app, student } = scene;
        expect(await app.text()).toMatch(/六个“0”或身份证号码后六位阿拉伯数字，有字母“X”的向前移一位/);
        expect(student.initialPassword).toBe('000000');
        await signIn(scene);
        await changeInitialPassword(app, student);
      },
    );

    step('DL-14', '首页：学校名称，姓名', async ({ app, student }) => {
      await says(app, 'home-school', /^大连外国语大学$/);
      await says(app, 'home-name', new RegExp(`^${student.person.name}$`));
      await titled(app, /校园 ?e ?码通/);
    });

    step('DL-03', '除具有原有校园实体卡功能外，还增加了付款码、电子钱包；线上充值仅支持已绑定的建设银行卡', async ({ app }) => {
      await says(app, 'home-pay', /付款码/);
      await until(app, 'the wallet', async () => /电子钱包/.test(await app.text()));
      await press(app, 'home-top-up');
      await says(app, 'transfer-bank', /建设银行/);
      await app.back();
    });

    step('DL-09', '点击“开通电子钱包”，绑定银行卡是用户必须完成的步骤', async ({ app }) => {
      await says(app, 'home-wallet', /未开通/);
      await press(app, 'home-top-up');
      await press(app, 'transfer-preset-5000');
      await says(app, 'transfer-no-card', /绑定/);
      await app.back();
      await says(app, 'home-wallet-open', /^开通电子钱包$/);
      await press(app, 'home-wallet-open');
    });

    step('DL-10', '绑定银行卡：建行卡快速绑定，姓名，证件类型 居民身份证，证件号 请输入证件号，下一步', async (scene) => {
      const { app, student } = scene;
      await titled(app, /^绑定银行卡$/);
      await says(app, 'bind-card-quick', /建设?银?行卡快速绑定/);
      await says(app, 'bind-card-name', new RegExp(`姓名\\s*${student.person.name}`));
      await says(app, 'bind-card-id-type', /证件类型\s*居民身份证/);
      expect(await app.text()).toMatch(/证件号/);
      await says(app, 'bind-card-next', /^下一步$/);
    });

    step('DL-11', '温馨提示：为了保障账户资金安全，只能绑定您本人的银行储蓄卡账户', async ({ app }) => {
      await until(app, 'the tip', async () => /本人[\s\S]*储蓄卡/.test(await app.text()));
    });

    step('DL-12', '电子钱包激活成功，完成', async (scene) => {
      const { app } = scene;
      await fill(app, 'bind-card-id', bankCustomer(scene).idNumber);
      await press(app, 'bind-card-next');
      await appears(app, 'code-confirm');
      await fill(app, 'code-value', '000000');
      await press(app, 'code-confirm');
      await says(app, 'code-failure', /验证码不正确/);
      await confirmByBankCode(scene);
      await says(app, 'bank-card-bound', /^电子钱包激活成功$/);
      await says(app, 'bank-card-done', /^完成$/);
      await press(app, 'bank-card-done');
    });

    step('DL-15 DL-16 DL-17', '身份码，¥ 0.00，付款码', async ({ app }) => {
      await says(app, 'home-identity', /^身份码$/);
      await says(app, 'home-wallet', /¥\s*0\.00/);
      await says(app, 'home-pay', /^付款码$/);
      await visit(app, 'home-identity', () => titled(app, /^身份码$/));
    });

    step('DL-13', '点击右上角的…，将其添加到桌面', async ({ app }) => {
      await says(app, 'home-desktop', /添加到桌面/);
      await visit(app, 'home-desktop', () => says(app, 'desktop-steps', /右上角/));
    });

    step('DL-18 DL-19 DL-20', '电子钱包：银行卡，提现，钱包充值', async (scene) => {
      const { app } = scene;
      await press(app, 'home-to-wallet');
      await says(app, 'wallet-bank-card', /银行卡[\s\S]*尾号/);
      await visit(app, 'wallet-bank-card', () => says(app, 'bank-card-since', /绑定时间/));
      await says(app, 'wallet-withdraw', /^提现$/);
      await visit(app, 'wallet-withdraw', () => titled(app, /^提现$/));
      await says(app, 'wallet-top-up', /^钱包充值$/);
      await press(app, 'wallet-top-up');
      await titled(app, /^钱包充值$/);
      await typeAmount(app, '80');
      await press(app, 'transfer-submit');
      await confirmByBankCode(scene);
      await says(app, 'order-state', /已到账/);
      await press(app, 'order-home');
      await says(app, 'home-wallet', /80\.00/);
    });

    step('DL-21 DL-22 DL-23', '交易明细，客户信息补录，限额', async ({ app }) => {
      await press(app, 'home-to-wallet');
      await says(app, 'wallet-entries', /^交易明细$/);
      await visit(app, 'wallet-entries', () => until(app, 'the top-up', async () => /充值[\s\S]*\+80\.00/.test(await app.text())));
      await says(app, 'wallet-info', /^客户信息补录\s*未补录$/);
      await visit(app, 'wallet-info', () => says(app, 'info-save', /提交/));
      await says(app, 'wallet-limits', /^限额$/);
      await visit(app, 'wallet-limits', () => until(app, 'the limits', async () => /单笔限额[\s\S]*每日限额/.test(await app.text())));
      await app.back();
    });

    step('DL-24', '点击“卡片余额”，可查询目前校园卡的余额', async ({ app }) => {
      await press(app, 'home-refresh');
      await says(app, 'home-balance', /0\.00/);
    });

    step('DL-25 DL-33', '点击“卡片充值”（非“钱包充值”）：校园卡余额，校园卡充值金额(元)', async ({ app }) => {
      await says(app, 'home-top-up', /^卡片充值$/);
      await press(app, 'home-top-up');
      await titled(app, /^(校园卡|卡片)充值$/);
      await says(app, 'transfer-balance', /校园卡余额\s*¥0\.00/);
      expect(await app.text()).toMatch(/校园卡充值金额\(元\)/);
      await says(app, 'transfer-submit', /卡片充值/);
    });

    step('DL-34', '50元 100元 150元 200元', async ({ app }) => {
      for (const yuan of [50, 100, 150, 200]) await says(app, `transfer-preset-${yuan}00`, new RegExp(`^${yuan}元$`));
    });

    step('DL-36', '单笔交易限额¥200.00', async ({ app }) => {
      await says(app, 'transfer-limit', /200\.00/);
      await typeAmount(app, '200.01');
      await says(app, 'transfer-limit', /超过[\s\S]*200\.00/);
    });

    step('DL-35', '使用电子钱包账户充值，钱包账户余额不足时，支持从钱包绑定的储蓄卡账户扣款', async ({ app }) => {
      await press(app, 'transfer-preset-10000');
      await says(app, 'transfer-wallet', /电子钱包\s*¥80\.00/);
      await says(app, 'transfer-bank', /不足时扣款[\s\S]*20\.00/);
    });

    step('DL-37', '已向手机发送验证码，可重新获取，确定', async (scene) => {
      const { app } = scene;
      await press(app, 'transfer-submit');
      await says(app, 'code-sent', /\d{3}\*+\d+|\*/);
      await says(app, 'code-again', /秒|重新获取/);
      await says(app, 'code-confirm', /^确[定认]/);
      await confirmByBankCode(scene);
      await says(app, 'transfer-state', /^充值成功$/);
      await press(app, 'transfer-home');
    });

    step(
      'DL-38',
      '充值金额先进入过渡余额，需要在校内的消费 POS 机上刷一下，才会进入校园卡余额',
      async ({ app, till, student }) => {
        await says(app, 'home-transit', /过渡余额\s*¥100\.00/);
        expect(await till.chargeCard(1_000, student.chip)).toMatchObject({ outcome: 'charged', claimedFen: 10_000, cardFen: 9_000 });
        await press(app, 'home-refresh');
        await says(app, 'home-balance', /90\.00/);
        expect(await app.has('home-transit')).toBe(false);
      },
      'terminal',
    );

    step('DL-39', '电子校园卡 >> 付款码', async ({ app, till }) => {
      await press(app, 'home-pay');
      expect(await till.chargeCode(1_200, await readShownCode(app))).toMatchObject({ outcome: 'charged', cardFen: 7_800 });
      await says(app, 'code-paid-amount', /12\.00/);
    });

    step('DL-40', '“校园卡”扣除的是实体校园卡内的资金。“电子钱包”扣除的是绑定银行卡的资金', async (scene) => {
      const { app, till } = scene;
      await says(app, 'code-source-card', /校园卡/);
      await says(app, 'code-source-wallet', /电子钱包/);
      await press(app, 'code-source-wallet');
      const code = await until(app, 'a code of the wallet', async () => {
        const digits = (await app.has('code-digits')) ? (await app.textOf('code-digits')).replace(/\s/g, '') : '';
        return /^92\d{22}$/.test(digits) && digits;
      });
      let answer = await till.chargeCode(500, code);
      await until(app, 'the bank to pay', async () => {
        if (!answer.definite) answer = await till.query();
        return answer.definite;
      });
      expect(answer).toMatchObject({ outcome: 'charged', amountFen: 500 });
      await app.back();
      // The money of the card is untouched.
      await press(app, 'home-refresh');
      await says(app, 'home-balance', /78\.00/);
    });

    step('DL-26', '其他服务：用户指南', async ({ app }) => {
      await says(app, 'home-guide', /^用户指南$/);
      await visit(app, 'home-guide', () => says(app, 'guide-3', /“卡片充值”（非“钱包充值”）[\s\S]*过渡余额/));
    });

    step('DL-29 DL-32', '优惠信息；建行班克，不放广告', async ({ app }) => {
      expect(await app.text()).not.toMatch(/班克/);
      await says(app, 'home-offers', /^优惠信息$/);
      await visit(app, 'home-offers', () => says(app, 'offers-none', /不放广告/));
    });

    step('DL-30', '隐私政策', async ({ app }) => {
      await says(app, 'home-privacy', /^隐私政策$/);
      await visit(app, 'home-privacy', () => says(app, 'privacy-what', /姓名、学工号、密码/));
    });

    step('DL-31', '分享达人', async ({ app }) => {
      await says(app, 'home-share', /^分享达人$/);
      await visit(app, 'home-share', () => titled(app, /分享/));
    });

    step('DL-01', '流水查询、卡片挂失、卡片解挂、修改密码、余额查询、缴网费', async ({ app }) => {
      await says(app, 'home-balance', /78\.00/);
      await visit(app, 'home-statement', () => says(app, 'statement-spent', /27\.00|22\.00/));
      await says(app, 'home-loss', /^卡片挂失$/);
      await visit(app, 'home-loss', () => appears(app, 'loss-submit'));
      await visit(app, 'home-password', () => appears(app, 'password-old'));
      await says(app, 'home-network', /网费/);
      await visit(app, 'home-network', () => appears(app, 'utility-account'));
    });

    step('DL-02', '使用微信或支付宝扫描二维码，下载安装通用版', async ({ app }) => {
      await press(app, 'home-share');
      await press(app, 'share-ways');
      await says(app, 'get-way-1', /微信/);
      await app.back();
      await app.back();
    });

    step('DL-27 DL-41', '点击“微信认证”，直接绑定当前登录的微信号：微信实名身份绑定成功，即可通过微信付款码进行消费支付', async (scene) => {
      const { app, build } = scene;
      const target = build === 'alipay' ? 'alipay' : 'wechat';
      await says(app, 'home-link', build === 'alipay' ? /支付宝认证/ : /^微信认证$/);
      await press(app, 'home-link');
      await press(app, `link-${target}-do`);
      await says(app, 'links-linked', /身份绑定成功/);
      await payByPlatformCode(scene, target, 650);
      await app.back();
    });

    step('DL-28', '银联认证', async (scene) => {
      const { app } = scene;
      const { idNumber, mobile, cards } = bankCustomer(scene);
      const card = cards.find(({ kind, ofTheSchoolsBank }) => kind === 'debit' && ofTheSchoolsBank);
      await says(app, 'home-unionpay', /^银联认证$/);
      await press(app, 'home-unionpay');
      await says(app, 'unionpay-status', /未认证/);
      await fill(app, 'unionpay-id', idNumber);
      await fill(app, 'unionpay-card', card?.cardNumber ?? '');
      await fill(app, 'unionpay-mobile', mobile);
      await press(app, 'unionpay-check');
      await says(app, 'unionpay-status', /已认证/);
      await app.back();
    });
  },
};

const alipayChapter: Chapter = {
  title: '支付宝付款码支付',
  schoolId: 'dufl',
  build: 'alipay',
  container: 'alipay',
  steps(step) {
    step('DL-42', '进入支付宝 APP 或小程序，搜索“校园 e 码通”，选择学校，参照前面的登录领卡流程', async (scene) => {
      await scene.app.open();
      await press(scene.app, 'school-dufl');
      await signIn(scene);
      await changeInitialPassword(scene.app, scene.student);
    });

    step('DL-43', '点击“支付宝认证”，直接绑定当前登录的支付宝号，即可通过支付宝付款码进行消费支付', async (scene) => {
      const { app, build } = scene;
      const target = build === 'weapp' ? 'wechat' : 'alipay';
      await says(app, 'home-link', build === 'weapp' ? /^微信认证$/ : /^支付宝认证$/);
      await press(app, 'home-link');
      await says(app, 'link-alipay', /支付宝认证/);
      await press(app, `link-${target}-do`);
      await says(app, 'links-linked', /身份绑定成功/);
      // The browser's account is not the one that a code names, and the screen says so.
      if (build === 'browser') await appears(app, 'links-browser');
      await payByPlatformCode(scene, target, 650);
      await app.back();
      await press(app, 'home-refresh');
      await press(app, 'home-statement');
      const shown = build === 'browser' ? /这个月没有交易/ : /6\.50/;
      await until(app, 'the purchase, or that a guest paid it', async () => shown.test(await app.text()));
    });
  },
};

export const duflChapters = [wechatChapter, alipayChapter];
