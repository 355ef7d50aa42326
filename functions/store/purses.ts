import * as v from 'valibot';
import { fen } from '../../shared/money';
import type { Purse } from '../domain/purse';
import type { Database, TableWrite } from './table';

/** What the books know of each card's purse: a permanent row for a card that was ever loaded. At most one of an account is live. */
export interface Purses {
  /** Strongly consistent, as all of these. */
  find(schoolId: string, accountNo: number, issue: number): Promise<Purse | undefined>;
  /** Of all cards of an account, first issued first. */
  list(schoolId: string, accountNo: number): Promise<readonly Purse[]>;
  /** The write of a new row, or of the next version; it fails when somebody else has changed it since it was read. */
  row(next: Purse): TableWrite;
  /** The same by itself. */
  save(next: Purse): Promise<boolean>;
}

const whole = v.pipe(v.number(), v.integer());
const amount = v.pipe(v.number(), v.safeInteger(), v.transform(fen));
const schema = v.object({
  schoolId: v.string(),
  accountNo: whole,
  issue: whole,
  state: v.picklist(['live', 'returned']),
  loadedFen: amount,
  settledFen: amount,
  counter: whole,
  settledAt: whole,
  stopped: v.exactOptional(v.literal(true)),
  version: whole,
});

const SORT = 'PURSE#';

function key({ schoolId, accountNo, issue }: Pick<Purse, 'schoolId' | 'accountNo' | 'issue'>) {
  return { pk: `${schoolId}#ACCOUNT#${accountNo}`, sk: `${SORT}${String(issue).padStart(2, '0')}` };
}

export function createPurses({ records }: Pick<Database, 'records'>): Purses {
  const when = ({ version }: Purse) =>
    version === 1 ? ({ is: 'absent' } as const) : ({ is: 'equal', attribute: 'version', to: version - 1 } as const);
  const put = (purse: Purse) => ({ ...key(purse), ...purse });
  return {
    async find(schoolId, accountNo, issue) {
      const item = await records.get(key({ schoolId, accountNo, issue }), { consistent: true });
      return item === undefined ? undefined : v.parse(schema, item);
    },
    async list(schoolId, accountNo) {
      const { items } = await records.query({
        partition: { name: 'pk', value: key({ schoolId, accountNo, issue: 1 }).pk },
        sort: { name: 'sk', from: SORT, to: `${SORT}~` },
        consistent: true,
      });
      return items.map((item) => v.parse(schema, item));
    },
    row: (next) => ({ table: 'records', write: { put: put(next), when: when(next) } }),
    async save(next) {
      return (await records.put(put(next), when(next))).written;
    },
  };
}
