import * as v from 'valibot';
import { canonicalJson, type Json } from '../../shared/canonical-json';
import { fen } from '../../shared/money';
import type { BalanceSheet } from '../domain/finance/balance-sheet';
import type { Database, Item, Key } from './table';

/** Balance sheets by day, written once and never changed; each as its canonical JSON, because its hash is over that. */
export interface BalanceSheets {
  find(schoolId: string, day: string): Promise<BalanceSheet | undefined>;
  /** Newest first, none later than `to`. */
  newest(schoolId: string, count: number, to?: string): Promise<readonly BalanceSheet[]>;
  /** Oldest first, a page at a time. */
  all(schoolId: string): AsyncIterable<BalanceSheet>;
  /** Writes it when there is none; otherwise answers the one that is there. */
  insert(sheet: BalanceSheet): Promise<BalanceSheet>;
}

const fenSchema = v.pipe(v.number(), v.safeInteger(), v.transform(fen));
const legsSchema = v.record(v.string(), fenSchema);
const kindsSchema = v.record(v.string(), legsSchema);
const sheetSchema = v.strictObject({
  schoolId: v.string(),
  day: v.string(),
  kinds: kindsSchema,
  corrections: v.record(v.string(), kindsSchema),
  closing: legsSchema,
  previousHash: v.exactOptional(v.string()),
  madeAt: v.number(),
});
const rowSchema = v.object({ sheet: v.pipe(v.string(), v.parseJson(), sheetSchema) });
const PAGE = 50;

function partition(schoolId: string) {
  return `${schoolId}#BALANCE-SHEETS`;
}

export function createBalanceSheets({ records }: Pick<Database, 'records'>): BalanceSheets {
  const page = (schoolId: string, more: { newestFirst: boolean; limit: number; to?: string; after?: Key }) =>
    records.query({
      partition: { name: 'pk', value: partition(schoolId) },
      sort: { name: 'sk', from: '2', to: more.to ?? '3' },
      consistent: true,
      newestFirst: more.newestFirst,
      limit: more.limit,
      ...(more.after === undefined ? {} : { after: more.after }),
    });
  const store: BalanceSheets = {
    async find(schoolId, day) {
      const item = await records.get({ pk: partition(schoolId), sk: day }, { consistent: true });
      return item === undefined ? undefined : fromItem(item);
    },
    async newest(schoolId, count, to) {
      const sheets: BalanceSheet[] = [];
      let after: Key | undefined;
      do {
        const wish = { newestFirst: true, limit: count - sheets.length, ...(to === undefined ? {} : { to }) };
        const found = await page(schoolId, { ...wish, ...(after === undefined ? {} : { after }) });
        sheets.push(...found.items.map(fromItem));
        after = found.next;
      } while (after !== undefined && sheets.length < count);
      return sheets;
    },
    async *all(schoolId) {
      let after: Key | undefined;
      do {
        const found = await page(schoolId, { newestFirst: false, limit: PAGE, ...(after === undefined ? {} : { after }) });
        yield* found.items.map(fromItem);
        after = found.next;
      } while (after !== undefined);
    },
    async insert(sheet) {
      // A sheet is JSON by construction.
      const text = canonicalJson(sheet as unknown as Json);
      const item = { pk: partition(sheet.schoolId), sk: sheet.day, sheet: text };
      const result = await records.put(item, { is: 'absent' });
      if (result.written) return sheet;
      const found = result.found === undefined ? await store.find(sheet.schoolId, sheet.day) : fromItem(result.found);
      if (found === undefined) throw new Error('a sheet was refused and is not there');
      return found;
    },
  };
  return store;
}

function fromItem(item: Item): BalanceSheet {
  return v.parse(rowSchema, item).sheet;
}
