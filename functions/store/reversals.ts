import * as v from 'valibot';
import { holderChange, type Posting } from '../domain/posting';
import type { Database, TableWrite } from './table';

/**
 * Permanent row of a reversal, one for each reversed entry: what makes it happen at most once. Its key is the entry's
 * number, which is never given twice; an entry id is only as unique as a terminal's count, which a reset begins anew.
 */
export interface Reversal {
  /** Entry number of the reversing entry. */
  readonly n: number;
  readonly reversedFen: number;
}

export interface Reversals {
  /** The reversal of the entry with number `reversed`. */
  find(schoolId: string, accountNo: number, reversed: number): Promise<Reversal | undefined>;
  /** The write that claims the reversal; it fails when there is one already. */
  row(input: { schoolId: string; accountNo: number; reversed: number; n: number; postings: readonly Posting[] }): TableWrite;
}

const schema = v.object({ n: v.number(), reversedFen: v.number() });

function key(schoolId: string, accountNo: number, reversed: number) {
  return { pk: `${schoolId}#ACCOUNT#${accountNo}`, sk: `REVERSAL#${reversed}` };
}

export function createReversals(database: Database): Reversals {
  return {
    async find(schoolId, accountNo, reversed) {
      const item = await database.records.get(key(schoolId, accountNo, reversed), { consistent: true });
      return item === undefined ? undefined : v.parse(schema, item);
    },
    row({ schoolId, accountNo, reversed, n, postings }) {
      const item = { ...key(schoolId, accountNo, reversed), n, reversedFen: holderChange(postings) };
      return { table: 'records', write: { put: item, when: { is: 'absent' } } };
    },
  };
}
