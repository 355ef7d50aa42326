import { createHash } from 'node:crypto';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { fakeNetwork, noNetwork, type SentRequest, serve } from '../testing/network';
import { codeOf, everythingOf, refusalOf } from '../testing/refusals';
import { createCampusSso } from './campus-sso';

const NOW = 1_800_000_000_000;
const ISSUER = 'https://sso.school.example/oidc';
const CLIENT = 'ecode';
const settings = {
  issuer: ISSUER,
  clientId: CLIENT,
  clientSecret: 'the client’s secret',
  scope: 'openid profile',
  numberClaim: 'code',
  nameClaim: 'name',
  timeoutMs: 1_000,
};
const visit = { redirectUri: 'https://card.example/app/', state: 'sso.state', nonce: 'the-nonce', codeVerifier: 'v'.repeat(43) };
const back = { code: 'the-code', issuer: undefined, redirectUri: visit.redirectUri, nonce: visit.nonce, codeVerifier: visit.codeVerifier };
const person = { sub: 'wangxm', code: '521000000037', name: '王小明' };

type Keys = Awaited<ReturnType<typeof generateKeyPair>>;
let rsa: Keys;
let ec: Keys;
let stranger: Keys;
beforeAll(async () => {
  [rsa, ec, stranger] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('ES256'), generateKeyPair('RS256')]);
});

const publicKey = async ({ publicKey: key }: Keys, kid: string, alg: string) => ({ ...(await exportJWK(key)), kid, alg, use: 'sig' });

interface Token {
  /** Over those of a good token; undefined takes one out. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly signer?: Keys;
  readonly header?: { alg: string; kid?: string };
  readonly issuedAt?: number;
}

async function idToken({
  claims = {},
  signer = rsa,
  header = { alg: 'RS256', kid: 'k1' },
  issuedAt = NOW / 1_000,
}: Token = {}): Promise<string> {
  const all: Record<string, unknown> = {
    iss: ISSUER,
    aud: CLIENT,
    nonce: visit.nonce,
    iat: issuedAt,
    exp: issuedAt + 300,
    ...person,
    ...claims,
  };
  for (const [name, value] of Object.entries(all)) if (value === undefined) delete all[name];
  return new SignJWT(all).setProtectedHeader(header).sign(signer.privateKey);
}

/** A provider that answers any code with this token. */
async function provider(token: string | Promise<string> | (() => Response), changes: object = {}, keys?: readonly object[]) {
  const text = typeof token === 'function' ? '' : await token;
  let now = NOW;
  const known = [...(keys ?? [await publicKey(rsa, 'k1', 'RS256')])];
  const network = fakeNetwork(({ url }) => {
    if (url.pathname.endsWith('/.well-known/openid-configuration')) {
      return Response.json({
        issuer: ISSUER,
        authorization_endpoint: `${ISSUER}/authorize`,
        token_endpoint: `${ISSUER}/token`,
        jwks_uri: `${ISSUER}/keys`,
      });
    }
    if (url.pathname.endsWith('/keys')) return Response.json({ keys: known });
    return typeof token === 'function' ? token() : Response.json({ access_token: 'secret-access', token_type: 'Bearer', id_token: text });
  });
  const sso = createCampusSso({ ...settings, ...changes }, { fetch: network.fetch, now: () => now });
  const asked = (end: string): SentRequest[] => network.sent.filter(({ url }) => url.pathname.endsWith(end));
  const later = (ms: number): void => {
    now += ms;
  };
  return { sso, asked, known, later };
}

async function reasonOf(token: string | Promise<string>, changes: object = {}): Promise<unknown> {
  const error = await refusalOf(async () => (await provider(token, changes)).sso.identify(back));
  return error.code === 'auth.sso-refused' ? error.detail?.reason : error.code;
}

describe('a visit to the school’s own sign-in (SJ-04)', () => {
  test('goes out with state, nonce and the S256 challenge, and the verifier stays', async () => {
    const { sso } = await provider('');
    const url = new URL(await sso.authorizeUrl(visit));
    expect(url.origin + url.pathname).toBe(`${ISSUER}/authorize`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: 'code',
      client_id: CLIENT,
      redirect_uri: visit.redirectUri,
      scope: 'openid profile',
      state: visit.state,
      nonce: visit.nonce,
      code_challenge: createHash('sha256').update(visit.codeVerifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    expect(url.href).not.toContain(visit.codeVerifier);
  });

  test('trades the code with the verifier and the client’s secret for number and name', async () => {
    const { sso, asked } = await provider(idToken());
    expect(await sso.identify({ ...back, issuer: `${ISSUER}/` })).toEqual({ number: '521000000037', name: '王小明' });
    const [request] = asked('/token');
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      grant_type: 'authorization_code',
      code: 'the-code',
      redirect_uri: visit.redirectUri,
      code_verifier: visit.codeVerifier,
    });
    const basic = Buffer.from(request?.headers.get('authorization')?.replace('Basic ', '') ?? '', 'base64').toString();
    expect(basic).toBe(`ecode:${encodeURIComponent('the client’s secret')}`);
  });

  test('is a public client where it has no secret', async () => {
    const { sso, asked } = await provider(idToken(), { clientSecret: undefined });
    await sso.identify(back);
    expect(new URLSearchParams(asked('/token')[0]?.body).get('client_id')).toBe(CLIENT);
    expect(asked('/token')[0]?.headers.get('authorization')).toBeNull();
  });

  test('takes ES256, a number that is a number, and endpoints that are configured', async () => {
    const endpoints = { authorize: `${ISSUER}/a`, token: `${ISSUER}/token`, keys: `${ISSUER}/keys` };
    const token = idToken({ signer: ec, header: { alg: 'ES256', kid: 'e1' }, claims: { code: 2021000037 } });
    const { sso, asked } = await provider(token, { endpoints, nameClaim: undefined }, [await publicKey(ec, 'e1', 'ES256')]);
    expect(await sso.identify(back)).toEqual({ number: '2021000037', name: undefined });
    expect(asked('/openid-configuration')).toHaveLength(0);
  });

  test('asks for the documents once, and again after they have grown old', async () => {
    const { sso, asked, later } = await provider(idToken({ issuedAt: NOW / 1_000 + 60 }));
    await sso.identify(back);
    await sso.identify(back);
    expect([asked('/openid-configuration').length, asked('/keys').length]).toEqual([1, 1]);
    later(11 * 60_000);
    // Too old by now; the keys were asked for all the same.
    expect(await codeOf(() => sso.identify(back))).toBe('auth.sso-refused');
    expect(asked('/keys')).toHaveLength(2);
  });
});

describe('an ID token that does not stand up', () => {
  test.each<[string, Token, string]>([
    ['signed by somebody else under our key’s name', {}, 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED'],
    ['of another client', { claims: { aud: 'other' } }, 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
    ['of another issuer', { claims: { iss: 'https://evil.example' } }, 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
    ['of another visit', { claims: { nonce: 'other' } }, 'nonce'],
    ['without nonce', { claims: { nonce: undefined } }, 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
    ['without end', { claims: { exp: undefined } }, 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
    ['without subject', { claims: { sub: undefined } }, 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
    ['expired', { claims: { exp: NOW / 1_000 - 61 } }, 'ERR_JWT_EXPIRED'],
    ['issued long ago', { issuedAt: NOW / 1_000 - 700, claims: { exp: NOW / 1_000 + 300 } }, 'ERR_JWT_EXPIRED'],
    ['issued in the future', { issuedAt: NOW / 1_000 + 120 }, 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
    ['for several parties without saying which asked', { claims: { aud: [CLIENT, 'other'] } }, 'azp'],
    ['asked for by another party', { claims: { azp: 'other' } }, 'azp'],
  ])('%s is refused', async (name, token, reason) => {
    const forged = name.startsWith('signed by') ? { ...token, signer: stranger } : token;
    expect(await reasonOf(idToken(forged))).toBe(reason);
  });

  test('a minute of skew is forgiven', async () => {
    for (const issuedAt of [NOW / 1_000 + 59, NOW / 1_000 - 355]) {
      expect((await (await provider(idToken({ issuedAt }))).sso.identify(back)).number).toBe(person.code);
    }
  });

  test('alg none, and HMAC with the public key as its secret, are refused', async () => {
    const claims = { iss: ISSUER, aud: CLIENT, nonce: visit.nonce, iat: NOW / 1_000, exp: NOW / 1_000 + 300, ...person };
    expect(await reasonOf(new UnsecuredJWT(claims).encode())).toMatch(/^ERR_/);
    const pem = new TextEncoder().encode(await exportSPKI(rsa.publicKey));
    const hmac = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'k1' }).sign(pem);
    expect(await reasonOf(hmac)).toBe('ERR_JOSE_ALG_NOT_ALLOWED');
  });

  test.each(['', 'a.b', 'a.b.c', '{}'])('%j is no token', async (text) => {
    expect(await reasonOf(text)).toMatch(/^ERR_JW/);
  });

  test('a key that came since is fetched; an invented one is asked for at most twice a minute', async () => {
    const { sso, asked, known, later } = await provider(idToken({ signer: ec, header: { alg: 'ES256', kid: 'new' } }));
    expect((await refusalOf(() => sso.identify(back))).detail).toMatchObject({ reason: 'ERR_JWKS_NO_MATCHING_KEY' });
    await codeOf(() => sso.identify(back));
    expect(asked('/keys')).toHaveLength(1);
    known.push(await publicKey(ec, 'new', 'ES256'));
    later(31_000);
    expect((await sso.identify(back)).number).toBe(person.code);
    expect(asked('/keys')).toHaveLength(2);
  });

  test('its claims are in no error', async () => {
    const error = await refusalOf(async () => (await provider(idToken({ claims: { aud: 'other' } }))).sso.identify(back));
    expect(everythingOf(error)).not.toMatch(/王小明|521000000037|wangxm|secret/);
  });
});

describe('a provider', () => {
  test('whose answer names another issuer is mixed up, and hears no code', async () => {
    const { sso, asked } = await provider(idToken());
    expect((await refusalOf(() => sso.identify({ ...back, issuer: 'https://evil.example' }))).detail).toMatchObject({
      reason: 'other-issuer',
    });
    expect(asked('/token')).toHaveLength(0);
  });

  test.each<[number, object, string]>([
    [400, { error: 'invalid_grant', error_description: 'the-code was used' }, 'auth.sso-refused'],
    [400, {}, 'auth.sso-refused'],
    [401, { error: 'invalid_client' }, 'config.invalid'],
    [429, {}, 'auth.sso-unavailable'],
    [503, {}, 'auth.sso-unavailable'],
    [200, { access_token: 'x' }, 'auth.sso-unavailable'],
  ])('that answers %i %j is %s', async (status, body, code) => {
    const { sso } = await provider(() => Response.json(body, { status }));
    const error = await refusalOf(() => sso.identify(back));
    expect(error.code).toBe(code);
    expect(everythingOf(error)).not.toContain('the-code');
  });

  test('that says no number, or no name where one is to be compared, is set up wrongly', async () => {
    expect(await reasonOf(idToken({ claims: { code: undefined } }))).toBe('config.invalid');
    expect(await reasonOf(idToken({ claims: { code: ['1'] } }))).toBe('config.invalid');
    expect(await reasonOf(idToken({ claims: { name: '' } }))).toBe('config.invalid');
    expect(await reasonOf(idToken({ claims: {} }), { numberClaim: 'constructor' })).toBe('config.invalid');
  });

  test('whose discovery names another issuer, or endpoints that are not safe, is not believed', async () => {
    const good = { issuer: ISSUER, authorization_endpoint: ISSUER, token_endpoint: ISSUER, jwks_uri: ISSUER };
    for (const document of [
      { ...good, issuer: 'https://evil.example' },
      { ...good, token_endpoint: 'http://sso.school.example/token' },
    ]) {
      const network = fakeNetwork(() => Response.json(document));
      const sso = createCampusSso(settings, { fetch: network.fetch, now: () => NOW });
      expect(await codeOf(() => sso.authorizeUrl(visit))).toBe('auth.sso-unavailable');
    }
  });

  test('that never answers is unavailable', async () => {
    const server = await serve(() => undefined);
    const sso = createCampusSso({ ...settings, issuer: server.url, timeoutMs: 100 }, { fetch: globalThis.fetch, now: () => NOW });
    expect(await codeOf(() => sso.authorizeUrl(visit))).toBe('auth.sso-unavailable');
    await server.close();
  });

  test.each([
    ['plain HTTP over the network', { issuer: 'http://sso.school.example' }],
    ['a scope without openid', { scope: 'profile' }],
    ['no number claim', { numberClaim: undefined }],
  ])('is refused with %s, without quoting the secret', async (_, changes) => {
    const error = await refusalOf(() => createCampusSso({ ...settings, ...changes }, { fetch: noNetwork, now: () => NOW }));
    expect(error.code).toBe('config.invalid');
    expect(everythingOf(error)).not.toContain('client’s secret');
  });
});
