import path from 'node:path';
import type { Browser, Frame, Locator, Page } from 'playwright-core';
import type { Bitmap } from '../packages/host/canvas';
import { type App, agree } from '../stories/app';
import { root } from '../support/project';

export interface BrowserAppOptions {
  readonly browser: Browser;
  /** `computer` is a browser of its own, in no app. */
  readonly container: 'wechat' | 'alipay' | 'wecom' | 'computer';
  /** The front door. */
  readonly webUrl: string;
  /** Where the phone is; without it its owner refuses to say. */
  readonly place?: { readonly latitude: number; readonly longitude: number };
  /** Who holds the phone. */
  readonly person: string;
  /** The question about privacy is left on the screen. */
  readonly undecided?: boolean;
}

/** A phone in a browser can be cut off from everything. */
export interface BrowserApp extends App {
  readonly page: Page;
  cutNetwork(isCut: boolean): Promise<void>;
  /** What is on the screen now, as a picture in the project's scratch folder. */
  photograph(name: string): Promise<void>;
}

const PHONE = { viewport: { width: 375, height: 724 }, deviceScaleFactor: 2, hasTouch: true };
const COMPUTER = { viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1, hasTouch: false };

/** The browser build as the container's web view shows it: sign-in by redirect, paying through the bridge. */
export async function browserApp({ browser, container, webUrl, person, place, undecided = false }: BrowserAppOptions): Promise<BrowserApp> {
  const context = await browser.newContext({
    ...(container === 'computer' ? COMPUTER : PHONE),
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    ...(place ? { geolocation: place, permissions: ['geolocation'] } : {}),
  });
  const page = await context.newPage();
  let cashier: 'pay' | 'cancel' = 'pay';
  const payer = setInterval(() => {
    const frame = page.frames().find((each) => each.url().includes('/sandbox/cashier/'));
    // A frame that goes away while it is pressed has been pressed.
    frame?.click(`#${cashier}:enabled`, { timeout: 1_000 }).catch(() => undefined);
  }, 250);
  const hands = appOn(page, page.mainFrame(), container);
  let isNew = !undecided;
  return {
    ...hands,
    page,
    open: async () => {
      if (container === 'computer') await page.goto(`${webUrl}/computer/`);
      else await page.goto(`${webUrl}/phone/${container}/?sandbox_person=${encodeURIComponent(person)}`);
      // A computer's page asks nobody who they are.
      if (isNew && container !== 'computer') await agree(hands);
      isNew = false;
    },
    atCashier: (press) => {
      cashier = press;
    },
    cutNetwork: (isCut) => context.setOffline(isCut),
    photograph: async (name) => {
      await page.screenshot({ path: path.join(root, '.tmp', `${name}.png`) });
    },
    close: async () => {
      clearInterval(payer);
      await context.close();
    },
  };
}

/** A student's hands and eyes on the browser build in one frame of a page: the whole page, or a phone of the bench top. */
export function appOn(page: Page, frame: Frame, name: string): Omit<App, 'open' | 'atCashier' | 'close'> {
  const errors: string[] = [];
  let token = '';
  page.on('pageerror', (error) => errors.push(String(error.stack ?? error)));
  page.on('console', (message) => {
    // Chromium itself writes a line for every status above 399, which the app means to see.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) errors.push(message.text());
  });
  page.on('request', (request) => {
    token = /^Bearer (.+)$/.exec(request.headers().authorization ?? '')?.[1] ?? token;
  });
  // Earlier screens stay in the document, hidden.
  const found = (id: string): Locator => frame.locator(`#${id}`).locator('visible=true').last();

  return {
    has: async (id) => {
      try {
        return (await frame.locator(`#${id}`).locator('visible=true').count()) > 0;
      } catch {
        // The page is on its way to the platform's sign-in or back.
        return false;
      }
    },
    // biome-ignore lint/performance/useDomNodeTextContent: what is hidden was not seen by the student.
    textOf: (id) => found(id).innerText({ timeout: 5_000 }),
    placeholder: async (id) => (await found(id).locator('input').getAttribute('placeholder', { timeout: 5_000 })) ?? '',
    title: () => frame.title(),
    text: async () => {
      // Asked for when something went wrong: a picture says more.
      await page.screenshot({ path: path.join(root, '.tmp', `screen-${name}.png`) }).catch(() => undefined);
      // biome-ignore lint/performance/useDomNodeTextContent: as above.
      return `${frame.url()}: ${await frame.locator('body').innerText({ timeout: 5_000 })}`;
    },
    tap: (id) => found(id).click({ timeout: 5_000 }),
    type: async (id, value) => {
      await found(id).locator('input').fill(value, { timeout: 5_000 });
    },
    // Not the page's own: a frame of it has its history in common with it.
    back: async () => {
      await frame.evaluate(() => history.back());
    },
    picture: async (id) => {
      const { width, height, red } = await found(id)
        .locator('canvas')
        .evaluate((canvas) => {
          // Black and white say the same in every channel, so one is enough to carry over.
          const drawn = canvas as HTMLCanvasElement;
          const pixels = drawn.getContext('2d')?.getImageData(0, 0, drawn.width, drawn.height).data ?? [];
          let bytes = '';
          for (let at = 0; at < pixels.length; at += 4) bytes += String.fromCharCode(pixels[at] ?? 0);
          return { width: drawn.width, height: drawn.height, red: btoa(bytes) };
        });
      const data = new Uint8ClampedArray(width * height * 4).fill(255);
      for (const [at, value] of Buffer.from(red, 'base64').entries()) data.fill(value, at * 4, at * 4 + 3);
      return { width, height, data } satisfies Bitmap;
    },
    token: async () => token,
    errors: () => errors,
  };
}
