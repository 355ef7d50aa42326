import * as v from 'valibot';
import type { EpochMs } from '../../shared/time';
import type { AppIdentity, BoundAccount } from '../domain/app-identity';
import { boundSchema, identitySchema, ttlSeconds } from './bound-account';
import type { Database, Item, TableWrite } from './table';

/**
 * Someone signed in. The row carries the binding itself, so that one read says who asks and for which account; it is
 * changed and removed only together with the identity that names it, so that the two never disagree.
 */
export interface Session extends AppIdentity {
  /** SHA-256 (hex) of the token; the token itself is nowhere. */
  readonly tokenHash: string;
  readonly createdAt: EpochMs;
  readonly expiresAt: EpochMs;
  readonly bound: BoundAccount | undefined;
}

export interface Sessions {
  /** Strongly consistent, since a removed app must be out at once. Undefined when unknown or expired at `now`. */
  find(tokenHash: string, now: EpochMs): Promise<Session | undefined>;
  newRow(session: Session): TableWrite;
  /** A change of a session that must still be there: a removed one never comes back. */
  changedRow(session: Session): TableWrite;
  removedRow(tokenHash: string): TableWrite;
}

const schema = v.object({
  ...identitySchema,
  tokenHash: v.string(),
  createdAt: v.number(),
  expiresAt: v.number(),
  bound: v.optional(boundSchema),
});

function key(tokenHash: string) {
  return { pk: `SESSION#${tokenHash}`, sk: 'SESSION' };
}

function toItem({ bound, ...session }: Session): Item {
  const item = { ...key(session.tokenHash), ...session, expiresAtSeconds: ttlSeconds(session.expiresAt) };
  return bound === undefined ? item : { ...item, bound: { ...bound } };
}

export function createSessions({ records }: Pick<Database, 'records'>): Sessions {
  return {
    async find(tokenHash, now) {
      const item = await records.get(key(tokenHash), { consistent: true });
      if (item === undefined) return undefined;
      const found = v.parse(schema, item);
      return found.expiresAt > now ? { ...found, bound: found.bound } : undefined;
    },
    newRow: (session) => ({ table: 'records', write: { put: toItem(session), when: { is: 'absent' } } }),
    changedRow: (session) => ({ table: 'records', write: { put: toItem(session), when: { is: 'present' } } }),
    removedRow: (tokenHash) => ({ table: 'records', write: { remove: key(tokenHash) } }),
  };
}
