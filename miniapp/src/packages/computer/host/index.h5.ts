import type { ComputerHost } from './contract';

/** The screen on top: earlier ones stay in the document, hidden. */
function shown(id: string): HTMLElement | undefined {
  return [...document.querySelectorAll<HTMLElement>(`[id="${id}"]`)].filter((each) => each.getClientRects().length > 0).at(-1);
}

/** Frames that a field may take to draw its input into itself, and a screen to come. */
const FRAMES = 60;

/** What takes the keyboard: the input inside a field of Taro's, whose own focus() needs it to be there. */
function target(id: string): HTMLElement | undefined {
  const found = shown(id);
  return found?.tagName === 'TARO-INPUT-CORE' ? (found.querySelector('input') ?? undefined) : found;
}

function focus(id: string, framesLeft: number): void {
  const found = target(id);
  if (found === undefined) {
    if (framesLeft > 0) requestAnimationFrame(() => focus(id, framesLeft - 1));
    return;
  }
  if (found.tabIndex < 0 && !found.hasAttribute('tabindex')) found.tabIndex = -1;
  found.focus();
}

export const host = {
  newTab: () => {
    // No `noopener` here, which would leave nothing to steer; it is cut before anything of others is loaded.
    const tab = window.open('', '_blank');
    if (tab !== null) tab.opener = null;
    return (url) => {
      if (url === undefined) tab?.close();
      else if (tab === null) location.assign(url);
      else tab.location.replace(url);
    };
  },
  focus: (id) => focus(id, FRAMES),
} satisfies ComputerHost;
