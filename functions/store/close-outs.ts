import * as v from 'valibot';
import { fen } from '../../shared/money';
import type { CloseOut } from '../domain/close-out';
import { REMAINDER_REASONS } from '../domain/refund-plan';
import type { Database, Item, TableWrite } from './table';

/** How the closing of an account stands: one permanent row an account. */
export interface CloseOuts {
  find(schoolId: string, accountNo: number): Promise<CloseOut | undefined>;
  /** Writes the row when there is none; otherwise answers the one that is there. */
  insert(closeOut: CloseOut): Promise<CloseOut>;
  /** Writes the next version; false when somebody else has changed it since it was read. */
  replace(next: CloseOut): Promise<boolean>;
  /** The same as part of a transaction. */
  replacement(next: CloseOut): TableWrite;
}

const whole = v.pipe(v.number(), v.integer());
const fenSchema = v.pipe(v.number(), v.safeInteger(), v.transform(fen));
const schema = v.object({
  schoolId: v.string(),
  accountNo: whole,
  state: v.picklist(['running', 'remains', 'closed']),
  since: whole,
  startedAt: whole,
  by: v.string(),
  round: whole,
  refundIds: v.array(v.string()),
  depositFen: fenSchema,
  subsidyFen: fenSchema,
  remainder: v.array(v.object({ reason: v.picklist(REMAINDER_REASONS), amountFen: fenSchema })),
  closedN: v.exactOptional(whole),
  acknowledgedBy: v.exactOptional(v.string()),
  version: whole,
});

function key(schoolId: string, accountNo: number) {
  return { pk: `${schoolId}#ACCOUNT#${accountNo}`, sk: 'CLOSE-OUT' };
}

function toItem(closeOut: CloseOut): Item {
  const { refundIds, remainder, ...rest } = closeOut;
  return {
    ...key(closeOut.schoolId, closeOut.accountNo),
    ...rest,
    refundIds: [...refundIds],
    remainder: remainder.map((one) => ({ ...one })),
  };
}

function over(next: CloseOut) {
  return { is: 'equal', attribute: 'version', to: next.version - 1 } as const;
}

export function createCloseOuts({ records }: Pick<Database, 'records'>): CloseOuts {
  const find = async (schoolId: string, accountNo: number): Promise<CloseOut | undefined> => {
    const item = await records.get(key(schoolId, accountNo), { consistent: true });
    return item === undefined ? undefined : v.parse(schema, item);
  };
  return {
    find,
    async insert(closeOut) {
      const result = await records.put(toItem(closeOut), { is: 'absent' });
      return result.written ? closeOut : ((await find(closeOut.schoolId, closeOut.accountNo)) ?? closeOut);
    },
    async replace(next) {
      return (await records.put(toItem(next), over(next))).written;
    },
    replacement: (next) => ({ table: 'records', write: { put: toItem(next), when: over(next) } }),
  };
}
