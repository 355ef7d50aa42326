import { createHmac, timingSafeEqual } from 'node:crypto';
import * as v from 'valibot';
import { newId } from '../../shared/ids';
import { jsonResponse, parseJson, type SandboxRequest, type Service } from '../lib/http';
import type { Surroundings } from '../surroundings';

const message = v.object({
  to: v.pipe(v.string(), v.regex(/^(?:\+86)?1\d{10}$/)),
  text: v.pipe(v.string(), v.nonEmpty(), v.maxLength(500)),
});

const KEPT = 500;
const WINDOW_MS = 5 * 60_000;

/**
 * A provider-neutral SMS gateway: POST /send {to, text} with either `Authorization: Bearer <key>` or
 * `X-Sms-Timestamp` (seconds) and `X-Sms-Signature` = hex HMAC-SHA256(key, timestamp + "\n" + body). GET /inbox reads it.
 */
export function createSmsGateway(parts: Surroundings): Service {
  return (request) => {
    if (request.method === 'GET' && request.path === '/inbox') {
      const to = new URLSearchParams(request.query).get('to');
      return jsonResponse(200, { messages: parts.state.sms.filter((one) => to === null || one.to === to) });
    }
    if (request.method !== 'POST' || request.path !== '/send') return jsonResponse(404, { code: 'NotFound', message: 'no such address' });
    if (!isAuthorized(parts, request)) return refused(parts, 401, 'SignatureDoesNotMatch', 'the key or signature is wrong');
    const parsed = v.safeParse(message, parseJson(request.body));
    if (!parsed.success) return refused(parts, 400, 'InvalidParameter', parsed.issues[0].message);
    const sms = { id: newId('sms', parts.clock(), parts.randomBytes), ...parsed.output, at: parts.clock() };
    parts.state.sms.push(sms);
    if (parts.state.sms.length > KEPT) parts.state.sms.shift();
    parts.changed();
    // The text holds a code: the inbox shows it, the feed does not.
    parts.events.publish('sms', 'sms.sent', `${sms.to.slice(0, -8)}****${sms.to.slice(-4)}`);
    return jsonResponse(200, { code: 'OK', messageId: sms.id });
  };
}

function refused(parts: Surroundings, status: number, code: string, text: string) {
  parts.events.publish('sms', 'request.refused', 'send', { code });
  return jsonResponse(status, { code, message: text });
}

function isAuthorized(parts: Surroundings, request: SandboxRequest): boolean {
  const { key } = parts.keys.sms;
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return equal(bearer, key);
  const timestamp = request.headers['x-sms-timestamp'] ?? '';
  if (!/^\d{10}$/.test(timestamp) || Math.abs(parts.clock() - Number(timestamp) * 1000) > WINDOW_MS) return false;
  const expected = createHmac('sha256', key).update(`${timestamp}\n`).update(request.body).digest('hex');
  return equal(request.headers['x-sms-signature'] ?? '', expected);
}

function equal(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
