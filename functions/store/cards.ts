import * as v from 'valibot';
import type { Database, TableWrite } from './table';

/**
 * A card that carries a number of the school's own. The mapping may be cached for ever: it only ends, with the holder who is erased, and what a
 * cache still holds then leads to a closed account, which refuses.
 */
export interface SchoolCard {
  readonly accountNo: number;
  readonly issue: number;
}

export interface Cards {
  find(schoolId: string, cardNumber: string): Promise<SchoolCard | undefined>;
  /** The row of a new card; it fails when the number is given out, to whomever. */
  newRow(schoolId: string, cardNumber: string, card: SchoolCard): TableWrite;
  /** Of a holder that is erased. */
  removedRow(schoolId: string, cardNumber: string): TableWrite;
}

const schema = v.object({ accountNo: v.number(), issue: v.number() });

function key(schoolId: string, cardNumber: string) {
  return { pk: `${schoolId}#CARD#${cardNumber}`, sk: 'CARD' };
}

export function createCards({ records }: Database): Cards {
  return {
    async find(schoolId, cardNumber) {
      const item = await records.get(key(schoolId, cardNumber), { consistent: true });
      return item === undefined ? undefined : v.parse(schema, item);
    },
    newRow(schoolId, cardNumber, { accountNo, issue }) {
      return { table: 'records', write: { put: { ...key(schoolId, cardNumber), accountNo, issue }, when: { is: 'absent' } } };
    },
    removedRow: (schoolId, cardNumber) => ({ table: 'records', write: { remove: key(schoolId, cardNumber) } }),
  };
}
