import { createHmac } from 'node:crypto';
import { json, NOON, stage } from '../test/merchant';

const MESSAGE = { to: '13800000000', text: '验证码 123456', requestId: 'sms_0001' };

interface Change {
  readonly key?: string;
  readonly seconds?: number;
  readonly signedValue?: unknown;
}

function setUp() {
  const on = stage();
  const send = (value: unknown = MESSAGE, change: Change = {}) => {
    const { key = on.world.keys.sms.key, seconds = NOON / 1000, signedValue = value } = change;
    const signature = createHmac('sha256', key)
      .update(`${seconds}\n${JSON.stringify(signedValue)}`)
      .digest('hex');
    const headers = { 'content-type': 'application/json', 'x-sms-timestamp': String(seconds), 'x-sms-signature': signature };
    return on.world.answer({ method: 'POST', path: '/sms/send', query: '', headers, body: Buffer.from(JSON.stringify(value)) });
  };
  const inbox = async (query = '') =>
    json(await on.world.answer({ method: 'GET', path: '/sms/inbox', query, headers: {}, body: Buffer.alloc(0) })).messages;
  return { ...on, send, inbox };
}

test('a signed message is accepted with 202 and is in the inbox of its number; the feed holds neither text nor number', async () => {
  const { world, send, inbox } = setUp();
  const response = await send();
  expect([response.status, json(response).id]).toEqual([202, expect.stringMatching(/^sms_/)]);
  expect(await inbox('to=13800000000')).toMatchObject([{ text: '验证码 123456', at: NOON }]);
  expect(await inbox('to=13900000000')).toEqual([]);
  expect(JSON.stringify(world.events.list())).not.toMatch(/123456|13800000000/);
});

test('the same requestId is sent once', async () => {
  const { send, inbox } = setUp();
  expect(json(await send())).toEqual(json(await send()));
  expect(await inbox()).toHaveLength(1);
});

test.each<[string, Change]>([
  ['another key', { key: 'x' }],
  ['a time 301 s ago', { seconds: NOON / 1000 - 301 }],
  ['a time 301 s ahead', { seconds: NOON / 1000 + 301 }],
  ['another body', { signedValue: { ...MESSAGE, text: 'x' } }],
])('refuses %s with 401', async (_, change) => {
  const { send, inbox } = setUp();
  expect((await send(MESSAGE, change)).status).toBe(401);
  expect(await inbox()).toEqual([]);
});

test.each([{ to: '123' }, { text: '' }, { requestId: '' }])('refuses %j with 400', async (change) => {
  expect((await setUp().send({ ...MESSAGE, ...change })).status).toBe(400);
});
