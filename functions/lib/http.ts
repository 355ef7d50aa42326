import * as v from 'valibot';
import { type AppError, type ErrorTexts, errorBody, errorText, AppError as Refusal } from '../../shared/errors';

/** A request without its transport: what every entry sees, whatever carried it. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** The bytes as they were sent: signatures are verified over these. */
  readonly rawBody: Uint8Array;
  readonly sourceIp: string;
  readonly requestId: string;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Text, or the bytes of a file. */
  readonly body: string | Uint8Array;
}

export const MAX_BODY_BYTES = 65_536;

/** API Gateway HTTP API, payload format 2.0. Only what is used is asked for. */
const eventSchema = v.object({
  rawPath: v.string(),
  rawQueryString: v.optional(v.string(), ''),
  headers: v.optional(v.record(v.string(), v.string()), {}),
  body: v.nullish(v.string()),
  isBase64Encoded: v.optional(v.boolean(), false),
  requestContext: v.object({
    http: v.object({ method: v.string(), sourceIp: v.optional(v.string(), '') }),
    requestId: v.optional(v.string(), ''),
  }),
});

/** @throws AppError request.malformed (not an event of ours), request.too-large */
export function readEvent(event: unknown): HttpRequest {
  const parsed = v.safeParse(eventSchema, event);
  if (!parsed.success) throw new Refusal('request.malformed');
  const { rawPath, rawQueryString, headers, body, isBase64Encoded, requestContext } = parsed.output;
  return {
    method: requestContext.http.method.toUpperCase(),
    path: rawPath,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    query: Object.fromEntries(new URLSearchParams(rawQueryString)),
    rawBody: readBytes(body ?? '', isBase64Encoded),
    sourceIp: requestContext.http.sourceIp,
    requestId: requestContext.requestId,
  };
}

function readBytes(body: string, isBase64Encoded: boolean): Uint8Array {
  // Told by the length of the text first, so that a large body is not copied only to be refused.
  const atLeast = isBase64Encoded ? Math.floor((body.length * 3) / 4) - 2 : body.length;
  if (atLeast > MAX_BODY_BYTES) throw new Refusal('request.too-large');
  const bytes = new Uint8Array(Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'));
  if (bytes.length > MAX_BODY_BYTES) throw new Refusal('request.too-large');
  return bytes;
}

/**
 * JSON of a body. Bytes that are not UTF-8 are refused, never replaced; and so is half a character (`\ud800`), which no
 * table could keep. @throws AppError request.malformed
 */
export function readJson(rawBody: Uint8Array): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(rawBody);
    // In valid UTF-8 only an escape can hold half a character: most bodies are parsed without looking for one.
    return /\\u[dD]/.test(text) ? JSON.parse(text, wholeCharacters) : JSON.parse(text);
  } catch {
    // What the parser says quotes the body, which may hold a password.
    throw new Refusal('request.malformed', { field: 'body' });
  }
}

function wholeCharacters(_name: string, value: unknown): unknown {
  if (typeof value === 'string' && /\p{Surrogate}/u.test(value)) throw new SyntaxError('half a character');
  return value;
}

/**
 * `2e3` is an integer to a JSON parser. An amount of money is written out, so it is told from the text whether any
 * number of the body has an exponent; the name before it may be written with escapes, and is not looked at.
 */
export function hasExponent(rawBody: Uint8Array): boolean {
  const withoutStrings = new TextDecoder().decode(rawBody).replace(/"(?:[^"\\]|\\.)*"/g, '""');
  return /\d[eE]/.test(withoutStrings);
}

/**
 * Parses what came from outside. Only the name of the wrong field is reported: valibot's messages quote the value.
 * @throws AppError request.malformed
 */
export function parseInput<const S extends v.GenericSchema>(schema: S, input: unknown): v.InferOutput<S> {
  const parsed = v.safeParse(schema, input);
  if (parsed.success) return parsed.output;
  throw new Refusal('request.malformed', { field: v.getDotPath(parsed.issues[0]) ?? 'body' });
}

/** Answers hold balances, codes' keys and sessions: no proxy and no browser may keep one. */
const headersOfAll = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } as const;

export function jsonReply(body: unknown, status = 200): HttpReply {
  return { status, headers: { ...headersOfAll, 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(body) };
}

/** A file to be saved. `name` is ours: letters, digits, dots and hyphens. */
export function fileReply(file: { readonly name: string; readonly contentType: string; readonly bytes: Uint8Array }): HttpReply {
  const disposition = `attachment; filename="${file.name}"`;
  return {
    status: 200,
    headers: { ...headersOfAll, 'content-type': file.contentType, 'content-disposition': disposition },
    body: file.bytes,
  };
}

export function errorReply(error: AppError, texts: ErrorTexts): HttpReply {
  const reply = jsonReply(errorBody(error, texts), errorText(error.code, texts).status);
  const wait = error.detail?.retryAfterSeconds;
  return wait === undefined ? reply : { ...reply, headers: { ...reply.headers, 'retry-after': String(wait) } };
}

/** As API Gateway wants it. */
export function renderReply(reply: HttpReply): {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
  isBase64Encoded: boolean;
} {
  const isFile = typeof reply.body !== 'string';
  const body = typeof reply.body === 'string' ? reply.body : Buffer.from(reply.body).toString('base64');
  return { statusCode: reply.status, headers: { ...reply.headers }, body, isBase64Encoded: isFile };
}
