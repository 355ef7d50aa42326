import * as v from 'valibot';
import type { EpochMs } from '../../shared/time';
import type { Database, TableWrite } from './table';

export interface RevokedName {
  readonly schoolId: string;
  /** 18 digits. */
  readonly name: string;
  /** After this no machine may take it anyway. */
  readonly until: EpochMs;
}

/** What machines must not take though its time has not come. Access patterns: one name, those of a school that still matter. */
export interface RevokedNames {
  row(revoked: RevokedName): TableWrite;
  /** Takes a name off the list. */
  gone(revoked: RevokedName): TableWrite;
  /** Strongly consistent. */
  has(revoked: RevokedName): Promise<boolean>;
  /** Those that last longest first: what falls off the end runs out soonest. `more`: there are more than the limit. */
  list(schoolId: string, at: EpochMs, limit: number): Promise<{ readonly names: readonly string[]; readonly more: boolean }>;
}

/** `list` is a part of the partition's name. */
export function createRevokedNames({ records }: Pick<Database, 'records'>, list: string, attribute = 'name'): RevokedNames {
  const partition = (schoolId: string): string => `${schoolId}#${list}`;
  const key = ({ schoolId, name, until }: RevokedName) => ({ pk: partition(schoolId), sk: `${String(until).padStart(15, '0')}#${name}` });
  return {
    row: (revoked) => ({ table: 'records', write: { put: { ...key(revoked), [attribute]: revoked.name } } }),
    gone: (revoked) => ({ table: 'records', write: { remove: key(revoked) } }),
    async has(revoked) {
      return (await records.get(key(revoked), { consistent: true })) !== undefined;
    },
    async list(schoolId, at, limit) {
      const found = await records.query({
        partition: { name: 'pk', value: partition(schoolId) },
        sort: { name: 'sk', from: String(at).padStart(15, '0'), to: '~' },
        newestFirst: true,
        limit,
      });
      return { names: found.items.map((item) => v.parse(v.string(), item[attribute])), more: found.next !== undefined };
    },
  };
}

/** Aliases whose identity passes gates must not take. */
export function createIdentityRevocations(database: Pick<Database, 'records'>): RevokedNames {
  return createRevokedNames(database, 'IDENTITY-PASS-REVOKED');
}
