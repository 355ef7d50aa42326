import type { Page } from 'playwright-core';
import { SCREENS } from '../stories/screens/list';
import { readProjectFile } from '../support/project';
import { axeViolations, clipped, column, contrastViolations, reachingOut } from './screens/checks';
import { visit } from './screens/visit';
import { type ScreensWorld, startScreensWorld } from './screens/world';

const PHONE = { width: 375, height: 812 };
const SMALL = { width: 320, height: 640 };
/** 15 px of the design at the largest size of a letter that a wide screen is given (miniapp/src/index.html). */
const LARGEST_LETTER_PX = 16.5;

let world: ScreensWorld;

beforeAll(async () => {
  world = await startScreensWorld();
}, 180_000);
afterAll(() => world?.close());

it('lists every page of the app', () => {
  // Read as text: the file is a configuration in Taro's own words, which is not run here.
  const config = readProjectFile('miniapp/src/app.config.ts');
  const packs = [...config.matchAll(/root: '([^']+)',[\s\S]*?pages: \[([\s\S]*?)\]/g)];
  const inside = (list: string): string[] => [...list.matchAll(/'(pages\/[^']+)'/g)].map(([, page = '']) => page);
  const [, main = ''] = /^\s*pages: \[([\s\S]*?)\]/m.exec(config) ?? [];
  const pages = [...inside(main), ...packs.flatMap(([, folder, list = '']) => inside(list).map((page) => `${folder}/${page}`))];
  expect(pages.length).toBeGreaterThan(40);
  const listed = new Set(SCREENS.map(({ page }) => page));
  // A page is one line of test/stories/screens/list.ts: `view(page, name of its pictures, who sees it, id of what it shows)`.
  expect({ missing: pages.filter((page) => !listed.has(page)), unknown: [...listed].filter((page) => !pages.includes(page)) }).toEqual({
    missing: [],
    unknown: [],
  });
});

it('names each view once', () => {
  const ids = SCREENS.map(({ id }) => id);
  expect(ids).toHaveLength(new Set(ids).size);
});

describe.each(SCREENS)('$id', (view) => {
  it('is read by everyone, in light and in dark, and fits every window, in both languages', async () => {
    const holder = await world.holders.get(view.of);
    for (const lang of ['zh', 'en'] as const) {
      await holder.app.page.setViewportSize(PHONE);
      const page = await visit(world.stack, holder, { view, lang });
      expect(await page.evaluate(() => document.documentElement.lang)).toBe(lang === 'zh' ? 'zh-CN' : 'en');
      const light = await axeViolations(page);
      const phone = await clipped(page);
      await page.setViewportSize(SMALL);
      const small = [...(await reachingOut(page)), ...(await clipped(page))];
      const dark = await inTheDark(page);
      expect({ lang, light, dark, phone, small }).toEqual({ lang, light: [], dark: [], phone: [], small: [] });
      if (lang === 'en') await fitsWide(page);
    }
  }, 120_000);
});

async function inTheDark(page: Page): Promise<string[]> {
  await page.emulateMedia({ colorScheme: 'dark' });
  try {
    return await contrastViolations(page);
  } finally {
    await page.emulateMedia({ colorScheme: 'light' });
  }
}

async function fitsWide(page: Page): Promise<void> {
  for (const width of [768, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await reachingOut(page)).toEqual([]);
    const { width: columnPx, letterPx } = await column(page);
    expect(columnPx).toBeGreaterThan(320);
    expect(columnPx).toBeLessThanOrEqual(660);
    expect(letterPx).toBeLessThanOrEqual(LARGEST_LETTER_PX);
  }
}
