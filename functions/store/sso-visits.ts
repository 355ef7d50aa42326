import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { EpochMs } from '../../shared/time';
import { ttlSeconds } from './bound-account';
import type { Database } from './table';

/** A visit to a school's own sign-in that a session began and only that session may finish, once. */
export interface SsoVisit {
  /** Names the visit; only its hash is stored. */
  readonly state: string;
  /** Of the session that began. */
  readonly tokenHash: string;
  readonly schoolId: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly redirectUri: string;
  readonly expiresAt: EpochMs;
}

export interface SsoVisits {
  /** False where there is one of this name. */
  begin(visit: SsoVisit): Promise<boolean>;
  /** The visit, used up by this; undefined where it is unknown, another session's, over at `now`, or used. */
  take(state: string, tokenHash: string, now: EpochMs): Promise<SsoVisit | undefined>;
}

const schema = v.object({
  tokenHash: v.string(),
  schoolId: v.string(),
  nonce: v.string(),
  codeVerifier: v.string(),
  redirectUri: v.string(),
  expiresAt: v.number(),
});

/** No school stands first in this key, against the rule of the house: who comes back brings a state and nothing else. */
function key(state: string) {
  return { pk: `SSO-VISIT#${createHash('sha256').update(state).digest('hex')}`, sk: 'SSO-VISIT' };
}

export function createSsoVisits({ records }: Pick<Database, 'records'>): SsoVisits {
  return {
    async begin({ state, ...visit }) {
      const put = { ...key(state), ...visit, expiresAtSeconds: ttlSeconds(visit.expiresAt) };
      return (await records.put(put, { is: 'absent' })).written;
    },
    async take(state, tokenHash, now) {
      const item = await records.get(key(state), { consistent: true });
      if (item === undefined) return undefined;
      const visit = v.parse(schema, item);
      if (visit.tokenHash !== tokenHash || visit.expiresAt <= now) return undefined;
      const removed = await records.remove(key(state), { is: 'equal', attribute: 'tokenHash', to: tokenHash });
      return removed.written ? { state, ...visit } : undefined;
    },
  };
}
