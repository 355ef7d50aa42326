import { SSO_STATE_PREFIX } from '../../shared/api/ways-in';
import { AppError } from '../../shared/errors';
import type { RandomBytes } from '../../shared/ids';
import type { RulePack } from '../../shared/rule-pack';
import type { Clock } from '../lib/clock';
import type { CampusSso } from '../platforms/contract';
import type { SsoVisits } from '../store/sso-visits';
import { ourPlace } from './authorize-url';
import type { Caller } from './caller';

export interface BeginSsoDeps {
  readonly packOf: (schoolId: string) => Promise<RulePack>;
  /** Undefined for a school whose sign-in this deployment is not a client of. */
  readonly ssoOf: (schoolId: string) => CampusSso | undefined;
  readonly ssoVisits: SsoVisits;
  /** Our own page, without a slash at its end. */
  readonly publicBaseUrl: string;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
}

/** Long enough to type a password and wait for a second factor. */
export const SSO_VISIT_LIVES_MS = 10 * 60_000;

/**
 * Begins a visit to the school's own sign-in. What proves it when it comes back (state, nonce, verifier, the session that asked) is written
 * before the phone is sent off, and never leaves but for the state and the nonce.
 *
 * Throws AppError: `school.unknown`, `auth.way-not-offered`, `auth.already-bound`, `request.malformed` (a place that is not ours),
 * `auth.sso-unavailable`.
 */
export async function beginSso(
  deps: BeginSsoDeps,
  caller: Caller,
  wish: { readonly schoolId: string; readonly returnTo: string },
): Promise<{ readonly url: string; readonly state: string }> {
  const { schoolId } = wish;
  const sso = offeredSso(deps, await deps.packOf(schoolId));
  if (caller.bound !== undefined) throw new AppError('auth.already-bound');
  const redirectUri = ourPlace(deps.publicBaseUrl, wish.returnTo);
  const secret = (): string => Buffer.from(deps.randomBytes(32)).toString('base64url');
  const state = `${SSO_STATE_PREFIX}${secret()}`;
  const [nonce, codeVerifier] = [secret(), secret()];
  const url = await sso.authorizeUrl({ redirectUri, state, nonce, codeVerifier });
  const visit = { state, tokenHash: caller.tokenHash, schoolId, nonce, codeVerifier, redirectUri };
  const begun = await deps.ssoVisits.begin({ ...visit, expiresAt: deps.clock() + SSO_VISIT_LIVES_MS });
  if (!begun) throw new Error('the source of random bytes repeats itself');
  return { url, state };
}

/** Throws AppError `auth.way-not-offered`. */
export function offeredSso({ ssoOf }: Pick<BeginSsoDeps, 'ssoOf'>, { schoolId, signIn }: RulePack): CampusSso {
  const sso = signIn.otherWays.includes('campus-sso') ? ssoOf(schoolId) : undefined;
  if (sso === undefined) throw new AppError('auth.way-not-offered', { way: 'campus-sso' });
  return sso;
}
