import { fakeNetwork, noNetwork, type SentRequest, serve } from '../testing/network';
import { codeOf, everythingOf, refusalOf } from '../testing/refusals';
import { createWecomLogins } from './wecom-login';

const CORP = 'ww0000000000000001';
const OTHER = 'ww0000000000000002';
const settings = {
  apiUrl: 'https://qyapi.weixin.qq.com',
  openUrl: 'https://open.weixin.qq.com',
  corps: [
    { schoolId: 'shanghaitech', corpId: CORP, agentId: '1000002', secret: 'the-secret' },
    { schoolId: 'bistu', corpId: OTHER, agentId: '1000003', secret: 'another-secret' },
  ],
  timeoutMs: 1_000,
};
const TOKEN = { errcode: 0, errmsg: 'ok', access_token: 'secret-token', expires_in: 7_200 };

/** Answers by path; what `members` gives is the platform's word about the code. */
function platform(members: (request: SentRequest) => unknown, token: (count: number) => unknown = () => TOKEN) {
  let now = 1_800_000_000_000;
  let tokens = 0;
  const network = fakeNetwork((request) => {
    const isToken = request.url.pathname === '/cgi-bin/gettoken';
    if (isToken) tokens += 1;
    return Response.json(isToken ? token(tokens) : members(request));
  });
  const logins = createWecomLogins(settings, { fetch: network.fetch, now: () => now });
  const asked = (path: string): SentRequest[] => network.sent.filter(({ url }) => url.pathname === path);
  const later = (ms: number): void => {
    now += ms;
  };
  return { logins, asked, later };
}
const member = { errcode: 0, errmsg: 'ok', userid: 'zhangsan' };
const web = { code: '0a1', appId: CORP };

test('trades the code of a page for the member id, with the corp’s own secret (SQ-01)', async () => {
  const { logins, asked } = platform(() => ({ ...member, user_ticket: 'secret-ticket' }));
  expect(await logins.web.exchangeCode(web)).toEqual({ openid: 'zhangsan' });
  expect(Object.fromEntries(asked('/cgi-bin/gettoken')[0]?.url.searchParams ?? [])).toEqual({ corpid: CORP, corpsecret: 'the-secret' });
  expect(Object.fromEntries(asked('/cgi-bin/auth/getuserinfo')[0]?.url.searchParams ?? [])).toEqual({
    access_token: 'secret-token',
    code: '0a1',
  });
});

test('trades the code of wx.qy.login, and the session key stays behind (SQ-04)', async () => {
  const { logins, asked } = platform(() => ({ ...member, corpid: CORP, session_key: 'secret-key' }));
  expect(await logins.mini.exchangeCode({ code: 'x&access_token=other#', appId: CORP })).toEqual({ openid: 'zhangsan' });
  const query = asked('/cgi-bin/miniprogram/jscode2session')[0]?.url.searchParams;
  expect(query?.getAll('access_token')).toEqual(['secret-token']);
  expect([query?.get('js_code'), query?.get('grant_type')]).toEqual(['x&access_token=other#', 'authorization_code']);
});

test('asks for one access token, however many sign in, until shortly before its end', async () => {
  const { logins, asked, later } = platform(() => member);
  await Promise.all([1, 2, 3].map(() => logins.web.exchangeCode(web)));
  later(6_899_000);
  await logins.web.exchangeCode(web);
  expect(asked('/cgi-bin/gettoken')).toHaveLength(1);
  later(2_000);
  await logins.web.exchangeCode(web);
  expect(asked('/cgi-bin/gettoken')).toHaveLength(2);
});

test.each([40014, 42001])('asks anew, once, for a token that the platform calls stale (%i)', async (errcode) => {
  let calls = 0;
  const { logins, asked } = platform(
    ({ url }) => {
      calls += 1;
      return url.searchParams.get('access_token') === 'token-2' ? member : { errcode, errmsg: 'stale' };
    },
    (count) => ({ ...TOKEN, access_token: `token-${count}` }),
  );
  expect(await logins.web.exchangeCode(web)).toEqual({ openid: 'zhangsan' });
  expect([calls, asked('/cgi-bin/gettoken').length]).toEqual([2, 2]);
  const broken = platform(() => ({ errcode, errmsg: 'stale' }));
  expect(await codeOf(() => broken.logins.web.exchangeCode(web))).toBe('auth.platform-unavailable');
  expect(broken.asked('/cgi-bin/gettoken')).toHaveLength(2);
});

test.each([
  ['an openid', { errcode: 0, errmsg: 'ok', openid: 'oStranger' }],
  ['an external user', { errcode: 0, errmsg: 'ok', openid: 'o', external_userid: 'wm1' }],
  ['a member of another corp', { ...member, corpid: OTHER }],
  ['60111', { errcode: 60111, errmsg: 'userid not found' }],
  ['60011', { errcode: 60011, errmsg: 'no privilege to access' }],
])('refuses whoever is no member: %s (SQ-01)', async (_, answer) => {
  const { logins } = platform(() => answer);
  expect(await codeOf(() => logins.web.exchangeCode(web))).toBe('auth.not-a-member');
});

test.each([
  [40029, 'auth.platform-refused'],
  [50001, 'auth.platform-refused'],
  [-1, 'auth.platform-unavailable'],
  [45009, 'auth.platform-unavailable'],
  [40001, 'config.invalid'],
  [60020, 'config.invalid'],
])('translates errcode %i to %s, at the code and at the token alike', async (errcode, code) => {
  const failure = { errcode, errmsg: 'invalid zhangsan secret-token' };
  const errors = [
    await refusalOf(() => platform(() => failure).logins.web.exchangeCode(web)),
    await refusalOf(() =>
      platform(
        () => member,
        () => failure,
      ).logins.web.exchangeCode(web),
    ),
  ];
  expect(errors.map((error) => error.code)).toEqual([code, code]);
  for (const error of errors) expect(everythingOf(error)).not.toMatch(/zhangsan|secret/);
});

test.each([
  ['no JSON', '<html>'],
  ['no member at all in no form', '{"userid":"zhangsan"}'],
  ['null', 'null'],
])('takes %s for no answer', async (_, body) => {
  const network = fakeNetwork(({ url }) => (url.pathname === '/cgi-bin/gettoken' ? Response.json(TOKEN) : new Response(body)));
  const logins = createWecomLogins(settings, { fetch: network.fetch, now: () => 0 });
  expect(await codeOf(() => logins.web.exchangeCode(web))).toBe('auth.platform-unavailable');
});

test('a failed question for a token is not remembered', async () => {
  const { logins } = platform(
    () => member,
    (count) => (count === 1 ? { errcode: -1, errmsg: 'busy' } : TOKEN),
  );
  expect(await codeOf(() => logins.web.exchangeCode(web))).toBe('auth.platform-unavailable');
  expect(await logins.web.exchangeCode(web)).toEqual({ openid: 'zhangsan' });
});

test('gives up on a platform that never answers', async () => {
  const server = await serve(() => undefined);
  const logins = createWecomLogins({ ...settings, apiUrl: server.url, timeoutMs: 100 }, { fetch: globalThis.fetch, now: Date.now });
  expect(await codeOf(() => logins.web.exchangeCode(web))).toBe('auth.platform-unavailable');
  await server.close();
});

test('sends a page of a school to its own corp, and a mini-program nowhere', async () => {
  const logins = createWecomLogins(settings, { fetch: noNetwork, now: () => 0 });
  expect([logins.corpOf('shanghaitech'), logins.corpOf('bistu'), logins.corpOf('dufl')]).toEqual([CORP, OTHER, undefined]);
  const visit = { appId: CORP, redirectUri: 'https://card.example/app/?a=1', state: 's'.repeat(16) };
  const url = new URL(logins.web.webAuthorizeUrl(visit));
  expect([url.origin + url.pathname, url.hash]).toEqual(['https://open.weixin.qq.com/connect/oauth2/authorize', '#wechat_redirect']);
  expect(Object.fromEntries(url.searchParams)).toEqual({
    appid: CORP,
    redirect_uri: visit.redirectUri,
    response_type: 'code',
    scope: 'snsapi_base',
    state: visit.state,
    agentid: '1000002',
  });
  expect(await codeOf(() => logins.web.webAuthorizeUrl({ ...visit, appId: 'ww9' }))).toBe('auth.platform-refused');
  expect(await codeOf(() => logins.mini.webAuthorizeUrl(visit))).toBe('auth.platform-refused');
  expect(await codeOf(() => logins.mini.exchangeCode({ ...web, appId: 'ww9' }))).toBe('auth.platform-refused');
});

test.each([
  ['two corps of one school', { corps: [settings.corps[0], { ...settings.corps[1], schoolId: 'shanghaitech' }] }],
  ['one corp of two schools', { corps: [settings.corps[0], { ...settings.corps[1], corpId: CORP }] }],
  ['plain HTTP over the network', { apiUrl: 'http://qyapi.weixin.qq.com' }],
])('refuses settings with %s, and quotes no secret', async (_, changes) => {
  const error = await refusalOf(() => createWecomLogins({ ...settings, ...changes }, { fetch: noNetwork, now: () => 0 }));
  expect(error.code).toBe('config.invalid');
  expect(everythingOf(error)).not.toMatch(/the-secret|another-secret/);
});
