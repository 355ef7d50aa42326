import * as v from 'valibot';
import type { EpochMs } from '../../shared/time';
import type { Database, TableWrite } from './table';

/** How a terminal came, or is to come, by its key. One row a terminal, for ever. */
export interface Enrolment {
  readonly schoolId: string;
  readonly terminal: number;
  /** SHA-256 (hex) of the code that was handed out last. */
  readonly codeHash: string;
  readonly expiresAt: EpochMs;
  /** SHA-256 (hex) of the request that used it: the same bytes again have the same answer. Absent while it is unused. */
  readonly usedBy?: string;
  readonly version: number;
}

export interface Enrolments {
  /** Strongly consistent. */
  find(schoolId: string, terminal: number): Promise<Enrolment | undefined>;
  /** The write of the next version (1: the first code), over the one that was read. */
  row(enrolment: Enrolment): TableWrite;
}

const schema = v.object({
  schoolId: v.string(),
  terminal: v.number(),
  codeHash: v.string(),
  expiresAt: v.number(),
  usedBy: v.exactOptional(v.string()),
  version: v.number(),
});

function key({ schoolId, terminal }: Pick<Enrolment, 'schoolId' | 'terminal'>) {
  return { pk: `${schoolId}#TERMINAL#${terminal}`, sk: 'ENROLMENT' };
}

export function createEnrolments({ records }: Pick<Database, 'records'>): Enrolments {
  return {
    async find(schoolId, terminal) {
      const item = await records.get(key({ schoolId, terminal }), { consistent: true });
      return item === undefined ? undefined : v.parse(schema, item);
    },
    row(enrolment) {
      const { version } = enrolment;
      const when = version === 1 ? ({ is: 'absent' } as const) : ({ is: 'equal', attribute: 'version', to: version - 1 } as const);
      return { table: 'records', write: { put: { ...key(enrolment), ...enrolment }, when } };
    },
  };
}
