import { useCallback, useEffect, useRef, useState } from 'react';
import { asFailure, type Failure } from '../api/failure';

interface Asked<Data> {
  readonly data?: Data;
  readonly failure?: Failure;
  readonly loading: boolean;
  readonly key: string;
}

/** Asked again. Where nothing was there but a failure, that one goes: the press on “try again” shows that it does something. */
function waiting<Data>({ data, failure, key }: Asked<Data>): Asked<Data> {
  return data === undefined ? { loading: true, key } : { data, failure, loading: true, key };
}

export interface Loaded<Data> {
  readonly data: Data | undefined;
  readonly failure: Failure | undefined;
  readonly loading: boolean;
  readonly reload: () => void;
}

/**
 * One request of a screen: its answer, its failure, or neither yet. A newer question makes an older answer void, and an
 * answer after the screen is gone is dropped. Data stays on the screen while it is asked for again.
 */
export function useLoad<Data>(load: () => Promise<Data>, key: string): Loaded<Data> {
  const [state, setState] = useState<Asked<Data>>({ loading: true, key });
  const [round, setRound] = useState(0);
  const latest = useRef(load);
  latest.current = load;

  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` asks again; the question itself is named by `key`.
  useEffect(() => {
    let current = true;
    setState((before) => (before.key === key ? waiting(before) : { loading: true, key }));
    latest.current().then(
      (data) => {
        if (current) setState({ data, loading: false, key });
      },
      (reason: unknown) => {
        const failure = asFailure(reason);
        // The page is on its way to the consent page: nothing to say.
        if (current && failure.kind !== 'leaving') setState((before) => ({ ...before, failure, loading: false }));
      },
    );
    return () => {
      current = false;
    };
  }, [key, round]);

  const reload = useCallback(() => setRound((before) => before + 1), []);
  const mine = state.key === key;
  return { data: mine ? state.data : undefined, failure: mine ? state.failure : undefined, loading: mine ? state.loading : true, reload };
}
