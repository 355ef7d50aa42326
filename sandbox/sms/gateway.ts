import * as v from 'valibot';
import { newId } from '../../shared/ids';
import { jsonResponse, parseJson, type SandboxRequest, type SandboxResponse, type Service } from '../lib/http';
import { createSignatureCheck } from '../lib/signed-message';
import type { SmsMessage } from '../state';
import type { Surroundings } from '../surroundings';

const message = v.object({
  mobile: v.pipe(v.string(), v.regex(/^1\d{10}$/)),
  template: v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,40}$/)),
  code: v.pipe(v.string(), v.regex(/^\d{4,8}$/)),
  requestId: v.pipe(v.string(), v.regex(/^[0-9A-Za-z_-]{1,64}$/)),
});

const KEPT = 500;

/**
 * The school's SMS gateway, signed as `lib/signed-message` says: POST /messages {mobile, template, code, requestId}: 202 once per requestId.
 * GET /inbox?mobile= is the phone that receives it.
 */
export function createSmsGateway(parts: Surroundings): Service {
  const problemOf = createSignatureCheck('sms', parts.keys.sms, parts.clock);

  function send(request: SandboxRequest): SandboxResponse {
    const problem = problemOf(request);
    if (problem !== undefined) return refused(parts, 401, problem);
    const parsed = v.safeParse(message, parseJson(request.body));
    if (!parsed.success) return refused(parts, 400, 'invalid-message');
    const known = parts.state.sms.find((one) => one.requestId === parsed.output.requestId);
    return jsonResponse(202, { id: (known ?? receiveSms(parts, parsed.output, ownText(parsed.output.code))).id });
  }

  return (request) => {
    if (request.method === 'POST' && request.path === '/messages') return send(request);
    if (request.method !== 'GET' || request.path !== '/inbox') return jsonResponse(404, { code: 'not-found' });
    const mobile = new URLSearchParams(request.query).get('mobile');
    return jsonResponse(200, { messages: parts.state.sms.filter((one) => mobile === null || one.mobile === mobile) });
  };
}

function ownText(code: string): string {
  return `【校园e码通】您的验证码是 ${code}，请勿告诉他人。`;
}

/** A message arrives on somebody's phone: one of ours by this gateway, or a bank's by its own. */
export function receiveSms(parts: Surroundings, content: v.InferOutput<typeof message>, text: string): SmsMessage {
  const sms: SmsMessage = { id: newId('sms', parts.clock(), parts.randomBytes), ...content, text, at: parts.clock() };
  parts.state.sms.push(sms);
  if (parts.state.sms.length > KEPT) parts.state.sms.shift();
  parts.changed();
  // The code is for the inbox; the feed tells only that something was sent.
  parts.events.publish('sms', 'sms.sent', `${sms.mobile.slice(0, 3)}****${sms.mobile.slice(-4)}`, { template: sms.template });
  return sms;
}

function refused(parts: Surroundings, status: number, code: string): SandboxResponse {
  parts.events.publish('sms', 'request.refused', 'messages', { code });
  return jsonResponse(status, { code });
}
