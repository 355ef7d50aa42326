import * as v from 'valibot';
import type { EpochMs } from '../../shared/time';
import type { Database } from './table';

/** The last roster file of a school that was stored to its end: the same bytes again need no work. */
export interface RosterMarks {
  /** SHA-256 (hex) of the file. */
  last(schoolId: string): Promise<string | undefined>;
  mark(schoolId: string, sha256: string, at: EpochMs): Promise<void>;
}

const schema = v.object({ sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)) });

function key(schoolId: string) {
  return { pk: `${schoolId}#ROSTER`, sk: 'LAST' };
}

export function createRosterMarks({ records }: Pick<Database, 'records'>): RosterMarks {
  return {
    async last(schoolId) {
      const item = await records.get(key(schoolId), { consistent: true });
      return item === undefined ? undefined : v.parse(schema, item).sha256;
    },
    async mark(schoolId, sha256, at) {
      await records.put({ ...key(schoolId), sha256, at });
    },
  };
}
