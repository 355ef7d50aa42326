import { createHmac } from 'node:crypto';
import { json, NOON, stage } from '../test/merchant';

const TO = '13800000000';

function setUp() {
  const on = stage();
  const send = (headers: Record<string, string>, value: unknown = { to: TO, text: '验证码 123456' }) =>
    on.world.answer({ method: 'POST', path: '/sms/send', query: '', headers, body: Buffer.from(JSON.stringify(value)) });
  const inbox = async (query = '') =>
    json(await on.world.answer({ method: 'GET', path: '/sms/inbox', query, headers: {}, body: Buffer.alloc(0) })).messages;
  return { ...on, send, inbox, bearer: { authorization: `Bearer ${on.world.keys.sms.key}` } };
}

function hmac(key: string, timestamp: number, body: string): Record<string, string> {
  const signature = createHmac('sha256', key).update(`${timestamp}\n${body}`).digest('hex');
  return { 'x-sms-timestamp': String(timestamp), 'x-sms-signature': signature };
}

test('a message sent with the key is in the inbox of its number, and its text is not in the feed', async () => {
  const { world, send, inbox, bearer } = setUp();
  expect(json(await send(bearer))).toEqual({ code: 'OK', messageId: expect.stringMatching(/^sms_/) });
  expect(await inbox(`to=${TO}`)).toMatchObject([{ to: TO, text: '验证码 123456', at: NOON }]);
  expect(await inbox('to=13900000000')).toEqual([]);
  expect(JSON.stringify(world.events.list())).not.toMatch(/123456|13800000000/);
});

test('an HMAC over time and body does as well, within five minutes', async () => {
  const { world, send } = setUp();
  const body = JSON.stringify({ to: TO, text: '验证码 123456' });
  expect((await send(hmac(world.keys.sms.key, NOON / 1000, body))).status).toBe(200);
  expect((await send(hmac(world.keys.sms.key, NOON / 1000 - 301, body))).status).toBe(401);
  expect((await send(hmac('another key', NOON / 1000, body))).status).toBe(401);
  expect((await send(hmac(world.keys.sms.key, NOON / 1000, body), { to: TO, text: 'changed' })).status).toBe(401);
});

test('refuses a wrong key, no key, a number that is none and an empty text', async () => {
  const { send, inbox, bearer } = setUp();
  expect((await send({ authorization: 'Bearer x' })).status).toBe(401);
  expect((await send({})).status).toBe(401);
  expect((await send(bearer, { to: '123', text: 'x' })).status).toBe(400);
  expect((await send(bearer, { to: TO, text: '' })).status).toBe(400);
  expect(await inbox()).toEqual([]);
});
