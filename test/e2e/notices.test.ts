import type { Browser } from 'playwright-core';
import { type Stack, startStack } from '../../sandbox/local/stack';
import { appears, fill, press, says, until } from '../stories/app';
import { bind, changeInitialPassword, NEW_PASSWORD } from '../stories/steps';
import { CARDHOLDERS, type Student, studentOf, tillOf } from '../stories/student';
import { root } from '../support/project';
import { launchBrowser } from './browser';
import { type BrowserApp, browserApp } from './browser-app';
import { hardToRead, misplaced } from './reading';

const SCHOOL = 'bistu';
let stack: Stack;
let browser: Browser;
const apps: BrowserApp[] = [];

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack({ root, cardholdersPerSchool: CARDHOLDERS, speed: 100 }), launchBrowser()]);
}, 180_000);
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

async function pickUp(container: 'wechat' | 'alipay', name: string): Promise<BrowserApp> {
  const { id: person } = stack.sandbox.world.addPerson(name);
  const app = await browserApp({ browser, container, webUrl: stack.web.url, person });
  apps.push(app);
  await app.open();
  await press(app, `school-${SCHOOL}`);
  return app;
}

/** What the mark at home says; notices come a moment after what they are of. */
async function unreadAtHome(app: BrowserApp, count: number): Promise<void> {
  await until(app, `${count} unread`, async () => {
    if (
      count === 0 ? !(await app.has('home-unread')) : (await app.has('home-unread')) && (await app.textOf('home-unread')) === String(count)
    )
      return true;
    await press(app, 'home-refresh');
    return false;
  });
}

/** Kinds as they stand in the inbox, newest first; `*` before what was not read. */
const listed = (app: BrowserApp): Promise<string[]> =>
  app.page
    .locator('[id^="notice-"].notice-row')
    .evaluateAll((rows) =>
      rows
        .filter((row) => row.checkVisibility())
        .map((row) => (row.querySelector('.notice-row__dot') === null ? '' : '*') + row.id.replace(/^notice-|-[^-]+$/g, '')),
    );

async function openInbox(app: BrowserApp): Promise<string[]> {
  await press(app, 'home-notices');
  await appears(app, 'inbox-end');
  return listed(app);
}

/** The row of the newest notice of a kind. */
const rowOf = (app: BrowserApp, kind: string) => app.page.locator(`[id^="notice-${kind}-"].notice-row`).locator('visible=true').first();

async function look(app: BrowserApp, name: string): Promise<void> {
  const { page } = app;
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect({ name, colorScheme, hard: await hardToRead(page) }).toEqual({ name, colorScheme, hard: [] });
    await app.photograph(`notices-${name}-${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 320, height: 640 });
  expect({ name, misplaced: await misplaced(page) }).toEqual({ name, misplaced: [] });
  await app.photograph(`notices-${name}-320`);
  await page.setViewportSize({ width: 375, height: 724 });
}

const spend = async ({ chip }: Student, fen: number) =>
  expect(await tillOf(stack, SCHOOL).chargeCard(fen, chip)).toMatchObject({ outcome: 'charged' });

describe('notices [browser]', () => {
  it('tell of a large purchase, a low balance, a loss and a new app; are seen once opened; and are not made where switched off', async () => {
    const student = studentOf(stack, SCHOOL, 8);
    const app = await pickUp('wechat', 'holder');
    await bind(app, student);
    await changeInitialPassword(app, student);
    app.atCashier('pay');
    await press(app, 'home-top-up');
    for (const key of '120') await press(app, `key-${key}`);
    await press(app, 'topup-submit');
    await says(app, 'order-state', /已到账/);
    await press(app, 'order-home');

    // To be bound is told too; once the inbox was open nothing is left to see.
    await unreadAtHome(app, 1);
    await app.photograph('notices-home');
    expect(await openInbox(app)).toEqual(['*app-bound']);
    await says(app, 'inbox-unread', /^1 条未读$/);
    await app.back();
    await unreadAtHome(app, 0);

    // The school offers amounts; a press keeps one.
    expect(await openInbox(app)).toEqual(['app-bound']);
    await press(app, 'inbox-settings');
    await press(app, 'notice-large-spend-3000');
    await says(app, 'notice-settings-said', /已保存/);
    await look(app, 'settings');
    await app.back();
    await app.back();

    await spend(student, 3_500);
    await unreadAtHome(app, 1);
    expect(await openInbox(app)).toEqual(['*large-spend', 'app-bound']);
    await rowOf(app, 'large-spend').click();
    await says(app, 'entry-amount', /−35\.00/);
    await app.back();

    // A failure keeps what the server has, and says so.
    await press(app, 'inbox-settings');
    await appears(app, 'notice-large-spend');
    await app.cutNetwork(true);
    await press(app, 'notice-large-spend');
    await says(app, 'notice-settings-failure', /网络不可用/);
    expect(await app.has('notice-large-spend-3000')).toBe(true);
    await app.photograph('notices-settings-failed');
    await app.cutNetwork(false);
    await press(app, 'notice-large-spend');
    await says(app, 'notice-settings-said', /已保存/);
    expect(await app.has('notice-large-spend-3000')).toBe(false);
    await app.back();
    await app.back();

    // As large as the one before, and then one that leaves less than the school's 20 yuan.
    await spend(student, 3_500);
    await spend(student, 3_600);
    await unreadAtHome(app, 1);
    await press(app, 'home-loss');
    await press(app, 'loss-submit');
    await press(app, 'loss-confirm-yes');
    await says(app, 'loss-state', /已挂失/);
    await app.back();
    const other = await pickUp('alipay', 'the same holder');
    await fill(other, 'bind-name', student.person.name);
    await fill(other, 'bind-number', student.person.number);
    await fill(other, 'bind-password', NEW_PASSWORD);
    await press(other, 'bind-submit');
    await appears(other, 'home-name');

    await unreadAtHome(app, 3);
    expect(await openInbox(app)).toEqual(['*app-bound', '*loss-reported', '*low-balance', 'large-spend', 'app-bound']);
    expect(await rowOf(app, 'low-balance').textContent()).toMatch(/14\.00/);
    await look(app, 'inbox');
    await rowOf(app, 'app-bound').click();
    await appears(app, 'app-remove-current');
    await app.back();
    await app.back();
    await unreadAtHome(app, 0);

    // What one phone has seen the other has not to see again; in English.
    await press(other, 'home-language');
    await unreadAtHome(other, 0);
    await press(other, 'home-notices');
    await says(other, 'inbox-unread', /Nothing unread/);
    await look(other, 'inbox-en');
    await press(other, 'inbox-settings');
    await appears(other, 'notice-large-spend');
    await look(other, 'settings-en');
    expect([...app.errors(), ...other.errors()]).toEqual([]);
  }, 240_000);

  it('say that the network is gone, and come back with it', async () => {
    const app = await pickUp('wechat', 'traveller');
    await bind(app, studentOf(stack, SCHOOL, 9));
    // Its code comes with the first visit.
    await press(app, 'home-notices');
    await until(app, 'the inbox', async () => /绑定了新应用|还没有通知/.test(await app.text()));
    await app.back();
    await app.cutNetwork(true);
    await press(app, 'home-notices');
    await says(app, 'inbox-retry-text', /网络不可用/);
    await app.photograph('notices-offline');
    await app.cutNetwork(false);
    await press(app, 'inbox-retry');
    await until(app, 'the notice of the binding', async () => /绑定了新应用/.test(await app.text()));
    expect(app.errors()).toEqual([]);
  });
});
