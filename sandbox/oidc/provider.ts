import { createHash, createPublicKey, createSign, timingSafeEqual } from 'node:crypto';
import { jsonResponse, redirectResponse, type SandboxRequest, type SandboxResponse, type Service, textResponse } from '../lib/http';
import { lookup } from '../lib/lookup';
import { randomAlphanumeric } from '../lib/random-text';
import { redirectTarget } from '../login/redirect';
import { generatePeople, type Person } from '../roster/people';
import type { SsoCode } from '../state';
import type { Surroundings } from '../surroundings';
import { loginPage } from './login-page';

/** The school whose single sign-on is played: SJTU's jAccount. */
export const SSO_SCHOOL = 'sjtu';
/** Of everybody; it stands on the page. */
export const SSO_PASSWORD = 'jaccount';

const CODE_LIFE_MS = 60_000;
const TOKEN_LIFE_S = 300;
const LISTED = 2_000;
/** Pages of the app that are registered as redirect addresses: the browser build in each played container. */
const REGISTERED = /^\/phone\/(wechat|alipay|wecom)\/$/;

let people: readonly Person[] | undefined;
function personOf(account: string): Person | undefined {
  people ??= generatePeople(SSO_SCHOOL, LISTED);
  return people.find(({ number, kind }) => number === account && kind !== 'temporary');
}

/**
 * An OpenID provider (OpenID Connect Core 1.0, discovery, PKCE by RFC 7636, `iss` in the answer by RFC 9207) with a plain login page. The
 * account is the student or staff number. It signs by itself and shares nothing with what verifies.
 */
export function createOidcProvider(parts: Surroundings, baseUrl: () => string): Service {
  const { clientId, clientSecret, keyId, key } = parts.keys.campusSso;
  const issuer = (): string => `${baseUrl()}/oidc`;

  function discovery(): SandboxResponse {
    return jsonResponse(200, {
      issuer: issuer(),
      authorization_endpoint: `${issuer()}/authorize`,
      token_endpoint: `${issuer()}/token`,
      jwks_uri: `${issuer()}/keys`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    });
  }

  /** What is wrong with a request to sign somebody in, in the provider's own words: it goes back nowhere. */
  function problemOf(query: URLSearchParams): string | undefined {
    const redirect = query.get('redirect_uri');
    if (query.get('client_id') !== clientId) return 'client_id 不正确';
    if (redirectTarget(redirect, {}) === undefined || !isRegistered(redirect)) return 'redirect_uri 未登记';
    if (query.get('response_type') !== 'code') return 'response_type 不支持';
    if (!(query.get('scope') ?? '').split(' ').includes('openid')) return 'scope 缺少 openid';
    if (query.get('code_challenge_method') !== 'S256' || !/^[\w-]{43}$/.test(query.get('code_challenge') ?? '')) return '缺少 PKCE';
    return undefined;
  }

  function authorize(request: SandboxRequest): SandboxResponse {
    const query = new URLSearchParams(request.query);
    const problem = problemOf(query);
    if (problem !== undefined) return textResponse(400, problem);
    if (request.method !== 'POST') return loginPage({ password: SSO_PASSWORD });
    const typed = new URLSearchParams(request.body.toString('utf8'));
    const back = (added: Record<string, string>): SandboxResponse =>
      redirectResponse(redirectTarget(query.get('redirect_uri'), { ...added, state: query.get('state') ?? '', iss: issuer() }) ?? '');
    if (typed.has('cancel')) return back({ error: 'access_denied' });
    const person = personOf(typed.get('account')?.trim() ?? '');
    if (person === undefined || typed.get('password') !== SSO_PASSWORD) {
      return loginPage({ password: SSO_PASSWORD, isWrong: true });
    }
    const code = randomAlphanumeric(parts.randomBytes, 32);
    const [redirectUri, challenge, nonce] = ['redirect_uri', 'code_challenge', 'nonce'].map((name) => query.get(name) ?? '');
    parts.state.ssoCodes[code] = {
      number: person.number,
      name: person.name,
      redirectUri: redirectUri ?? '',
      challenge: challenge ?? '',
      nonce: nonce ?? '',
      expiresAt: parts.clock() + CODE_LIFE_MS,
      used: false,
    };
    parts.changed();
    parts.events.publish('sso', 'sso.signed-in', person.number, {});
    return back({ code });
  }

  function token(request: SandboxRequest): SandboxResponse {
    const form = new URLSearchParams(request.body.toString('utf8'));
    if (request.method !== 'POST' || !isClient(request, { clientId, clientSecret })) return refused(401, 'invalid_client');
    if (form.get('grant_type') !== 'authorization_code') return refused(400, 'unsupported_grant_type');
    const code = lookup(parts.state.ssoCodes, form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const isGood = code !== undefined && !code.used && parts.clock() < code.expiresAt;
    if (!isGood || code.redirectUri !== form.get('redirect_uri') || code.challenge !== challenge) return refused(400, 'invalid_grant');
    code.used = true;
    parts.changed();
    return jsonResponse(200, {
      access_token: randomAlphanumeric(parts.randomBytes, 40),
      token_type: 'Bearer',
      expires_in: TOKEN_LIFE_S,
      id_token: signed(claimsOf(code)),
    });
  }

  function claimsOf({ number, name, nonce }: SsoCode): object {
    const now = Math.floor(parts.clock() / 1_000);
    return { iss: issuer(), sub: `sub-${number}`, aud: clientId, iat: now, exp: now + TOKEN_LIFE_S, nonce, code: number, name };
  }

  function signed(claims: object): string {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${part({ alg: 'RS256', kid: keyId, typ: 'JWT' })}.${part(claims)}`;
    return `${text}.${createSign('RSA-SHA256').update(text).sign(key.privateKeyPem, 'base64url')}`;
  }

  function refused(status: number, error: string): SandboxResponse {
    parts.events.publish('sso', 'request.refused', 'token', { error });
    return jsonResponse(status, { error });
  }

  return (request) => {
    if (request.path === '/.well-known/openid-configuration') return discovery();
    if (request.path === '/keys')
      return jsonResponse(200, { keys: [{ ...publicJwk(key.publicKeyPem), kid: keyId, alg: 'RS256', use: 'sig' }] });
    if (request.path === '/authorize') return authorize(request);
    if (request.path === '/token') return token(request);
    return textResponse(404, '');
  };
}

function publicJwk(pem: string): object {
  return createPublicKey(pem).export({ format: 'jwk' });
}

function isRegistered(redirectUri: string | null): boolean {
  const url = new URL(redirectUri ?? '');
  return REGISTERED.test(url.pathname) && url.search === '' && url.hash === '';
}

/** client_secret_basic. */
function isClient({ headers }: SandboxRequest, client: { readonly clientId: string; readonly clientSecret: string }): boolean {
  const given = Buffer.from(/^Basic (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '', 'base64');
  const wanted = Buffer.from(`${client.clientId}:${client.clientSecret}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
