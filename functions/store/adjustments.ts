import * as v from 'valibot';
import { fen } from '../../shared/money';
import { ADJUSTMENT_KINDS, type Adjustment, type SuspenseItem } from '../domain/finance/adjustment';
import type { Database, Item, Key, TableWrite } from './table';

/**
 * What finance corrects, each with who proposed and who decided it, and the items in suspense. Rows are permanent; every change is a put
 * on condition of the version before it. Access patterns: by number, all of a school (newest first).
 */
export interface Adjustments {
  find(schoolId: string, adjustmentNo: string): Promise<Adjustment | undefined>;
  /** Writes it when there is none; otherwise answers the one that is there. */
  insert(adjustment: Adjustment): Promise<Adjustment>;
  /** Next version, with other rows, all or nothing; false when one of them has changed. */
  replace(next: Adjustment, rows?: readonly TableWrite[]): Promise<boolean>;
  /** The same as part of a transaction. */
  replacement(next: Adjustment): TableWrite;
  list(schoolId: string, page?: AdjustmentPageWish): Promise<AdjustmentPage>;
  findItem(schoolId: string, itemNo: string): Promise<SuspenseItem | undefined>;
  /** The write that opens an item; it fails when there is one of this number. */
  newItem(item: SuspenseItem): TableWrite;
  /** Opens it by itself; answers the one that is there already. */
  insertItem(item: SuspenseItem): Promise<SuspenseItem>;
  itemReplacement(next: SuspenseItem): TableWrite;
  /** Items of which something is open, oldest first. */
  openItems(schoolId: string): Promise<readonly SuspenseItem[]>;
}

export interface AdjustmentPageWish {
  readonly limit?: number;
  readonly after?: Key;
}
export interface AdjustmentPage {
  readonly adjustments: readonly Adjustment[];
  readonly next: Key | undefined;
}

const fenSchema = v.pipe(v.number(), v.safeInteger(), v.transform(fen));
const facts = {
  schoolId: v.string(),
  adjustmentNo: v.string(),
  kind: v.picklist(ADJUSTMENT_KINDS),
  day: v.string(),
  postings: v.array(v.object({ leg: v.string(), amountFen: fenSchema })),
  accountNo: v.exactOptional(v.number()),
  clears: v.exactOptional(v.string()),
  reason: v.string(),
  proposedBy: v.string(),
  proposedAt: v.number(),
  version: v.number(),
};
const schema = v.variant('state', [
  v.object({ ...facts, state: v.literal('proposed') }),
  v.object({ ...facts, state: v.picklist(['approved', 'posted', 'rejected']), decidedBy: v.string(), decidedAt: v.number() }),
]);
const itemSchema = v.object({
  schoolId: v.string(),
  itemNo: v.string(),
  day: v.string(),
  amountFen: fenSchema,
  openFen: fenSchema,
  reason: v.string(),
  createdAt: v.number(),
  version: v.number(),
});

export function createAdjustments({ records, transact }: Pick<Database, 'records' | 'transact'>): Adjustments {
  const condition = (next: { readonly version: number }) => ({ is: 'equal', attribute: 'version', to: next.version - 1 }) as const;
  const replacement = (next: Adjustment): TableWrite => ({ table: 'records', write: { put: toItem(next), when: condition(next) } });
  const newItem = (item: SuspenseItem): TableWrite => ({
    table: 'records',
    write: { put: { ...itemKey(item.schoolId, item.itemNo), ...item }, when: { is: 'absent' } },
  });
  const store: Adjustments = {
    async find(schoolId, adjustmentNo) {
      const item = await records.get(key(schoolId, adjustmentNo), { consistent: true });
      return item === undefined ? undefined : fromItem(item);
    },
    async insert(adjustment) {
      const { schoolId, adjustmentNo, proposedAt } = adjustment;
      const line = { pk: `${schoolId}#ADJUSTMENTS`, sk: `${String(proposedAt).padStart(15, '0')}#${adjustmentNo}`, adjustmentNo };
      const result = await transact([
        { table: 'records', write: { put: toItem(adjustment), when: { is: 'absent' } } },
        { table: 'records', write: { put: line } },
      ]);
      return result.written ? adjustment : ((await store.find(schoolId, adjustmentNo)) ?? adjustment);
    },
    async replace(next, rows = []) {
      return (await transact([replacement(next), ...rows])).written;
    },
    replacement,
    async list(schoolId, { limit = 50, after } = {}) {
      const found = await records.query({
        partition: { name: 'pk', value: `${schoolId}#ADJUSTMENTS` },
        newestFirst: true,
        limit,
        ...(after === undefined ? {} : { after }),
      });
      const rows = await Promise.all(found.items.map((item) => store.find(schoolId, String(item.adjustmentNo))));
      return { adjustments: rows.flatMap((row) => (row === undefined ? [] : [row])), next: found.next };
    },
    async findItem(schoolId, itemNo) {
      const item = await records.get(itemKey(schoolId, itemNo), { consistent: true });
      return item === undefined ? undefined : v.parse(itemSchema, item);
    },
    newItem,
    async insertItem(item) {
      const result = await records.put({ ...itemKey(item.schoolId, item.itemNo), ...item }, { is: 'absent' });
      return result.written ? item : ((await store.findItem(item.schoolId, item.itemNo)) ?? item);
    },
    itemReplacement: (next) => ({
      table: 'records',
      write: { put: { ...itemKey(next.schoolId, next.itemNo), ...next }, when: condition(next) },
    }),
    async openItems(schoolId) {
      const items: SuspenseItem[] = [];
      let after: Key | undefined;
      do {
        const found = await records.query({
          partition: { name: 'pk', value: `${schoolId}#SUSPENSE` },
          consistent: true,
          ...(after === undefined ? {} : { after }),
        });
        items.push(...found.items.map((item) => v.parse(itemSchema, item)));
        after = found.next;
      } while (after !== undefined);
      return items.filter(({ openFen }) => openFen > 0).sort((a, b) => a.createdAt - b.createdAt);
    },
  };
  return store;
}

function key(schoolId: string, adjustmentNo: string) {
  return { pk: `${schoolId}#ADJUSTMENT#${adjustmentNo}`, sk: 'ADJUSTMENT' };
}

function itemKey(schoolId: string, itemNo: string) {
  return { pk: `${schoolId}#SUSPENSE`, sk: itemNo };
}

function toItem(adjustment: Adjustment): Item {
  const { postings, ...rest } = adjustment;
  return { ...key(rest.schoolId, rest.adjustmentNo), ...rest, postings: postings.map((posting) => ({ ...posting })) };
}

function fromItem(item: Item): Adjustment {
  return v.parse(schema, item);
}
