import type { Browser } from 'playwright-core';
import { createAutoTopUps } from '../../functions/store/auto-top-ups';
import { NEW_PASSWORD, Phone, studentOf, succeeded } from '../http/support/phone';
import { Till } from '../http/support/till';
import { type HttpWorld, startHttpWorld } from '../http/support/world';
import { fill, press, says, until } from '../stories/app';
import { launchBrowser } from './browser';
import { type BrowserApp, browserApp } from './browser-app';

/** Feature 34: agreed in the mini-program, which alone can open the platform's page of consent; seen, changed and ended in the browser too. */
const SCHOOL = 'shanghaitech';
let world: HttpWorld;
let browser: Browser;
let app: BrowserApp | undefined;

beforeAll(async () => {
  [world, browser] = await Promise.all([startHttpWorld(31, { speed: 100 }), launchBrowser()]);
}, 180_000);
afterAll(async () => {
  await app?.close();
  await browser?.close();
  await world?.stop();
});

const fitsIn320 = async (shown: BrowserApp) => {
  await shown.page.setViewportSize({ width: 320, height: 724 });
  // A screen that slides in is wider until it has arrived.
  await until(shown, 'a screen 320 px wide', () => shown.page.evaluate(() => document.documentElement.scrollWidth === 320));
};

test('what is agreed tops the card up below the threshold, and can be changed, switched and ended', async () => {
  const student = await studentOf(world, SCHOOL, 5);
  const phone = await new Phone(world).able(student);
  await phone.topUp(2_100);
  app = await browserApp({ browser, container: 'wechat', webUrl: world.stack.web.url, person: phone.holder });
  await app.open();
  await press(app, `school-${SCHOOL}`);
  await fill(app, 'bind-name', student.person.name);
  await fill(app, 'bind-number', student.person.number);
  await fill(app, 'bind-password', NEW_PASSWORD);
  await press(app, 'bind-submit');
  await press(app, 'home-top-up');
  await press(app, 'topup-auto');
  await says(app, 'auto-cannot', /小程序/);
  await app.back();

  const settings = { thresholdFen: 2_000, amountFen: 5_000, monthlyCapFen: 10_000 };
  const { signParams } = succeeded(await phone.post('/student/money/auto-top-up', settings));
  await press(app, 'topup-auto');
  await says(app, 'auto-asked', /微信支付/);
  await app.photograph('auto-asked');
  const { consents } = world.stack.sandbox.world;
  const opening = consents.openWechat(signParams, phone.holder);
  if ('refusal' in opening) throw new Error(opening.refusal);
  consents.answer(opening.consent.id, 'agreed');
  await press(app, 'auto-check');
  await says(app, 'auto-state', /已开启/);

  await press(app, 'auto-change');
  await press(app, 'auto-amount-10000');
  await says(app, 'auto-terms', /20\.00.*微信支付.*100\.00.*100\.00/s);
  await press(app, 'auto-cap-20000');
  await fitsIn320(app);
  await app.photograph('auto-change');
  await press(app, 'auto-submit');
  await says(app, 'auto-amount', /100\.00/);
  await says(app, 'auto-used', /¥0\.00 \/ ¥200\.00/);

  expect((await new Till(world, SCHOOL).charge(await phone.code({ stepsAhead: 0 }), 500)).status).toBe(200);
  await app.back();
  await app.back();
  const shown = app;
  await until(
    shown,
    'what was topped up',
    async () => {
      await press(shown, 'home-refresh');
      // Stands there only while something waits.
      return (await shown.has('home-transit')) && /100\.00/.test(await shown.textOf('home-transit'));
    },
    90_000,
  );

  await press(app, 'home-money');
  await press(app, 'hub-auto');
  await says(app, 'auto-used', /¥100\.00 \/ ¥200\.00/);
  await fitsIn320(app);
  await app.photograph('auto-on');

  // As three deductions that failed leave it.
  const rows = createAutoTopUps(world.database);
  const row = await rows.find(SCHOOL, student.accountNo);
  if (row === undefined) throw new Error('nothing is agreed');
  expect(await rows.save({ ...row, isOn: false, offReason: 'failed', failures: 3 })).toBe(true);
  await app.back();
  await press(app, 'hub-auto');
  await says(app, 'auto-state', /三次扣款失败/);
  await app.photograph('auto-failed');
  await press(app, 'auto-turn');
  await says(app, 'auto-state', /已开启/);

  await press(app, 'auto-end');
  await press(app, 'auto-end-yes');
  await says(app, 'auto-ended', /已解除/);
  expect(succeeded(await phone.get('/student/money/auto-top-up')).contract).toMatchObject({ state: 'ended', isOn: false });
  expect(app.errors()).toEqual([]);
}, 240_000);
