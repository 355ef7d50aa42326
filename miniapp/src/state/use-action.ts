import { useCallback, useRef, useState } from 'react';
import { asFailure, type Failure } from '../api/failure';

export interface Action<Input> {
  readonly run: (input: Input) => void;
  readonly busy: boolean;
  readonly failure: Failure | undefined;
  readonly clear: () => void;
}

/** One press of a button: while it runs, further presses do nothing, so that a double tap acts once. */
export function useAction<Input = void>(act: (input: Input) => Promise<void>): Action<Input> {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  // State arrives a frame late; the second tap of a double tap does not wait for it.
  const running = useRef(false);
  const latest = useRef(act);
  latest.current = act;

  const run = useCallback((input: Input) => {
    if (running.current) return;
    running.current = true;
    setBusy(true);
    setFailure(undefined);
    latest
      .current(input)
      .catch((reason: unknown) => {
        const failed = asFailure(reason);
        if (failed.kind !== 'leaving') setFailure(failed);
      })
      .finally(() => {
        running.current = false;
        setBusy(false);
      });
  }, []);
  const clear = useCallback(() => setFailure(undefined), []);
  return { run, busy, failure, clear };
}
