import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type Stack, startStack } from '../../sandbox/local/stack';
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
  expect(app.errors().filter((error) => !/没有找到对应的容器元素/.test(error))).toEqual([]);
}

/** WeChat Work as the phone shows it outside the app. */
const wecom = (): string => `${stack.web.url}/sandbox/wecom/`;

async function openWecom({ page, person }: Phone): Promise<void> {
  await page.goto(`${wecom()}?sandbox_person=${encodeURIComponent(person)}`);
  await page.context().addCookies([{ name: 'sandbox_person_wecom', value: person, url: stack.web.url }]);
}

async function follow(on: Phone, schoolId: string, mobile: string): Promise<void> {
  await openWecom(on);
  await on.page.click(`#qr-${schoolId}`);
  await on.page.fill('#mobile', mobile);
  await on.page.click('#follow');
}

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

  it('SJ-04 logs in with jAccount on the school’s own page and has the card without a card password', async () => {
    const on = await pickUp('wechat', 'jaccount');
    await toJAccount(on);
    await on.page.fill('#sso-account', student().person.number);
    await on.page.fill('#sso-password', 'not-it');
    await on.page.click('#sso-submit');
    await on.page.waitForSelector('#sso-wrong');
    await on.page.fill('#sso-account', student().person.number);
    await on.page.fill('#sso-password', 'jaccount');
    await on.page.click('#sso-submit');
    await says(on.app, 'home-name', new RegExp(student().person.name), 30_000);
    // Neither code nor state stays in the address, and a reload asks nobody anything.
    expect(new URL(on.page.url()).search).toBe('');
    await on.page.reload();
    await says(on.app, 'home-name', new RegExp(student().person.name));
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
    await on.page.waitForSelector('#sso-account');
    await on.page.fill('#sso-account', studentOf(stack, 'sjtu', 3).person.number);
    await on.page.fill('#sso-password', 'jaccount');
    await on.page.click('#sso-submit');
    await says(on.app, 'home-name', new RegExp(studentOf(stack, 'sjtu', 3).person.name), 30_000);
    noErrors(on);
  });

  it('SJ-04 is not signed in by an address that somebody else made', async () => {
    const on = await pickUp('wechat', 'victim');
    await on.app.open();
    await patiently(on.app, 'school-search');
    const forged = `?code=stolen&state=sso.${'A'.repeat(43)}#/packages/entry/pages/sso/index?school=sjtu`;
    await on.page.goto(`${stack.web.url}/phone/wechat/${forged}`);
    await says(on.app, 'sso-problem', /不是从这里开始/, 30_000);
    noErrors(on);
  });
});

describe('WeChat Work of ShanghaiTech [browser]', () => {
  it('SQ-01 whoever has no student or staff number cannot follow the school by its QR code', async () => {
    const on = await pickUp('wecom', 'stranger');
    await follow(on, 'shanghaitech', '10099999999');
    await on.page.waitForSelector('#follow-refused');
    expect(await on.page.textContent('#follow-refused')).toMatch(
      /仅对有学工号的师生开放.*open only to people with a student or staff number/s,
    );
    await openWecom(on);
    await on.page.waitForSelector('#contacts-empty');
    // The app's own door is shut as well.
    await on.page.goto(`${stack.web.url}/phone/wecom/?school=shanghaitech&sandbox_person=${encodeURIComponent(on.person)}`);
    await until(
      on.app,
      'the refusal',
      async () => {
        if (await on.app.has('consent-yes')) await on.app.tap('consent-yes').catch(() => undefined);
        return (await on.app.has('home-retry-text')) && /仅对有学工号的师生开放/.test(await on.app.textOf('home-retry-text'));
      },
      60_000,
    );
    await on.app.photograph('wecom-stranger');
  });

  it('SQ-03 SQ-04 finds the school among the contacts, opens 校园一卡通, registers the first time and is at home from then on', async () => {
    const student = studentOf(stack, 'shanghaitech', 4);
    const on = await pickUp('wecom', 'member');
    await follow(on, 'shanghaitech', student.person.mobile);
    await on.page.waitForSelector('#contacts #corp-shanghaitech');
    expect(await on.page.textContent('#corp-shanghaitech')).toMatch(/上海科技大学/);
    await on.app.photograph('wecom-contacts');
    await on.page.click('#corp-shanghaitech');
    expect(await on.page.textContent('#card')).toMatch(/校园一卡通/);
    await on.page.click('#card');
    await patiently(on.app, 'bind-name');
    await on.app.photograph('wecom-register');
    await fill(on.app, 'bind-name', student.person.name);
    await fill(on.app, 'bind-number', student.person.number);
    await fill(on.app, 'bind-password', student.initialPassword);
    await press(on.app, 'bind-submit');
    await says(on.app, 'home-name', new RegExp(student.person.name), 30_000);
    await openWecom(on);
    await on.page.click('#corp-shanghaitech');
    await on.page.click('#card');
    await says(on.app, 'home-name', new RegExp(student.person.name), 30_000);
    await on.app.photograph('wecom-home');
    noErrors(on);
  });

  it('SQ-02 the identity check of 企业小助手 takes a code by e-mail or by mobile, and no wrong one', async () => {
    const student = studentOf(stack, 'shanghaitech', 5);
    const on = await pickUp('wecom', 'by mail');
    await follow(on, 'shanghaitech', student.person.mobile);
    await on.page.click('#corp-shanghaitech');
    await on.page.click('#helper');
    await patiently(on.app, 'identity-name');
    await fill(on.app, 'identity-name', student.person.name);
    await fill(on.app, 'identity-number', student.person.number);
    await press(on.app, 'identity-send');
    await says(on.app, 'identity-sent', /名单上的邮箱/);
    await fill(on.app, 'identity-code', '000000');
    await press(on.app, 'identity-submit');
    await says(on.app, 'identity-failure', /验证码不正确/);
    await on.app.photograph('identity-wrong');
    await fitsSmallPhone(on);
    const inbox = await fetch(`${stack.sandbox.baseUrl}/mail/inbox?email=${encodeURIComponent(student.person.email ?? '')}`);
    const { messages } = (await inbox.json()) as { messages: { code: string }[] };
    expect(messages).toHaveLength(1);
    await fill(on.app, 'identity-code', messages[0]?.code ?? '');
    await press(on.app, 'identity-submit');
    await says(on.app, 'home-name', new RegExp(student.person.name), 30_000);
    noErrors(on);
  });

  it('SQ-02 a code by mobile does it too, and a number that nobody has gets the same answer', async () => {
    const student = studentOf(stack, 'shanghaitech', 6);
    const on = await pickUp('wecom', 'by mobile');
    await follow(on, 'shanghaitech', student.person.mobile);
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

describe('WeChat Work of BISTU [browser]', () => {
  it('BI-04 the module 信息科大E卡通 opens the e-card at once, and is a bound app that another can remove', async () => {
    const student = studentOf(stack, 'bistu', 4);
    const on = await pickUp('wecom', 'bistu member');
    await follow(on, 'bistu', student.person.mobile);
    await on.page.click('#corp-bistu');
    expect(await on.page.textContent('#card')).toMatch(/信息科大E卡通/);
    await on.page.click('#card');
    await patiently(on.app, 'bind-name');
    await fill(on.app, 'bind-name', student.person.name);
    await fill(on.app, 'bind-number', student.person.number);
    await fill(on.app, 'bind-password', student.initialPassword);
    await press(on.app, 'bind-submit');
    await says(on.app, 'home-name', new RegExp(student.person.name), 30_000);
    await openWecom(on);
    await on.page.click('#corp-bistu');
    await on.page.click('#card');
    await says(on.app, 'home-school', /北京信息科技大学/, 30_000);
    await says(on.app, 'home-name', new RegExp(student.person.name));
    await on.app.photograph('wecom-bistu-home');
    await press(on.app, 'home-apps');
    await until(on.app, 'the app’s own name in the list', async () => /企业微信/.test(await on.app.text()));
    noErrors(on);
  });
});
