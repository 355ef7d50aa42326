import { useCallback, useRef } from 'react';
import { newRequestId } from './services';

export interface RequestIds {
  /** The id to send for what is wished: the same one until that is done, or something else is wished. */
  readonly of: (wish: string) => Promise<string>;
  readonly done: () => void;
}

/** One id a press. A press whose answer was lost keeps its id, so that the next press asks for the same thing and not for another. */
export function useRequestId(): RequestIds {
  const kept = useRef<{ readonly id: string; readonly wish: string }>();
  const of = useCallback(async (wish: string) => {
    if (kept.current?.wish !== wish) kept.current = { id: await newRequestId(), wish };
    return kept.current.id;
  }, []);
  const done = useCallback(() => {
    kept.current = undefined;
  }, []);
  return { of, done };
}
