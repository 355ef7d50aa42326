import { useEffect, useLayoutEffect, useRef } from 'react';
import { useVisible } from '../state/use-ticker';

const REACHABLE = '[tabindex="0"], input, textarea';

/**
 * The dialog pattern of WAI-ARIA: the keyboard goes to the open sheet and stays in it, Escape closes it, and then the keyboard is where it was.
 * Only on the page in sight: one that was left is still there, below it.
 */
export function useDialogKeys(sheet: { readonly current: unknown }, open: boolean, onClose: () => void): void {
  const listens = useVisible() && open;
  const close = useRef(onClose);
  close.current = onClose;
  const before = useRef<Element | null>(null);
  // At once: a key may follow the first sight of the sheet.
  useLayoutEffect(() => {
    // In the browser Taro's components are elements of the page.
    const card = sheet.current as HTMLElement | null;
    if (!listens || card === null) return undefined;
    before.current = document.activeElement;
    card.tabIndex = -1;
    card.focus({ preventScroll: true });
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') close.current();
      if (event.key === 'Tab') turnAround(card, event);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [listens, sheet]);
  // Afterwards: what loses the keyboard while React changes the page is given it back by React.
  useEffect(() => {
    if (!listens) return undefined;
    return () => {
      if (before.current instanceof HTMLElement) before.current.focus({ preventScroll: true });
    };
  }, [listens]);
}

/** After the last comes the first, and before the first the last. */
function turnAround(card: HTMLElement, event: KeyboardEvent): void {
  const reachable = [...card.querySelectorAll<HTMLElement>(REACHABLE)].filter((each) => each.getClientRects().length > 0);
  const [first, last] = event.shiftKey ? [reachable.at(-1), reachable[0]] : [reachable[0], reachable.at(-1)];
  const at = document.activeElement;
  if (at !== last && at !== card && card.contains(at)) return;
  event.preventDefault();
  first?.focus();
}
