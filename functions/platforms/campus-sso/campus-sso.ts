import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { AppError } from '../../../shared/errors';
import type { CampusPerson, CampusSso } from '../contract';
import { type ExchangeRequest, exchange } from '../exchange';
import type { PlatformDeps } from '../platform-deps';
import { baseUrlSetting, isSafeUrl, readSettings, textSetting, timeoutSetting } from '../settings';
import { decodeUtf8, parseJson, shortCode } from '../wire';
import { createIdTokens } from './id-token';

const urlSetting = v.pipe(v.string(), v.maxLength(512), v.check(isSafeUrl));
const claimSetting = v.pipe(v.string(), v.regex(/^[\w.:/-]{1,64}$/));
const endpointEntries = { authorize: urlSetting, token: urlSetting, keys: urlSetting };

export const campusSsoSettings = v.object({
  /** As the ID token writes it, without a final slash. */
  issuer: baseUrlSetting,
  clientId: textSetting,
  /** Absent for a public client, which PKCE alone protects. */
  clientSecret: v.optional(textSetting),
  /** Absent: asked of `<issuer>/.well-known/openid-configuration`. */
  endpoints: v.optional(v.object(endpointEntries)),
  scope: v.optional(v.pipe(v.string(), v.regex(/^openid( [\w.:-]+)*$/)), 'openid'),
  /** Which claim of the ID token is the student or staff number (jAccount: `code`), and which the name, if any. */
  numberClaim: claimSetting,
  nameClaim: v.optional(claimSetting),
  timeoutMs: timeoutSetting,
});

type Settings = v.InferOutput<typeof campusSsoSettings>;
type Endpoints = NonNullable<Settings['endpoints']>;

const PLATFORM = 'campus-sso';
const DISCOVERED_FOR_MS = 60 * 60_000;

const discoverySchema = v.object({
  issuer: v.string(),
  authorization_endpoint: urlSetting,
  token_endpoint: urlSetting,
  jwks_uri: urlSetting,
});
const tokenSchema = v.object({ id_token: v.pipe(v.string(), v.maxLength(16_384)) });
const errorSchema = v.object({ error: v.string() });
const claimSchema = v.union([v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(64)), v.pipe(v.number(), v.safeInteger())]);

/** @throws AppError config.invalid */
export function createCampusSso(input: unknown, deps: Pick<PlatformDeps, 'fetch' | 'now'>): CampusSso {
  const settings = readSettings(PLATFORM, campusSsoSettings, input);
  const ask = (request: Omit<ExchangeRequest, 'platform'>) =>
    exchange({ platform: PLATFORM, ...request }, { fetch: deps.fetch, timeoutMs: settings.timeoutMs, unavailable: 'auth.sso-unavailable' });
  const askJson = async (url: string): Promise<unknown> => {
    const { status, body } = await ask({ method: 'GET', url, headers: { accept: 'application/json' } });
    if (status !== 200) throw unavailable(`http-${status}`);
    return parseJson(decodeUtf8(body) ?? '');
  };
  const endpoints = createEndpoints(settings, askJson, deps.now);
  const idTokens = createIdTokens({ issuer: settings.issuer, clientId: settings.clientId, now: deps.now }, async () =>
    askJson((await endpoints()).keys),
  );

  return {
    async authorizeUrl({ redirectUri, state, nonce, codeVerifier }) {
      const url = new URL((await endpoints()).authorize);
      const query = {
        response_type: 'code',
        client_id: settings.clientId,
        redirect_uri: redirectUri,
        scope: settings.scope,
        state,
        nonce,
        code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
        code_challenge_method: 'S256',
      };
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
      return url.href;
    },
    async identify({ code, issuer, redirectUri, nonce, codeVerifier }) {
      // RFC 9207: an answer that names its issuer must name ours.
      if (issuer !== undefined && issuer.replace(/\/+$/, '') !== settings.issuer) throw refused('other-issuer');
      const form: Record<string, string> = {
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        code_verifier: codeVerifier,
      };
      if (settings.clientSecret === undefined) form.client_id = settings.clientId;
      const { status, body } = await ask({
        method: 'POST',
        url: (await endpoints()).token,
        headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded', ...basicAuth(settings) },
        body: new URLSearchParams(form).toString(),
      });
      const content = parseJson(decodeUtf8(body) ?? '');
      if (status !== 200) throw tokenError(status, content);
      const answer = v.safeParse(tokenSchema, content);
      if (!answer.success) throw unavailable('answer-malformed');
      return personOf(settings, await idTokens.verify(answer.output.id_token, nonce));
    },
  };
}

/** Configured, or discovered and believed for an hour. */
function createEndpoints(settings: Settings, askJson: (url: string) => Promise<unknown>, now: () => number): () => Promise<Endpoints> {
  if (settings.endpoints !== undefined) {
    const configured = settings.endpoints;
    return async () => configured;
  }
  let known: { readonly endpoints: Endpoints; readonly until: number } | undefined;
  return async () => {
    if (known !== undefined && now() < known.until) return known.endpoints;
    const found = v.safeParse(discoverySchema, await askJson(`${settings.issuer}/.well-known/openid-configuration`));
    // OpenID Connect Discovery 4.3: who answers must be the issuer that was asked.
    if (!found.success || found.output.issuer.replace(/\/+$/, '') !== settings.issuer) throw unavailable('discovery-malformed');
    const { authorization_endpoint: authorize, token_endpoint: token, jwks_uri: keys } = found.output;
    known = { endpoints: { authorize, token, keys }, until: now() + DISCOVERED_FOR_MS };
    return known.endpoints;
  };
}

/** client_secret_basic: both halves form-encoded first (RFC 6749, 2.3.1). */
function basicAuth({ clientId, clientSecret }: Settings): Record<string, string> {
  if (clientSecret === undefined) return {};
  const encoded = [clientId, clientSecret].map((half) => encodeURIComponent(half)).join(':');
  return { authorization: `Basic ${Buffer.from(encoded).toString('base64')}` };
}

function tokenError(status: number, content: unknown): AppError {
  const read = v.safeParse(errorSchema, content);
  const platformCode = read.success ? shortCode(read.output.error) : 'unknown';
  if (status >= 500 || status === 429) return unavailable(`http-${status}`);
  if (['invalid_client', 'unauthorized_client', 'unsupported_grant_type', 'invalid_scope'].includes(platformCode)) {
    return new AppError('config.invalid', { platform: PLATFORM, platformCode });
  }
  return new AppError('auth.sso-refused', { platform: PLATFORM, reason: 'token-refused', platformCode });
}

/** @throws AppError config.invalid: the provider vouches for somebody, and does not say for which number */
function personOf({ numberClaim, nameClaim }: Settings, claims: Readonly<Record<string, unknown>>): CampusPerson {
  const read = (claim: string | undefined): string | undefined => {
    const value = v.safeParse(claimSchema, claim !== undefined && Object.hasOwn(claims, claim) ? claims[claim] : undefined);
    return value.success ? String(value.output) : undefined;
  };
  const number = read(numberClaim);
  if (number === undefined) throw new AppError('config.invalid', { platform: PLATFORM, setting: 'numberClaim' });
  const name = read(nameClaim);
  // A name that is to be compared and does not come would make the comparison worth nothing.
  if (nameClaim !== undefined && name === undefined) throw new AppError('config.invalid', { platform: PLATFORM, setting: 'nameClaim' });
  return { number, name };
}

function refused(reason: string): AppError {
  return new AppError('auth.sso-refused', { platform: PLATFORM, reason });
}

function unavailable(reason: string): AppError {
  return new AppError('auth.sso-unavailable', { platform: PLATFORM, reason });
}
