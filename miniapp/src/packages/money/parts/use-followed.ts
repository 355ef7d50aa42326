import { useState } from 'react';
import { asFailure, type Failure } from '../../../api/failure';
import { usePolling, useVisible } from '../../../state/use-ticker';

/** After no answer. */
const AGAIN_MS = 3_000;

/**
 * Money on its way out, asked about while the screen is seen and the server says `requested`. Only the server's word counts: a question
 * without an answer changes nothing but the line that says so.
 */
export function useFollowed<Reply extends { readonly state: string }>(first: Reply, ask: () => Promise<Reply>, everyMs: number) {
  const [reply, setReply] = useState(first);
  const [failure, setFailure] = useState<Failure>();
  usePolling(async () => {
    try {
      const next = await ask();
      setReply(next);
      setFailure(undefined);
      return next.state === 'requested' ? everyMs : undefined;
    } catch (reason) {
      setFailure(asFailure(reason));
      return AGAIN_MS;
    }
  }, useVisible());
  return { reply, failure };
}
