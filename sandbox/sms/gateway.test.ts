import { createHash, createHmac } from 'node:crypto';
import { json, NOON, stage } from '../test/merchant';

const MESSAGE = { mobile: '13800000000', template: 'second-proof', code: '123456', requestId: 'sms_0001' };

interface Change {
  readonly keyId?: string;
  readonly secret?: string;
  readonly seconds?: number;
  readonly nonce?: string;
  readonly path?: string;
  readonly signedValue?: unknown;
}

let nonces = 0;

function setUp() {
  const on = stage();
  const send = (value: unknown = MESSAGE, change: Change = {}) => {
    nonces += 1;
    const { keyId = on.world.keys.sms.keyId, secret = on.world.keys.sms.secret, seconds = NOON / 1000 } = change;
    const nonce = change.nonce ?? String(nonces).padStart(32, '0');
    const digest = createHash('sha256')
      .update(JSON.stringify(change.signedValue ?? value))
      .digest('hex');
    const text = ['POST', change.path ?? '/sms/messages', seconds, nonce, digest].join('\n');
    const headers = {
      'content-type': 'application/json',
      'x-sms-key': keyId,
      'x-sms-timestamp': String(seconds),
      'x-sms-nonce': nonce,
      'x-sms-signature': createHmac('sha256', secret).update(text).digest('hex'),
    };
    return on.world.answer({ method: 'POST', path: '/sms/messages', query: '', headers, body: Buffer.from(JSON.stringify(value)) });
  };
  const inbox = async (query = '') =>
    json(await on.world.answer({ method: 'GET', path: '/sms/inbox', query, headers: {}, body: Buffer.alloc(0) })).messages;
  return { ...on, send, inbox };
}

test('a signed message is accepted with 202 and is in the inbox of its number; the feed holds neither code nor number', async () => {
  const { world, send, inbox } = setUp();
  const response = await send();
  expect([response.status, json(response).id]).toEqual([202, expect.stringMatching(/^sms_/)]);
  expect(await inbox('mobile=13800000000')).toMatchObject([{ code: '123456', text: expect.stringContaining('123456'), at: NOON }]);
  expect(await inbox('mobile=13900000000')).toEqual([]);
  expect(JSON.stringify(world.events.list())).not.toMatch(/123456|13800000000/);
});

test('the same requestId is sent once', async () => {
  const { send, inbox } = setUp();
  expect(json(await send())).toEqual(json(await send()));
  expect(await inbox()).toHaveLength(1);
});

test('takes a signature over the path below the mount point too', async () => {
  expect((await setUp().send(MESSAGE, { path: '/messages' })).status).toBe(202);
});

test.each<[string, Change]>([
  ['another key', { keyId: 'x' }],
  ['another secret', { secret: 'x' }],
  ['a time 301 s ago', { seconds: NOON / 1000 - 301 }],
  ['a time 301 s ahead', { seconds: NOON / 1000 + 301 }],
  ['a short nonce', { nonce: 'x' }],
  ['another path', { path: '/elsewhere' }],
  ['another body', { signedValue: { ...MESSAGE, code: '000000' } }],
])('refuses %s with 401', async (_, change) => {
  const { send, inbox } = setUp();
  expect((await send(MESSAGE, change)).status).toBe(401);
  expect(await inbox()).toEqual([]);
});

test('refuses a nonce used before', async () => {
  const { send } = setUp();
  const nonce = 'f'.repeat(32);
  expect((await send(MESSAGE, { nonce })).status).toBe(202);
  const replayed = await send(MESSAGE, { nonce });
  expect([replayed.status, json(replayed).code]).toEqual([401, 'nonce-used']);
});

test.each([{ mobile: '123' }, { template: 'Any Text' }, { code: 'abc' }, { requestId: '' }])('refuses %j with 400', async (change) => {
  expect((await setUp().send({ ...MESSAGE, ...change })).status).toBe(400);
});
