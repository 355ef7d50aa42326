import * as v from 'valibot';
import { fen } from '../../shared/money';
import { AUTO_STATES, type AutoTopUp, OFF_REASONS } from '../domain/auto-top-up';
import type { Database, TableWrite } from './table';

/** The standing permission of an account to top it up: one row, kept after it ended, so that its numbers never come again. */
export interface AutoTopUps {
  /** Strongly consistent unless told. */
  find(schoolId: string, accountNo: number, options?: { readonly consistent?: boolean }): Promise<AutoTopUp | undefined>;
  /** The write over the version it was read with; `version` 0 is a row that is not there yet. */
  changedRow(auto: AutoTopUp): TableWrite;
  /** False when somebody else has changed it since it was read. */
  save(auto: AutoTopUp): Promise<boolean>;
}

const fenSchema = v.pipe(v.number(), v.safeInteger(), v.transform(fen));
const schema = v.object({
  schoolId: v.string(),
  accountNo: v.number(),
  contractNo: v.string(),
  channel: v.picklist(['wechat-pay', 'alipay']),
  appId: v.string(),
  payerOpenId: v.string(),
  number: v.string(),
  state: v.picklist(AUTO_STATES),
  isOn: v.boolean(),
  offReason: v.exactOptional(v.picklist(OFF_REASONS)),
  agreementRef: v.exactOptional(v.string()),
  askedAt: v.number(),
  signedAt: v.exactOptional(v.number()),
  endedAt: v.exactOptional(v.number()),
  thresholdFen: fenSchema,
  amountFen: fenSchema,
  monthlyCapFen: fenSchema,
  month: v.string(),
  monthFen: fenSchema,
  contracts: v.number(),
  orders: v.number(),
  openOrderNo: v.exactOptional(v.string()),
  failures: v.number(),
  pausedUntil: v.number(),
  version: v.number(),
});

function key(schoolId: string, accountNo: number) {
  return { pk: `${schoolId}#ACCOUNT#${accountNo}`, sk: 'AUTO' };
}

export function createAutoTopUps({ records }: Pick<Database, 'records'>): AutoTopUps {
  const change = (auto: AutoTopUp) => ({
    put: { ...key(auto.schoolId, auto.accountNo), ...auto, version: auto.version + 1 },
    when: auto.version === 0 ? ({ is: 'absent' } as const) : ({ is: 'equal', attribute: 'version', to: auto.version } as const),
  });
  return {
    async find(schoolId, accountNo, { consistent = true } = {}) {
      const item = await records.get(key(schoolId, accountNo), { consistent });
      return item === undefined ? undefined : v.parse(schema, item);
    },
    changedRow: (auto) => ({ table: 'records', write: change(auto) }),
    async save(auto) {
      const { put, when } = change(auto);
      return (await records.put(put, when)).written;
    },
  };
}
