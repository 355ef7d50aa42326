import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page, Route } from 'playwright-core';
import { type Stack, startStack } from '../../sandbox/local/stack';
import { type App, appears, press, says, until } from '../stories/app';
import { bind } from '../stories/steps';
import { CARDHOLDERS, studentOf, tillOf } from '../stories/student';
import { root } from '../support/project';
import { launchBrowser } from './browser';
import { browserApp } from './browser-app';

let stack: Stack;
let browser: Browser;
let app: App;
let page: Page;
let context: BrowserContext;

/** A student of ShanghaiTech with a top-up that the first of two sales claims, on home. */
beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack({ root, cardholdersPerSchool: CARDHOLDERS, speed: 100 }), launchBrowser()]);
  const { id: person } = stack.sandbox.world.addPerson('reader of records');
  app = await browserApp({ browser, container: 'wechat', webUrl: stack.web.url, person });
  [context] = browser.contexts() as [BrowserContext];
  [page] = context.pages() as [Page];
  const student = studentOf(stack, 'shanghaitech', 5);
  await app.open();
  await press(app, 'school-shanghaitech');
  await bind(app, student);
  app.atCashier('pay');
  await press(app, 'home-top-up');
  await press(app, 'topup-preset-2000');
  await press(app, 'topup-submit');
  await until(app, 'the order to be held', async () => (await app.has('order-code')) && /待领/.test(await app.text()));
  const till = tillOf(stack, 'shanghaitech');
  expect(await till.chargeCard(1_250, student.chip)).toMatchObject({ outcome: 'charged', cardFen: 750 });
  expect(await till.chargeCard(300, student.chip)).toMatchObject({ outcome: 'charged', cardFen: 450 });
  await press(app, 'order-home');
  await says(app, 'home-balance', /4\.50/);
}, 240_000);
afterAll(async () => {
  await app?.close();
  await browser?.close();
  await stack?.stop();
});
afterEach(async () => {
  await context.unrouteAll({ behavior: 'ignoreErrors' });
});

/** Rows of the list on the screen, newest first. */
const rows = () => page.locator('[id^="entry-"].entry').locator('visible=true').allInnerTexts();

/** What is drawn beyond the right edge; runs in the page. */
function widest(): string[] {
  return [...document.querySelectorAll('body *')]
    .filter((element) => element.getClientRects().length > 0 && element.getBoundingClientRect().right > innerWidth + 0.5)
    .map((element) => `${element.id}.${element.className}`);
}

async function openStatement(): Promise<void> {
  await page.evaluate(() => {
    location.hash = '#/pages/home/index';
  });
  await press(app, 'home-statement');
  await appears(app, 'statement-end');
}

describe('the records of a student in the browser', () => {
  it('open an entry from home: what, where, how much is left, when by both clocks, its number and id', async () => {
    await page.locator('[id^="entry-"].entry').locator('visible=true').first().click();
    await says(app, 'entry-amount', /−3\.00/);
    await says(app, 'fact-running', /4\.50/);
    await says(app, 'fact-fund', /校园卡/);
    await says(app, 'fact-terminal', /7 号/);
    for (const id of ['fact-merchant', 'fact-occurred', 'fact-recorded', 'fact-n', 'fact-id', 'fact-hash']) await appears(app, id);
    await press(app, 'copy-id');
    await says(app, 'entry-said', /已复制/);
    await press(app, 'entry-share');
    await says(app, 'entry-said', /收据/);
    await press(app, 'entry-dispute');
    await says(app, 'dispute-what', /−¥?3\.00/);
    await app.back();
    await app.back();
    await appears(app, 'home-statement');
  });

  it('list the month by direction and kind, with what that came to', async () => {
    await openStatement();
    expect(await rows()).toHaveLength(3);
    await press(app, 'flow-out');
    await says(app, 'filter-result', /2 笔 · 支出 ¥15\.50 · 存入 ¥0\.00/);
    expect(await rows()).toHaveLength(2);
    await press(app, 'flow-all');
    await press(app, 'filter-open');
    await press(app, 'kind-top-up');
    await press(app, 'filter-done');
    await says(app, 'filter-result', /1 笔 · 支出 ¥0\.00 · 存入 ¥20\.00/);
    await press(app, 'filter-clear');
    await until(app, 'all rows again', async () => (await rows()).length === 3);
    // The month's own figures stay whatever is listed.
    expect(await app.textOf('statement-spent')).toMatch(/15\.50/);
  });

  it('show the month by day, meal and merchant, and give it as a table that Excel reads', async () => {
    await openStatement();
    await press(app, 'statement-charts');
    await says(app, 'month-total', /15\.50/);
    await says(app, 'merchant-1', /15\.50/);
    const download = page.waitForEvent('download');
    await press(app, 'export-file');
    const file = await download;
    expect(file.suggestedFilename()).toMatch(/^e-code-shanghaitech-20\d\d-\d\d\.csv$/);
    const table = readFileSync(await file.path(), 'utf8');
    expect(table.startsWith('\uFEFF"编号"')).toBe(true);
    expect(table.trimEnd().split('\r\n')).toHaveLength(4);
    expect(table).toContain(',-12.50,');
    await says(app, 'export-said', /已交给浏览器/);
  });

  it('show the year, and give it as a picture', async () => {
    await openStatement();
    await press(app, 'statement-charts');
    await press(app, 'month-year');
    await says(app, 'year-spent', /15\.50/);
    await says(app, 'year-count', /1 天 · 2 笔/);
    const download = page.waitForEvent('download');
    await press(app, 'year-share');
    const bytes = readFileSync(await (await download).path());
    expect(bytes.subarray(1, 4).toString()).toBe('PNG');
    // Width and height, as a PNG's head tells them.
    expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([750, 1_060]);
    expect(bytes.length).toBeGreaterThan(10_000);
  });

  it('are checked on the phone from entry 1 to the signed head, and the next check goes on from it', async () => {
    await openStatement();
    await press(app, 'statement-check');
    await press(app, 'check-start');
    await appears(app, 'check-good');
    await says(app, 'check-range', /第 1 条到第 \d+ 条，共 \d+ 条/);
    await says(app, 'check-key', /([0-9a-f]{4} ){3}[0-9a-f]{4}/);
    await says(app, 'check-rows', /3 行与存折一致/);
    await says(app, 'check-before', /第一次/);
    await press(app, 'check-start');
    await says(app, 'check-before', /仍是同一本/);
    await app.back();
    // The list says that it is what was checked; with another filter it is not all of it.
    await says(app, 'statement-end', /3 笔已核对，无缺失、未改动/);
    await press(app, 'flow-out');
    await says(app, 'statement-end', /符合条件的 2 笔/);
  });

  it('say where a book that was altered on its way does not fit', async () => {
    await context.route('**/student/passbook?*', async (route: Route) => {
      const answer = await route.fetch();
      const body = (await answer.json()) as { entries: { n: number; occurredAt: number }[] };
      for (const entry of body.entries) if (entry.n === 2) entry.occurredAt += 1;
      await route.fulfill({ response: answer, json: body });
    });
    await openStatement();
    await press(app, 'statement-check');
    await press(app, 'check-start');
    await appears(app, 'check-bad');
    expect(await app.text()).toMatch(/第 3 条\s*与前一条的指纹对不上/);
    expect(await app.has('check-rows')).toBe(false);
  });

  it('without network say so on each screen, and go on when it is back', async () => {
    await openStatement();
    await context.route('**/student/**', (route) => route.abort());
    await press(app, 'flow-in');
    await says(app, 'statement-retry-text', /网络/);
    await press(app, 'statement-check');
    await press(app, 'check-start');
    await says(app, 'check-retry-text', /网络/);
    await context.unrouteAll({ behavior: 'ignoreErrors' });
    await press(app, 'check-retry');
    await appears(app, 'check-good');
  });

  it.each([
    ['statement', 'flow-all', /^全部$/, /^All$/],
    ['month', 'month-total', /消费合计/, /Purchases in all/],
    ['year', 'year-share', /分享图片/, /Share picture/],
    ['check', 'check-start', /开始核对/, /Verify now/],
    ['entry', 'entry-share', /分享收据/, /Share receipt/],
  ])('keep %s within 320 pixels, in both languages', async (screen, id, zh, en) => {
    await page.setViewportSize({ width: 320, height: 640 });
    for (const [lang, word] of [
      ['zh', zh],
      ['en', en],
    ] as const) {
      await page.evaluate(
        ([name, chosen]) => {
          // As the app keeps it: a text in Taro's box, beside the pack.
          const pack = Object.keys(localStorage).find((key) => key.endsWith(':pack')) ?? '';
          localStorage.setItem(pack.replace(/pack$/, 'lang'), JSON.stringify({ data: JSON.stringify(chosen) }));
          location.hash = `#/packages/records/pages/${name}/index?n=3`;
          location.reload();
        },
        [screen, lang] as const,
      );
      await says(app, id, word);
      expect(await page.evaluate(widest)).toEqual([]);
    }
    await page.setViewportSize({ width: 375, height: 724 });
  });

  it('leave no error behind', () => {
    expect(app.errors().filter((error) => !/ERR_FAILED|net::/.test(error))).toEqual([]);
  });
});
