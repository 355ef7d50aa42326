import * as v from 'valibot';
import type { Database, TableWrite } from './table';

/** Permanent row of an act on a house account: what makes it happen at most once. */
export interface HouseActs {
  find(schoolId: string, entryId: string): Promise<{ readonly accountNo: number; readonly n: number } | undefined>;
  /** The write that claims the act; it fails when it was done already. */
  row(act: { readonly schoolId: string; readonly entryId: string; readonly accountNo: number; readonly n: number }): TableWrite;
}

const schema = v.object({ accountNo: v.number(), n: v.number() });

function key(schoolId: string, entryId: string) {
  return { pk: `${schoolId}#HOUSE#${entryId}`, sk: 'ACT' };
}

export function createHouseActs({ records }: Pick<Database, 'records'>): HouseActs {
  return {
    async find(schoolId, entryId) {
      const item = await records.get(key(schoolId, entryId), { consistent: true });
      return item === undefined ? undefined : v.parse(schema, item);
    },
    row: ({ schoolId, entryId, accountNo, n }) => ({
      table: 'records',
      write: { put: { ...key(schoolId, entryId), accountNo, n }, when: { is: 'absent' } },
    }),
  };
}
