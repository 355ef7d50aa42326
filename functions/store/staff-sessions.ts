import * as v from 'valibot';
import type { EpochMs } from '../../shared/time';
import { ttlSeconds } from './bound-account';
import type { Database } from './table';

export interface StaffSession {
  /** SHA-256 (hex) of the token; the token itself is nowhere. */
  readonly tokenHash: string;
  readonly schoolId: string;
  readonly userName: string;
  readonly expiresAt: EpochMs;
}

export interface StaffSessions {
  /** Strongly consistent. Undefined when unknown or expired at `now`. */
  find(tokenHash: string, now: EpochMs): Promise<StaffSession | undefined>;
  save(session: StaffSession): Promise<void>;
  remove(tokenHash: string): Promise<void>;
}

const schema = v.object({ tokenHash: v.string(), schoolId: v.string(), userName: v.string(), expiresAt: v.number() });

function key(tokenHash: string) {
  return { pk: `STAFF-SESSION#${tokenHash}`, sk: 'SESSION' };
}

export function createStaffSessions({ records }: Pick<Database, 'records'>): StaffSessions {
  return {
    async find(tokenHash, now) {
      const item = await records.get(key(tokenHash), { consistent: true });
      if (item === undefined) return undefined;
      const found = v.parse(schema, item);
      return found.expiresAt > now ? found : undefined;
    },
    async save(session) {
      await records.put({ ...key(session.tokenHash), ...session, expiresAtSeconds: ttlSeconds(session.expiresAt) });
    },
    async remove(tokenHash) {
      await records.remove(key(tokenHash));
    },
  };
}
