import * as v from 'valibot';
import { holderChange, type Posting } from '../domain/posting';
import type { Database, TableWrite } from './table';

/** Permanent row of a reversal, one for each reversed entry: what makes it happen at most once. */
export interface Reversal {
  /** Entry number of the reversing entry. */
  readonly n: number;
  readonly reversedFen: number;
}

export interface Reversals {
  find(schoolId: string, accountNo: number, entryId: string): Promise<Reversal | undefined>;
  /** The write that claims the reversal; it fails when there is one already. */
  row(input: { schoolId: string; accountNo: number; entryId: string; n: number; postings: readonly Posting[] }): TableWrite;
}

const schema = v.object({ n: v.number(), reversedFen: v.number() });

function key(schoolId: string, accountNo: number, entryId: string) {
  return { pk: `${schoolId}#ACCOUNT#${accountNo}`, sk: `REVERSAL#${entryId}` };
}

export function createReversals(database: Database): Reversals {
  return {
    async find(schoolId, accountNo, entryId) {
      const item = await database.records.get(key(schoolId, accountNo, entryId), { consistent: true });
      return item === undefined ? undefined : v.parse(schema, item);
    },
    row({ schoolId, accountNo, entryId, n, postings }) {
      const item = { ...key(schoolId, accountNo, entryId), n, reversedFen: holderChange(postings) };
      return { table: 'records', write: { put: item, when: { is: 'absent' } } };
    },
  };
}
