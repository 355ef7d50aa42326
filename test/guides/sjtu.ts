import { readQr } from '../packages/host/decode';
import { appears, press, says, until } from '../stories/app';
import { changeInitialPassword } from '../stories/steps';
import { signIn, titled, typeAmount, visit } from './support/deeds';
import type { Chapter, Scene } from './support/guide';
import { labels, line } from './support/machines';

async function deposit({ app }: Scene, amount: string): Promise<void> {
  app.atCashier('pay');
  await press(app, 'home-top-up');
  await appears(app, 'topup-submit');
  await typeAmount(app, amount);
  await press(app, 'topup-submit');
  await appears(app, 'order-code');
}

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
      // WeChat's cashier is none of the school's ways.
      if (build === 'weapp') return;
      await deposit(scene, '30');
      await press(app, 'order-home');
      await says(app, 'home-transit', /Transition balance[\s\S]*30\.00/i);
      expect(await till.chargeCard(500, student.chip)).toMatchObject({ outcome: 'charged', claimedFen: 3_000, cardFen: 2_500 });
      await press(app, 'home-refresh');
      await says(app, 'home-balance', /25\.00/);
    });

    step('SJ-13', 'If you have successfully logged in, now you can check your transaction flow of E-card', async ({ app, build }) => {
      await press(app, 'home-statement');
      await titled(app, /^Transaction flow/);
      if (build !== 'weapp') await until(app, 'the deposit', async () => /\+30\.00/.test(await app.text()));
      await app.back();
    });

    step('SJ-01', 'Ecard has 2 passwords: the checking password and the transaction password', async ({ app }) => {
      await visit(app, 'home-guide', () => says(app, 'guide-2', /Passwords of Ecard[\s\S]*checking password[\s\S]*transaction password/));
    });

    step('SJ-03', 'Scan the QR code and download “交我办” App', async ({ app, page }) => {
      await press(app, 'home-share');
      await press(app, 'share-ways');
      await says(app, 'get-way-1', /QR|Scan/i);
      if (page !== undefined) {
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
        await press(app, 'home-top-up');
        await says(app, 'topup-channel-alipay', /请在支付宝中使用/);
        return;
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
  },
};

export const sjtuChapters = [appChapter, alipayChapter, atmChapter];
