import type { Deliver } from './courier';

/** The platforms wait five seconds for an answer and follow no redirect. */
const PATIENCE_MS = 5_000;
const LONGEST_ANSWER = 4_096;

export const deliverByHttp: Deliver = async (url, { headers, body }) => {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    const answer = await fetch(url, { method: 'POST', headers, body: new Uint8Array(body), redirect: 'manual', signal });
    return { status: answer.status, body: (await answer.text()).slice(0, LONGEST_ANSWER) };
  } catch {
    // Refused connection, reset, timeout: to the platform all of them are "no answer".
    return undefined;
  }
};
