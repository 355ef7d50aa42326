import { useCallback, useEffect, useRef, useState } from 'react';
import type { CodeKind } from '../../../../shared/code-format';
import { codeOfStep } from '../../lib/code-book';
import { NO_STEPS, planStep, REFRESH_MS, rememberShown, rememberUsed } from '../../lib/step-plan';
import { serverNow, setApp, useApp } from '../../state/app-state';

/** What the screen shows: a code, a wait because all of the window are used, or that keys are missing. */
export type ShownCode =
  | { readonly kind: 'code'; readonly digits: string; readonly step: number; readonly of: CodeKind; readonly until: number }
  | { readonly kind: 'wait'; readonly until: number }
  | { readonly kind: 'no-key' }
  /** The first frame, before the first code is written. */
  | { readonly kind: 'drawing' };

/**
 * The code of the moment. It changes every 30 s, after use, and when asked; going from card to wallet or back keeps the
 * step, because the step is what is used up. `now` is server time, told each second.
 */
export function useCode(of: CodeKind, now: number, active: boolean) {
  const book = useApp((state) => state.codeBook);
  const [shown, setShown] = useState<ShownCode>({ kind: 'drawing' });
  const current = useRef(shown);

  const show = useCallback((next: ShownCode) => {
    current.current = next;
    setShown(next);
  }, []);

  const draw = useCallback(
    (keepStep: boolean) => {
      const { codeBook, steps } = useApp.getState();
      if (codeBook === null) return show({ kind: 'no-key' });
      const at = serverNow();
      const before = current.current;
      const paying = of !== 'identity';
      const kept = keepStep && before.kind === 'code' && paying && before.of !== 'identity' && before.until > at;
      const plan = kept ? { kind: 'show' as const, step: before.step, until: before.until } : planStep(paying ? steps : NO_STEPS, at);
      if (plan.kind === 'wait') return show(plan);
      const written = codeOfStep(codeBook, of, plan.step);
      if (written.kind === 'no-key') return show({ kind: 'no-key' });
      if (paying) setApp({ steps: rememberShown(steps, plan.step, at) });
      show({ kind: 'code', digits: written.digits, step: plan.step, of, until: plan.until });
    },
    [of, show],
  );

  // Keys came or were renewed, the tab or the source changed, or the screen came back.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `book` names the keys that `draw` reads from the state.
  useEffect(() => {
    if (active) draw(true);
  }, [draw, active, book?.handle, book?.slot, book?.keyVersion, book?.fetchedAt]);

  const until = shown.kind === 'code' || shown.kind === 'wait' ? shown.until : undefined;
  const due = until !== undefined && now >= until;
  useEffect(() => {
    if (active && due) draw(false);
  }, [active, due, draw]);

  /** A charge was seen: the step on the screen is gone, and the one before it if it was shown a moment ago. */
  const markUsed = useCallback(() => {
    const { steps } = useApp.getState();
    const before = current.current;
    if (before.kind === 'code') setApp({ steps: rememberUsed(steps, [before.step], serverNow()) });
    draw(false);
  }, [draw]);
  const renew = useCallback(() => draw(false), [draw]);

  const seconds = until === undefined ? 0 : Math.min(REFRESH_MS / 1_000, Math.max(0, Math.ceil((until - now) / 1_000)));
  return { shown, seconds, markUsed, renew };
}
