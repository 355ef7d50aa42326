import type { Page } from 'playwright-core';

/** One piece of text on the screen that is hard to read, and how hard. */
interface Unreadable {
  readonly text: string;
  readonly where: string;
  readonly ratio: number;
}

/**
 * Every piece of text as Chromium draws it: its colour against the first solid ground under it, 4.5 to 1 (3 where it is large).
 * What cannot be pressed now is not asked, nor what lies on a picture or a run of colours, which theme/contrast.test.ts measures.
 */
export function hardToRead(page: Page): Promise<Unreadable[]> {
  return page.evaluate(() => {
    type Colour = readonly [number, number, number, number];
    const parse = (css: string): Colour => {
      const [red = 0, green = 0, blue = 0, clear = 1] = (css.match(/[\d.]+/g) ?? []).map(Number);
      return [red, green, blue, clear];
    };
    const over = (top: Colour, under: Colour): Colour => {
      const blend = (at: 0 | 1 | 2) => top[at] * top[3] + under[at] * (1 - top[3]);
      return [blend(0), blend(1), blend(2), 1];
    };
    const luminance = (colour: Colour): number => {
      const [red = 0, green = 0, blue = 0] = colour.slice(0, 3).map((channel) => {
        const share = channel / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    /** Layers from the element down to the first solid one; undefined where a picture or a run of colours comes first. */
    const groundOf = (element: Element): Colour | undefined => {
      const layers: Colour[] = [];
      for (let at: Element | null = element; at !== null; at = at.parentElement) {
        const style = getComputedStyle(at);
        if (style.backgroundImage !== 'none') return undefined;
        const colour = parse(style.backgroundColor);
        if (colour[3] === 0) continue;
        layers.push(colour);
        if (colour[3] === 1) break;
      }
      return layers.reduceRight<Colour | undefined>((under, layer) => (under === undefined ? layer : over(layer, under)), undefined);
    };
    const found: { text: string; where: string; ratio: number }[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const text = node.textContent?.trim() ?? '';
      const element = node.parentElement;
      if (text === '' || element === null || element.closest('script, style, [aria-disabled="true"]') !== null) continue;
      if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      const ground = groundOf(element);
      if (ground === undefined) continue;
      const style = getComputedStyle(element);
      const [lighter = 0, darker = 0] = [luminance(over(parse(style.color), ground)), luminance(ground)].sort((a, b) => b - a);
      const ratio = (lighter + 0.05) / (darker + 0.05);
      const size = Number.parseFloat(style.fontSize);
      const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      if (ratio < (large ? 3 : 4.5)) found.push({ text, where: element.className, ratio: Math.round(ratio * 100) / 100 });
    }
    return found;
  });
}

/** Whatever is drawn beyond the right edge, and text that stands out of its own box or is cut off by it. */
export function misplaced(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const seen = (element: Element) => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
    const elements = [...document.querySelectorAll('body *')].filter(seen);
    const beyond = elements.filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5);
    const cut = elements.filter((element) => {
      const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim() !== '');
      if (own.length === 0) return false;
      const range = document.createRange();
      range.selectNodeContents(element);
      const [text, box] = [range.getBoundingClientRect(), element.getBoundingClientRect()];
      const style = getComputedStyle(element);
      // A font's own height is more than a tight line; a quarter of it is no letter.
      const give = Number.parseFloat(style.fontSize) / 4 + 1;
      const high = style.display !== 'inline' && (text.bottom > box.bottom + give || text.top < box.top - give);
      return (
        high || text.right > innerWidth + 0.5 || element.scrollWidth > element.clientWidth + 1 + (style.display === 'inline' ? 9_999 : 0)
      );
    });
    const name = (what: string) => (element: Element) =>
      `${what}: ${element.id}.${element.className} ${(element.textContent ?? '').slice(0, 24)}`;
    return [...beyond.map(name('beyond the edge')), ...cut.map(name('cut or out of its box'))];
  });
}

/** The browser's own setting for the size of text, as a user changes it; 16 is the middle. A page takes it when it is shown next. */
export async function setTextSize(page: Page, px: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Page.setFontSizes', { fontSizes: { standard: px, fixed: px } });
}
