import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type Stack, startStack } from '../../sandbox/local/stack';
import { readQr } from '../packages/host/decode';
import { type App, appears, fill, press, says, until } from '../stories/app';
import { CARDHOLDERS, type Student, studentOf } from '../stories/student';
import { root } from '../support/project';
import { launchBrowser } from './browser';
import { browserApp } from './browser-app';

/** One student of a school in WeChat's web view, bound, on home. */
interface Phone {
  readonly app: App;
  readonly page: Page;
  readonly context: BrowserContext;
  readonly student: Student;
}

let stack: Stack;
let browser: Browser;
let phone: Phone;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack({ root, cardholdersPerSchool: CARDHOLDERS, speed: 100 }), launchBrowser()]);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

async function schoolsAppear(app: App): Promise<void> {
  await until(
    app,
    'the list of schools',
    async () => {
      // On a busy machine the functions' first answer may come too late for the phone.
      if (await app.has('home-retry')) await app.tap('home-retry').catch(() => undefined);
      return app.has('school-search');
    },
    60_000,
  );
}

/** The school is chosen, its form is open. */
async function phoneBefore(schoolId: string): Promise<Phone> {
  const { id: person } = stack.sandbox.world.addPerson(`reader at ${schoolId}`);
  const app = await browserApp({ browser, container: 'wechat', webUrl: stack.web.url, person });
  const [context] = browser.contexts().slice(-1) as [BrowserContext];
  const [page] = context.pages() as [Page];
  await app.open();
  await schoolsAppear(app);
  await press(app, `school-${schoolId}`);
  return { app, page, context, student: studentOf(stack, schoolId, 7) };
}

async function phoneAt(schoolId: string): Promise<Phone> {
  const opened = await phoneBefore(schoolId);
  const { app, student } = opened;
  await fill(app, 'bind-name', student.person.name);
  await fill(app, 'bind-number', student.person.number);
  await fill(app, 'bind-password', student.initialPassword);
  await press(app, 'bind-submit');
  await says(app, 'home-name', new RegExp(student.person.name));
  return opened;
}

async function home(): Promise<void> {
  await phone.page.evaluate(() => {
    location.hash = '#/pages/home/index';
  });
  await appears(phone.app, 'home-account');
}

/** What is drawn beyond the right edge; runs in the page. */
function widest(): string[] {
  return [...document.querySelectorAll('body *')]
    .filter((element) => element.getClientRects().length > 0 && element.getBoundingClientRect().right > innerWidth + 0.5)
    .map((element) => `${element.id}.${element.className}`);
}

/** Loads the screen anew on a small phone, in each language, and looks for what is drawn beside it. */
async function fits(screen: string, id: string, words: { readonly zh: RegExp; readonly en: RegExp }): Promise<void> {
  const { app, page } = phone;
  await page.setViewportSize({ width: 320, height: 640 });
  for (const lang of ['en', 'zh'] as const) {
    await page.evaluate(
      ([path, chosen]) => {
        // As the app keeps it: a text in Taro's box, beside the pack.
        const pack = Object.keys(localStorage).find((key) => key.endsWith(':pack')) ?? '';
        localStorage.setItem(pack.replace(/pack$/, 'lang'), JSON.stringify({ data: JSON.stringify(chosen) }));
        location.hash = `#/packages/service/pages/${path}/index`;
        location.reload();
      },
      [screen, lang] as const,
    );
    await says(app, id, words[lang]);
    expect(await page.evaluate(widest)).toEqual([]);
  }
  await page.setViewportSize({ width: 375, height: 724 });
}

function noErrors(): void {
  // Network that was cut on purpose, and a symbol that looks for its canvas in a page that is being loaded anew.
  const expected = /ERR_FAILED|net::/;
  expect(phone.app.errors().filter((error) => !expected.test(error))).toEqual([]);
}

const addressOfApp = (): string => `${stack.web.url}/phone/wechat/`;

const qrOf = (id: string): Promise<string> =>
  until(phone.app, `the QR code #${id}`, async () => {
    const picture = await phone.app.picture(id);
    return picture && readQr(picture);
  });

describe('a student of DUFL', () => {
  beforeAll(async () => {
    phone = await phoneAt('dufl');
  }, 120_000);
  afterAll(() => phone?.app.close());
  beforeEach(home);

  it('DL-14 the home card shows the school and whose it is', async () => {
    await says(phone.app, 'home-school', /^大连外国语大学$/);
    await says(phone.app, 'home-name', new RegExp(`^${phone.student.person.name}$`));
  });

  it('DL-26 the user guide has the steps of the printed one, and leads to where each is done', async () => {
    await says(phone.app, 'home-guide', /用户指南/);
    await press(phone.app, 'home-guide');
    await says(phone.app, 'guide-1', /登录领卡[\s\S]*搜索学校名称或者定位城市[\s\S]*校园卡账号、密码及姓名/);
    await says(phone.app, 'guide-3', /“卡片充值”（非“钱包充值”）[\s\S]*手机短信验证码[\s\S]*过渡余额/);
    await says(phone.app, 'guide-5', /“校园卡”扣除的是实体校园卡内的资金/);
    await press(phone.app, 'guide-go-6');
    await appears(phone.app, 'link-wechat');
  });

  it('DL-29 the offers page says that there are none, and is no place for adverts', async () => {
    await says(phone.app, 'home-offers', /优惠信息/);
    await press(phone.app, 'home-offers');
    await says(phone.app, 'offers-none', /现在没有优惠[\s\S]*不放广告/);
  });

  it('DL-30 the privacy policy says what, who, how long and how to remove it, and leads there', async () => {
    await says(phone.app, 'home-privacy', /隐私政策/);
    await press(phone.app, 'home-privacy');
    await says(phone.app, 'privacy-short', /没有广告/);
    await says(phone.app, 'privacy-what', /姓名、学工号、密码[\s\S]*绑定银行卡[\s\S]*附近的学校/);
    await says(phone.app, 'privacy-who', /微信支付、支付宝/);
    await says(phone.app, 'privacy-long', /30 天[\s\S]*8 天/);
    await says(phone.app, 'privacy-remove', /解除绑定/);
    await press(phone.app, 'privacy-account');
    await appears(phone.app, 'account-unbind');
  });

  it('DL-31 sharing passes on the address of the app and nothing of who shares it', async () => {
    await phone.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await says(phone.app, 'home-share', /分享达人/);
    await press(phone.app, 'home-share');
    expect(await qrOf('share-qr')).toBe(addressOfApp());
    await press(phone.app, 'share-copy');
    await says(phone.app, 'share-said', /已复制/);
    expect(await phone.page.evaluate(() => navigator.clipboard.readText())).toBe(addressOfApp());
  });

  it('DL-13 the way to the desktop begins at the top right; a web view says which app can be put there', async () => {
    await says(phone.app, 'home-desktop', /添加到桌面/);
    await press(phone.app, 'home-desktop');
    await says(phone.app, 'desktop-steps', /右上角的 …[\s\S]*收藏/);
    await says(phone.app, 'desktop-hint', /小程序[\s\S]*添加到桌面/);
  });

  it('reads all of it without network once the school’s pack was heard, and asks again where it was not', async () => {
    await phone.context.route('**/student/**', (route) => route.abort());
    await press(phone.app, 'home-guide');
    await appears(phone.app, 'guide-6');
    await phone.page.evaluate(() => {
      for (const key of Object.keys(localStorage)) if (/:(pack|account)$/.test(key)) localStorage.removeItem(key);
      location.reload();
    });
    await says(phone.app, 'guide-retry-text', /网络/);
    await phone.context.unrouteAll({ behavior: 'ignoreErrors' });
    await press(phone.app, 'guide-retry');
    await appears(phone.app, 'guide-6');
  });

  it.each([
    ['guide', 'guide-1', /登录领卡/, /Sign in/],
    ['offers', 'offers-none', /没有优惠/, /No offers/],
    ['privacy', 'privacy-short', /先说结论/, /In short/],
    ['share', 'share-copy', /复制链接/, /Copy the link/],
    ['desktop', 'desktop-steps', /右上角/, /top right/],
    ['get-app', 'get-way-1', /微信/, /WeChat/],
  ])('keeps %s within 320 pixels, in both languages', (screen, id, zh, en) => fits(screen, id, { zh, en }));

  it('leaves no error behind', noErrors);
});

describe('a student of SJTU [browser]', () => {
  beforeAll(async () => {
    phone = await phoneAt('sjtu');
  }, 120_000);
  afterAll(() => phone?.app.close());
  beforeEach(home);

  it('SJ-14 the help list has title, date badge, excerpt and a link that opens', async () => {
    await press(phone.app, 'home-help');
    await press(phone.app, 'help-next');
    await says(phone.app, 'help-10', /4月\s*25\s*2023\s*校园卡的密码\s*校园卡有两个密码/);
    await phone.context.route('https://en.net.sjtu.edu.cn/**', (route) => route.fulfill({ contentType: 'text/html', body: 'their page' }));
    await press(phone.app, 'help-10');
    await phone.page.waitForURL('https://en.net.sjtu.edu.cn/info/1005/1060.htm');
    await phone.page.goBack();
    await press(phone.app, 'help-3');
    await appears(phone.app, 'loss-submit');
  });

  it('SJ-15 the list is paged: 18 articles in 3 pages, with first, previous, next and last', async () => {
    const shown = () => phone.page.locator('[id^="help-"].help__article').locator('visible=true').count();
    await press(phone.app, 'home-help');
    await says(phone.app, 'help-place', /18 篇 1\/3/);
    expect(await shown()).toBe(6);
    await press(phone.app, 'help-next');
    await says(phone.app, 'help-place', /18 篇 2\/3/);
    await appears(phone.app, 'help-7');
    expect(await phone.app.has('help-6')).toBe(false);
    await press(phone.app, 'help-last');
    await says(phone.app, 'help-place', /3\/3/);
    expect(await shown()).toBe(6);
    await press(phone.app, 'help-previous');
    await says(phone.app, 'help-place', /2\/3/);
    await press(phone.app, 'help-first');
    await says(phone.app, 'help-place', /1\/3/);
  });

  it('SJ-03 the QR code leads another phone to the app', async () => {
    await press(phone.app, 'home-share');
    await press(phone.app, 'share-ways');
    await says(phone.app, 'get-way-1', /扫码打开/);
    const address = await qrOf('get-qr');
    expect(address).toBe(addressOfApp());
    const { id: person } = stack.sandbox.world.addPerson('who scans it');
    const other = await browserApp({ browser, container: 'wechat', webUrl: address.replace(/\/phone\/wechat\/$/, ''), person });
    await other.open();
    await schoolsAppear(other);
    await other.close();
  });

  it.each([
    ['help', 'help-place', /共 18 篇 1\/3/, /Total 18 1\/3/],
    ['get-app', 'get-way-2', /交我办/, /login with your jAccount/],
  ])('keeps %s within 320 pixels, in both languages', (screen, id, zh, en) => fits(screen, id, { zh, en }));

  it('leaves no error behind', noErrors);
});

describe('students of the other schools [browser]', () => {
  afterEach(() => phone?.app.close());

  it('DL-30 the policy can be read before anything is typed', async () => {
    phone = await phoneBefore('dufl');
    await press(phone.app, 'bind-policy');
    await says(phone.app, 'privacy-what', /姓名、学工号、密码/);
    // There is nothing to undo yet.
    expect(await phone.app.has('privacy-account')).toBe(false);
    await phone.app.back();
    await appears(phone.app, 'bind-name');
  }, 120_000);

  it('ST-01 the first way to the app is to follow the official account, whose name is copied by a press', async () => {
    phone = await phoneAt('shanghaitech');
    await phone.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await press(phone.app, 'home-share');
    await says(phone.app, 'share-ways', /关注公众号/);
    await press(phone.app, 'share-ways');
    await says(phone.app, 'get-way-1', /关注微信公众号“完美校园”[\s\S]*校园卡绑定页面/);
    await press(phone.app, 'get-search-1');
    await says(phone.app, 'get-said', /已复制：完美校园/);
    expect(await phone.page.evaluate(() => navigator.clipboard.readText())).toBe('完美校园');
    noErrors();
  }, 120_000);

  it('BI-07 个人中心 has whose card it is, its money, 核身状态 and everything that can be done with it', async () => {
    phone = await phoneAt('bistu');
    await says(phone.app, 'home-account', /^个人中心$/);
    await press(phone.app, 'home-account');
    await until(phone.app, 'the title 个人中心', async () => (await phone.page.title()) === '个人中心');
    await says(phone.app, 'account-school', /北京信息科技大学/);
    await says(phone.app, 'account-name', new RegExp(phone.student.person.name));
    await says(phone.app, 'account-card', /¥0\.00/);
    for (const id of ['account-statement', 'account-loss', 'account-password', 'account-apps', 'account-unbind'])
      await appears(phone.app, id);
    await says(phone.app, 'account-links', /核身状态/);
    await press(phone.app, 'account-links');
    await says(phone.app, 'link-wechat-status', /未绑定/);
    noErrors();
  }, 120_000);
});
