import { createHash, createHmac } from 'node:crypto';
import * as v from 'valibot';
import { AppError } from '../../../shared/errors';
import type { SmsGateway } from '../contract';
import { type ExchangeAnswer, exchange } from '../exchange';
import type { PlatformDeps } from '../platform-deps';
import { baseUrlSetting, readSettings, textSetting, timeoutSetting } from '../settings';
import { decodeUtf8, parseJson, shortCode } from '../wire';

/**
 * The wire form between us and whatever sends messages (a vendor's adapter, a school's own gateway). It is ours,
 * because every vendor has another:
 *
 *   POST <baseUrl>/messages
 *   Content-Type: application/json
 *   X-Sms-Key: <keyId>   X-Sms-Timestamp: <epoch seconds>   X-Sms-Nonce: <32 hex digits>
 *   X-Sms-Signature: hex( HMAC-SHA256( secret,
 *     "POST\n" + path and query + "\n" + timestamp + "\n" + nonce + "\n" + hex(SHA-256(body)) ) )
 *   {"mobile":"13800000000","template":"second-proof","code":"123456","requestId":"sms_01J…"}
 *
 * 200 or 202: accepted, once per requestId. 4xx: {"code":"…"}, refused for good. 429, 5xx or no answer: repeat with
 * the same requestId and a fresh timestamp. The gateway refuses timestamps more than 300 s off and a nonce used twice.
 */
export const smsSettings = v.object({
  baseUrl: baseUrlSetting,
  keyId: textSetting,
  secret: v.pipe(v.string(), v.minLength(32), v.maxLength(256)),
  timeoutMs: timeoutSetting,
});

const messageSchema = v.object({
  // 13 to 19 begin a mainland mobile; 100 begins nobody's, and stands for made-up cardholders.
  mobile: v.pipe(v.string(), v.regex(/^1(?:[3-9]\d|00)\d{8}$/)),
  template: v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,40}$/)),
  code: v.pipe(v.string(), v.regex(/^\d{4,8}$/)),
  requestId: v.pipe(v.string(), v.regex(/^[0-9A-Za-z_-]{1,64}$/)),
});

/** @throws AppError config.invalid */
export function createSmsGateway(input: unknown, deps: PlatformDeps): SmsGateway {
  const settings = readSettings('sms', smsSettings, input);
  const url = new URL(`${settings.baseUrl}/messages`);

  return {
    async send(message) {
      const parsed = v.safeParse(messageSchema, message);
      if (!parsed.success) {
        throw new AppError('request.malformed', { field: v.getDotPath(parsed.issues[0]) ?? 'message' });
      }
      const body = JSON.stringify(parsed.output);
      const timestamp = String(Math.floor(deps.now() / 1_000));
      const nonce = Buffer.from(deps.randomBytes(16)).toString('hex');
      const digest = createHash('sha256').update(body).digest('hex');
      const signed = ['POST', url.pathname + url.search, timestamp, nonce, digest].join('\n');
      const answer = await exchange(
        {
          platform: 'sms',
          method: 'POST',
          url: url.href,
          headers: {
            'content-type': 'application/json',
            'x-sms-key': settings.keyId,
            'x-sms-timestamp': timestamp,
            'x-sms-nonce': nonce,
            'x-sms-signature': createHmac('sha256', settings.secret).update(signed).digest('hex'),
          },
          body,
        },
        { fetch: deps.fetch, timeoutMs: settings.timeoutMs, unavailable: 'auth.sms-unavailable' },
      );
      assertAccepted(answer);
    },
  };
}

const errorSchema = v.object({ code: v.string() });

function assertAccepted(answer: ExchangeAnswer): void {
  if (answer.status === 200 || answer.status === 202) return;
  const error = v.safeParse(errorSchema, parseJson(decodeUtf8(answer.body) ?? ''));
  const platformCode = error.success ? shortCode(error.output.code) : 'unknown';
  const isFinal = answer.status >= 400 && answer.status < 500 && answer.status !== 429;
  throw new AppError(isFinal ? 'auth.sms-refused' : 'auth.sms-unavailable', {
    platform: 'sms',
    status: answer.status,
    platformCode,
  });
}
