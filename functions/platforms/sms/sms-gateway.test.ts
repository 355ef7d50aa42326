import { createHash, createHmac } from 'node:crypto';
import { fakeNetwork, noNetwork, type SentRequest, serve } from '../testing/network';
import { codeOf, everythingOf, refusalOf } from '../testing/refusals';
import { createSmsGateway } from './sms-gateway';

const NOW = Date.UTC(2026, 10, 21, 4, 0, 0, 999);
const SECRET = 'a-secret-of-thirty-two-characters';
const settings = { baseUrl: 'https://sms.example.edu/v1', keyId: 'card', secret: SECRET, timeoutMs: 1_000 };
const message = { mobile: '13800000000', template: 'second-proof', code: '123456', requestId: 'sms_01JD0000000000000000000001' };
const deps = { fetch: noNetwork, now: () => NOW, randomBytes: (count: number) => new Uint8Array(count).fill(7) };

function gateway(answer: (request: SentRequest) => Response | Promise<Response>) {
  const network = fakeNetwork(answer);
  return { sent: network.sent, sms: createSmsGateway(settings, { ...deps, fetch: network.fetch }) };
}

test('sends a message under an HMAC over method, path, time, nonce and body', async () => {
  const { sms, sent } = gateway(() => new Response(null, { status: 202 }));
  await sms.send(message);
  const request = sent[0];
  expect(request?.method).toBe('POST');
  expect(request?.url.href).toBe('https://sms.example.edu/v1/messages');
  expect(JSON.parse(request?.body ?? '')).toEqual(message);
  expect(request?.headers.get('x-sms-key')).toBe('card');
  const digest = createHash('sha256')
    .update(request?.body ?? '')
    .digest('hex');
  const text = `POST\n/v1/messages\n${Math.floor(NOW / 1_000)}\n${'07'.repeat(16)}\n${digest}`;
  expect(request?.headers.get('x-sms-signature')).toBe(createHmac('sha256', SECRET).update(text).digest('hex'));
  expect(request?.headers.get('x-sms-timestamp')).toBe(String(Math.floor(NOW / 1_000)));
});

test.each([
  [400, 'auth.sms-refused'],
  [401, 'auth.sms-refused'],
  [429, 'auth.sms-unavailable'],
  [500, 'auth.sms-unavailable'],
  [302, 'auth.sms-unavailable'],
])('translates HTTP %i to %s', async (status, code) => {
  const { sms } = gateway(() => Response.json({ code: 'blacklisted', message: 'the number 13800000000' }, { status }));
  const error = await refusalOf(() => sms.send(message));
  expect(error.code).toBe(code);
  expect(error.detail).toMatchObject({ status, platformCode: 'blacklisted' });
  expect(everythingOf(error)).not.toMatch(/13800000000|123456|a-secret/);
});

test('reads a refusal that is no JSON', async () => {
  const { sms } = gateway(() => new Response('no', { status: 400 }));
  expect((await refusalOf(() => sms.send(message))).detail).toMatchObject({ platformCode: 'unknown' });
});

test.each([
  ['mobile', '12345678901'],
  ['mobile', '+8613800000000'],
  ['mobile', '1380000000０'],
  ['code', 'abc'],
  ['template', 'Any Text'],
  ['requestId', ''],
])('refuses %s %j before anything is sent', async (field, value) => {
  const sms = createSmsGateway(settings, deps);
  const error = await refusalOf(() => sms.send({ ...message, [field]: value }));
  expect(error.code).toBe('request.malformed');
  expect(error.detail).toEqual({ field });
});

test('gives up on a gateway that never answers', async () => {
  const server = await serve(() => undefined);
  const sms = createSmsGateway({ ...settings, baseUrl: server.url, timeoutMs: 100 }, { ...deps, fetch: globalThis.fetch });
  expect(await codeOf(() => sms.send(message))).toBe('auth.sms-unavailable');
  await server.close();
});

test('refuses a short secret without quoting it', async () => {
  const error = await refusalOf(() => createSmsGateway({ ...settings, secret: 'short-secret' }, deps));
  expect(error.code).toBe('config.invalid');
  expect(everythingOf(error)).not.toContain('short-secret');
});
