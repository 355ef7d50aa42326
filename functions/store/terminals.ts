import * as v from 'valibot';
import { type TerminalGate, terminalGateSchema } from '../../shared/api/terminal-identities';
import { TERMINAL_KINDS, type TerminalKind } from '../../shared/api/terminal-kinds';
import { type Fen, fen } from '../../shared/money';
import type { EpochMs } from '../../shared/time';
import { numbersUnder } from './numbers-under';
import type { Database, TableWrite } from './table';

/** What stands in a canteen or hall: its key, and the merchant its sales go to. */
export interface Terminal {
  readonly schoolId: string;
  readonly terminal: number;
  /** Raw Ed25519 public key, 32 bytes, base64. Absent until the machine has enrolled. */
  readonly publicKey?: string;
  /** The key before the last rotation: good beside the new one until then, or until the new one has been used. */
  readonly previousKey?: { readonly publicKey: string; readonly until: EpochMs };
  readonly merchant: number;
  readonly name: string;
  readonly status: 'active' | 'revoked';
  /** It counts notes: only of such a one is cash believed. */
  readonly takesCash?: boolean;
  /** What the card office enrolled it as; a till where absent. What a kind may do is asked of it and not of the body. */
  readonly kind?: TerminalKind;
  /** Where it stands, for whoever looks for it. */
  readonly place?: string;
  /** The most that one sale at it may be. */
  readonly maxSaleFen?: Fen;
  /** It verifies who stands there: a gate, or a till that the card office lets ask. */
  readonly gate?: TerminalGate;
  /** Counts the changes of the row; 1 where absent. */
  readonly version?: number;
}

export type { TerminalKind };

export interface Terminals {
  find(schoolId: string, terminal: number): Promise<Terminal | undefined>;
  /** Strongly consistent: whoever is about to change the row. */
  read(schoolId: string, terminal: number): Promise<Terminal | undefined>;
  save(terminal: Terminal): Promise<void>;
  /** The writes of a terminal that there was not: with another of the same number they fail. */
  newRows(terminal: Terminal): readonly TableWrite[];
  /** The write of a changed terminal over the version that it was read with. */
  changedRow(terminal: Terminal): TableWrite;
  /** Every terminal of a school there ever was. */
  list(schoolId: string): Promise<readonly Terminal[]>;
  /** Some of them in the order of their numbers, above `after`. */
  page(schoolId: string, page: { readonly after: number; readonly limit: number }): Promise<readonly Terminal[]>;
}

const keySchema = v.pipe(v.string(), v.base64(), v.length(44));
const schema = v.object({
  schoolId: v.string(),
  terminal: v.number(),
  publicKey: v.exactOptional(keySchema),
  previousKey: v.exactOptional(v.object({ publicKey: keySchema, until: v.number() })),
  merchant: v.number(),
  name: v.string(),
  status: v.picklist(['active', 'revoked']),
  takesCash: v.exactOptional(v.boolean()),
  kind: v.exactOptional(v.picklist(TERMINAL_KINDS)),
  place: v.exactOptional(v.string()),
  maxSaleFen: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.transform(fen))),
  gate: v.exactOptional(terminalGateSchema),
  version: v.optional(v.number(), 1),
});

function key(schoolId: string, terminal: number) {
  return { pk: `${schoolId}#TERMINAL#${terminal}`, sk: 'TERMINAL' };
}

function listKey(terminal: number): string {
  return String(terminal).padStart(6, '0');
}

function nameOf({ schoolId, terminal }: Terminal) {
  return { pk: `${schoolId}#TERMINALS`, sk: listKey(terminal), terminal };
}

function itemOf(terminal: Terminal, version: number) {
  return { ...key(terminal.schoolId, terminal.terminal), ...terminal, version };
}

export function createTerminals(database: Database): Terminals {
  const { records } = database;
  const terminals: Terminals = {
    async find(schoolId, terminal) {
      const item = await records.get(key(schoolId, terminal));
      return item === undefined ? undefined : v.parse(schema, item);
    },
    async read(schoolId, terminal) {
      const item = await records.get(key(schoolId, terminal), { consistent: true });
      return item === undefined ? undefined : v.parse(schema, item);
    },
    async save(terminal) {
      await records.put(nameOf(terminal));
      await records.put(itemOf(terminal, terminal.version ?? 1));
    },
    newRows: (terminal) => [
      { table: 'records', write: { put: itemOf(terminal, 1), when: { is: 'absent' } } },
      { table: 'records', write: { put: nameOf(terminal) } },
    ],
    changedRow(terminal) {
      const { version = 1 } = terminal;
      const when = { is: 'equal', attribute: 'version', to: version } as const;
      return { table: 'records', write: { put: itemOf(terminal, version + 1), when } };
    },
    async list(schoolId) {
      return rowsOf(schoolId, await numbersUnder(database, `${schoolId}#TERMINALS`, 'terminal'));
    },
    async page(schoolId, { after, limit }) {
      const found = await records.query({
        partition: { name: 'pk', value: `${schoolId}#TERMINALS` },
        sort: { name: 'sk', from: listKey(after + 1) },
        limit,
      });
      return rowsOf(
        schoolId,
        found.items.map((item) => Number(item.terminal)),
      );
    },
  };
  return terminals;

  async function rowsOf(schoolId: string, numbers: readonly number[]): Promise<readonly Terminal[]> {
    const rows = await Promise.all(numbers.map((terminal) => terminals.find(schoolId, terminal)));
    return rows.flatMap((row) => (row === undefined ? [] : [row]));
  }
}
