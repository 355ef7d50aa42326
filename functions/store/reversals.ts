import * as v from 'valibot';
import { type Fen, fen, sum, ZERO } from '../../shared/money';
import { subsidyExpiryRow } from './subsidies';
import type { Database, TableWrite } from './table';

/**
 * Permanent row of what was taken back of one sale: the thing that keeps the sum of all ways to ask (void, supervisor, dispute,
 * reconciliation) within the sale. Its key is the entry's number, which is never given twice; an entry id is only as unique as a
 * terminal's count, which a reset begins anew.
 */
export interface Reversal {
  /** Never above what the sale was. */
  readonly reversedFen: Fen;
  /** One for each entry that took a part back, by its `entryId`. */
  readonly parts: readonly { readonly entryId: string; readonly n: number; readonly amountFen: Fen }[];
  readonly version: number;
}

export interface Reversals {
  /** What was taken back of the entry with number `reversed`; nothing yet when there is no row. */
  find(schoolId: string, accountNo: number, reversed: number): Promise<Reversal>;
  /** The write that adds a part, on condition that nobody has added one since `read`. */
  row(input: {
    readonly schoolId: string;
    readonly accountNo: number;
    readonly reversed: number;
    readonly read: Reversal;
    readonly part: Reversal['parts'][number];
  }): TableWrite;
  /** The write that lets the daily look find the account: a reversal gave something back to a lot that has run out, on that day. */
  expiryRow(schoolId: string, day: string, accountNo: number): TableWrite;
  /** The write that drops a part again: its money was to leave by the way it came, and definitely did not. */
  rowWithout(input: {
    readonly schoolId: string;
    readonly accountNo: number;
    readonly reversed: number;
    readonly read: Reversal;
    readonly entryId: string;
  }): TableWrite;
}

const fenSchema = v.pipe(v.number(), v.safeInteger(), v.transform(fen));
const schema = v.object({
  reversedFen: fenSchema,
  parts: v.array(v.object({ entryId: v.string(), n: v.number(), amountFen: fenSchema })),
  version: v.number(),
});

function key(schoolId: string, accountNo: number, reversed: number) {
  return { pk: `${schoolId}#ACCOUNT#${accountNo}`, sk: `REVERSAL#${reversed}` };
}

function write(at: ReturnType<typeof key>, read: Reversal, parts: Reversal['parts']): TableWrite {
  const item = {
    ...at,
    reversedFen: sum(parts.map((part) => part.amountFen)),
    parts: parts.map((one) => ({ ...one })),
    version: read.version + 1,
  };
  const when = read.version === 0 ? ({ is: 'absent' } as const) : ({ is: 'equal', attribute: 'version', to: read.version } as const);
  return { table: 'records', write: { put: item, when } };
}

export function createReversals(database: Database): Reversals {
  return {
    async find(schoolId, accountNo, reversed) {
      const item = await database.records.get(key(schoolId, accountNo, reversed), { consistent: true });
      return item === undefined ? { reversedFen: ZERO, parts: [], version: 0 } : v.parse(schema, item);
    },
    row: ({ schoolId, accountNo, reversed, read, part }) => write(key(schoolId, accountNo, reversed), read, [...read.parts, part]),
    expiryRow: subsidyExpiryRow,
    rowWithout({ schoolId, accountNo, reversed, read, entryId }) {
      const left = read.parts.filter((part) => part.entryId !== entryId);
      return write(key(schoolId, accountNo, reversed), read, left);
    },
  };
}
