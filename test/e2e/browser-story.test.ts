import type { Browser } from 'playwright-core';
import { type Stack, startStack } from '../../sandbox/local/stack';
import { bistuInAlipay } from '../stories/alipay-story';
import type { App } from '../stories/app';
import { CARDHOLDERS, studentOf } from '../stories/student';
import { shanghaiTechInWechat } from '../stories/wechat-story';
import { root } from '../support/project';
import { launchBrowser } from './browser';
import { browserApp } from './browser-app';

let stack: Stack;
let browser: Browser;
let app: App | undefined;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack({ root, cardholdersPerSchool: CARDHOLDERS, speed: 100 }), launchBrowser()]);
}, 180_000);
afterEach(async () => {
  await app?.close();
  app = undefined;
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

const open = async (container: 'wechat' | 'alipay'): Promise<App> => {
  const { id: person } = stack.sandbox.world.addPerson(`browser ${container}`);
  app = await browserApp({ browser, container, webUrl: stack.web.url, person });
  return app;
};

describe('the browser build in Chromium', () => {
  it('walks a ShanghaiTech student in WeChat’s web view from finding the school to a loss taken back (SQ-06, SQ-07, SQ-10)', async () => {
    await shanghaiTechInWechat(await open('wechat'), stack, studentOf(stack, 'shanghaitech', 0));
  });

  it('lets a BISTU student in Alipay’s web view top up at once, and refuses 999.01 yuan (BI-10)', async () => {
    await bistuInAlipay(await open('alipay'), stack, studentOf(stack, 'bistu', 0));
  });
});
