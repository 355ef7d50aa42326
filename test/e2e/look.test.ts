import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type Stack, startStack } from '../../sandbox/local/stack';
import { appears, press, says, until } from '../stories/app';
import { bind, changeInitialPassword } from '../stories/steps';
import { CARDHOLDERS, studentOf, tillOf } from '../stories/student';
import { root } from '../support/project';
import { launchBrowser } from './browser';
import { type BrowserApp, browserApp } from './browser-app';
import { hardToRead, misplaced, setTextSize } from './reading';
import { cutOff } from './screens/network';

let stack: Stack;
let browser: Browser;
let app: BrowserApp;
let page: Page;

/** The screens that are looked at, and what each shows when it is whole. */
const SCREENS = {
  home: { path: '/pages/home/index', id: 'home-balance' },
  code: { path: '/pages/code/index', id: 'code-digits' },
  'top-up': { path: '/pages/top-up/index', id: 'topup-submit' },
  statement: { path: '/packages/records/pages/statement/index', id: 'statement-month' },
  account: { path: '/packages/manage/pages/account/index', id: 'account-links' },
  loss: { path: '/packages/manage/pages/loss/index', id: 'loss-submit' },
} as const;
type ScreenName = keyof typeof SCREENS;
const NAMES = Object.keys(SCREENS) as ScreenName[];

/** A student of BISTU with a card that was topped up and paid with, on home. */
beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack({ root, cardholdersPerSchool: CARDHOLDERS, speed: 100 }), launchBrowser()]);
  const { id: person } = stack.sandbox.world.addPerson('reader at night');
  app = await browserApp({ browser, container: 'wechat', webUrl: stack.web.url, person });
  const [context] = browser.contexts() as [BrowserContext];
  [page] = context.pages() as [Page];
  const student = studentOf(stack, 'bistu', 6);
  await app.open();
  await press(app, 'school-bistu');
  await bind(app, student);
  await changeInitialPassword(app, student);
  app.atCashier('pay');
  await press(app, 'home-top-up');
  for (const key of '120') await press(app, `key-${key}`);
  await press(app, 'topup-submit');
  await says(app, 'order-state', /已到账/);
  expect(await tillOf(stack, 'bistu').chargeCard(1_250, student.chip)).toMatchObject({ outcome: 'charged' });
}, 240_000);
afterAll(async () => {
  await app?.close();
  await browser?.close();
  await stack?.stop();
});
afterEach(async () => {
  await page.emulateMedia({ colorScheme: 'light' });
  await setTextSize(page, 16);
});

async function show(name: ScreenName): Promise<void> {
  const { path, id } = SCREENS[name];
  await page.evaluate((hash) => {
    location.hash = hash;
  }, `#${path}`);
  await appears(app, id);
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
}

/** Computed by Chromium: of the screen in front. */
const drawn = (selector: string, property: string): Promise<string> =>
  page
    .locator(selector)
    .locator('visible=true')
    .last()
    .evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property);

const brightness = (css: string): number => (css.match(/\d+/g) ?? []).slice(0, 3).reduce((sum, each) => sum + Number(each), 0) / 3;

describe('the look of the phone', () => {
  it.each(NAMES)('is followed while the app is open, and all text can be read in it: %s', async (name) => {
    await show(name);
    expect(await hardToRead(page)).toEqual([]);
    await app.photograph(`look-${name}-light`);
    await page.emulateMedia({ colorScheme: 'dark' });
    await until(app, 'a dark ground', async () => brightness(await drawn('.screen', 'background-color')) < 60);
    expect(brightness(await drawn('.screen', 'color'))).toBeGreaterThan(200);
    expect(await hardToRead(page)).toEqual([]);
    await app.photograph(`look-${name}-dark`);
  });

  it.each(NAMES)('keeps every line whole in the largest usual type, on a small phone too: %s', async (name) => {
    await setTextSize(page, 23);
    await show(name);
    for (const width of [375, 320]) {
      await page.setViewportSize({ width, height: 724 });
      await appears(app, SCREENS[name].id);
      expect({ width, misplaced: await misplaced(page) }).toEqual({ width, misplaced: [] });
      await app.photograph(`look-${name}-large-${width}`);
    }
    await page.setViewportSize({ width: 375, height: 724 });
  });
});

describe('a sheet', () => {
  const shown = (selector: string) => page.locator(selector).locator('visible=true');
  const keyboardIsIn = (selector: string) => shown(selector).evaluate((element) => element.contains(document.activeElement));
  const scrolled = () => shown('.screen').evaluate((screen) => screen.closest('.taro_page')?.scrollTop);

  /** Turns the wheel over the page, and answers when Chromium has drawn what came of it. */
  const turnWheel = async () => {
    // A promise inside an object is not waited for here: the page listens before the wheel is turned.
    const listening = await page.evaluateHandle(() => ({
      drawn: new Promise<void>((resolve) => {
        const later = (frames: number): void => void requestAnimationFrame(() => (frames === 0 ? resolve() : later(frames - 1)));
        addEventListener('wheel', () => later(10), { once: true });
      }),
    }));
    await page.mouse.move(180, 40);
    await page.mouse.wheel(0, 300);
    await listening.evaluate(({ drawn }) => drawn);
  };

  it('keeps the keyboard and the page below it until Escape closes it, and gives both back', async () => {
    await page.setViewportSize({ width: 375, height: 360 });
    await show('statement');
    await page.locator('#statement-month').click();
    await shown('.sheet').waitFor();
    expect(await shown('.sheet').getAttribute('role')).toBe('dialog');
    for (const key of ['Tab', 'Shift+Tab', 'Shift+Tab', 'Tab', 'Tab', 'Tab', 'Tab']) {
      await page.keyboard.press(key);
      expect(await keyboardIsIn('.sheet')).toBe(true);
    }
    await turnWheel();
    expect(await scrolled()).toBe(0);
    await page.keyboard.press('Escape');
    await shown('.sheet').waitFor({ state: 'detached' });
    expect(await keyboardIsIn('#statement-month')).toBe(true);
    await turnWheel();
    expect(await scrolled()).toBeGreaterThan(0);
    await page.setViewportSize({ width: 375, height: 724 });
  });

  it('with a question that is at work stays until there is an answer', async () => {
    await show('loss');
    await press(app, 'loss-submit');
    await cutOff(page, 'held');
    await press(app, 'loss-confirm-yes');
    await page.keyboard.press('Escape');
    await shown('.sheet-host__beside').click({ position: { x: 180, y: 40 } });
    expect(await page.locator('.sheet-host--leaving').count()).toBe(0);
    await appears(app, 'loss-confirm-yes');
    await cutOff(page, 'open');
    await appears(app, 'loss-state');
  });
});
