import { createHmac, timingSafeEqual } from 'node:crypto';
import * as v from 'valibot';
import { newId } from '../../shared/ids';
import { jsonResponse, parseJson, type SandboxRequest, type SandboxResponse, type Service } from '../lib/http';
import type { SmsMessage } from '../state';
import type { Surroundings } from '../surroundings';

const message = v.object({
  to: v.pipe(v.string(), v.regex(/^1\d{10}$/)),
  text: v.pipe(v.string(), v.nonEmpty(), v.maxLength(500)),
  requestId: v.pipe(v.string(), v.regex(/^[0-9A-Za-z_-]{1,64}$/)),
});

const KEPT = 500;
const WINDOW_MS = 5 * 60_000;

/**
 * The school's SMS gateway. POST /send {to, text, requestId} with X-Sms-Timestamp (seconds, within five minutes) and
 * X-Sms-Signature = hex HMAC-SHA256(key, timestamp + "\n" + body): accepted once per requestId, so a copied request
 * sends nothing. GET /inbox?to= is the phone that receives it.
 */
export function createSmsGateway(parts: Surroundings): Service {
  function send(request: SandboxRequest): SandboxResponse {
    if (!isSigned(parts, request)) return refused(parts, 401, 'bad-signature');
    const parsed = v.safeParse(message, parseJson(request.body));
    if (!parsed.success) return refused(parts, 400, 'invalid-message');
    const known = parts.state.sms.find((one) => one.requestId === parsed.output.requestId);
    return jsonResponse(202, { id: (known ?? keep(parts, parsed.output)).id });
  }

  return (request) => {
    if (request.method === 'POST' && request.path === '/send') return send(request);
    if (request.method !== 'GET' || request.path !== '/inbox') return jsonResponse(404, { code: 'not-found' });
    const to = new URLSearchParams(request.query).get('to');
    return jsonResponse(200, { messages: parts.state.sms.filter((one) => to === null || one.to === to) });
  };
}

function keep(parts: Surroundings, content: v.InferOutput<typeof message>): SmsMessage {
  const sms: SmsMessage = { id: newId('sms', parts.clock(), parts.randomBytes), ...content, at: parts.clock() };
  parts.state.sms.push(sms);
  if (parts.state.sms.length > KEPT) parts.state.sms.shift();
  parts.changed();
  // The text holds a code: the inbox shows it, the feed tells only that something was sent.
  parts.events.publish('sms', 'sms.sent', `${sms.to.slice(0, 3)}****${sms.to.slice(-4)}`);
  return sms;
}

function refused(parts: Surroundings, status: number, code: string): SandboxResponse {
  parts.events.publish('sms', 'request.refused', 'send', { code });
  return jsonResponse(status, { code });
}

function isSigned(parts: Surroundings, request: SandboxRequest): boolean {
  const timestamp = request.headers['x-sms-timestamp'] ?? '';
  if (!/^\d{10}$/.test(timestamp) || Math.abs(parts.clock() - Number(timestamp) * 1000) > WINDOW_MS) return false;
  const expected = createHmac('sha256', parts.keys.sms.key).update(`${timestamp}\n`).update(request.body).digest();
  const given = Buffer.from(request.headers['x-sms-signature'] ?? '', 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
