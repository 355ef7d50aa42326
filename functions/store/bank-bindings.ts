import * as v from 'valibot';
import type { EpochMs } from '../../shared/time';
import type { Database, TableWrite } from './table';

/** A wish to bind a bank card, written before the bank is asked. Permanent, so that its number is never given twice; it names no card. */
export interface BankBinding {
  readonly schoolId: string;
  /** Ours, and the bank's idempotency key. */
  readonly bindingNo: string;
  readonly accountNo: number;
  readonly state: 'asked' | 'bound';
  readonly createdAt: EpochMs;
  /** 0: there is no row yet. */
  readonly version: number;
}

export interface BankBindings {
  find(schoolId: string, bindingNo: string): Promise<BankBinding | undefined>;
  /** The write of a new or changed row over the version it was read with. */
  changedRow(binding: BankBinding): TableWrite;
}

const schema = v.object({
  schoolId: v.string(),
  bindingNo: v.string(),
  accountNo: v.number(),
  state: v.picklist(['asked', 'bound']),
  createdAt: v.number(),
  version: v.number(),
});

function key(schoolId: string, bindingNo: string) {
  return { pk: `${schoolId}#BANK-BINDING#${bindingNo}`, sk: 'BANK-BINDING' };
}

export function createBankBindings({ records }: Pick<Database, 'records'>): BankBindings {
  return {
    async find(schoolId, bindingNo) {
      const item = await records.get(key(schoolId, bindingNo), { consistent: true });
      return item === undefined ? undefined : v.parse(schema, item);
    },
    changedRow(binding) {
      const put = { ...key(binding.schoolId, binding.bindingNo), ...binding, version: binding.version + 1 };
      const when =
        binding.version === 0 ? ({ is: 'absent' } as const) : ({ is: 'equal', attribute: 'version', to: binding.version } as const);
      return { table: 'records', write: { put, when } };
    },
  };
}
