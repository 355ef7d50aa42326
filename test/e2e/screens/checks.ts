import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'];

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly target: unknown; readonly failureSummary?: string }[];
  }[];
}
declare const axe: { run(context: unknown, options: unknown): Promise<AxeResult> };

/** What axe-core finds against WCAG 2.1 A and AA, a line each. */
export const axeViolations = (page: Page): Promise<string[]> => violationsOf(page, { type: 'tag', values: RULES });

/** The same of colours alone: nothing else changes with the look of the phone. */
export const contrastViolations = (page: Page): Promise<string[]> => violationsOf(page, { type: 'rule', values: ['color-contrast'] });

interface Only {
  readonly type: 'tag' | 'rule';
  readonly values: readonly string[];
}

async function violationsOf(page: Page, only: Only): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(AXE);
  return page.evaluate(async (runOnly) => {
    const { violations } = await axe.run(document, { runOnly, resultTypes: ['violations'], preload: false, iframes: false });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(
        ({ target, failureSummary = '' }) => `${id}: ${JSON.stringify(target)} ${failureSummary.replace(/\s+/g, ' ').slice(0, 220)}`,
      ),
    );
  }, only);
}

/** What reaches out of the window to a side, and the page itself where it can be pushed there. */
export function reachingOut(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const out = [...document.querySelectorAll('body *')].filter((element) => {
      if (element.getClientRects().length === 0) return false;
      // What scrolls by itself, as a row of days does, is cut off by its own box.
      for (let box = element.parentElement; box !== null && box !== document.body; box = box.parentElement)
        if (['auto', 'scroll'].includes(getComputedStyle(box).overflowX)) return false;
      const { left, right, width } = element.getBoundingClientRect();
      return width > 0 && (right > innerWidth + 0.5 || left < -0.5);
    });
    const names = out.map((element) => `${element.tagName.toLowerCase()}#${element.id}.${element.className}`);
    return document.documentElement.scrollWidth > innerWidth
      ? [`the page is ${document.documentElement.scrollWidth} wide`, ...names]
      : names;
  });
}

/** Text of which a part is not drawn, or is drawn beside its card. An ellipsis says that there is more, and loses it all the same. */
export function clipped(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const shown = [...document.querySelectorAll<HTMLElement>('.screen *, .sheet *')].filter((each) => each.getClientRects().length > 0);
    const cutOff = shown.filter((element) => {
      const { overflowX, overflowY } = getComputedStyle(element);
      const cuts = (overflow: string): boolean => overflow !== 'visible' && overflow !== 'auto' && overflow !== 'scroll';
      if (element.textContent.trim() === '') return false;
      const beside = cuts(overflowX) && element.scrollWidth > element.clientWidth + 1;
      return beside || (cuts(overflowY) && element.scrollHeight > element.clientHeight + 1);
    });
    const besideCard = shown.filter((element) => {
      const card = element.closest('.card, .sheet, .screen');
      const texts = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
      return texts.some((text) => {
        const range = document.createRange();
        range.selectNodeContents(text);
        return card !== null && range.getBoundingClientRect().right > card.getBoundingClientRect().right + 0.5;
      });
    });
    const pen = document.createElement('canvas').getContext('2d');
    const hints = shown.filter((element) => {
      if (!(element instanceof HTMLInputElement) || pen === null) return false;
      const { font } = getComputedStyle(element);
      pen.font = font;
      return pen.measureText(element.placeholder).width > element.clientWidth + 1;
    });
    const nameOf = (element: HTMLElement): string => `${element.id}.${element.className}: ${element.textContent.slice(0, 60)}`;
    const ofHint = (element: HTMLElement): string => `hint of ${element.getAttribute('name')}: ${element.getAttribute('placeholder')}`;
    return [...cutOff.map(nameOf), ...besideCard.map(nameOf), ...hints.map(ofHint)];
  });
}

/** Width of the column and of its letters, CSS pixels. */
export function column(page: Page): Promise<{ readonly width: number; readonly letterPx: number }> {
  return page.evaluate(async () => {
    // The page sizes its letters when it hears of the new width.
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const [screen] = [...document.querySelectorAll('.screen')].filter((each) => each.getClientRects().length > 0);
    return {
      width: screen?.getBoundingClientRect().width ?? 0,
      letterPx: Number.parseFloat(getComputedStyle(screen ?? document.body).fontSize),
    };
  });
}
