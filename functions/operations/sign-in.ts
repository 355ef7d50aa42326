import type { SignInPlatform, SignInReply } from '../../shared/api/student';
import { AppError } from '../../shared/errors';
import type { RandomBytes } from '../../shared/ids';
import { DAY_MS, toIso } from '../../shared/time';
import type { BoundAccount } from '../domain/app-identity';
import type { Clock } from '../lib/clock';
import { hashSessionToken, newSessionToken } from '../lib/session-token';
import type { LoginPlatform } from '../platforms/contract';
import type { Identities } from '../store/identities';
import type { Session, Sessions } from '../store/sessions';
import type { Database } from '../store/table';

/** The app of ours that a platform's sign-in belongs to. */
export interface LoginApp {
  readonly appId: string;
  readonly login: LoginPlatform;
}

export type WecomPlatform = 'wecom-mini' | 'wecom-web';

export interface SignInDeps {
  readonly logins: Partial<Readonly<Record<SignInPlatform, LoginApp>>>;
  /** The WeChat Work of a school, which each school has for itself. */
  readonly wecomOf: (platform: WecomPlatform, schoolId: string) => LoginApp | undefined;
  readonly identities: Identities;
  readonly sessions: Sessions;
  readonly transact: Database['transact'];
  readonly clock: Clock;
  readonly backOff: (tries: number) => Promise<void>;
  readonly randomBytes: RandomBytes;
}

export interface SignInWish {
  readonly platform: SignInPlatform;
  readonly code: string;
  /** Whose WeChat Work; the other platforms are one for all schools. */
  readonly schoolId?: string | undefined;
}

const SESSION_LIVES_MS = 30 * DAY_MS;
/** One identity on several devices (a phone, a PC): more than these and the oldest is signed out. */
const MAX_SESSIONS = 3;
const MAX_TRIES = 40;

/**
 * Trades the platform's single-use code for a session. The platform's own session key stays with its adapter.
 *
 * Throws AppError: `auth.platform-refused` (also a platform this deployment does not run), `auth.platform-unavailable`,
 * `auth.not-a-member` (WeChat Work: nobody of this school's contacts), `request.busy`, `config.invalid`.
 */
export async function signIn(deps: SignInDeps, input: SignInWish): Promise<SignInReply> {
  const { platform, code } = input;
  const app = loginAppOf(deps, platform, input.schoolId);
  const { openid } = await app.login.exchangeCode({ code, appId: app.appId });
  const name = { platform, appId: app.appId, openid };
  const sessionToken = newSessionToken(deps.randomBytes);
  const tokenHash = hashSessionToken(sessionToken);
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    if (tries > 0) await deps.backOff(tries);
    const identity = await deps.identities.find(name);
    const now = deps.clock();
    const session: Session = { ...name, tokenHash, createdAt: now, expiresAt: now + SESSION_LIVES_MS, bound: identity.bound };
    const sessions = [...identity.sessions, tokenHash];
    const ended = sessions.slice(0, -MAX_SESSIONS);
    const result = await deps.transact([
      deps.identities.changedRow({ ...identity, sessions: sessions.slice(-MAX_SESSIONS) }),
      deps.sessions.newRow(session),
      ...ended.map((hash) => deps.sessions.removedRow(hash)),
    ]);
    if (result.written) {
      return { sessionToken, expiresAt: toIso(session.expiresAt), serverTime: toIso(now), bound: boundView(identity.bound) };
    }
  }
  throw new AppError('request.busy');
}

/** Throws AppError `auth.platform-refused` for an app this deployment does not run. */
export function loginAppOf(deps: Pick<SignInDeps, 'logins' | 'wecomOf'>, platform: SignInPlatform, schoolId: string | undefined): LoginApp {
  const isWecom = platform === 'wecom-mini' || platform === 'wecom-web';
  const app = isWecom ? deps.wecomOf(platform, schoolId ?? '') : deps.logins[platform];
  if (app === undefined) throw new AppError('auth.platform-refused', { platform });
  return app;
}

export function boundView(bound: BoundAccount | undefined): SignInReply['bound'] {
  return bound === undefined ? null : { schoolId: bound.schoolId, bindingId: bound.bindingId };
}
