import { AppError, type ErrorCode } from '../../shared/errors';

export interface ExchangeRequest {
  readonly platform: string;
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface ExchangeAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The bytes as they came: signatures are verified over these. */
  readonly body: Uint8Array;
}

export interface ExchangeLimits {
  readonly fetch: typeof globalThis.fetch;
  /** For the whole exchange, connecting to last byte: a server that drips its body does not win. */
  readonly timeoutMs: number;
  /** Thrown for every failure to get an answer. */
  readonly unavailable: ErrorCode;
  /** A quarter of a megabyte unless told. */
  readonly maxAnswerBytes?: number;
}

const MAX_ANSWER_BYTES = 262_144;

class TooLarge extends Error {}

/**
 * One HTTP exchange that always ends. What the network or fetch threw is not passed on, because such errors carry
 * URLs and headers (WeChat's secret travels in a URL); only a short reason is.
 */
export async function exchange(request: ExchangeRequest, limits: ExchangeLimits): Promise<ExchangeAnswer> {
  const controller = new AbortController();
  const { promise: expired, stop } = deadline(limits.timeoutMs, controller);
  try {
    // The race also ends an exchange whose fetch ignores the signal.
    return await Promise.race([exchangeOnce(request, limits, controller.signal), expired]);
  } catch (error) {
    controller.abort();
    throw new AppError(limits.unavailable, { platform: request.platform, reason: reasonOf(error, controller) });
  } finally {
    stop();
  }
}

const EXPIRED = Symbol('expired');

function deadline(timeoutMs: number, controller: AbortController): { promise: Promise<never>; stop: () => void } {
  let timer: ReturnType<typeof setTimeout>;
  const promise = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      controller.abort(EXPIRED);
      reject(EXPIRED);
    }, timeoutMs);
  });
  return { promise, stop: () => clearTimeout(timer) };
}

async function exchangeOnce(request: ExchangeRequest, limits: ExchangeLimits, signal: AbortSignal): Promise<ExchangeAnswer> {
  const response = await limits.fetch(request.url, {
    method: request.method,
    headers: request.headers,
    // A signed request is for one host; following a redirect would hand it to another.
    redirect: 'error',
    signal,
    ...(request.body === undefined ? {} : { body: request.body }),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: await readLimited(response, limits.maxAnswerBytes ?? MAX_ANSWER_BYTES),
  };
}

async function readLimited(response: Response, maxBytes: number): Promise<Uint8Array> {
  if (response.body === null) return new Uint8Array(0);
  const reader = response.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.byteLength;
    if (size > maxBytes) throw new TooLarge();
    chunks.push(part.value);
  }
  return Buffer.concat(chunks, size);
}

function reasonOf(error: unknown, controller: AbortController): string {
  if (error === EXPIRED || controller.signal.reason === EXPIRED) return 'timeout';
  return error instanceof TooLarge ? 'answer-too-large' : 'network';
}
