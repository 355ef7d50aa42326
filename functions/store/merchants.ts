import * as v from 'valibot';
import { type Bilingual, bilingualSchema } from '../../shared/rule-pack';
import type { BankAccount } from '../domain/finance/payout-file';
import { numbersUnder } from './numbers-under';
import type { Database } from './table';

/** Who is paid for what a terminal sells. */
export interface Merchant {
  readonly schoolId: string;
  readonly merchant: number;
  /** What a statement shows. */
  readonly name: Bilingual;
  /** 商户全称 (SQ-09), as on receipts and settlements. */
  readonly legalName: string;
  /** What the school keeps of the sales, in hundredths of a percent; absent: nothing. */
  readonly feeBasisPoints?: number;
  /** Where settlements are paid to; absent: not yet known. */
  readonly account?: BankAccount;
}

export interface Merchants {
  find(schoolId: string, merchant: number): Promise<Merchant | undefined>;
  save(merchant: Merchant): Promise<void>;
  /** Every merchant of a school there ever was. */
  list(schoolId: string): Promise<readonly Merchant[]>;
}

const schema = v.object({
  schoolId: v.string(),
  merchant: v.number(),
  name: bilingualSchema,
  legalName: v.string(),
  feeBasisPoints: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000))),
  account: v.exactOptional(v.object({ bankName: v.string(), accountName: v.string(), accountNo: v.string() })),
});

function key(schoolId: string, merchant: number) {
  return { pk: `${schoolId}#MERCHANT#${merchant}`, sk: 'MERCHANT' };
}

export function createMerchants(database: Database): Merchants {
  const { records } = database;
  return {
    async find(schoolId, merchant) {
      const item = await records.get(key(schoolId, merchant));
      return item === undefined ? undefined : v.parse(schema, item);
    },
    async save(merchant) {
      const { schoolId, merchant: number } = merchant;
      await records.put({ pk: `${schoolId}#MERCHANTS`, sk: String(number).padStart(6, '0'), merchant: number });
      const { name, account, ...rest } = merchant;
      const to = account === undefined ? {} : { account: { ...account } };
      await records.put({ ...key(schoolId, number), ...rest, name: { ...name }, ...to });
    },
    async list(schoolId) {
      const numbers = await numbersUnder(database, `${schoolId}#MERCHANTS`, 'merchant');
      const rows = await Promise.all(numbers.map((merchant) => this.find(schoolId, merchant)));
      return rows.flatMap((row) => (row === undefined ? [] : [row]));
    },
  };
}
