import { AppError } from '../../shared/errors';
import type { AppIdentity, BoundAccount } from '../domain/app-identity';
import type { Clock } from '../lib/clock';
import { bearerHash } from '../lib/session-token';
import type { Sessions } from '../store/sessions';

/** Who asks: somebody signed in, and where from. */
export interface Caller {
  readonly identity: AppIdentity;
  readonly tokenHash: string;
  readonly sourceIp: string;
  readonly bound: BoundAccount | undefined;
}

/** A caller whose app is bound to an account. */
export interface HolderCaller extends Caller {
  readonly bound: BoundAccount;
}

/** Throws AppError `auth.sign-in-required`: no token, an unknown one, an expired one, one of an app that was removed. */
export async function readCaller(
  deps: { readonly sessions: Pick<Sessions, 'find'>; readonly clock: Clock },
  request: { readonly authorization: string | undefined; readonly sourceIp: string },
): Promise<Caller> {
  const tokenHash = bearerHash(request.authorization);
  const session = tokenHash === undefined ? undefined : await deps.sessions.find(tokenHash, deps.clock());
  if (session === undefined) throw new AppError('auth.sign-in-required');
  const { platform, appId, openid, bound } = session;
  return { identity: { platform, appId, openid }, tokenHash: session.tokenHash, sourceIp: request.sourceIp, bound };
}

/** Throws AppError `auth.bind-required`. */
export function asHolder(caller: Caller): HolderCaller {
  if (caller.bound === undefined) throw new AppError('auth.bind-required');
  return { ...caller, bound: caller.bound };
}
