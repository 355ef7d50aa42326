import * as v from 'valibot';
import { numbersUnder } from './numbers-under';
import type { Database } from './table';

/** What stands in a canteen or hall: its key, and the merchant its sales go to. */
export interface Terminal {
  readonly schoolId: string;
  readonly terminal: number;
  /** Raw Ed25519 public key, 32 bytes, base64. */
  readonly publicKey: string;
  readonly merchant: number;
  readonly name: string;
  readonly status: 'active' | 'revoked';
  /** It counts notes: only of such a one is cash believed. */
  readonly takesCash?: boolean;
  /** What the card office enrolled it as; a till where absent. What a kind may do is asked of it and not of the body. */
  readonly kind?: TerminalKind;
}

export const TERMINAL_KINDS = ['pos', 'kiosk', 'cash-machine', 'settlement-pos', 'water-controller', 'gate'] as const;
export type TerminalKind = (typeof TERMINAL_KINDS)[number];

export interface Terminals {
  find(schoolId: string, terminal: number): Promise<Terminal | undefined>;
  save(terminal: Terminal): Promise<void>;
  /** Every terminal of a school there ever was. */
  list(schoolId: string): Promise<readonly Terminal[]>;
}

const schema = v.object({
  schoolId: v.string(),
  terminal: v.number(),
  publicKey: v.pipe(v.string(), v.base64(), v.length(44)),
  merchant: v.number(),
  name: v.string(),
  status: v.picklist(['active', 'revoked']),
  takesCash: v.exactOptional(v.boolean()),
  kind: v.exactOptional(v.picklist(TERMINAL_KINDS)),
});

function key(schoolId: string, terminal: number) {
  return { pk: `${schoolId}#TERMINAL#${terminal}`, sk: 'TERMINAL' };
}

export function createTerminals(database: Database): Terminals {
  return {
    async find(schoolId, terminal) {
      const item = await database.records.get(key(schoolId, terminal));
      return item === undefined ? undefined : v.parse(schema, item);
    },
    async save(terminal) {
      const name = { pk: `${terminal.schoolId}#TERMINALS`, sk: String(terminal.terminal).padStart(6, '0'), terminal: terminal.terminal };
      await database.records.put(name);
      await database.records.put({ ...key(terminal.schoolId, terminal.terminal), ...terminal });
    },
    async list(schoolId) {
      const names = await numbersUnder(database, `${schoolId}#TERMINALS`, 'terminal');
      const rows = await Promise.all(names.map((terminal) => this.find(schoolId, terminal)));
      return rows.flatMap((row) => (row === undefined ? [] : [row]));
    },
  };
}
