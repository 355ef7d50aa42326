import * as v from 'valibot';
import { type Fen, fen } from '../../shared/money';
import type { EpochMs } from '../../shared/time';
import type { Database } from './table';

/** A supervisor's refund at a terminal, by the sequence that asked: what was decided once, for ever. */
export interface TerminalRefund {
  readonly schoolId: string;
  readonly terminal: number;
  readonly sequence: number;
  /** SHA-256 (hex) of the signed body. */
  readonly requestHash: string;
  readonly supervisor: string;
  /** The sale's entry. */
  readonly accountNo: number;
  readonly saleN: number;
  readonly amountFen: Fen;
  readonly askedAt: EpochMs;
  /** `refused`: somebody else was first with what was left. */
  readonly state: 'asked' | 'done' | 'refused';
  /** Entry that gave it back. */
  readonly n?: number;
  readonly version: number;
}

export interface TerminalRefunds {
  /** Strongly consistent. */
  find(schoolId: string, terminal: number, sequence: number): Promise<TerminalRefund | undefined>;
  /** Writes the next version (1: it is asked); false when somebody else has. */
  save(refund: TerminalRefund): Promise<boolean>;
}

const schema = v.object({
  schoolId: v.string(),
  terminal: v.number(),
  sequence: v.number(),
  requestHash: v.string(),
  supervisor: v.string(),
  accountNo: v.number(),
  saleN: v.number(),
  amountFen: v.pipe(v.number(), v.safeInteger(), v.transform(fen)),
  askedAt: v.number(),
  state: v.picklist(['asked', 'done', 'refused']),
  n: v.exactOptional(v.number()),
  version: v.number(),
});

function key({ schoolId, terminal, sequence }: Pick<TerminalRefund, 'schoolId' | 'terminal' | 'sequence'>) {
  return { pk: `${schoolId}#TERMINAL#${terminal}`, sk: `REFUND#${String(sequence).padStart(9, '0')}` };
}

export function createTerminalRefunds({ records }: Pick<Database, 'records'>): TerminalRefunds {
  return {
    async find(schoolId, terminal, sequence) {
      const item = await records.get(key({ schoolId, terminal, sequence }), { consistent: true });
      return item === undefined ? undefined : v.parse(schema, item);
    },
    async save(refund) {
      const { version } = refund;
      const when = version === 1 ? ({ is: 'absent' } as const) : ({ is: 'equal', attribute: 'version', to: version - 1 } as const);
      return (await records.put({ ...key(refund), ...refund }, when)).written;
    },
  };
}
