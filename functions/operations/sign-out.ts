import { AppError } from '../../shared/errors';
import type { Identities } from '../store/identities';
import type { Sessions } from '../store/sessions';
import type { Database } from '../store/table';
import type { Caller } from './caller';

export interface SignOutDeps {
  readonly identities: Identities;
  readonly sessions: Sessions;
  readonly transact: Database['transact'];
  readonly backOff: (tries: number) => Promise<void>;
}

const MAX_TRIES = 40;

/** Ends this session and no other; the app stays bound. Throws AppError `request.busy`. */
export async function signOut(deps: SignOutDeps, caller: Caller): Promise<Record<string, never>> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    if (tries > 0) await deps.backOff(tries);
    const identity = await deps.identities.find(caller.identity);
    const sessions = identity.sessions.filter((hash) => hash !== caller.tokenHash);
    const result = await deps.transact([deps.identities.changedRow({ ...identity, sessions }), deps.sessions.removedRow(caller.tokenHash)]);
    if (result.written) return {};
  }
  throw new AppError('request.busy');
}
