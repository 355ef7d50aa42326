import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { createBenchTop } from '../../sandbox/bench-top/service';
import { type Stack, startStack } from '../../sandbox/local/stack';
import { type App, agree, appears, press, says, until } from '../stories/app';
import { bind, changeInitialPassword } from '../stories/steps';
import { CARDHOLDERS, studentOf } from '../stories/student';
import { root } from '../support/project';
import { launchBrowser } from './browser';
import { appOn } from './browser-app';
import { openHall } from './hall-hands';

let stack: Stack;
let browser: Browser;
let bench: Page;
let phone: App;
const student = () => studentOf(stack, 'bistu', 0);

beforeAll(async () => {
  [stack, browser] = await Promise.all([
    startStack({ root, cardholdersPerSchool: CARDHOLDERS, speed: 100, benchTop: createBenchTop }),
    launchBrowser(),
  ]);
  const context = await browser.newContext({ viewport: { width: 1600, height: 900 }, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' });
  bench = await context.newPage();
  await bench.goto(stack.web.url);
  const frame = await (await bench.waitForSelector('#frame-alipay')).contentFrame();
  if (!frame) throw new Error('the bench top has no Alipay phone');
  phone = {
    ...appOn(bench, frame, 'bench-top'),
    open: async () => undefined,
    atCashier: () => undefined,
    close: () => context.close(),
  };
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

// biome-ignore lint/performance/useDomNodeTextContent: what a person reads, not what is hidden.
const benchText = (selector: string): Promise<string> => bench.locator(selector).innerText();
const till = async (...keys: string[]): Promise<void> => {
  for (const key of keys) await bench.locator(`[id="till-${key}"]`).click();
};

describe('the bench top', () => {
  it('lets a person bind, top up at the cashier beside the phone, and be scanned from the screen', async () => {
    await agree(phone);
    await press(phone, 'school-bistu');
    await bind(phone, student());
    await changeInitialPassword(phone, student());

    // Three callbacks of one payment: the money arrives once.
    await bench.locator('#cashier-faults button', { hasText: '重复' }).click();
    await press(phone, 'home-top-up');
    for (const key of ['1', '0', '0']) await press(phone, `key-${key}`);
    await press(phone, 'topup-submit');
    await bench.locator('#cashier-pay').click();
    await appears(phone, 'order-code');
    await press(phone, 'order-home');
    await says(phone, 'home-balance', /100\.00/);

    // BI-03: before the physical card was on a terminal once, its code is not taken.
    await press(phone, 'home-pay');
    await appears(phone, 'code-qr');
    await till('1', '.', 'scan');
    await scanned(/贴卡同步/);
    await till('1', '.', 'tap');
    await until(phone, 'the card to pay', async () => /99\.00/.test(await benchText('#till-line')));
    await till('1', '2', '.', '5', '0', 'scan');
    await scanned(/86\.50/);
    await says(phone, 'code-paid-amount', /12\.50/);
    await until(phone, 'the feed to tell it', async () => /POS 扣款 ¥12\.50/.test(await benchText('#feed')));
    const feed = await benchText('#feed');
    expect(feed.match(/入账一次/g)).toHaveLength(1);
    expect(feed.match(/回调已接受/g)?.length).toBeGreaterThanOrEqual(3);
    await bench.screenshot({ path: path.join(root, '.tmp', 'bench-top.png') });
    expect(phone.errors()).toEqual([]);
  });

  it('reconciles a closed day: not by a bill that is cut off, and by the honest one with what became of the money', async () => {
    await bench.locator('#morning-unfold').click();
    await bench.locator('#morning-traffic').click();
    await bench.locator('#lie-cut-file').click();
    await reconciled(/账单不可信/);
    expect(await benchText('#morning-found')).toMatch(/bill\./);

    await bench.locator('#lie-cut-file').click();
    await reconciled(/已自愈/);
    const found = await benchText('#morning-found');
    expect(found.match(/回调缺失/g)).toHaveLength(2);
    expect(found.match(/入账 · 已处理/g)).toHaveLength(2);
    expect(found).not.toMatch(/账单不可信|待人工/);
    expect(await benchText('#sheet-sum')).toBe('相加为零');
    expect(await benchText('#balance-pill')).toMatch(/账平/);
    const [assets, owed] = await bench.locator('#morning-sheet .total .amount').allInnerTexts();
    expect(assets).toBe(owed);
    expect(await benchText('#staff-password')).toBe(stack.secrets.staffPassword);
    await bench.screenshot({ path: path.join(root, '.tmp', 'bench-top-morning.png'), fullPage: true });
  }, 90_000);

  it('lets nobody type into a machine that is at work, and frees it again while somebody types at another', async () => {
    const gate = (await openHall(bench, 'bistu'))(51);
    const code = bench.locator('#machine-51 [data-field="code"]');
    const beside = bench.locator('.hall-machine:not(#machine-51) [data-field]').first();
    await code.waitFor();
    expect(await gate.text()).not.toMatch(/无法联网/);
    let answer = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await bench.route('**/bench/hall', (route) => held.then(() => route.continue()));
    await gate.toggle('断网');
    expect(await code.isDisabled()).toBe(true);
    await beside.fill('12');
    answer();
    await gate.press('扫码', { code: '1' });
    await until(phone, 'the gate to answer', async () => /无法联网/.test(await gate.text()));
  });
});

/** A camera misses a code that is just changing; a person holds it again. */
async function scanned(line: RegExp): Promise<void> {
  await until(phone, `the till to read the code and say ${line}`, async () => {
    const said = await benchText('#till-line');
    if (/没有|no code/i.test(said)) await till('scan');
    return line.test(said);
  });
}

/** Presses 对账 until the records say so: a press while another act runs is none. */
async function reconciled(state: RegExp): Promise<void> {
  await bench.locator('#morning-run:enabled').click();
  await bench.locator('#morning-run:enabled').waitFor({ timeout: 60_000 });
  await until(phone, `the records to say ${state}`, async () => state.test(await benchText('#morning-found')));
}
