import * as v from 'valibot';
import { newId } from '../../shared/ids';
import { jsonResponse, parseJson, type SandboxRequest, type SandboxResponse, type Service } from '../lib/http';
import { createSignatureCheck } from '../lib/signed-message';
import type { MailMessage } from '../state';
import type { Surroundings } from '../surroundings';

const message = v.object({
  email: v.pipe(v.string(), v.email()),
  template: v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,40}$/)),
  code: v.pipe(v.string(), v.regex(/^\d{4,8}$/)),
  requestId: v.pipe(v.string(), v.regex(/^[0-9A-Za-z_-]{1,64}$/)),
});

const KEPT = 500;

/** The school's mail gateway, signed as `lib/signed-message` says: POST /messages {email, template, code, requestId}: 202 once per requestId. GET /inbox?email= is the mailbox. */
export function createMailGateway(parts: Surroundings): Service {
  const problemOf = createSignatureCheck('mail', parts.keys.mail, parts.clock);

  function send(request: SandboxRequest): SandboxResponse {
    const problem = problemOf(request);
    if (problem !== undefined) return refused(parts, 401, problem);
    const parsed = v.safeParse(message, parseJson(request.body));
    if (!parsed.success) return refused(parts, 400, 'invalid-message');
    const known = parts.state.mails.find((one) => one.requestId === parsed.output.requestId);
    return jsonResponse(202, { id: (known ?? receiveMail(parts, parsed.output)).id });
  }

  return (request) => {
    if (request.method === 'POST' && request.path === '/messages') return send(request);
    if (request.method !== 'GET' || request.path !== '/inbox') return jsonResponse(404, { code: 'not-found' });
    const email = new URLSearchParams(request.query).get('email');
    return jsonResponse(200, { messages: parts.state.mails.filter((one) => email === null || one.email === email) });
  };
}

function receiveMail(parts: Surroundings, content: v.InferOutput<typeof message>): MailMessage {
  const text = `【校园e码通】您的身份验证码是 ${content.code}，五分钟内有效，请勿告诉他人。`;
  const mail: MailMessage = { id: newId('mail', parts.clock(), parts.randomBytes), ...content, text, at: parts.clock() };
  parts.state.mails.push(mail);
  if (parts.state.mails.length > KEPT) parts.state.mails.shift();
  parts.changed();
  // The code is for the inbox; the feed tells only that something was sent.
  parts.events.publish('mail', 'mail.sent', mail.email.replace(/^(.).*@/, '$1***@'), { template: mail.template });
  return mail;
}

function refused(parts: Surroundings, status: number, code: string): SandboxResponse {
  parts.events.publish('mail', 'request.refused', 'messages', { code });
  return jsonResponse(status, { code });
}
