import { type ErrorCode, errorTable } from '../../../shared/errors';

export interface Heard {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever came over the wire.
  readonly body: any;
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

export async function ask(url: string, { method = 'GET', headers = {}, body }: Asking = {}): Promise<Heard> {
  const reply = await fetch(url, { method, headers: { ...headers }, ...(body === undefined ? {} : { body }) });
  const text = await reply.text();
  return { status: reply.status, headers: reply.headers, text, body: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The refusal is this one: its status and its sentences in both languages are those of shared/errors.ts. */
export function expectRefusal(heard: Heard, code: ErrorCode): void {
  const { status, zh, en } = errorTable[code];
  // One look at everything, so that a failure says which refusal came instead.
  expect({ status: heard.status, ...heard.body?.error }).toMatchObject({ status, code, messageZh: zh, messageEn: en });
  expect(heard.headers.get('content-type')).toMatch(/^application\/json/);
  expect(heard.headers.get('cache-control')).toBe('no-store');
  expectBilingual(zh, en);
}

/** The same for an answer about a sale. */
export function expectSaleRefused(heard: Heard, code: ErrorCode, definite: boolean): void {
  const { status, zh, en } = errorTable[code];
  expect({ status: heard.status, ...heard.body }).toMatchObject({
    status,
    outcome: 'not-charged',
    definite,
    entryId: null,
    amountFen: 0,
    reason: { code, messageZh: zh, messageEn: en },
  });
  expectBilingual(zh, en);
}

function expectBilingual(zh: string, en: string): void {
  expect(zh).toMatch(/\p{Script=Han}/u);
  expect(en).toMatch(/^[\x20-\x7e]{10,}$/);
}
