import * as v from 'valibot';
import { fen } from '../../shared/money';
import type { ChipWrite } from '../domain/chip-write';
import type { Database, TableWrite } from './table';

/**
 * What machines were told to write to chips: a permanent row for each, named by the number of the entry that took the money out of
 * `transit` or out of a cash machine. At most one of an account is open.
 */
export interface ChipWrites {
  /** Strongly consistent, as all of these. */
  find(schoolId: string, accountNo: number, n: number): Promise<ChipWrite | undefined>;
  /** The one that was begun last: if any is open, it is this. */
  newest(schoolId: string, accountNo: number): Promise<ChipWrite | undefined>;
  /** The write of a new row. */
  row(write: ChipWrite): TableWrite;
  /** The write of the next version; it fails when somebody else has changed it since it was read. */
  replacement(next: ChipWrite): TableWrite;
  /** The same by itself. */
  replace(next: ChipWrite): Promise<boolean>;
}

const instant = v.pipe(v.number(), v.integer());
const facts = {
  schoolId: v.string(),
  accountNo: v.number(),
  n: v.number(),
  entryId: v.string(),
  amountFen: v.pipe(v.number(), v.safeInteger(), v.transform(fen)),
  failedAt: v.exactOptional(instant),
  version: v.number(),
};
const schema = v.variant('state', [
  v.object({ ...facts, state: v.literal('open') }),
  v.object({ ...facts, state: v.literal('written'), writtenBy: v.number() }),
]);

const SORT = 'CHIP-WRITE#';

function key({ schoolId, accountNo, n }: Pick<ChipWrite, 'schoolId' | 'accountNo' | 'n'>) {
  return { pk: `${schoolId}#ACCOUNT#${accountNo}`, sk: `${SORT}${String(n).padStart(10, '0')}` };
}

export function createChipWrites({ records }: Pick<Database, 'records'>): ChipWrites {
  const put = (write: ChipWrite) => ({ ...key(write), ...write });
  const when = (next: ChipWrite) => ({ is: 'equal', attribute: 'version', to: next.version - 1 }) as const;
  return {
    async find(schoolId, accountNo, n) {
      const item = await records.get(key({ schoolId, accountNo, n }), { consistent: true });
      return item === undefined ? undefined : v.parse(schema, item);
    },
    async newest(schoolId, accountNo) {
      const { pk } = key({ schoolId, accountNo, n: 0 });
      const { items } = await records.query({
        partition: { name: 'pk', value: pk },
        sort: { name: 'sk', from: SORT, to: `${SORT}~` },
        newestFirst: true,
        limit: 1,
        consistent: true,
      });
      return items[0] === undefined ? undefined : v.parse(schema, items[0]);
    },
    row: (write) => ({ table: 'records', write: { put: put(write), when: { is: 'absent' } } }),
    replacement: (next) => ({ table: 'records', write: { put: put(next), when: when(next) } }),
    async replace(next) {
      return (await records.put(put(next), when(next))).written;
    },
  };
}
