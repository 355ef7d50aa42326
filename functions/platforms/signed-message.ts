import { createHash, createHmac } from 'node:crypto';
import * as v from 'valibot';
import { AppError, type ErrorCode } from '../../shared/errors';
import { exchange } from './exchange';
import type { PlatformDeps } from './platform-deps';
import { baseUrlSetting, textSetting, timeoutSetting } from './settings';
import { decodeUtf8, parseJson, shortCode } from './wire';

/** Of a gateway that sends messages for us, by text or by e-mail. */
export const messageSettings = v.object({
  baseUrl: baseUrlSetting,
  keyId: textSetting,
  secret: v.pipe(v.string(), v.minLength(32), v.maxLength(256)),
  timeoutMs: timeoutSetting,
});

export interface MessageKind {
  /** "sms": also the headers' names, `x-sms-key`. */
  readonly name: 'sms' | 'mail';
  readonly refused: ErrorCode;
  readonly unavailable: ErrorCode;
}

/**
 * Sends one message. The wire form is ours, because every vendor has another:
 *
 *   POST <baseUrl>/messages
 *   Content-Type: application/json
 *   X-Sms-Key: <keyId>   X-Sms-Timestamp: <epoch seconds>   X-Sms-Nonce: <32 hex digits>
 *   X-Sms-Signature: hex( HMAC-SHA256( secret,
 *     "POST\n" + path and query + "\n" + timestamp + "\n" + nonce + "\n" + hex(SHA-256(body)) ) )
 *
 * (`X-Mail-…` for e-mail.) 200 or 202: accepted, once per requestId. 4xx: {"code":"…"}, refused for good. 429, 5xx or no answer: repeat
 * with the same requestId and a fresh timestamp. The gateway refuses timestamps more than 300 s off and a nonce used twice.
 * @throws AppError `kind.refused`, `kind.unavailable`
 */
export async function sendSigned(
  kind: MessageKind,
  settings: v.InferOutput<typeof messageSettings>,
  deps: PlatformDeps,
  message: object,
): Promise<void> {
  const url = new URL(`${settings.baseUrl}/messages`);
  const body = JSON.stringify(message);
  const timestamp = String(Math.floor(deps.now() / 1_000));
  const nonce = Buffer.from(deps.randomBytes(16)).toString('hex');
  const digest = createHash('sha256').update(body).digest('hex');
  const signed = ['POST', url.pathname + url.search, timestamp, nonce, digest].join('\n');
  const answer = await exchange(
    {
      platform: kind.name,
      method: 'POST',
      url: url.href,
      headers: {
        'content-type': 'application/json',
        [`x-${kind.name}-key`]: settings.keyId,
        [`x-${kind.name}-timestamp`]: timestamp,
        [`x-${kind.name}-nonce`]: nonce,
        [`x-${kind.name}-signature`]: createHmac('sha256', settings.secret).update(signed).digest('hex'),
      },
      body,
    },
    { fetch: deps.fetch, timeoutMs: settings.timeoutMs, unavailable: kind.unavailable },
  );
  if (answer.status === 200 || answer.status === 202) return;
  const error = v.safeParse(errorSchema, parseJson(decodeUtf8(answer.body) ?? ''));
  const platformCode = error.success ? shortCode(error.output.code) : 'unknown';
  const isFinal = answer.status >= 400 && answer.status < 500 && answer.status !== 429;
  throw new AppError(isFinal ? kind.refused : kind.unavailable, { platform: kind.name, status: answer.status, platformCode });
}

const errorSchema = v.object({ code: v.string() });

/** A message that is none of ours is refused before anything is sent. @throws AppError request.malformed (detail.field) */
export function readMessage<const S extends v.GenericSchema>(schema: S, message: unknown): v.InferOutput<S> {
  const parsed = v.safeParse(schema, message);
  if (parsed.success) return parsed.output;
  throw new AppError('request.malformed', { field: v.getDotPath(parsed.issues[0]) ?? 'message' });
}

/** What every message carries beside its address. */
export const messageEntries = {
  template: v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,40}$/)),
  code: v.pipe(v.string(), v.regex(/^\d{4,8}$/)),
  requestId: v.pipe(v.string(), v.regex(/^[0-9A-Za-z_-]{1,64}$/)),
};
