import * as v from 'valibot';
import type { EpochMs } from '../../shared/time';
import type { Database } from './table';

/** 客户信息补录 of one account: what the bank must know, sealed; and until when the ID is valid, which decides whether it is complete. */
export interface CustomerInfo {
  readonly schoolId: string;
  readonly accountNo: number;
  /** JSON sealed by the field cipher. */
  readonly sealed: string;
  /** "2031-05-01", or "long-term". */
  readonly idExpiresOn: string;
  readonly completedAt: EpochMs;
}

export interface CustomerInfos {
  find(schoolId: string, accountNo: number): Promise<CustomerInfo | undefined>;
  /** The newest word counts. */
  save(info: CustomerInfo): Promise<void>;
}

const schema = v.object({
  schoolId: v.string(),
  accountNo: v.number(),
  sealed: v.string(),
  idExpiresOn: v.string(),
  completedAt: v.number(),
});

function key(schoolId: string, accountNo: number) {
  return { pk: `${schoolId}#ACCOUNT#${accountNo}`, sk: 'CUSTOMER-INFO' };
}

export function createCustomerInfos({ records }: Pick<Database, 'records'>): CustomerInfos {
  return {
    async find(schoolId, accountNo) {
      const item = await records.get(key(schoolId, accountNo), { consistent: true });
      return item === undefined ? undefined : v.parse(schema, item);
    },
    async save(info) {
      await records.put({ ...key(info.schoolId, info.accountNo), ...info });
    },
  };
}
