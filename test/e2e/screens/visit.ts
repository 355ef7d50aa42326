import type { Page } from 'playwright-core';
import type { Stack } from '../../../sandbox/local/stack';
import { appears, fill, press, until } from '../../stories/app';
import { addressOf, filled, type ScreenView } from '../../stories/screens/list';
import { cutOff, type Network } from './network';
import type { PageHolder } from './world';

export type Lang = 'zh' | 'en';

export interface Visit {
  readonly view: ScreenView;
  readonly lang: Lang;
  /** Between the screen and the server; as it is, where nothing is said. */
  readonly network?: Network;
}

let round = 0;

/**
 * Opens the screen as from a link, loaded anew, in that language, and waits until it stands: what it shows once everything is on it, or
 * what it shows on such a network.
 * @throws with what is on the screen instead
 */
export async function visit(stack: Stack, holder: PageHolder, { view, lang, network = 'open' }: Visit): Promise<Page> {
  const { app, container, facts } = holder;
  const { page } = app;
  await remember(page, container, lang, view.forgets === true);
  await cutOff(page, network);
  round += 1;
  // Another search each time, so that the browser loads the page and does not only change its hash.
  const door = container === 'computer' ? 'computer' : `phone/${container}`;
  await page.goto(`${stack.web.url}/${door}/?round=${round}#${addressOf(view, facts)}`, { waitUntil: 'commit' });
  if (network === 'held' && view.asks) return stands(app, WAITING);
  if (network !== 'open' && view.asks) return stands(app, TROUBLE);
  for (const step of view.steps ?? []) {
    const [id = '', text] = filled(step, facts).split('=');
    await (text === undefined ? press(app, id) : fill(app, id, text));
  }
  return whole(holder, view);
}

/** Waits until everything is on the screen. */
export async function whole({ app, facts }: PageHolder, { shows, greys }: ScreenView): Promise<Page> {
  if (!shows.startsWith('.')) await appears(app, filled(shows, facts));
  return stands(app, shows.startsWith('.') ? shows : '.screen', greys === true);
}

/** Grey shapes where the answer will be. */
const WAITING = '.loading';
/** However a screen says that the server refused or was not reached, with the way to ask again. */
export const TROUBLE = '[id$="retry"]:not(.notice)';

export async function stands(app: PageHolder['app'], selector: string, greys = selector === WAITING): Promise<Page> {
  const { page } = app;
  const count = (of: string): Promise<number> => page.locator(of).locator('visible=true').count();
  await until(app, `${selector} on a screen that has loaded`, async () => {
    if ((await count(selector)) === 0) return false;
    return greys || (await count(WAITING)) === 0;
  });
  await page.addStyleTag({ content: STILL });
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  return page;
}

/** Pictures and colours are of what stays, not of a moment in a movement. */
const STILL = '*, *::before, *::after { animation: none !important; transition: none !important; caret-color: transparent !important; }';

/** Of the browser build: each container has its own. */
const DRAWERS: Readonly<Record<PageHolder['container'], string>> = { wechat: 'wechat-web', alipay: 'alipay-web', computer: 'plain' };

/** As the app keeps it: a text in Taro's box. */
async function remember(page: Page, container: PageHolder['container'], lang: Lang, forgets: boolean): Promise<void> {
  await page.evaluate(
    ([drawer, chosen, forgotten]) => {
      localStorage.setItem(`${drawer}lang`, JSON.stringify({ data: JSON.stringify(chosen) }));
      if (forgotten) for (const name of ['account', 'pack']) localStorage.removeItem(drawer + name);
    },
    [`ecode:${DRAWERS[container]}:`, lang, forgets] as const,
  );
}
