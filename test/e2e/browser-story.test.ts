import type { Browser } from 'playwright-core';
import { type Stack, startStack } from '../../sandbox/local/stack';
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

const open = async (): Promise<App> => {
  const { id: person } = stack.sandbox.world.addPerson('story in the browser');
  app = await browserApp({ browser, container: 'wechat', webUrl: stack.web.url, person });
  return app;
};

describe('the browser build in Chromium [browser]', () => {
  it('walks a ShanghaiTech student in WeChat’s web view from finding the school to a loss taken back (SQ-06, SQ-07, SQ-10)', async () => {
    await shanghaiTechInWechat(await open(), stack, studentOf(stack, 'shanghaitech', 0));
  });
});
