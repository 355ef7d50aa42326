import type { Browser } from 'playwright-core';
import { type Stack, startStack } from '../../sandbox/local/stack';
import type { App } from '../stories/app';
import { moneyAtBistu } from '../stories/money-story';
import { CARDHOLDERS, studentOf } from '../stories/student';
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
  const { id: person } = stack.sandbox.world.addPerson('money in Alipay');
  app = await browserApp({ browser, container: 'alipay', webUrl: stack.web.url, person });
  return app;
};

describe('the money screens in Chromium', () => {
  it('settle a debt, pay electricity once under a double tap, doubt a purchase and share a gift link at BISTU', async () => {
    await moneyAtBistu(await open(), stack, studentOf(stack, 'bistu', 3));
  });
});
