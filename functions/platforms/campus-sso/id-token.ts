import { timingSafeEqual } from 'node:crypto';
import { createLocalJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import * as v from 'valibot';
import { AppError } from '../../../shared/errors';
import type { EpochMs } from '../../../shared/time';

export interface IdTokenRules {
  readonly issuer: string;
  readonly clientId: string;
  readonly now: () => EpochMs;
}

export interface IdTokens {
  /** The claims of a token that stands up. @throws AppError auth.sso-refused (detail.reason), auth.sso-unavailable (no keys) */
  verify(idToken: string, nonce: string): Promise<JWTPayload>;
}

/** Never `none`, and never HMAC, whose secret could be taken for the public key. */
const ALGORITHMS = ['RS256', 'ES256'];
const SKEW_S = 60;
/** A token is made for the code that is traded this moment; one that lay about is somebody's find. */
const OLDEST_S = 600;
const KEYS_KEPT_MS = 10 * 60_000;
/** A token may name a key that came since; a flood of invented names must not become a flood of questions. */
const ASK_AGAIN_AFTER_MS = 30_000;

const keySetSchema = v.looseObject({ keys: v.array(v.looseObject({ kty: v.string() })) });

/** ID tokens of one issuer for one client (OpenID Connect Core 3.1.3.7), over the key set that `askKeys` fetches. */
export function createIdTokens({ issuer, clientId, now }: IdTokenRules, askKeys: () => Promise<unknown>): IdTokens {
  let known: { readonly keys: ReturnType<typeof createLocalJWKSet>; readonly at: EpochMs } | undefined;

  const keySet = async (olderThanMs: number) => {
    if (known !== undefined && now() - known.at < olderThanMs) return known.keys;
    const read = v.safeParse(keySetSchema, await askKeys());
    if (!read.success) throw new AppError('auth.sso-unavailable', { platform: 'campus-sso', reason: 'keys-malformed' });
    known = { keys: createLocalJWKSet(read.output), at: now() };
    return known.keys;
  };
  const verifyWith = async (idToken: string, keys: ReturnType<typeof createLocalJWKSet>) =>
    jwtVerify(idToken, keys, {
      algorithms: ALGORITHMS,
      issuer,
      audience: clientId,
      requiredClaims: ['sub', 'exp', 'iat', 'nonce'],
      clockTolerance: SKEW_S,
      maxTokenAge: OLDEST_S,
      currentDate: new Date(now()),
    });

  return {
    async verify(idToken, nonce) {
      const payload = await verified(async () => {
        try {
          return (await verifyWith(idToken, await keySet(KEYS_KEPT_MS))).payload;
        } catch (error) {
          if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
          return (await verifyWith(idToken, await keySet(ASK_AGAIN_AFTER_MS))).payload;
        }
      });
      if (!isSame(payload.nonce, nonce)) throw refused('nonce');
      // Core 3.1.3.7, 4 and 5: a token for several parties says which of them asked.
      const isForMore = Array.isArray(payload.aud) && payload.aud.length > 1;
      if (payload.azp === undefined ? isForMore : payload.azp !== clientId) throw refused('azp');
      return payload;
    },
  };
}

/** jose's errors carry the token's claims; only their short code goes on. */
async function verified<T>(verify: () => Promise<T>): Promise<T> {
  try {
    return await verify();
  } catch (error) {
    if (error instanceof errors.JOSEError) throw refused(error.code);
    throw error;
  }
}

function isSame(given: unknown, wanted: string): boolean {
  if (typeof given !== 'string') return false;
  const [left, right] = [Buffer.from(given), Buffer.from(wanted)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function refused(reason: string): AppError {
  return new AppError('auth.sso-refused', { platform: 'campus-sso', reason });
}
