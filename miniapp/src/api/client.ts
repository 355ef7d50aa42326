import type * as v from 'valibot';
import { lenientParse } from '../lib/lenient-parse';
import type { HttpAnswer, HttpQuestion, Transport } from '../platform/contract';
import { Failure, failureFrom, isRefusal } from './failure';

export interface ClientDeps {
  readonly baseUrl: string;
  readonly transport: Transport;
  /** The session token, or undefined when there is none. */
  readonly token: () => string | undefined;
  /** Gets a new session without a word to the user; rejects with a Failure where it cannot. */
  readonly signInAgain: () => Promise<void>;
  /** Passes when the person has agreed that it is told who they are; rejects with a Failure where they have not. */
  readonly consent: () => Promise<void>;
  readonly timeoutMs?: number;
}

export interface Ask {
  readonly method: HttpQuestion['method'];
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  /** Sent without a session: the list of schools and sign-in itself. */
  readonly anonymous?: boolean;
  readonly timeoutMs?: number;
}

export type Client = <Schema extends v.GenericSchema>(ask: Ask, reply: Schema) => Promise<v.InferOutput<Schema>>;

const TIMEOUT_MS = 10_000;

/**
 * The one way to the server. Every answer is parsed by its schema. A GET without an answer is asked once more; anything
 * else is not repeated here, because only its caller knows whether a repeat is safe (top-ups repeat with the same
 * requestId). An expired session is renewed silently once. Throws Failure and nothing else.
 */
export function createClient(deps: ClientDeps): Client {
  const send = async (ask: Ask): Promise<HttpAnswer> => {
    const token = ask.anonymous ? undefined : deps.token();
    const question: HttpQuestion = {
      url: deps.baseUrl + ask.path + queryText(ask.query),
      method: ask.method,
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      },
      ...(ask.method === 'POST' || ask.method === 'PUT' ? { body: ask.body ?? {} } : {}),
      timeoutMs: ask.timeoutMs ?? deps.timeoutMs ?? TIMEOUT_MS,
    };
    const attempts = ask.method === 'GET' ? 2 : 1;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await deps.transport(question);
      } catch {
        if (attempt === attempts) throw new Failure('offline');
      }
    }
  };

  const sendSigned = async (ask: Ask): Promise<HttpAnswer> => {
    if (!ask.anonymous) await deps.consent();
    if (!ask.anonymous && deps.token() === undefined) await deps.signInAgain();
    const answer = await send(ask);
    if (ask.anonymous || answer.status !== 401 || !isRefusal(failureFrom(answer.body), 'auth.sign-in-required')) return answer;
    await deps.signInAgain();
    return send(ask);
  };

  return async (ask, reply) => {
    const answer = await sendSigned(ask);
    if (answer.status < 200 || answer.status >= 300) throw failureFrom(answer.body);
    // 204 has no body at all; some hosts give '' for it.
    const parsed = lenientParse(reply, answer.body === '' || answer.body === undefined || answer.body === null ? {} : answer.body);
    if (!parsed.success) throw new Failure('unreadable');
    return parsed.output;
  };
}

function queryText(query: Ask['query']): string {
  const pairs = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== '');
  if (pairs.length === 0) return '';
  return `?${pairs.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&')}`;
}
