import * as v from 'valibot';
import { fen } from '../../shared/money';
import type { EpochMs } from '../../shared/time';
import type { Difference, DifferenceClass, PosDifferenceClass } from '../domain/reconcile';
import type { Database, Item, Key, Value } from './table';

/**
 * - `waiting`: the platform has no bill yet, or cannot be reached; the next run asks again.
 * - `failed`: there is a bill and it cannot be believed (`failure` says why). Never anything else than that, however little is wrong with it.
 * - `balanced`: every line and every entry is explained. `healed`: so it is, after acts that are listed.
 * - `open`: something is left to tomorrow's bill. `held`: something is left to a person. `suspended`: far too much is.
 */
export const RECONCILIATION_STATES = ['waiting', 'failed', 'balanced', 'healed', 'open', 'held', 'suspended'] as const;
export type ReconciliationState = (typeof RECONCILIATION_STATES)[number];

/**
 * A school's part of a channel's day. Amounts in fen; the sums of the bill are those of this school's lines. Of channel `pos` the bill is
 * what the school's terminals stated.
 */
export interface ReconciliationRecord {
  readonly schoolId: string;
  /** A platform, or `POS_CHANNEL`. */
  readonly channel: string;
  readonly day: string;
  readonly state: ReconciliationState;
  readonly failure?: string;
  /** SHA-256 (hex) of the unpacked bill, or over the hashes of the terminals' signed parts; absent while there is none. */
  readonly billSha256?: string;
  readonly sums?: {
    readonly billCount: number;
    readonly billPaymentFen: number;
    readonly billRefundFen: number;
    readonly billFeeFen: number;
    readonly bookCount: number;
    readonly bookPaymentFen: number;
    readonly bookRefundFen: number;
    readonly matchedCount: number;
  };
  /** Whether the platform's account log says the same as its bill, where it keeps one. A day whose log differs is held. */
  readonly accountLog?: 'agrees' | 'differs' | 'unavailable';
  readonly differences: number;
  readonly firstRunAt: EpochMs;
  readonly lastRunAt: EpochMs;
  readonly runs: number;
}

export const ACT_STATES = ['due', 'done', 'held', 'waiting', 'explained', 'failed'] as const;

/** `no-batch`: a terminal sold and has not closed its day. */
export type RowClass = DifferenceClass | PosDifferenceClass | 'no-batch';

/**
 * A difference and what became of it. It stays in the record for ever, also once it is healed. Of a terminal, `orderNo` is the sale's entry
 * id, and the bill's amount is the terminal's.
 */
export interface DifferenceRow extends Omit<Difference, 'class' | 'act' | 'kind'> {
  readonly class: RowClass;
  readonly act: Difference['act'] | 'reverse';
  readonly kind: Difference['kind'] | 'sale';
  readonly channel: string;
  readonly day: string;
  readonly foundAt: EpochMs;
  readonly actState: (typeof ACT_STATES)[number];
  /** What the act made: an order, an entry, a refund; or why it could not. */
  readonly result?: string;
  readonly actedAt?: EpochMs;
  readonly version: number;
}

export interface Reconciliations {
  find(schoolId: string, channel: string, day: string): Promise<ReconciliationRecord | undefined>;
  /** Of a channel, newest day first. */
  list(schoolId: string, channel: string, page?: { readonly limit?: number }): Promise<readonly ReconciliationRecord[]>;
  save(record: ReconciliationRecord): Promise<void>;
  differences(schoolId: string, channel: string, day: string): Promise<readonly DifferenceRow[]>;
  /** Writes a difference that is not there yet, and answers the one that is. */
  insert(schoolId: string, row: DifferenceRow): Promise<DifferenceRow>;
  /** The next version; false when somebody else has changed it since. */
  replace(schoolId: string, row: DifferenceRow): Promise<boolean>;
}

export function createReconciliations({ records }: Pick<Database, 'records'>): Reconciliations {
  const days = (schoolId: string, channel: string) => `${schoolId}#RECONCILIATION#${channel}`;
  const rows = (schoolId: string, channel: string, day: string) => `${schoolId}#DIFFERENCE#${channel}#${day}`;
  return {
    async find(schoolId, channel, day) {
      const item = await records.get({ pk: days(schoolId, channel), sk: day }, { consistent: true });
      return item === undefined ? undefined : v.parse(recordSchema, item);
    },
    async list(schoolId, channel, { limit = 31 } = {}) {
      const found = await records.query({ partition: { name: 'pk', value: days(schoolId, channel) }, newestFirst: true, limit });
      return found.items.map((item) => v.parse(recordSchema, item));
    },
    async save(record) {
      const { sums, ...plain } = record;
      await records.put({
        pk: days(record.schoolId, record.channel),
        sk: record.day,
        ...plain,
        ...(sums === undefined ? {} : { sums: { ...sums } }),
      });
    },
    async differences(schoolId, channel, day) {
      const found: DifferenceRow[] = [];
      let after: Key | undefined;
      do {
        const page = await records.query({
          partition: { name: 'pk', value: rows(schoolId, channel, day) },
          consistent: true,
          ...(after === undefined ? {} : { after }),
        });
        found.push(...page.items.map(fromItem));
        after = page.next;
      } while (after !== undefined);
      return found;
    },
    async insert(schoolId, row) {
      const item = toItem(rows(schoolId, row.channel, row.day), row);
      const result = await records.put(item, { is: 'absent' });
      if (result.written) return row;
      const found = result.found ?? (await records.get({ pk: String(item.pk), sk: row.id }, { consistent: true }));
      if (found === undefined) throw new Error('a difference that exists cannot be read');
      return fromItem(found);
    },
    async replace(schoolId, row) {
      const when = { is: 'equal', attribute: 'version', to: row.version - 1 } as const;
      return (await records.put(toItem(rows(schoolId, row.channel, row.day), row), when)).written;
    },
  };
}

function toItem(pk: string, row: DifferenceRow): Item {
  const item: Record<string, Value> = { pk, sk: row.id };
  for (const [name, value] of Object.entries(row)) if (value !== undefined) item[name] = value;
  return item;
}

const whole = v.pipe(v.number(), v.safeInteger());
const fenSchema = v.pipe(whole, v.transform(fen));
const sumsSchema = v.object({
  billCount: whole,
  billPaymentFen: whole,
  billRefundFen: whole,
  billFeeFen: whole,
  bookCount: whole,
  bookPaymentFen: whole,
  bookRefundFen: whole,
  matchedCount: whole,
});
const recordSchema = v.object({
  schoolId: v.string(),
  channel: v.string(),
  day: v.string(),
  state: v.picklist(RECONCILIATION_STATES),
  failure: v.exactOptional(v.string()),
  billSha256: v.exactOptional(v.string()),
  sums: v.exactOptional(sumsSchema),
  accountLog: v.exactOptional(v.picklist(['agrees', 'differs', 'unavailable'])),
  differences: whole,
  firstRunAt: whole,
  lastRunAt: whole,
  runs: whole,
});
const CLASSES = [
  'missing-callback',
  'orphan-payment',
  'amount-mismatch',
  'duplicate-payment',
  'duplicate-line',
  'refund-mismatch',
  'late',
  'missing-in-bill',
  'foreign',
  'credited-twice',
  'books-disagree',
  'missing-in-book',
  'missing-in-batch',
  'other-amount',
  'other-body',
  'charged-twice',
  'repeated-sequence',
  'outcome',
  'totals',
  'no-batch',
] as const satisfies readonly RowClass[];
const rowSchema = v.object({
  id: v.string(),
  class: v.picklist(CLASSES),
  act: v.picklist(['credit', 'refund', 'hold', 'wait', 'reverse']),
  reason: v.string(),
  schoolId: v.exactOptional(v.string()),
  kind: v.picklist(['payment', 'refund', 'sale']),
  orderNo: v.string(),
  refundNo: v.exactOptional(v.string()),
  platformTradeNo: v.exactOptional(v.string()),
  billFen: v.exactOptional(fenSchema),
  bookFen: v.exactOptional(fenSchema),
  rowFen: v.exactOptional(fenSchema),
  at: whole,
  accountNo: v.exactOptional(whole),
  n: v.exactOptional(whole),
  channel: v.string(),
  day: v.string(),
  foundAt: whole,
  actState: v.picklist(ACT_STATES),
  result: v.exactOptional(v.string()),
  actedAt: v.exactOptional(whole),
  version: whole,
});

/** Throws a ValiError on an item that is not a difference: a stored item is parsed like anything from outside. */
function fromItem(item: Item): DifferenceRow {
  return v.parse(rowSchema, item);
}
