import * as v from 'valibot';
import { RECEIVABLE_CAUSES, type ReceivableCause } from '../../shared/api/receivables';
import { type Fen, fen } from '../../shared/money';
import type { EpochMs } from '../../shared/time';
import type { Database, Item, Key, TableWrite } from './table';

/** Why a holder came to owe something, or why a merchant was not paid: what finance looks at. Permanent. */
export interface ReceivableCase {
  readonly schoolId: string;
  /** Of the sale: "terminal-sequence". */
  readonly entryId: string;
  readonly cause: ReceivableCause;
  readonly accountNo: number;
  /** The entry; absent where nothing was written. */
  readonly n?: number;
  readonly serial: string;
  readonly terminal: number;
  readonly merchant: number;
  readonly amountFen: Fen;
  readonly owedFen: Fen;
  /** The sale that used the pass first. */
  readonly firstEntryId?: string;
  readonly occurredAt: EpochMs;
  readonly recordedAt: EpochMs;
}

export interface ReceivableCases {
  row(one: ReceivableCase): TableWrite;
  /** The same by itself: told again, it stays the one that is there. */
  insert(one: ReceivableCase): Promise<void>;
  /** Newest first. */
  ofSchool(
    schoolId: string,
    page: { readonly limit: number; readonly after?: string | undefined },
  ): Promise<{ readonly cases: readonly ReceivableCase[]; readonly next: string | undefined }>;
}

const fenSchema = v.pipe(v.number(), v.safeInteger(), v.transform(fen));
const schema = v.object({
  schoolId: v.string(),
  entryId: v.string(),
  cause: v.picklist(RECEIVABLE_CAUSES),
  accountNo: v.number(),
  n: v.exactOptional(v.number()),
  serial: v.string(),
  terminal: v.number(),
  merchant: v.number(),
  amountFen: fenSchema,
  owedFen: fenSchema,
  firstEntryId: v.exactOptional(v.string()),
  occurredAt: v.number(),
  recordedAt: v.number(),
});

function put(one: ReceivableCase): Item {
  return { pk: `${one.schoolId}#RECEIVABLES`, sk: `${String(one.occurredAt).padStart(15, '0')}#${one.entryId}`, ...one };
}

export function createReceivableCases({ records }: Pick<Database, 'records'>): ReceivableCases {
  return {
    row: (one) => ({ table: 'records', write: { put: put(one), when: { is: 'absent' } } }),
    async insert(one) {
      await records.put(put(one), { is: 'absent' });
    },
    async ofSchool(schoolId, { limit, after }) {
      const pk = `${schoolId}#RECEIVABLES`;
      const from: Key | undefined = after === undefined ? undefined : { pk, sk: Buffer.from(after, 'base64url').toString() };
      const found = await records.query({
        partition: { name: 'pk', value: pk },
        newestFirst: true,
        limit,
        consistent: true,
        ...(from === undefined ? {} : { after: from }),
      });
      const next = found.next === undefined ? undefined : Buffer.from(String(found.next.sk)).toString('base64url');
      return { cases: found.items.map((item) => v.parse(schema, item)), next };
    },
  };
}
