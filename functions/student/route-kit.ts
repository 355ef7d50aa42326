import type { RouteContext } from '../lib/route-kit';
import { asHolder, type Caller, type HolderCaller, readCaller } from '../operations/caller';

/** Who asks, read from the request's session. */
export interface CallerReaders {
  /** Throws AppError `auth.sign-in-required`. */
  readonly callerOf: (c: RouteContext) => Promise<Caller>;
  /** Throws AppError `auth.sign-in-required`, `auth.bind-required`. */
  readonly holderOf: (c: RouteContext) => Promise<HolderCaller>;
}

export function callerReaders(deps: Parameters<typeof readCaller>[0]): CallerReaders {
  const callerOf = ({ env }: RouteContext): Promise<Caller> =>
    readCaller(deps, { authorization: env.request.headers.authorization, sourceIp: env.request.sourceIp });
  return { callerOf, holderOf: async (c) => asHolder(await callerOf(c)) };
}
