import * as alipay from '../testing/alipay';
import { newKeys } from '../testing/keys';
import { fakeNetwork, noNetwork, type SentRequest } from '../testing/network';
import { codeOf, refusalOf } from '../testing/refusals';
import { createAlipayLogin } from './alipay-login';

const METHOD = 'alipay.system.oauth.token';
const WEB_APP = alipay.WEB_APP_ID;
const settings = {
  authUrl: 'https://openauth.alipay.com',
  gatewayUrl: alipay.settings.gatewayUrl,
  apps: [alipay.miniApp, alipay.webApp],
};
const deps = { fetch: noNetwork, now: () => alipay.NOW, randomBytes: (count: number) => new Uint8Array(count) };

function platform(answer: (request: SentRequest) => Response | Promise<Response>) {
  const network = fakeNetwork(answer);
  return { sent: network.sent, login: createAlipayLogin(settings, { ...deps, fetch: network.fetch }) };
}

const token = { access_token: 'secret-token', refresh_token: 'secret-refresh', expires_in: 1296000, auth_start: '2026-11-21 12:00:00' };

test('trades an auth code for the open_id, and the tokens stay behind', async () => {
  const { login, sent } = platform(() => alipay.answer(METHOD, { ...token, open_id: '000OpenId', union_id: 'u1' }));
  expect(await login.exchangeCode({ code: 'auth-code', appId: alipay.APP_ID })).toEqual({ openid: '000OpenId', unionid: 'u1' });
  expect(sent[0]?.url.searchParams.get('method')).toBe(METHOD);
  expect(sent[0]?.url.searchParams.get('app_id')).toBe(alipay.APP_ID);
  expect(Object.fromEntries(new URLSearchParams(sent[0]?.body))).toEqual({ grant_type: 'authorization_code', code: 'auth-code' });
  expect(sent[0]?.url.href).not.toContain('auth-code');
});

test('takes the user_id of an old app', async () => {
  const { login } = platform(() => alipay.answer(METHOD, { ...token, user_id: '2088000000000009' }));
  expect(await login.exchangeCode({ code: 'c', appId: alipay.APP_ID })).toEqual({ openid: '2088000000000009' });
});

test('asks as the app that the phone runs', async () => {
  const { login, sent } = platform(() => alipay.answer(METHOD, { ...token, open_id: 'o' }, alipay.webPlatformKeys.privateKey));
  await login.exchangeCode({ code: 'c', appId: WEB_APP });
  expect(sent[0]?.url.searchParams.get('app_id')).toBe(WEB_APP);
});

test.each([
  ['40002', 'isv.code-invalid', 'auth.platform-refused'],
  ['40002', 'isv.grant-type-invalid', 'auth.platform-refused'],
  ['40002', 'isv.invalid-signature', 'config.invalid'],
  ['40002', 'isv.invalid-app-id', 'config.invalid'],
  ['20000', 'isp.unknow-error', 'auth.platform-unavailable'],
])('translates code %s %s to %s', async (code, sub_code, expected) => {
  const { login } = platform(() => alipay.jsonResponse(JSON.stringify({ error_response: { code, msg: 'x', sub_code } })));
  const error = await refusalOf(() => login.exchangeCode({ code: 'c', appId: alipay.APP_ID }));
  expect(error.code).toBe(expected);
  expect(error.detail).toMatchObject({ platformCode: sub_code });
});

test('does not believe an identity that is forged or unsigned', async () => {
  const content = { ...token, open_id: 'victim' };
  const forged = platform(() => alipay.answer(METHOD, content, newKeys().privateKey)).login;
  const unsigned = platform(() => alipay.jsonResponse(JSON.stringify({ alipay_system_oauth_token_response: content }))).login;
  for (const login of [forged, unsigned]) {
    expect(await codeOf(() => login.exchangeCode({ code: 'c', appId: alipay.APP_ID }))).toBe('auth.platform-unavailable');
  }
});

test.each([{}, { open_id: '' }, { open_id: 5 }, token])('concludes nothing from the signed %j', async (content) => {
  const { login } = platform(() => alipay.answer(METHOD, content));
  expect(await codeOf(() => login.exchangeCode({ code: 'c', appId: alipay.APP_ID }))).toBe('auth.platform-unavailable');
});

test('refuses an app we do not run without asking anyone', async () => {
  const login = createAlipayLogin(settings, deps);
  expect(await codeOf(() => login.exchangeCode({ code: 'c', appId: 'x' }))).toBe('auth.platform-refused');
  expect(await codeOf(() => login.webAuthorizeUrl({ appId: 'x', redirectUri: 'https://a.example/', state: 's' }))).toBe(
    'auth.platform-refused',
  );
});

test('sends a visitor of the web view to sign in', () => {
  const url = createAlipayLogin(settings, deps).webAuthorizeUrl({
    appId: WEB_APP,
    redirectUri: 'https://card.example.edu/?a=1&b=2',
    state: 'st_1',
  });
  const { origin, pathname, searchParams } = new URL(url);
  expect(origin + pathname).toBe('https://openauth.alipay.com/oauth2/publicAppAuthorize.htm');
  expect(Object.fromEntries(searchParams)).toEqual({
    app_id: WEB_APP,
    scope: 'auth_base',
    redirect_uri: 'https://card.example.edu/?a=1&b=2',
    state: 'st_1',
  });
});
