import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import type { Stack } from '../sandbox/local/stack';
import { throughTrouble } from '../test/e2e/screens/trouble';
import { visit } from '../test/e2e/screens/visit';
import { type PageHolder, startScreensWorld } from '../test/e2e/screens/world';
import { SCREENS, type ScreenView } from '../test/stories/screens/list';
import { root } from '../test/support/project';
import { drawn, LANGS, LOOKS, type Picture, pictureFile, screensIndex } from './lib/screens-index';

/**
 * `npm run screens [-- home wallet]`: photographs every screen of the browser build in every state, for docs/screens/. Phone size, two device
 * pixels to the pixel, as WebP, which shows flat colours and letters at a fifth of a PNG's size. Needs the build (`npm run build:h5`).
 */
const folder = path.join(root, 'docs', 'screens');
const PHONE = { width: 375, height: 812 };
/** A longer screen is shown to its end, up to here. */
const LONGEST = 6_000;
const QUALITY = 60;

async function photograph(page: Page, picture: Picture): Promise<void> {
  // A page scrolls inside Taro's own box, so the window is made as long as what is in it.
  const long = await page.evaluate(() => {
    const [box] = [...document.querySelectorAll('.screen')].filter((each) => each.getClientRects().length > 0);
    return Math.ceil(box?.getBoundingClientRect().height ?? 0);
  });
  await page.emulateMedia({ colorScheme: picture.look });
  await page.setViewportSize({ width: PHONE.width, height: Math.min(LONGEST, Math.max(PHONE.height, long)) });
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY });
  await session.detach();
  await page.setViewportSize(PHONE);
  await page.emulateMedia({ colorScheme: 'light' });
  writeFileSync(path.join(folder, pictureFile(picture)), Buffer.from(data, 'base64'));
}

/** Light and dark in both languages; what the network makes of it in Chinese: the test reads it in English. */
async function picturesOf(stack: Stack, holder: PageHolder, view: ScreenView): Promise<Picture[]> {
  const taken: Picture[] = [];
  const take = async (page: Page, picture: Picture) => {
    await photograph(page, picture);
    taken.push(picture);
  };
  await holder.app.page.setViewportSize(PHONE);
  for (const lang of LANGS) {
    const page = await visit(stack, holder, { view, lang });
    for (const look of LOOKS) await take(page, { view, state: view.state, lang, look });
  }
  if (!view.asks) return taken;
  await throughTrouble(stack, holder, { view, lang: 'zh' }, async (state, page) => {
    for (const look of LOOKS) await take(page, { view, state, lang: 'zh', look });
  });
  return taken;
}

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const views = SCREENS.filter(({ id }) => wanted.length === 0 || wanted.includes(id));
  mkdirSync(folder, { recursive: true });
  if (wanted.length === 0) for (const name of readdirSync(folder)) if (name.endsWith('.webp')) rmSync(path.join(folder, name));
  const world = await startScreensWorld();
  const pictures: Picture[] = [];
  const missing: string[] = [];
  try {
    for (const view of views) {
      try {
        pictures.push(...(await picturesOf(world.stack, await world.holders.get(view.of), view)));
        console.log(`ok   ${view.id}`);
      } catch (reason) {
        // The others are photographed all the same; the end says which are missing.
        missing.push(view.id);
        console.log(`FAIL ${view.id}: ${reason instanceof Error ? reason.message.slice(0, 600) : reason}`);
      }
    }
  } finally {
    await world.close();
  }
  writeFileSync(path.join(folder, 'README.md'), screensIndex(drawn(SCREENS, readdirSync(folder))));
  console.log(`${pictures.length} pictures of ${views.length - missing.length} views; missing: ${missing.join(', ') || 'none'}`);
  process.exitCode = missing.length === 0 ? 0 : 1;
}

main().catch((reason: unknown) => {
  console.error(reason);
  process.exitCode = 1;
});
