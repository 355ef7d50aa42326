import * as v from 'valibot';
import { type Fen, fen } from '../../shared/money';
import type { EpochMs } from '../../shared/time';
import type { Database, TableWrite } from './table';

/**
 * 卡片充值 from the wallet: one permanent row each. Where the bank card pays a part, its order says how it stands, since the credit and the
 * way on to the card are one transaction; else the row changes together with the transfer.
 */
export interface CardTransfer {
  readonly schoolId: string;
  readonly transferNo: string;
  readonly accountNo: number;
  readonly amountFen: Fen;
  /** What the wallet lacked when it was asked for. */
  readonly shortfallFen: Fen;
  /** Of the debit for the shortfall. */
  readonly orderNo?: string | undefined;
  readonly codeBy: 'bank' | 'school' | 'none';
  readonly createdAt: EpochMs;
  readonly expiresAt: EpochMs;
  /** Entry number of the transfer, where no bank was asked. */
  readonly n?: number | undefined;
  readonly transferredAt?: EpochMs | undefined;
  /** 0: there is no row yet. */
  readonly version: number;
}

export interface CardTransfers {
  find(schoolId: string, transferNo: string): Promise<CardTransfer | undefined>;
  /** Writes the row when there is none; false when there is. */
  insert(transfer: CardTransfer): Promise<boolean>;
  changedRow(transfer: CardTransfer): TableWrite;
}

const fenSchema = v.pipe(v.number(), v.safeInteger(), v.transform(fen));
const schema = v.object({
  schoolId: v.string(),
  transferNo: v.string(),
  accountNo: v.number(),
  amountFen: fenSchema,
  shortfallFen: fenSchema,
  orderNo: v.exactOptional(v.string()),
  codeBy: v.picklist(['bank', 'school', 'none']),
  createdAt: v.number(),
  expiresAt: v.number(),
  n: v.exactOptional(v.number()),
  transferredAt: v.exactOptional(v.number()),
  version: v.number(),
});

function key(schoolId: string, transferNo: string) {
  return { pk: `${schoolId}#CARD-TRANSFER#${transferNo}`, sk: 'CARD-TRANSFER' };
}

export function createCardTransfers({ records }: Pick<Database, 'records'>): CardTransfers {
  const change = ({ orderNo, n, transferredAt, ...transfer }: CardTransfer) => ({
    put: {
      ...key(transfer.schoolId, transfer.transferNo),
      ...transfer,
      ...(orderNo === undefined ? {} : { orderNo }),
      ...(n === undefined ? {} : { n }),
      ...(transferredAt === undefined ? {} : { transferredAt }),
      version: transfer.version + 1,
    },
    when: transfer.version === 0 ? ({ is: 'absent' } as const) : ({ is: 'equal', attribute: 'version', to: transfer.version } as const),
  });
  return {
    async find(schoolId, transferNo) {
      const item = await records.get(key(schoolId, transferNo), { consistent: true });
      return item === undefined ? undefined : v.parse(schema, item);
    },
    async insert(transfer) {
      const { put, when } = change(transfer);
      return (await records.put(put, when)).written;
    },
    changedRow: (transfer) => ({ table: 'records', write: change(transfer) }),
  };
}
