import * as v from 'valibot';
import type { Database, TableWrite } from './table';

/** A card that carries a number of the school's own. The mapping never changes, so that it may be cached for ever. */
export interface SchoolCard {
  readonly accountNo: number;
  readonly issue: number;
}

export interface Cards {
  find(schoolId: string, cardNumber: string): Promise<SchoolCard | undefined>;
  /** The row of a new card; it fails when the number was ever given out. */
  newRow(schoolId: string, cardNumber: string, card: SchoolCard): TableWrite;
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
  };
}
