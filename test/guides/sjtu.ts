import { readQr } from '../packages/host/decode';
import { appears, press, says, until } from '../stories/app';
import { changeInitialPassword, NEW_PASSWORD } from '../stories/steps';
import { bankCustomer, confirmByBankCode, linkBankCard, logInWithJAccount, signIn, titled, typeAmount, visit } from './support/deeds';
import type { Chapter, Scene } from './support/guide';
import { labels, line } from './support/machines';

/** Where the browser build begins it. */
const JACCOUNT_SCREEN = '#/packages/entry/pages/sso/index?school=sjtu';

async function deposit(scene: Scene, amount: string): Promise<void> {
  const { app, build } = scene;
  app.atCashier('pay');
  await press(app, 'home-top-up');
  await appears(app, 'topup-submit');
  // WeChat's cashier is none of the school's ways: there the linked bank card pays.
  if (build === 'weapp') await press(app, 'topup-channel-bank-card');
  const submit = build === 'weapp' ? 'transfer-submit' : 'topup-submit';
  await appears(app, submit);
  await typeAmount(app, amount);
  await press(app, submit);
  if (build === 'weapp') await confirmByBankCode(scene);
  await appears(app, 'order-code');
}

/** What WeChat's mini-program has instead of a cashier: the school's ways, without WeChat's, and no order begun by a press. */
async function noCashierHere({ app, phone }: Scene, inAlipay: RegExp): Promise<void> {
  await press(app, 'home-top-up');
  for (const id of ['school-app', 'alipay', 'bank-card', 'cash-machine']) await appears(app, `topup-channel-${id}`);
  expect(await app.has('topup-channel-wechat-pay')).toBe(false);
  await says(app, 'topup-channel-alipay', inAlipay);
  await typeAmount(app, '30');
  await says(app, 'topup-amount', /^30$/);
  await app.tap('topup-submit').catch(() => undefined);
  expect([phone?.cashiersOpened(), phone?.requests.filter((url) => url.endsWith('/student/top-ups'))]).toEqual([0, []]);
  await app.back();
}

/** Log in with jAccount: the first of the ways in that the guide has. */
const jAccountChapter: Chapter = {
  title: 'Log in with jAccount',
  schoolId: 'sjtu',
  build: 'browser',
  container: 'wechat',
  steps(step) {
    step('SJ-04', 'Login with your jAccount', async (scene) => {
      const { app, build, page, phone, student } = scene;
      await app.open();
      await press(app, 'school-sjtu');
      await says(app, 'bind-sso', /^用 jAccount 登录$/);
      await press(app, 'bind-sso');
      if (page !== undefined) {
        await says(app, 'sso-lead', /账号和密码只交给学校/);
        await press(app, 'sso-go');
        await logInWithJAccount(page, student.person);
        await says(app, 'home-name', new RegExp(`^${student.person.name}$`), 30_000);
        // Neither code nor state stays in the address, and a reload asks nobody anything.
        expect(new URL(page.url()).search).toBe('');
        await page.reload();
      } else {
        // A mini-program opens no page that was not registered for it: it says where, and gives the way there.
        await says(app, 'sso-mini', /小程序不能打开学校的登录页面。请用校园卡密码绑定，或在微信、支付宝里打开网页版后用统一身份认证登录/);
        const link = `http://127.0.0.1:3000/phone/${build === 'weapp' ? 'wechat' : 'alipay'}/${JACCOUNT_SCREEN}`;
        expect(await app.textOf('sso-link')).toBe(link);
        await press(app, 'sso-copy');
        await says(app, 'sso-said', /已复制/);
        expect(phone?.host.shown).toContain(`copied: ${link}`);
        await press(app, 'sso-password');
        await signIn(scene);
      }
      await says(app, 'home-name', new RegExp(`^${student.person.name}$`));
    });
  },
};

/** Ecard service of the Network & Information Center (SJTU), in its words and its English. */
const appChapter: Chapter = {
  title: 'Ecard service, 交我办 App',
  schoolId: 'sjtu',
  build: 'browser',
  container: 'alipay',
  steps(step) {
    step('SJ-16', 'in English', async ({ app }) => {
      await app.open();
      await press(app, 'school-language');
      await until(app, 'English', async () => /Shanghai Jiao Tong/.test(await app.text()));
      await press(app, 'school-sjtu');
      await titled(app, /^Bind your Ecard$/);
      await says(app, 'bind-submit', /^Login$/);
    });

    step('SJ-05', "Click 'Network' on the home page. Choose 'My Campus Card'. Then click 'Deposit'", async (scene) => {
      const { app } = scene;
      await signIn(scene);
      await titled(app, /^My Campus Card$/);
      await says(app, 'home-top-up', /^Deposit$/);
    });

    step('SJ-02', 'There are four Ecard payment methods', async ({ app }) => {
      await press(app, 'home-top-up');
      await titled(app, /^Deposit$/);
      for (const [id, words] of [
        ['school-app', /交我办/],
        ['alipay', /Alipay/],
        ['cash-machine', /Cash/],
        ['bank-card', /Ecard ATM/],
      ] as const)
        await says(app, `topup-channel-${id}`, words);
      await app.back();
    });

    step('SJ-06', 'Enter the deposit page to complete the campus card deposit', async (scene) => {
      const { app, till, student, build } = scene;
      if (build === 'weapp') {
        await noCashierHere(scene, /^Alipay\s*Open in Alipay to use it$/);
        await changeInitialPassword(app, student);
        await linkBankCard(scene);
      }
      await deposit(scene, '30');
      await press(app, 'order-home');
      await says(app, 'home-transit', /Transition balance[\s\S]*30\.00/i);
      expect(await till.chargeCard(500, student.chip)).toMatchObject({ outcome: 'charged', claimedFen: 3_000, cardFen: 2_500 });
      await press(app, 'home-refresh');
      await says(app, 'home-balance', /25\.00/);
    });

    step('SJ-13', 'If you have successfully logged in, now you can check your transaction flow of E-card', async ({ app }) => {
      await press(app, 'home-statement');
      await titled(app, /^Transaction flow/);
      await until(app, 'the deposit', async () => /\+30\.00/.test(await app.text()));
      await app.back();
    });

    step('SJ-01', 'Ecard has 2 passwords: the checking password and the transaction password', async ({ app }) => {
      await visit(app, 'home-guide', () => says(app, 'guide-2', /Passwords of Ecard[\s\S]*checking password[\s\S]*transaction password/));
    });

    step('SJ-03', 'Scan the QR code and download “交我办” App', async ({ app, page, phone }) => {
      await press(app, 'home-share');
      await press(app, 'share-ways');
      await says(app, 'get-way-1', /QR|Scan/i);
      if (page === undefined) {
        // A mini-program is found by its name and has no address to draw.
        expect(await app.has('get-qr')).toBe(false);
        await press(app, 'get-search-2');
        expect(phone?.host.shown).toContain('copied: 交我办');
      } else {
        await until(app, 'the QR code', async () => {
          const picture = await app.picture('get-qr');
          return picture !== undefined && /\/phone\/alipay\/$/.test(readQr(picture) ?? '');
        });
      }
      await app.back();
      await app.back();
    });

    step('SJ-14', 'Apr 25 Passwords of Ecard', async ({ app }) => {
      await press(app, 'home-help');
      await press(app, 'help-next');
      await says(app, 'help-10', /Apr[\s\S]*25[\s\S]*Passwords of Ecard[\s\S]*Ecard has 2 passwords/);
    });

    step('SJ-15', 'Total18 2/3 First Previous Next Last', async ({ app }) => {
      await says(app, 'help-place', /Total\s*18\s*2\/3/);
      for (const [id, words] of [
        ['first', /First/],
        ['previous', /Previous/],
        ['next', /Next/],
        ['last', /Last/],
      ] as const)
        await says(app, `help-${id}`, words);
      await press(app, 'help-last');
      await says(app, 'help-place', /3\/3/);
      await app.back();
    });

    step('SJ-09', 'The table lists the location and quality of the transfer machines in each campus', async ({ app }) => {
      await press(app, 'home-places');
      await says(app, 'places-kiosk', /Minhang[\s\S]*Xuhui|Xuhui[\s\S]*Minhang/);
      await app.back();
    });
  },
};

const alipayChapter: Chapter = {
  title: 'II. Alipay',
  schoolId: 'sjtu',
  build: 'alipay',
  container: 'alipay',
  steps(step) {
    step('SJ-07', 'II. Alipay', async (scene) => {
      const { app, build, student } = scene;
      await app.open();
      await press(app, 'school-sjtu');
      await signIn(scene);
      await changeInitialPassword(app, student);
      if (build === 'weapp') {
        await noCashierHere(scene, /^支付宝\s*请在支付宝中使用$/);
        // What the guide says of all its ways, so that nobody is left without one.
        await visit(app, 'home-guide', () =>
          until(app, 'the four ways', async () => /四种方式[\s\S]*交我办[\s\S]*支付宝[\s\S]*现金[\s\S]*圈存机/.test(await app.text())),
        );
        await linkBankCard(scene);
      }
      await deposit(scene, '12.50');
      await press(app, 'order-home');
      await says(app, 'home-transit', /过渡余额\s*¥12\.50/);
    });
  },
};

/** Check transaction flow with ATM, at the sandbox's transfer machine on the running functions. */
const atmChapter: Chapter = {
  title: 'Check transaction flow with ATM',
  schoolId: 'sjtu',
  build: 'browser',
  container: 'alipay',
  steps(step) {
    step(
      'SJ-10',
      'Please put your E-card in the position shown below',
      async ({ machine }) => {
        expect(line(machine('kiosk').screen(), '放卡')).toContain('校园卡');
      },
      'terminal',
    );

    step(
      'SJ-11',
      'Please click “校园卡业务”',
      async ({ machine, student }) => {
        const kiosk = machine('kiosk');
        expect(labels(await kiosk.place(student.chip))).toContain('校园卡业务');
        expect(labels(await kiosk.press('menu-1'))).toContain('持卡人流水查询');
      },
      'terminal',
    );

    step(
      'SJ-12',
      'Please click “持卡人流水查询”. Please enter your Ecard checking password',
      async ({ machine, student }) => {
        const kiosk = machine('kiosk');
        const ask = await kiosk.press('statement');
        expect(ask.fields.map(({ label, kind }) => [label.en, kind])).toEqual([['Checking password', 'password']]);
        expect((await kiosk.press('ok', { pin: '000000' })).notice?.text.zh).toBe('密码不正确');
        expect((await kiosk.press('ok', { pin: student.initialPassword })).id).toBe('kiosk.statement');
        await kiosk.place(null);
      },
      'terminal',
    );

    step(
      'SJ-08',
      'Through the transfer machine, you can transfer money from your linked bank card to your E-card',
      async (scene) => {
        const { app, machine, student, stack } = scene;
        await app.open();
        await press(app, 'school-sjtu');
        await signIn(scene);
        await changeInitialPassword(app, student);
        await linkBankCard(scene);
        const kiosk = machine('kiosk');
        expect(labels(await kiosk.place(student.chip))[0]).toBe('转账充值业务');
        expect(labels(await kiosk.press('menu-0'))[0]).toBe('银行卡转卡钱包');
        const form = await kiosk.press('bank-transfer');
        expect([line(form, '单笔限额'), line(form, '卡余额')]).toEqual(['500.00元', '0.00元']);
        const over = await kiosk.press('transfer', { amount: '500.01', pin: student.initialPassword });
        expect([over.id, over.notice?.tone]).toEqual(['kiosk.transfer', 'bad']);
        // The password that was changed is the checking password; money moves by the other one.
        const checking = await kiosk.press('transfer', { amount: '500', pin: NEW_PASSWORD });
        expect([checking.notice?.text.zh, student.chip.memory.storedFen]).toEqual(['密码不正确', 0]);
        // A bank pays less than that without a code of its own, unless its customer has said so at the counter.
        const card = bankCustomer(scene).cards.find(({ kind, ofTheSchoolsBank }) => kind === 'debit' && ofTheSchoolsBank);
        stack.sandbox.world.bank.changeCard(card?.cardNumber ?? '', { noCodeMaxFen: 50_000 });
        const done = await kiosk.press('transfer', { amount: '500', pin: student.initialPassword });
        expect([done.notice?.text.zh, line(done, '新余额'), student.chip.memory.storedFen]).toEqual([
          '转账成功，转账金额:500.00元',
          '500.00元',
          50_000,
        ]);
        await kiosk.place(null);
        await press(app, 'home-refresh');
        await says(app, 'home-balance', /500\.00/);
      },
      'terminal',
    );
  },
};

export const sjtuChapters = [jAccountChapter, appChapter, alipayChapter, atmChapter];
