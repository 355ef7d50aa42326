import * as v from 'valibot';
import type { EpochMs } from '../../shared/time';
import type { Database, TableWrite } from './table';

/** The bank card an account is bound to, or was: one row an account. No card number is kept, only its tail. */
export interface BankCard {
  readonly schoolId: string;
  readonly accountNo: number;
  /**
   * `ending`: we are asking the bank to end it, and nothing new may be asked of it. `lost`: the bank has ended it by itself; another card may
   * be bound in its place. `ended`: by the holder.
   */
  readonly state: 'bound' | 'ending' | 'lost' | 'ended';
  /** The request that bound it. */
  readonly bindingNo: string;
  /** The bank's name for the binding, sealed by the field cipher. */
  readonly agreement: string;
  readonly cardTail: string;
  readonly bankName: string;
  readonly boundAt: EpochMs;
  /** 0: there is no row yet. */
  readonly version: number;
}

export interface BankCards {
  /** Strongly consistent. */
  find(schoolId: string, accountNo: number): Promise<BankCard | undefined>;
  /** The write of a changed row over the version it was read with. */
  changedRow(card: BankCard): TableWrite;
  /** False when somebody else changed it since it was read. */
  save(card: BankCard): Promise<boolean>;
}

const schema = v.object({
  schoolId: v.string(),
  accountNo: v.number(),
  state: v.picklist(['bound', 'ending', 'lost', 'ended']),
  bindingNo: v.string(),
  agreement: v.string(),
  cardTail: v.string(),
  bankName: v.string(),
  boundAt: v.number(),
  version: v.number(),
});

function key(schoolId: string, accountNo: number) {
  return { pk: `${schoolId}#ACCOUNT#${accountNo}`, sk: 'BANK-CARD' };
}

export function createBankCards({ records }: Pick<Database, 'records'>): BankCards {
  const change = (card: BankCard) => ({
    put: { ...key(card.schoolId, card.accountNo), ...card, version: card.version + 1 },
    when: card.version === 0 ? ({ is: 'absent' } as const) : ({ is: 'equal', attribute: 'version', to: card.version } as const),
  });
  return {
    async find(schoolId, accountNo) {
      const item = await records.get(key(schoolId, accountNo), { consistent: true });
      return item === undefined ? undefined : v.parse(schema, item);
    },
    changedRow: (card) => ({ table: 'records', write: change(card) }),
    async save(card) {
      const { put, when } = change(card);
      return (await records.put(put, when)).written;
    },
  };
}
