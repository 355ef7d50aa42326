import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type Stack, startStack } from '../../sandbox/local/stack';
import { logInWithJAccount } from '../guides/support/deeds';
import { followWork } from '../guides/support/work-phone';
import { fill, press, says, until } from '../stories/app';
import { CARDHOLDERS, studentOf } from '../stories/student';
import { root } from '../support/project';
import { launchBrowser } from './browser';
import { type BrowserApp, browserApp } from './browser-app';

/** A phone with its page, for what is not the app's own: the school's sign-in and WeChat Work around the app. */
interface Phone {
  readonly app: BrowserApp;
  readonly page: Page;
  readonly context: BrowserContext;
  readonly person: string;
}

let stack: Stack;
let browser: Browser;
let phone: Phone | undefined;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack({ root, cardholdersPerSchool: CARDHOLDERS, speed: 100 }), launchBrowser()]);
}, 180_000);
afterEach(async () => {
  await phone?.app.close();
  phone = undefined;
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

async function pickUp(container: 'wechat' | 'wecom', name: string): Promise<Phone> {
  const { id: person } = stack.sandbox.world.addPerson(name);
  const app = await browserApp({ browser, container, webUrl: stack.web.url, person });
  const [context] = browser.contexts().slice(-1) as [BrowserContext];
  const [page] = context.pages() as [Page];
  phone = { app, page, context, person };
  return phone;
}

/** What is drawn beyond the right edge of a small phone; runs in the page. */
function widest(): string[] {
  return [...document.querySelectorAll('body *')]
    .filter((element) => element.getClientRects().length > 0 && element.getBoundingClientRect().right > innerWidth + 0.5)
    .map((element) => `${element.id}.${element.className}`);
}

async function fitsSmallPhone({ page }: Phone): Promise<void> {
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await page.evaluate(widest)).toEqual([]);
  await page.setViewportSize({ width: 375, height: 724 });
}

/** On a busy machine the functions' first answer may come too late for the phone. */
async function patiently(app: BrowserApp, id: string): Promise<void> {
  await until(
    app,
    `#${id}`,
    async () => {
      // The question before anything is collected comes first.
      for (const retry of ['consent-yes', 'home-retry', 'bind-retry', 'sso-retry', 'identity-retry', 'schools-retry'])
        if (await app.has(retry)) await app.tap(retry).catch(() => undefined);
      return app.has(id);
    },
    60_000,
  );
}

function noErrors({ app }: Phone): void {
  expect(app.errors()).toEqual([]);
}

/** As the mini-programs know it. */
const SSO_SCREEN = '#/packages/entry/pages/sso/index?school=sjtu';

describe('a student of SJTU [browser]', () => {
  const student = () => studentOf(stack, 'sjtu', 2);

  async function toJAccount(on: Phone): Promise<void> {
    await on.app.open();
    await patiently(on.app, 'school-search');
    await press(on.app, 'school-sjtu');
    await says(on.app, 'bind-sso', /用 jAccount 登录/);
    await press(on.app, 'bind-sso');
    await says(on.app, 'sso-lead', /账号和密码只交给学校/);
    await on.app.photograph('sso-lead');
    await press(on.app, 'sso-go');
    await on.page.waitForSelector('#sso-account');
  }

  it('SJ-04 the link that a mini-program gives opens the school’s sign-in in WeChat', async () => {
    const on = await pickUp('wechat', 'by link');
    const { href } = new URL(`/phone/wechat/?sandbox_person=${encodeURIComponent(on.person)}${SSO_SCREEN}`, stack.web.url);
    await on.page.goto(href);
    await patiently(on.app, 'sso-go');
    await press(on.app, 'sso-go');
    await logInWithJAccount(on.page, student().person);
    await says(on.app, 'home-name', new RegExp(student().person.name), 30_000);
    noErrors(on);
  });

  it('SJ-04 comes back unbound when the sign-in is cancelled, and may begin again', async () => {
    const on = await pickUp('wechat', 'cancels');
    await toJAccount(on);
    await on.page.click('#sso-cancel');
    await says(on.app, 'sso-problem', /取消了登录/);
    await on.app.photograph('sso-cancelled');
    await fitsSmallPhone(on);
    await press(on.app, 'sso-go');
    await logInWithJAccount(on.page, studentOf(stack, 'sjtu', 3).person);
    await says(on.app, 'home-name', new RegExp(studentOf(stack, 'sjtu', 3).person.name), 30_000);
    noErrors(on);
  });

  it('SJ-04 is not signed in by an address that somebody else made', async () => {
    const on = await pickUp('wechat', 'victim');
    await on.app.open();
    await patiently(on.app, 'school-search');
    const forged = `?code=stolen&state=sso.${'A'.repeat(43)}${SSO_SCREEN}`;
    await on.page.goto(`${stack.web.url}/phone/wechat/${forged}`);
    await says(on.app, 'sso-problem', /不是从这里开始/, 30_000);
    noErrors(on);
  });
});

describe('WeChat Work of ShanghaiTech [browser]', () => {
  it('SQ-02 a code by mobile does it too, and a number that nobody has gets the same answer', async () => {
    const student = studentOf(stack, 'shanghaitech', 6);
    const on = await pickUp('wecom', 'by mobile');
    await followWork({ ...on, stack }, { schoolId: 'shanghaitech', mobile: student.person.mobile });
    await on.page.click('#corp-shanghaitech');
    await on.page.click('#card');
    await patiently(on.app, 'bind-code');
    await press(on.app, 'bind-code');
    await press(on.app, 'identity-way-mobile');
    await fill(on.app, 'identity-name', '没有这个人');
    await fill(on.app, 'identity-number', '9999999999');
    await press(on.app, 'identity-send');
    const answer = await says(on.app, 'identity-sent', /名单上的手机号/);
    expect(answer).toMatch(/如果姓名和学工号与学校名单一致/);
    await fitsSmallPhone(on);
    await on.page.reload();
    await patiently(on.app, 'identity-way-mobile');
    await press(on.app, 'identity-way-mobile');
    await fill(on.app, 'identity-name', student.person.name);
    await fill(on.app, 'identity-number', student.person.number);
    await press(on.app, 'identity-send');
    expect(await says(on.app, 'identity-sent', /名单上的手机号/)).toBe(answer);
    await fill(on.app, 'identity-code', await student.smsCode());
    await press(on.app, 'identity-submit');
    await says(on.app, 'home-name', new RegExp(student.person.name), 30_000);
    noErrors(on);
  });
});
