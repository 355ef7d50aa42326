import * as v from 'valibot';
import { fen } from '../../shared/money';
import type { Refund } from '../domain/refund';
import { REMAINDER_REASONS } from '../domain/refund-plan';
import type { Database, Item, TableWrite } from './table';

/** Wishes for refunds as they were decided: one permanent row each, written in one transaction with the entries that took the money. */
export interface Refunds {
  find(schoolId: string, refundId: string): Promise<Refund | undefined>;
  /** The write that makes it happen once. */
  insertion(refund: Refund): TableWrite;
}

const fenSchema = v.pipe(v.number(), v.safeInteger(), v.transform(fen));
const schema = v.object({
  schoolId: v.string(),
  refundId: v.string(),
  accountNo: v.number(),
  wishFen: v.union([v.literal('all'), fenSchema]),
  whose: v.picklist(['own', 'everyone']),
  orderNo: v.exactOptional(v.string()),
  askedBy: v.string(),
  reason: v.string(),
  createdAt: v.pipe(v.number(), v.integer()),
  parts: v.array(v.object({ payOutNo: v.string(), orderNo: v.string(), amountFen: fenSchema })),
  remainder: v.array(v.object({ reason: v.picklist(REMAINDER_REASONS), amountFen: fenSchema })),
});

function key(schoolId: string, refundId: string) {
  return { pk: `${schoolId}#REFUND#${refundId}`, sk: 'REFUND' };
}

function toItem(refund: Refund): Item {
  const { parts, remainder, ...rest } = refund;
  return {
    ...key(refund.schoolId, refund.refundId),
    ...rest,
    parts: parts.map((part) => ({ ...part })),
    remainder: remainder.map((one) => ({ ...one })),
  };
}

export function createRefunds({ records }: Pick<Database, 'records'>): Refunds {
  return {
    async find(schoolId, refundId) {
      const item = await records.get(key(schoolId, refundId), { consistent: true });
      return item === undefined ? undefined : v.parse(schema, item);
    },
    insertion: (refund) => ({ table: 'records', write: { put: toItem(refund), when: { is: 'absent' } } }),
  };
}
