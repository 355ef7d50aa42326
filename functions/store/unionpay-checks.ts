import * as v from 'valibot';
import type { EpochMs } from '../../shared/time';
import type { Database } from './table';

/** 银联认证 of one account: what UnionPay said of the last check. No card, ID or mobile number is kept. */
export interface UnionpayCheck {
  readonly schoolId: string;
  readonly accountNo: number;
  readonly requestNo: string;
  readonly state: 'asked' | 'match' | 'no-match';
  readonly checkedAt: EpochMs;
  /** 0: there is no row yet. */
  readonly version: number;
}

export interface UnionpayChecks {
  find(schoolId: string, accountNo: number): Promise<UnionpayCheck | undefined>;
  /** False when somebody else changed it since it was read. */
  save(check: UnionpayCheck): Promise<boolean>;
}

const schema = v.object({
  schoolId: v.string(),
  accountNo: v.number(),
  requestNo: v.string(),
  state: v.picklist(['asked', 'match', 'no-match']),
  checkedAt: v.number(),
  version: v.number(),
});

function key(schoolId: string, accountNo: number) {
  return { pk: `${schoolId}#ACCOUNT#${accountNo}`, sk: 'UNIONPAY' };
}

export function createUnionpayChecks({ records }: Pick<Database, 'records'>): UnionpayChecks {
  return {
    async find(schoolId, accountNo) {
      const item = await records.get(key(schoolId, accountNo), { consistent: true });
      return item === undefined ? undefined : v.parse(schema, item);
    },
    async save(check) {
      const put = { ...key(check.schoolId, check.accountNo), ...check, version: check.version + 1 };
      const when = check.version === 0 ? ({ is: 'absent' } as const) : ({ is: 'equal', attribute: 'version', to: check.version } as const);
      return (await records.put(put, when)).written;
    },
  };
}
