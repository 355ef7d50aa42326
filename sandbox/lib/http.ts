/**
 * The sandbox's own small HTTP vocabulary. Bodies stay raw bytes until a signature has been checked over them,
 * which is why no framework parses anything here.
 */
export interface SandboxRequest {
  readonly method: string;
  /** Path below the mount point of the service, "/v3/pay/transactions/jsapi". */
  readonly path: string;
  /** Path as it came over the wire, mount point included. */
  readonly fullPath: string;
  /** Raw query without "?"; '' when there is none. */
  readonly query: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface SandboxResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Bytes to send instead of `body`, as they come: a bill may be larger than memory. */
  readonly stream?: AsyncIterable<Uint8Array>;
}

export type Service = (request: SandboxRequest) => SandboxResponse | Promise<SandboxResponse>;

export function jsonResponse(status: number, value: unknown): SandboxResponse {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(value) };
}

export function textResponse(status: number, text: string, type = 'text/plain; charset=utf-8'): SandboxResponse {
  return { status, headers: { 'content-type': type }, body: text };
}

export function redirectResponse(location: string): SandboxResponse {
  return { status: 302, headers: { location, 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }, body: '' };
}

/** Parsed JSON, or undefined when the bytes are not JSON in UTF-8. */
export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}
