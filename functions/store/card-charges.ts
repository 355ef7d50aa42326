import * as v from 'valibot';
import { type Fen, fen } from '../../shared/money';
import type { Database, TableWrite } from './table';

export const CARD_CHARGES = ['fee', 'deposit', 'deposit-returned'] as const;
export type CardChargeKind = (typeof CARD_CHARGES)[number];

/** 工本费 / 押金 of one physical card: a permanent row for each, so that each is taken or given back once. */
export interface CardCharge {
  readonly schoolId: string;
  readonly accountNo: number;
  /** Of the card. */
  readonly issue: number;
  readonly what: CardChargeKind;
  readonly amountFen: Fen;
  /** Entry number. */
  readonly n: number;
}

export interface CardCharges {
  find(name: Pick<CardCharge, 'schoolId' | 'accountNo' | 'issue' | 'what'>): Promise<CardCharge | undefined>;
  /** The write that claims it; it fails when it was done already. */
  row(charge: CardCharge): TableWrite;
}

const schema = v.object({
  schoolId: v.string(),
  accountNo: v.number(),
  issue: v.number(),
  what: v.picklist(CARD_CHARGES),
  amountFen: v.pipe(v.number(), v.safeInteger(), v.transform(fen)),
  n: v.number(),
});

function key({ schoolId, accountNo, issue, what }: Pick<CardCharge, 'schoolId' | 'accountNo' | 'issue' | 'what'>) {
  return { pk: `${schoolId}#ACCOUNT#${accountNo}`, sk: `CARD-CHARGE#${issue}#${what}` };
}

export function createCardCharges({ records }: Pick<Database, 'records'>): CardCharges {
  return {
    async find(name) {
      const item = await records.get(key(name), { consistent: true });
      return item === undefined ? undefined : v.parse(schema, item);
    },
    row: (charge) => ({ table: 'records', write: { put: { ...key(charge), ...charge }, when: { is: 'absent' } } }),
  };
}
