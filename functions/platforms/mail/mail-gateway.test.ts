import { createHash, createHmac } from 'node:crypto';
import { fakeNetwork, noNetwork, type SentRequest } from '../testing/network';
import { codeOf, everythingOf, refusalOf } from '../testing/refusals';
import { createMailGateway } from './mail-gateway';

const SECRET = 'a-secret-of-at-least-32-characters';
const NOW = 1_792_000_000_000;
const settings = { baseUrl: 'https://mail.example.edu/v1/', keyId: 'card', secret: SECRET };
const message = { email: '2021000037@school.example', template: 'identity-check', code: '123456', requestId: 'idc_1' };
const world = { now: () => NOW, randomBytes: (count: number) => new Uint8Array(count).fill(7) };

function gateway(answer: (request: SentRequest) => Response) {
  const network = fakeNetwork(answer);
  return { mail: createMailGateway(settings, { ...world, fetch: network.fetch }), sent: network.sent };
}

test('sends one signed message (SQ-02)', async () => {
  const { mail, sent } = gateway(() => new Response(null, { status: 202 }));
  await mail.send(message);
  const request = sent[0];
  expect([request?.method, request?.url.href]).toEqual(['POST', 'https://mail.example.edu/v1/messages']);
  expect(JSON.parse(request?.body ?? '')).toEqual(message);
  const digest = createHash('sha256')
    .update(request?.body ?? '')
    .digest('hex');
  const text = `POST\n/v1/messages\n${Math.floor(NOW / 1_000)}\n${'07'.repeat(16)}\n${digest}`;
  expect(request?.headers.get('x-mail-key')).toBe('card');
  expect(request?.headers.get('x-mail-signature')).toBe(createHmac('sha256', SECRET).update(text).digest('hex'));
});

test.each([
  [400, 'auth.mail-refused'],
  [429, 'auth.mail-unavailable'],
  [500, 'auth.mail-unavailable'],
])('translates HTTP %i to %s and tells no address', async (status, code) => {
  const { mail } = gateway(() => Response.json({ code: 'bounced', message: message.email }, { status }));
  const error = await refusalOf(() => mail.send(message));
  expect(error.code).toBe(code);
  expect(error.detail).toMatchObject({ platform: 'mail', status, platformCode: 'bounced' });
  expect(everythingOf(error)).not.toMatch(/2021000037|123456|a-secret/);
});

test.each([
  '',
  'nobody',
  'a@b',
  'a@school.example\nBcc: all@school.example',
  'a@school.example, b@school.example',
  `${'a'.repeat(250)}@school.example`,
])('refuses %j before anything is sent', async (email) => {
  const mail = createMailGateway(settings, { ...world, fetch: noNetwork });
  expect(await codeOf(() => mail.send({ ...message, email }))).toBe('request.malformed');
});
