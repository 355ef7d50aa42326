import { fakeNetwork, noNetwork, type SentRequest, serve } from '../testing/network';
import { codeOf, everythingOf, refusalOf } from '../testing/refusals';
import { createWechatLogin } from './wechat-login';

const MINI = 'wx0000000000000001';
const WEB = 'wx0000000000000002';
const settings = {
  apiUrl: 'https://api.weixin.qq.com',
  openUrl: 'https://open.weixin.qq.com',
  apps: [
    { appId: MINI, appSecret: 'mini-secret', kind: 'mini-program' },
    { appId: WEB, appSecret: 'web-secret', kind: 'official-account' },
  ],
  timeoutMs: 1_000,
};

function platform(answer: (request: SentRequest) => Response | Promise<Response>) {
  const network = fakeNetwork(answer);
  return { sent: network.sent, login: createWechatLogin(settings, network) };
}

/** Sent as text/plain, as the platform does it. */
const text = (content: unknown, status = 200) =>
  new Response(JSON.stringify(content), { status, headers: { 'content-type': 'text/plain' } });

test('trades the code of wx.login for an openid, and the session key stays behind', async () => {
  const { login, sent } = platform(() => text({ openid: 'oMini', session_key: 'secret-session-key==', unionid: 'uOne' }));
  expect(await login.exchangeCode({ code: '0a1', appId: MINI })).toEqual({ openid: 'oMini', unionid: 'uOne' });
  expect(sent[0]?.url.origin + (sent[0]?.url.pathname ?? '')).toBe('https://api.weixin.qq.com/sns/jscode2session');
  expect(Object.fromEntries(sent[0]?.url.searchParams ?? [])).toEqual({
    appid: MINI,
    secret: 'mini-secret',
    js_code: '0a1',
    grant_type: 'authorization_code',
  });
});

test('trades the code of a web page for an openid, and the tokens stay behind', async () => {
  const { login, sent } = platform(() =>
    text({ access_token: 'secret-token', refresh_token: 'secret-refresh', openid: 'oWeb', scope: 'snsapi_base' }),
  );
  expect(await login.exchangeCode({ code: '0b2', appId: WEB })).toEqual({ openid: 'oWeb' });
  expect(sent[0]?.url.pathname).toBe('/sns/oauth2/access_token');
  expect(Object.fromEntries(sent[0]?.url.searchParams ?? [])).toEqual({
    appid: WEB,
    secret: 'web-secret',
    code: '0b2',
    grant_type: 'authorization_code',
  });
});

test('escapes what a phone sends as its code', async () => {
  const { login, sent } = platform(() => text({ openid: 'oMini' }));
  await login.exchangeCode({ code: 'x&secret=other#', appId: MINI });
  expect(sent[0]?.url.searchParams.getAll('secret')).toEqual(['mini-secret']);
  expect(sent[0]?.url.searchParams.get('js_code')).toBe('x&secret=other#');
});

test.each([
  [40029, 'auth.platform-refused'],
  [40163, 'auth.platform-refused'],
  [40226, 'auth.platform-refused'],
  [99999, 'auth.platform-refused'],
  [-1, 'auth.platform-unavailable'],
  [45011, 'auth.platform-unavailable'],
  [40125, 'config.invalid'],
  [40013, 'config.invalid'],
])('translates errcode %i to %s', async (errcode, code) => {
  const { login } = platform(() => text({ errcode, errmsg: 'told with rid: 1-2-3' }));
  expect(await codeOf(() => login.exchangeCode({ code: 'x', appId: MINI }))).toBe(code);
});

test('an errcode beside an openid is still an error', async () => {
  const { login } = platform(() => text({ errcode: 40029, openid: 'oMini' }));
  expect(await codeOf(() => login.exchangeCode({ code: 'x', appId: MINI }))).toBe('auth.platform-refused');
});

test('an errcode of 0 is none', async () => {
  const { login } = platform(() => text({ errcode: 0, openid: 'oMini' }));
  expect(await login.exchangeCode({ code: 'x', appId: MINI })).toEqual({ openid: 'oMini' });
});

test.each([{}, { openid: '' }, { openid: 5 }, [], null, 'x', { session_key: 'k' }])('concludes nothing from %j', async (content) => {
  const { login } = platform(() => text(content));
  expect(await codeOf(() => login.exchangeCode({ code: 'x', appId: MINI }))).toBe('auth.platform-unavailable');
});

test.each(['', 'not json', '<html>'])('concludes nothing from the body %j', async (body) => {
  const { login } = platform(() => new Response(body));
  expect(await codeOf(() => login.exchangeCode({ code: 'x', appId: MINI }))).toBe('auth.platform-unavailable');
});

test('concludes nothing from an HTTP error', async () => {
  const { login } = platform(() => text({ openid: 'oMini' }, 503));
  expect(await codeOf(() => login.exchangeCode({ code: 'x', appId: MINI }))).toBe('auth.platform-unavailable');
});

test('refuses an app we do not run without asking anyone', async () => {
  const login = createWechatLogin(settings, { fetch: noNetwork });
  expect(await codeOf(() => login.exchangeCode({ code: 'x', appId: 'toString' }))).toBe('auth.platform-refused');
  expect(await codeOf(() => login.webAuthorizeUrl({ appId: 'x', redirectUri: 'https://a.example/', state: 's' }))).toBe(
    'auth.platform-refused',
  );
});

test('gives up on a server that never answers, and its error does not carry the secret or the code', async () => {
  const server = await serve(() => undefined);
  const login = createWechatLogin({ ...settings, apiUrl: server.url, timeoutMs: 100 }, { fetch: globalThis.fetch });
  const error = await refusalOf(() => login.exchangeCode({ code: 'one-time-code', appId: MINI }));
  expect(error.code).toBe('auth.platform-unavailable');
  expect(error.detail).toMatchObject({ reason: 'timeout' });
  expect(everythingOf(error)).not.toMatch(/mini-secret|one-time-code/);
  await server.close();
});

test('sends a visitor of the web view to sign in, with its parameters in the order the platform demands', () => {
  const login = createWechatLogin(settings, { fetch: noNetwork });
  expect(login.webAuthorizeUrl({ appId: WEB, redirectUri: 'https://card.example.edu/?a=1&b=2', state: 'st_1' })).toBe(
    'https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx0000000000000002' +
      '&redirect_uri=https%3A%2F%2Fcard.example.edu%2F%3Fa%3D1%26b%3D2' +
      '&response_type=code&scope=snsapi_base&state=st_1#wechat_redirect',
  );
});

test('a mini-program has no web sign-in', async () => {
  const login = createWechatLogin(settings, { fetch: noNetwork });
  const visit = { appId: MINI, redirectUri: 'https://card.example.edu/', state: 's' };
  expect(await codeOf(() => login.webAuthorizeUrl(visit))).toBe('auth.platform-refused');
});

test('refuses settings by name and never quotes the secret', async () => {
  const apps = [{ appId: MINI, appSecret: 'very-secret', kind: 'desktop' }];
  const error = await refusalOf(() => createWechatLogin({ ...settings, apps }, { fetch: noNetwork }));
  expect(error.code).toBe('config.invalid');
  expect(error.detail).toMatchObject({ setting: 'apps.0.kind' });
  expect(everythingOf(error)).not.toContain('very-secret');
});
