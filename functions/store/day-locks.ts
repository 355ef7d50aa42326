import * as v from 'valibot';
import type { EpochMs } from '../../shared/time';
import type { Database, TableWrite } from './table';

/** 日结: the day was reconciled, settled and has its sheet; nothing is dated to it any more. Written once. */
export interface DayLock {
  readonly schoolId: string;
  readonly day: string;
  /** "job", or the member of staff. */
  readonly lockedBy: string;
  readonly lockedAt: EpochMs;
  readonly sheetHash: string;
}

export interface DayLocks {
  find(schoolId: string, day: string): Promise<DayLock | undefined>;
  /** Writes it when there is none; otherwise answers the one that is there. */
  insert(lock: DayLock): Promise<DayLock>;
  /** Lets a transaction happen only while the day is not locked. */
  stillOpen(schoolId: string, day: string): TableWrite;
}

const schema = v.object({ schoolId: v.string(), day: v.string(), lockedBy: v.string(), lockedAt: v.number(), sheetHash: v.string() });

function key(schoolId: string, day: string) {
  return { pk: `${schoolId}#DAY-LOCKS`, sk: day };
}

export function createDayLocks({ records }: Pick<Database, 'records'>): DayLocks {
  const find = async (schoolId: string, day: string): Promise<DayLock | undefined> => {
    const item = await records.get(key(schoolId, day), { consistent: true });
    return item === undefined ? undefined : v.parse(schema, item);
  };
  return {
    find,
    stillOpen: (schoolId, day) => ({ table: 'records', write: { check: key(schoolId, day), when: { is: 'absent' } } }),
    async insert(lock) {
      const result = await records.put({ ...key(lock.schoolId, lock.day), ...lock }, { is: 'absent' });
      return result.written ? lock : ((await find(lock.schoolId, lock.day)) ?? lock);
    },
  };
}
