import * as v from 'valibot';
import type { Database } from './table';

/** Numbers of accounts, per school, from 1. A number is given out once; one that was leased and not used stays unused. */
export interface AccountNumbers {
  /** The first of `count` numbers in a row that are the caller's. */
  lease(schoolId: string, count: number): Promise<number>;
  /** Whether no number was ever leased: the school has no account yet, unless one is being opened at this moment. */
  isUnused(schoolId: string): Promise<boolean>;
  /** The highest number that was ever leased; 0 before the first. Not every one up to it has an account. */
  highest(schoolId: string): Promise<number>;
}

const schema = v.object({ next: v.pipe(v.number(), v.safeInteger(), v.minValue(1)) });
const TRIES = 40;
/** Nine digits in a card number and in a code's handle. */
const LAST = 999_999_999;

function key(schoolId: string) {
  return { pk: `${schoolId}#COUNTER`, sk: 'ACCOUNT' };
}

export function createAccountNumbers({ records }: Pick<Database, 'records'>, backOff: (tries: number) => Promise<void>): AccountNumbers {
  const read = async (schoolId: string): Promise<number> => {
    const item = await records.get(key(schoolId), { consistent: true });
    return item === undefined ? 1 : v.parse(schema, item).next;
  };
  return {
    isUnused: async (schoolId) => (await read(schoolId)) === 1,
    highest: async (schoolId) => (await read(schoolId)) - 1,
    async lease(schoolId, count) {
      for (let tries = 0; tries < TRIES; tries += 1) {
        if (tries > 0) await backOff(tries);
        const first = await read(schoolId);
        const next = first + count;
        if (next - 1 > LAST) throw new Error(`${schoolId} has no account numbers left`);
        const when = first === 1 ? ({ is: 'absent' } as const) : ({ is: 'equal', attribute: 'next', to: first } as const);
        if ((await records.put({ ...key(schoolId), next }, when)).written) return first;
      }
      throw new Error(`the account counter of ${schoolId} is being changed by others`);
    },
  };
}
