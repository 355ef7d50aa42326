import type { Browser } from 'playwright-core';
import { type Stack, startStack } from '../../../sandbox/local/stack';
import { type Holder, Holders } from '../../stories/screens/holders';
import { CARDHOLDERS } from '../../stories/student';
import { root } from '../../support/project';
import { launchBrowser } from '../browser';
import { type BrowserApp, browserApp } from '../browser-app';

export type PageHolder = Holder<BrowserApp>;

/** A stack with everybody who looks at screens. */
export interface ScreensWorld {
  readonly stack: Stack;
  readonly holders: Holders<BrowserApp>;
  close(): Promise<void>;
}

export async function startScreensWorld(): Promise<ScreensWorld> {
  const [stack, browser] = await Promise.all([startStack({ root, cardholdersPerSchool: CARDHOLDERS, speed: 100 }), launchBrowser()]);
  const holders = new Holders({ stack, open: (who) => openPage(browser, { webUrl: stack.web.url, ...who }) });
  return {
    stack,
    holders,
    close: async () => {
      await holders.close();
      await browser.close();
      await stack.stop();
    },
  };
}

async function openPage(browser: Browser, who: Omit<Parameters<typeof browserApp>[0], 'browser'>): Promise<BrowserApp> {
  const app = await browserApp({ browser, ...who });
  // What tsx compiles names its functions by a helper, which functions that are sent to the page look for there.
  await app.page.addInitScript({ content: 'globalThis.__name = (named) => named;' });
  return app;
}
