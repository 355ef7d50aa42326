import * as v from 'valibot';
import { fen } from '../../shared/money';
import type { EpochMs } from '../../shared/time';
import type { PayoutBatch } from '../domain/finance/payout-file';
import type { Database, Item } from './table';

/** A batch as it was decided: what is paid, to whom, by whose order. The row stands before any of its entries. */
export interface PayoutBatchRow extends PayoutBatch {
  readonly madeBy: string;
  readonly madeAt: EpochMs;
  /** Counts the day's batches from 1. */
  readonly sequence: number;
}

export interface PayoutBatches {
  /** All of a day, in order; strongly consistent. */
  ofDay(schoolId: string, day: string): Promise<readonly PayoutBatchRow[]>;
  /** False when the day has a batch of this sequence already: read again. */
  insert(batch: PayoutBatchRow): Promise<boolean>;
}

const lineSchema = v.object({
  payoutNo: v.string(),
  merchant: v.number(),
  account: v.object({ bankName: v.string(), accountName: v.string(), accountNo: v.string() }),
  amountFen: v.pipe(v.number(), v.safeInteger(), v.transform(fen)),
  feeFen: v.pipe(v.number(), v.safeInteger(), v.transform(fen)),
});
const schema = v.object({
  schoolId: v.string(),
  batchNo: v.string(),
  day: v.string(),
  lines: v.array(lineSchema),
  madeBy: v.string(),
  madeAt: v.number(),
  sequence: v.number(),
});

export function createPayoutBatches({ records }: Pick<Database, 'records'>): PayoutBatches {
  const pk = (schoolId: string, day: string): string => `${schoolId}#PAYOUTS#${day}`;
  return {
    async ofDay(schoolId, day) {
      const rows: PayoutBatchRow[] = [];
      let after: Awaited<ReturnType<typeof records.query>>['next'];
      do {
        const found = await records.query({
          partition: { name: 'pk', value: pk(schoolId, day) },
          consistent: true,
          ...(after === undefined ? {} : { after }),
        });
        rows.push(...found.items.map(fromItem));
        after = found.next;
      } while (after !== undefined);
      return rows;
    },
    async insert(batch) {
      const { schoolId, day, sequence } = batch;
      const lines = batch.lines.map((line) => ({ ...line, account: { ...line.account } }));
      const item = { pk: pk(schoolId, day), sk: String(sequence).padStart(4, '0'), ...batch, lines };
      return (await records.put(item, { is: 'absent' })).written;
    },
  };
}

function fromItem(item: Item): PayoutBatchRow {
  return v.parse(schema, item);
}
