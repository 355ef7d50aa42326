import * as v from 'valibot';
import { DISPUTE_REASONS, DISPUTE_STATES } from '../../shared/api/disputes';
import { fen } from '../../shared/money';
import type { Dispute } from '../domain/dispute';
import type { Database, Item, Key } from './table';

interface DisputeName {
  readonly schoolId: string;
  readonly accountNo: number;
  readonly n: number;
}

/**
 * Disputes, one permanent row a sale. Access patterns: of a sale, of an account, of a terminal and day (whom a statement of that terminal
 * concerns), of a school by time (the card office's list).
 */
export interface Disputes {
  find(name: DisputeName): Promise<Dispute | undefined>;
  /** Writes the row when there is none; otherwise answers the one that is there. */
  insert(dispute: Dispute): Promise<Dispute>;
  /** Writes the next version; false when somebody else has changed it since it was read. */
  replace(next: Dispute): Promise<boolean>;
  /** Newest sale first. */
  ofAccount(schoolId: string, accountNo: number): Promise<readonly Dispute[]>;
  ofTerminalDay(schoolId: string, terminal: number, day: string): Promise<readonly DisputeName[]>;
  /** Newest first, decided ones too. */
  ofSchool(schoolId: string, after?: Key): Promise<{ readonly disputes: readonly Dispute[]; readonly next: Key | undefined }>;
}

const PAGE = 50;
const whole = v.pipe(v.number(), v.integer());
const fenSchema = v.pipe(v.number(), v.safeInteger(), v.transform(fen));
const schema = v.object({
  schoolId: v.string(),
  accountNo: whole,
  n: whole,
  reason: v.picklist(DISPUTE_REASONS),
  text: v.string(),
  openedAt: whole,
  state: v.picklist(DISPUTE_STATES),
  since: whole,
  evidence: v.object({
    entryId: v.string(),
    terminal: whole,
    sequence: whole,
    day: v.string(),
    amountFen: fenSchema,
    occurredAt: whole,
    recordedAt: whole,
    neighbours: v.array(
      v.object({ entryId: v.string(), kind: v.string(), amountFen: fenSchema, recordedAt: whole, isSameAccount: v.boolean() }),
    ),
    statement: v.exactOptional(
      v.object({
        outcome: v.picklist(['sold', 'voided', 'refused', 'unknown', 'absent']),
        amountFen: v.exactOptional(fenSchema),
        at: whole,
        isClosed: v.boolean(),
      }),
    ),
  }),
  decidedBy: v.exactOptional(v.string()),
  reversedBy: v.exactOptional(whole),
  note: v.string(),
  version: whole,
});
const nameSchema = v.object({ schoolId: v.string(), accountNo: whole, n: whole });

function key({ schoolId, accountNo, n }: DisputeName) {
  return { pk: `${schoolId}#ACCOUNT#${accountNo}`, sk: `DISPUTE#${String(n).padStart(10, '0')}` };
}

function linesOf({ schoolId, accountNo, n, openedAt, evidence }: Dispute): readonly Item[] {
  const name = { schoolId, accountNo, n };
  const { terminal, day, sequence } = evidence;
  return [
    { pk: atTerminal(schoolId, terminal, day), sk: `${String(sequence).padStart(9, '0')}#${accountNo}#${n}`, ...name },
    { pk: `${schoolId}#DISPUTES`, sk: `${String(openedAt).padStart(15, '0')}#${accountNo}#${n}`, ...name },
  ];
}

function atTerminal(schoolId: string, terminal: number, day: string): string {
  return `${schoolId}#DISPUTES-AT#${terminal}#${day}`;
}

function toItem(dispute: Dispute): Item {
  const { neighbours, statement, ...evidence } = dispute.evidence;
  return {
    ...key(dispute),
    ...dispute,
    evidence: {
      ...evidence,
      neighbours: neighbours.map((one) => ({ ...one })),
      ...(statement === undefined ? {} : { statement: { ...statement } }),
    },
  };
}

export function createDisputes({ records, transact }: Pick<Database, 'records' | 'transact'>): Disputes {
  const find = async (name: DisputeName): Promise<Dispute | undefined> => {
    const item = await records.get(key(name), { consistent: true });
    return item === undefined ? undefined : v.parse(schema, item);
  };
  return {
    find,
    async insert(dispute) {
      const result = await transact([
        { table: 'records', write: { put: toItem(dispute), when: { is: 'absent' } } },
        ...linesOf(dispute).map((line) => ({ table: 'records' as const, write: { put: line } })),
      ]);
      return result.written ? dispute : ((await find(dispute)) ?? dispute);
    },
    async replace(next) {
      return (await records.put(toItem(next), { is: 'equal', attribute: 'version', to: next.version - 1 })).written;
    },
    async ofAccount(schoolId, accountNo) {
      const found = await records.query({
        partition: { name: 'pk', value: `${schoolId}#ACCOUNT#${accountNo}` },
        sort: { name: 'sk', from: 'DISPUTE#', to: 'DISPUTE#~' },
        newestFirst: true,
        limit: PAGE,
      });
      return found.items.map((item) => v.parse(schema, item));
    },
    async ofTerminalDay(schoolId, terminal, day) {
      const names: DisputeName[] = [];
      let after: Key | undefined;
      do {
        const found = await records.query({
          partition: { name: 'pk', value: atTerminal(schoolId, terminal, day) },
          consistent: true,
          ...(after === undefined ? {} : { after }),
        });
        names.push(...found.items.map((item) => v.parse(nameSchema, item)));
        after = found.next;
      } while (after !== undefined);
      return names;
    },
    async ofSchool(schoolId, after) {
      const found = await records.query({
        partition: { name: 'pk', value: `${schoolId}#DISPUTES` },
        newestFirst: true,
        limit: PAGE,
        ...(after === undefined ? {} : { after }),
      });
      const rows = await Promise.all(found.items.map((item) => find(v.parse(nameSchema, item))));
      return { disputes: rows.flatMap((row) => (row === undefined ? [] : [row])), next: found.next };
    },
  };
}
