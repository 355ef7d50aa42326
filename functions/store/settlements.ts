import * as v from 'valibot';
import { fen } from '../../shared/money';
import type { Settlement } from '../domain/finance/settlement';
import type { Database, Item, Key } from './table';

/**
 * What merchants are due, one row for each of their business days, written once and never changed. Access patterns: by merchant and day,
 * a merchant's newest before a day, all of a day.
 */
export interface Settlements {
  find(schoolId: string, merchant: number, day: string): Promise<Settlement | undefined>;
  /** The merchant's newest that is older than `day`. */
  before(schoolId: string, merchant: number, day: string): Promise<Settlement | undefined>;
  /** Writes it when there is none; otherwise answers the one that is there. */
  insert(settlement: Settlement): Promise<Settlement>;
  /** All of a day, by merchant number. */
  ofDay(schoolId: string, day: string): Promise<readonly Settlement[]>;
  /** A merchant's, newest first. */
  ofMerchant(
    schoolId: string,
    merchant: number,
    page?: { readonly limit?: number; readonly after?: Key },
  ): Promise<{ readonly settlements: readonly Settlement[]; readonly next: Key | undefined }>;
}

const fenSchema = v.pipe(v.number(), v.safeInteger(), v.transform(fen));
const whole = v.pipe(v.number(), v.safeInteger());
const schema = v.object({
  schoolId: v.string(),
  merchant: whole,
  day: v.string(),
  salesCount: whole,
  grossFen: fenSchema,
  refundsCount: whole,
  refundsFen: fenSchema,
  adjustmentsFen: fenSchema,
  controlFen: fenSchema,
  linesHash: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  corrections: v.array(v.object({ day: v.string(), amountFen: fenSchema })),
  feeBasisPoints: whole,
  feeFen: fenSchema,
  netFen: fenSchema,
  carriedFen: fenSchema,
  carriedFeeFen: fenSchema,
  payableFen: fenSchema,
  settledAt: whole,
});

const PREFIX = 'SETTLEMENT#';

function key(schoolId: string, merchant: number, day: string) {
  return { pk: `${schoolId}#MERCHANT#${merchant}`, sk: `${PREFIX}${day}` };
}

export function createSettlements({ records, transact }: Pick<Database, 'records' | 'transact'>): Settlements {
  const newest = async (schoolId: string, merchant: number, to: string, page: { limit: number; after?: Key }) => {
    const found = await records.query({
      partition: { name: 'pk', value: `${schoolId}#MERCHANT#${merchant}` },
      sort: { name: 'sk', from: PREFIX, to },
      newestFirst: true,
      consistent: true,
      ...page,
    });
    return { settlements: found.items.map(fromItem), next: found.next };
  };
  const store: Settlements = {
    async find(schoolId, merchant, day) {
      const item = await records.get(key(schoolId, merchant, day), { consistent: true });
      return item === undefined ? undefined : fromItem(item);
    },
    async before(schoolId, merchant, day) {
      const { settlements } = await newest(schoolId, merchant, `${PREFIX}${day}`, { limit: 2 });
      return settlements.find((settlement) => settlement.day < day);
    },
    async insert(settlement) {
      const { schoolId, merchant, day } = settlement;
      const corrections = settlement.corrections.map((correction) => ({ ...correction }));
      const line = { pk: `${schoolId}#SETTLEMENTS#${day}`, sk: String(merchant).padStart(6, '0'), merchant };
      const result = await transact([
        { table: 'records', write: { put: { ...key(schoolId, merchant, day), ...settlement, corrections }, when: { is: 'absent' } } },
        { table: 'records', write: { put: line } },
      ]);
      if (result.written) return settlement;
      const found = await store.find(schoolId, merchant, day);
      if (found === undefined) throw new Error('a settlement was refused and is not there');
      return found;
    },
    async ofDay(schoolId, day) {
      const rows: Settlement[] = [];
      let after: Key | undefined;
      do {
        const page = await records.query({
          partition: { name: 'pk', value: `${schoolId}#SETTLEMENTS#${day}` },
          consistent: true,
          ...(after === undefined ? {} : { after }),
        });
        const found = await Promise.all(page.items.map((item) => store.find(schoolId, Number(item.merchant), day)));
        rows.push(...found.flatMap((row) => (row === undefined ? [] : [row])));
        after = page.next;
      } while (after !== undefined);
      return rows;
    },
    ofMerchant: (schoolId, merchant, { limit = 31, after } = {}) =>
      newest(schoolId, merchant, `${PREFIX}~`, { limit, ...(after === undefined ? {} : { after }) }),
  };
  return store;
}

function fromItem(item: Item): Settlement {
  return v.parse(schema, item);
}
