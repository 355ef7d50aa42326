import type { Page } from 'playwright-core';
import { readQr } from '../packages/host/decode';
import { type App, appears, fill, press, says, until } from '../stories/app';
import { titled } from './support/deeds';
import type { Chapter, Scene } from './support/guide';

/** 支付宝充值操作手册, PC 网页版 (ShanghaiTech, August 2016), in its order and words. */
export const computerChapter: Chapter = {
  title: '支付宝 PC 网页版',
  schoolId: 'shanghaitech',
  build: 'browser',
  container: 'computer',
  steps(step) {
    step('ST-61', '打开官网，登录，应用中心，公益教育，校园一卡通', async (scene) => {
      if (scene.page === undefined) await scene.app.open();
      else await walkTheSite(scene.page, scene);
      await appears(scene.app, 'pc-search');
    });

    step('ST-62', '选择城市，再选择学校；或输入中文、拼音、字母简拼，点击找学校', async ({ app }) => {
      await says(app, 'pc-find', /^找学校$/);
      await says(app, 'pc-cities', /选择城市/);
      await press(app, 'pc-city-shanghai');
      await until(
        app,
        'the schools of Shanghai only',
        async () => (await app.has('pc-school-shanghaitech')) && !(await app.has('pc-school-bistu')),
      );
      for (const typed of ['上海科技', 'shanghaikeji', 'shkjdx']) {
        await press(app, 'pc-city-all');
        await appears(app, 'pc-school-bistu');
        await fill(app, 'pc-search', typed);
        await press(app, 'pc-find');
        await until(
          app,
          `what ${typed} means`,
          async () => (await app.has('pc-school-shanghaitech')) && !(await app.has('pc-school-sjtu')),
        );
      }
      await press(app, 'pc-school-shanghaitech');
    });

    step('ST-63', '学校选择后，点击“自助充值”按钮进入页面', async ({ app }) => {
      await says(app, 'pc-start', /^自助充值$/);
      await press(app, 'pc-start');
      await says(app, 'pc-form-school', /学校或机构名称\s*上海科技大学/);
      await titled(app, /^自助充值$/);
    });

    step('ST-64', '学工号，一卡通姓名（与一卡通系统中姓名一致），充值金额（用户自定义）', async ({ app, page, student }) => {
      expect(await app.text()).toMatch(/学工号[\s\S]*一卡通姓名[\s\S]*充值金额/);
      expect(await app.text()).not.toMatch(/密码/);
      await fill(app, 'pc-number', student.person.number);
      await fill(app, 'pc-name', '别人');
      await fill(app, 'pc-amount', '1.005');
      await says(app, 'pc-amount-bad', /两位小数/);
      // As an input method types it.
      await fill(app, 'pc-amount', '１．００');
      await press(app, 'pc-check');
      await says(app, 'pc-failure', /不符|不一致|核对/);
      await fill(app, 'pc-name', student.person.name);
      if (page === undefined) await press(app, 'pc-check');
      else await page.keyboard.press('Enter');
      await appears(app, 'pc-ways');
    });

    step('ST-65', '确认充值信息：学校或机构名称，学工号，姓名，充值金额 1.00元', async ({ app, student }) => {
      await titled(app, /^确认充值信息$/);
      await says(app, 'pc-confirm-school', /学校或机构名称\s*上海科技大学/);
      await says(app, 'pc-confirm-number', /学工号\s*.*\*/);
      await says(app, 'pc-confirm-amount', /充值金额\s*¥1\.00/);
      // Masked: whoever knows a number learns no name by it.
      expect(await app.textOf('pc-confirm-name')).not.toContain(student.person.name);
    });

    step('ST-66', '选择付款方式：电脑付款、手机付款', async ({ app, page }) => {
      await says(app, 'pc-ways', /选择付款方式[\s\S]*手机付款/);
      // A mini-program opens no page of others.
      if (page === undefined) expect([await app.has('pc-way-alipay-page'), /电脑付款/.test(await app.text())]).toEqual([false, false]);
      else await payOnTheComputer(app, page);
      await press(app, 'pc-way-alipay-qr');
      await press(app, 'pc-pay');
    });

    step('ST-67', '请使用支付宝，扫描二维码。支付宝下载，如何使用?', async ({ app, page }) => {
      await says(app, 'pc-scan', /^请使用支付宝，\s*扫描二维码。$/);
      if (page === undefined) expect(await app.has('pc-get-app')).toBe(false);
      else await says(app, 'pc-get-app', /支付宝下载/);
      await says(app, 'pc-how', /如何使用/);
      await press(app, 'pc-how');
      await says(app, 'pc-how-text', /扫一扫/);
    });

    step('ST-68', '[请勿泄露二维码]', async ({ app }) => {
      await says(app, 'pc-secret', /^\[请勿泄露二维码\]$/);
    });

    step('ST-69', '付款成功后提示充值成功，此时也可进行查询充值记录、查询余额', async (scene) => {
      const { app } = scene;
      await scan(scene);
      await says(app, 'pc-order-state', /充值成功/, 30_000);
      await says(app, 'pc-to-records', /查询充值记录/);
      await says(app, 'pc-to-balance', /查询余额/);
      await press(app, 'pc-to-records');
      await says(app, 'pc-record-1', /充值成功[\s\S]*¥1\.00/);
      await app.back();
      await press(app, 'pc-to-balance');
      // A stranger's page tells no balance.
      await says(app, 'pc-balance-why', /本人/);
      await app.back();
    });

    step(
      'ST-70',
      '通过 POS 机消费刷卡的同时自动领取充值的金额，或前往自助圈存机',
      async ({ till, student }) => {
        expect(await till.chargeCard(50, student.chip)).toMatchObject({ outcome: 'charged', claimedFen: 100, cardFen: 50 });
      },
      'terminal',
    );
  },
};

async function walkTheSite(page: Page, { stack, holder }: Scene): Promise<void> {
  await page.goto(`${stack.web.url}/sandbox/alipay-site/`);
  await page.click('#login');
  await page.selectOption('#person', holder);
  await page.fill('#password', 'any');
  await page.click('#enter');
  await page.click('#app-center');
  await page.click('#education');
  await page.click('#campus-card');
}

/** 电脑付款: the platform's own page beside this one. Who turns back there has paid nothing, and chooses anew. */
async function payOnTheComputer(app: App, page: Page): Promise<void> {
  await says(app, 'pc-ways', /电脑付款[\s\S]*手机付款/);
  const opened = page.waitForEvent('popup');
  await press(app, 'pc-way-alipay-page');
  await press(app, 'pc-pay');
  const cashier = await opened;
  await cashier.waitForSelector('#code svg');
  await says(app, 'pc-order-state', /请在新打开的页面付款/);
  await cashier.close();
  await app.back();
  await press(app, 'pc-check');
  await appears(app, 'pc-ways');
}

/** A phone that scans what the screen shows, and pays. */
async function scan({ app, stack, holder }: Scene): Promise<void> {
  const code = await until(app, 'the payment code', async () => {
    const picture = await app.picture('pc-qr');
    return picture && readQr(picture);
  });
  const { cashier } = stack.sandbox.world;
  const opening = cashier.scan(code, holder);
  if ('refusal' in opening) throw new Error(opening.refusal);
  expect(cashier.pay(opening.cashier.id)?.state).toBe('paid');
}
