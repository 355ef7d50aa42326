import { createHash, createVerify } from 'node:crypto';
import { demoPerson } from '../roster/people';
import { json, stage } from '../test/merchant';

const VERIFIER = 'v'.repeat(43);
const REDIRECT = 'http://127.0.0.1:3000/phone/wechat/';
const challenge = createHash('sha256').update(VERIFIER).digest('base64url');

function setUp() {
  const on = stage();
  on.world.setBaseUrl('http://127.0.0.1:3003');
  const { clientId, clientSecret, key } = on.world.keys.campusSso;
  const ask = (method: 'GET' | 'POST', path: string, query: object, body = '', headers: Record<string, string> = {}) =>
    on.world.answer({
      method,
      path: `/oidc${path}`,
      query: new URLSearchParams({ ...query }).toString(),
      headers,
      body: Buffer.from(body),
    });
  const visit = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: REDIRECT,
    scope: 'openid',
    state: 's1',
    nonce: 'n1',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  };
  const { number, name } = demoPerson('sjtu', 'student');
  const logIn = (typed: Record<string, string> = { account: number, password: 'jaccount' }, changes: object = {}) =>
    ask('POST', '/authorize', { ...visit, ...changes }, new URLSearchParams(typed).toString());
  const codeOf = async (): Promise<string> => new URL((await logIn()).headers.location ?? '').searchParams.get('code') ?? '';
  const trade = (code: string, changes: Record<string, string> = {}, secret = clientSecret) =>
    ask(
      'POST',
      '/token',
      {},
      new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        redirect_uri: REDIRECT,
        code_verifier: VERIFIER,
        ...changes,
      }).toString(),
      { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
    );
  return { ...on, ask, visit, logIn, codeOf, trade, number, name, key, clientId };
}

test('sends back code, state and its own name, and trades the code once for a signed token', async () => {
  const { logIn, trade, number, name, key, clientId } = setUp();
  const back = new URL((await logIn()).headers.location ?? '');
  expect(Object.fromEntries(back.searchParams)).toMatchObject({ state: 's1', iss: 'http://127.0.0.1:3003/oidc' });
  const code = back.searchParams.get('code') ?? '';
  const [head = '', claims = '', signature = ''] = String(json(await trade(code)).id_token).split('.');
  expect(createVerify('RSA-SHA256').update(`${head}.${claims}`).verify(key.publicKeyPem, signature, 'base64url')).toBe(true);
  expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({ aud: clientId, nonce: 'n1', code: number, name });
  expect(json(await trade(code))).toEqual({ error: 'invalid_grant' });
});

test('refuses a code with another verifier, another page or after a minute, and an unknown client', async () => {
  const { codeOf, trade, time } = setUp();
  expect(json(await trade(await codeOf(), { code_verifier: 'w'.repeat(43) }))).toEqual({ error: 'invalid_grant' });
  expect(json(await trade(await codeOf(), { redirect_uri: `${REDIRECT}x` }))).toEqual({ error: 'invalid_grant' });
  expect(json(await trade(await codeOf(), {}, 'x'))).toEqual({ error: 'invalid_client' });
  const late = await codeOf();
  await time.advance(60_000);
  expect(json(await trade(late))).toEqual({ error: 'invalid_grant' });
});

test('a wrong password goes back nowhere, a cancelled visit goes back without a code', async () => {
  const { logIn, number } = setUp();
  expect((await logIn({ account: number, password: 'x' })).status).toBe(401);
  const back = new URL((await logIn({ cancel: '1' })).headers.location ?? '');
  expect(Object.fromEntries(back.searchParams)).toMatchObject({ error: 'access_denied', state: 's1' });
});

test.each([
  ['another client', { client_id: 'x' }],
  ['a page that is not registered', { redirect_uri: 'http://127.0.0.1:3000/elsewhere/' }],
  ['a page of somebody else', { redirect_uri: 'https://evil.example/phone/wechat/' }],
  ['no PKCE', { code_challenge_method: 'plain' }],
  ['no openid', { scope: 'profile' }],
])('shows an error page for %s', async (_, changes) => {
  const { logIn } = setUp();
  const answer = await logIn(undefined, changes);
  expect([answer.status, answer.headers.location]).toEqual([400, undefined]);
});
