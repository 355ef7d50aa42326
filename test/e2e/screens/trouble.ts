import type { Page } from 'playwright-core';
import type { Stack } from '../../../sandbox/local/stack';
import { until } from '../../stories/app';
import type { ScreenView } from '../../stories/screens/list';
import { cutOff } from './network';
import { type Lang, stands, TROUBLE, visit, whole } from './visit';
import type { PageHolder } from './world';

/** Made by the network alone: an answer that does not come, a server that fails, no network. */
export const TROUBLES = ['loading', 'failed', 'offline'] as const;
export type Trouble = (typeof TROUBLES)[number];

/**
 * Opens the screen while the server does not answer, lets it fail, takes the network away and gives it back, asking again each time as the
 * screen offers it, until everything is there.
 * @throws with what is on the screen where one of these is not seen
 */
export async function throughTrouble(
  stack: Stack,
  holder: PageHolder,
  { view, lang }: { readonly view: ScreenView; readonly lang: Lang },
  seen: (trouble: Trouble, page: Page) => Promise<void>,
): Promise<void> {
  const { app } = holder;
  const { page } = app;
  await visit(stack, holder, { view, lang, network: 'held' });
  await seen('loading', page);
  await cutOff(page, 'failed');
  await stands(app, TROUBLE);
  await seen('failed', page);
  await cutOff(page, 'offline');
  await askAgain(page);
  await until(app, 'a word about the network', async () => /network|网络/i.test(await saidOn(page)));
  await stands(app, TROUBLE);
  await seen('offline', page);
  await cutOff(page, 'open');
  let askedAt = 0;
  await until(app, 'what the screen is for', async () => {
    // One screen may ask for one thing after the other, but a newer question makes the answer to an older one void.
    if (Date.now() - askedAt > ANSWERED_WITHIN_MS) {
      await askAgain(page);
      askedAt = Date.now();
    }
    return (await page.locator(TROUBLE).locator('visible=true').count()) === 0;
  });
  await whole(holder, view);
}

const ANSWERED_WITHIN_MS = 3_000;

/** All that is read on the screen in front. */
// biome-ignore lint/performance/useDomNodeTextContent: what is hidden was not read.
export const saidOn = (page: Page): Promise<string> => page.locator('.screen').locator('visible=true').last().innerText();

async function askAgain(page: Page): Promise<void> {
  const again = page.locator(TROUBLE).locator('visible=true').last();
  // It goes away when the answer comes.
  if ((await again.count()) > 0) await again.click({ timeout: 1_000 }).catch(() => undefined);
}
