import * as v from 'valibot';
import { BATCH_OUTCOMES } from '../../shared/api/terminal-batches';
import { type Fen, fen, ZERO } from '../../shared/money';
import type { EpochMs } from '../../shared/time';
import type { PosBatchLine } from '../domain/reconcile';
import type { Database, Item, Key } from './table';

/** How far a terminal has stated its day. */
export interface BatchHead {
  readonly schoolId: string;
  readonly terminal: number;
  readonly day: string;
  readonly parts: number;
  readonly ackedSeq: number;
  /** When the closing part came; absent while the day is open. */
  readonly closedAt?: EpochMs;
  /** Of the sold lines of all parts. */
  readonly totals: { readonly count: number; readonly amountFen: Fen };
  /** 0: nothing has been stated yet. */
  readonly version: number;
}

export interface BatchPart {
  readonly part: number;
  /** SHA-256 (hex) of the signed body: the same part again is known by it. */
  readonly bodyHash: string;
  readonly fromSequence: number;
  readonly ackedSeq: number;
  readonly lines: readonly PosBatchLine[];
  readonly receivedAt: EpochMs;
}

/** What terminals state of their days, as they signed it; never changed. One partition a terminal and day. */
export interface TerminalBatches {
  /** Strongly consistent. */
  head(schoolId: string, terminal: number, day: string): Promise<BatchHead>;
  part(at: Pick<BatchHead, 'schoolId' | 'terminal' | 'day'>, name: Pick<BatchPart, 'part' | 'ackedSeq'>): Promise<BatchPart | undefined>;
  /** The part that states this sequence. */
  covering(at: Pick<BatchHead, 'schoolId' | 'terminal' | 'day'>, sequence: number): Promise<BatchPart | undefined>;
  /** Every part, in order. */
  parts(schoolId: string, terminal: number, day: string): Promise<readonly BatchPart[]>;
  /** Writes the part and the head it leads to, all or nothing: false when another part was first. */
  save(next: BatchHead, part: BatchPart): Promise<boolean>;
}

const whole = v.pipe(v.number(), v.integer());
const fenSchema = v.pipe(v.number(), v.safeInteger(), v.transform(fen));
const headSchema = v.object({
  schoolId: v.string(),
  terminal: whole,
  day: v.string(),
  parts: whole,
  ackedSeq: whole,
  closedAt: v.exactOptional(whole),
  totals: v.object({ count: whole, amountFen: fenSchema }),
  version: whole,
});
const partSchema = v.object({
  part: whole,
  bodyHash: v.string(),
  fromSequence: whole,
  ackedSeq: whole,
  lines: v.array(
    v.object({ sequence: whole, amountFen: fenSchema, outcome: v.picklist(BATCH_OUTCOMES), requestHash: v.exactOptional(v.string()) }),
  ),
  receivedAt: whole,
});

type Place = Pick<BatchHead, 'schoolId' | 'terminal' | 'day'>;

function partition({ schoolId, terminal, day }: Place): string {
  return `${schoolId}#BATCH#${terminal}#${day}`;
}

/** By the last sequence it states, so that the part about a sale is found with one query. */
function partKey(ackedSeq: number, part: number): string {
  return `PART#${String(ackedSeq).padStart(9, '0')}#${String(part).padStart(4, '0')}`;
}

export function createTerminalBatches({ records, transact }: Pick<Database, 'records' | 'transact'>): TerminalBatches {
  return {
    async head(schoolId, terminal, day) {
      const at = { schoolId, terminal, day };
      const item = await records.get({ pk: partition(at), sk: 'HEAD' }, { consistent: true });
      return item === undefined
        ? { ...at, parts: 0, ackedSeq: 0, totals: { count: 0, amountFen: ZERO }, version: 0 }
        : v.parse(headSchema, item);
    },
    async part(at, { part, ackedSeq }) {
      const item = await records.get({ pk: partition(at), sk: partKey(ackedSeq, part) }, { consistent: true });
      return item === undefined ? undefined : v.parse(partSchema, item);
    },
    async covering(at, sequence) {
      const found = await records.query({
        partition: { name: 'pk', value: partition(at) },
        sort: { name: 'sk', from: partKey(sequence, 0), to: 'PART#~' },
        limit: 1,
        consistent: true,
      });
      const part = found.items[0] === undefined ? undefined : v.parse(partSchema, found.items[0]);
      return part !== undefined && part.fromSequence <= sequence ? part : undefined;
    },
    async parts(schoolId, terminal, day) {
      const parts: BatchPart[] = [];
      let after: Key | undefined;
      do {
        const found = await records.query({
          partition: { name: 'pk', value: partition({ schoolId, terminal, day }) },
          sort: { name: 'sk', from: 'PART#', to: 'PART#~' },
          consistent: true,
          ...(after === undefined ? {} : { after }),
        });
        parts.push(...found.items.map((item) => v.parse(partSchema, item)));
        after = found.next;
      } while (after !== undefined);
      return parts;
    },
    async save(next, part) {
      const { totals, ...rest } = next;
      const head: Item = { pk: partition(next), sk: 'HEAD', ...rest, totals: { ...totals } };
      const when =
        next.version === 1 ? ({ is: 'absent' } as const) : ({ is: 'equal', attribute: 'version', to: next.version - 1 } as const);
      const { lines, ...facts } = part;
      const item = { pk: partition(next), sk: partKey(part.ackedSeq, part.part), ...facts, lines: lines.map((line) => ({ ...line })) };
      const result = await transact([
        { table: 'records', write: { put: head, when } },
        { table: 'records', write: { put: item, when: { is: 'absent' } } },
      ]);
      return result.written;
    },
  };
}
