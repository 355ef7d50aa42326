import type { PhoneMessage } from '../contract';
import { fakeNetwork, type SentRequest, serve } from '../testing/network';
import { codeOf } from '../testing/refusals';
import { createWechatMessages } from './wechat-messages';

const settings = {
  apiUrl: 'https://api.weixin.qq.com',
  openUrl: 'https://open.weixin.qq.com',
  apps: [{ appId: 'wx1', appSecret: 'the-secret', kind: 'mini-program' }],
  timeoutMs: 200,
};
const message: PhoneMessage = {
  appId: 'wx1',
  openId: 'o1',
  templateId: 't1',
  page: 'pages/a',
  language: 'en',
  data: { thing1: 'Large purchase', amount2: '¥35.00' },
};

/** Answers the n-th sending; tokens are numbered. */
function platform(answer: (sending: number) => unknown) {
  let now = 1_800_000_000_000;
  let tokens = 0;
  let sendings = 0;
  const network = fakeNetwork((request) => {
    if (request.url.pathname === '/cgi-bin/stable_token') {
      tokens += 1;
      return Response.json({ access_token: `token-${tokens}`, expires_in: 7_200 });
    }
    sendings += 1;
    const said = answer(sendings);
    return said instanceof Response ? said : Response.json(said);
  });
  const sender = createWechatMessages(settings, { fetch: network.fetch, now: () => now });
  const sent = (path: string): SentRequest[] => network.sent.filter(({ url }) => url.pathname === path);
  return {
    sender,
    tokensAsked: () => sent('/cgi-bin/stable_token'),
    sendings: () => sent('/cgi-bin/message/subscribe/send'),
    later: (ms: number) => {
      now += ms;
    },
  };
}
const failingNetwork = (): never => {
  throw new TypeError('fetch failed');
};
const ok = { errcode: 0, errmsg: 'ok' };

test('asks for the token in the body, and sends each field as a value in the language that was agreed to', async () => {
  const { sender, tokensAsked, sendings } = platform(() => ok);
  expect(await sender.send(message)).toBe('sent');
  const asked = { grant_type: 'client_credential', appid: 'wx1', secret: 'the-secret', force_refresh: false };
  expect(JSON.parse(tokensAsked()[0]?.body ?? '')).toEqual(asked);
  expect(sendings()[0]?.url.search).toBe('?access_token=token-1');
  expect(JSON.parse(sendings()[0]?.body ?? '')).toEqual({
    touser: 'o1',
    template_id: 't1',
    page: 'pages/a',
    miniprogram_state: 'formal',
    lang: 'en_US',
    data: { thing1: { value: 'Large purchase' }, amount2: { value: '¥35.00' } },
  });
});

test('uses one token for many messages, until shortly before its end', async () => {
  const { sender, tokensAsked, later } = platform(() => ok);
  await Promise.all([1, 2, 3].map(() => sender.send(message)));
  later(6_899_000);
  await sender.send(message);
  expect(tokensAsked()).toHaveLength(1);
  later(2_000);
  await sender.send(message);
  expect(tokensAsked()).toHaveLength(2);
});

test.each([40001, 40014, 42001])(
  'a token that was refused with %s is renewed once, and the message sent with the new one',
  async (errcode) => {
    const { sender, sendings } = platform((sending) => (sending === 1 ? { errcode } : ok));
    expect(await sender.send(message)).toBe('sent');
    expect(sendings().map(({ url }) => url.searchParams.get('access_token'))).toEqual(['token-1', 'token-2']);
    const never = platform(() => ({ errcode }));
    expect(await codeOf(() => never.sender.send(message))).toBe('messages.platform-unavailable');
    expect(never.sendings()).toHaveLength(2);
  },
);

test.each([
  [40003, 'messages.platform-refused'],
  [40037, 'messages.platform-refused'],
  [47003, 'messages.platform-refused'],
  [-1, 'messages.platform-unavailable'],
  [45009, 'messages.platform-unavailable'],
  [40164, 'config.invalid'],
])('errcode %i is %s, and nothing is sent again', async (errcode, code) => {
  const { sender, sendings } = platform(() => ({ errcode, errmsg: 'x' }));
  expect(await codeOf(() => sender.send(message))).toBe(code);
  expect(sendings()).toHaveLength(1);
});

test('43101 is no failure: nobody agreed', async () => {
  expect(await platform(() => ({ errcode: 43101 })).sender.send(message)).toBe('not-agreed');
});

test.each([
  ['another status', () => new Response('', { status: 502 })],
  ['no JSON', () => new Response('<html>')],
  ['a broken connection', failingNetwork],
])('%s says nothing of the message', async (_, answer) => {
  const { sender, sendings } = platform(answer);
  expect(await codeOf(() => sender.send(message))).toBe('messages.platform-unavailable');
  expect(sendings()).toHaveLength(1);
});

test('a platform that does not answer is given up', async () => {
  const server = await serve(() => undefined);
  const sender = createWechatMessages({ ...settings, apiUrl: server.url }, { fetch, now: Date.now });
  expect(await codeOf(() => sender.send(message))).toBe('messages.platform-unavailable');
  await server.close();
});
