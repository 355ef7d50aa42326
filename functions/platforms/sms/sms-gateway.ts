import { createHmac } from 'node:crypto';
import * as v from 'valibot';
import { AppError } from '../../../shared/errors';
import type { SmsGateway } from '../contract';
import { type ExchangeAnswer, exchange } from '../exchange';
import type { PlatformDeps } from '../platform-deps';
import { baseUrlSetting, readSettings, timeoutSetting } from '../settings';
import { decodeUtf8, parseJson, shortCode } from '../wire';

/**
 * The wire form between us and whatever sends messages (a vendor's adapter, a school's own gateway). It belongs to no
 * vendor, because every vendor has another:
 *
 *   POST <baseUrl>/send
 *   Content-Type: application/json
 *   X-Sms-Timestamp: <epoch seconds>, refused when more than 300 s off
 *   X-Sms-Signature: hex( HMAC-SHA256( key, timestamp + "\n" + body ) )
 *   {"to":"13800000000","text":"…","requestId":"sms_01J…"}
 *
 * 200 or 202: accepted; one message per requestId, so a copy of the request within its window sends nothing. 4xx:
 * {"code":"…"}, refused for good. 429, 5xx or no answer: repeat with the same requestId and a fresh timestamp.
 */
export const smsSettings = v.object({
  baseUrl: baseUrlSetting,
  key: v.pipe(v.string(), v.minLength(32), v.maxLength(256)),
  /** Text by template name, with the place of the code: "【校园e码通】验证码 {code}，5 分钟内有效。" */
  templates: v.record(
    v.string(),
    v.pipe(
      v.string(),
      v.maxLength(500),
      v.check((text) => text.includes('{code}')),
    ),
  ),
  timeoutMs: timeoutSetting,
});

const messageSchema = v.object({
  mobile: v.pipe(v.string(), v.regex(/^1[3-9]\d{9}$/)),
  template: v.string(),
  code: v.pipe(v.string(), v.regex(/^\d{4,8}$/)),
  requestId: v.pipe(v.string(), v.regex(/^[0-9A-Za-z_-]{1,64}$/)),
});

/** @throws AppError config.invalid */
export function createSmsGateway(input: unknown, deps: Pick<PlatformDeps, 'fetch' | 'now'>): SmsGateway {
  const settings = readSettings('sms', smsSettings, input);
  const templates = new Map(Object.entries(settings.templates));

  return {
    async send(message) {
      const parsed = v.safeParse(messageSchema, message);
      if (!parsed.success) throw new AppError('request.malformed', { field: v.getDotPath(parsed.issues[0]) ?? 'message' });
      const { mobile, template, code, requestId } = parsed.output;
      const text = templates.get(template)?.replaceAll('{code}', code);
      if (text === undefined) throw new AppError('config.invalid', { platform: 'sms', setting: `templates.${shortCode(template)}` });
      const body = JSON.stringify({ to: mobile, text, requestId });
      const timestamp = String(Math.floor(deps.now() / 1_000));
      const answer = await exchange(
        {
          platform: 'sms',
          method: 'POST',
          url: `${settings.baseUrl}/send`,
          headers: {
            'content-type': 'application/json',
            'x-sms-timestamp': timestamp,
            'x-sms-signature': createHmac('sha256', settings.key).update(`${timestamp}\n${body}`).digest('hex'),
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
  throw new AppError(isFinal ? 'auth.sms-refused' : 'auth.sms-unavailable', { platform: 'sms', status: answer.status, platformCode });
}
