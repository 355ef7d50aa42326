import * as v from 'valibot';
import { gateDirectionSchema } from '../../shared/api/terminal-identities';
import type { GateRecord } from '../domain/gate';
import type { Database } from './table';

/** Passages through gates against passback: one row a holder, gone some days after the last of them. */
export interface GateRecords {
  /** Strongly consistent. */
  find(schoolId: string, accountNo: number): Promise<GateRecord | undefined>;
  /** Over the version before it, or the first; false when somebody else was first. */
  save(record: GateRecord): Promise<boolean>;
  /** They are outside everywhere; the codes they have used stay used. False when they passed a gate at that moment. */
  forget(schoolId: string, accountNo: number): Promise<boolean>;
}

/** Longer than any presence counts (`gates.forgetAfterMinutes` is a week at most). */
const KEPT_MS = 8 * 86_400_000;

const passage = v.object({
  terminal: v.number(),
  sequence: v.number(),
  bodyHash: v.string(),
  direction: gateDirectionSchema,
  at: v.number(),
});
const schema = v.object({
  schoolId: v.string(),
  accountNo: v.number(),
  codes: v.array(v.object({ newestStep: v.number(), usedBitmap: v.number() })),
  last: v.record(v.string(), passage),
  version: v.number(),
});

function newestOf({ last }: GateRecord): number {
  return Math.max(...Object.values(last).map(({ at }) => at));
}

function key(schoolId: string, accountNo: number) {
  return { pk: `${schoolId}#ACCOUNT#${accountNo}`, sk: 'GATES' };
}

export function createGateRecords({ records }: Pick<Database, 'records'>): GateRecords {
  return {
    async find(schoolId, accountNo) {
      const item = await records.get(key(schoolId, accountNo), { consistent: true });
      return item === undefined ? undefined : v.parse(schema, item);
    },
    async save(record) {
      const { schoolId, accountNo, version } = record;
      const newest = newestOf(record);
      const item = {
        ...key(schoolId, accountNo),
        ...{ schoolId, accountNo, version, expiresAtSeconds: Math.ceil((newest + KEPT_MS) / 1_000) },
        codes: record.codes.map((used) => ({ ...used })),
        last: Object.fromEntries(Object.entries(record.last).map(([group, one]) => [group, { ...one }])),
      };
      const when = version === 1 ? ({ is: 'absent' } as const) : ({ is: 'equal', attribute: 'version', to: version - 1 } as const);
      return (await records.put(item, when)).written;
    },
    async forget(schoolId, accountNo) {
      const item = await records.get(key(schoolId, accountNo), { consistent: true });
      if (item === undefined) return true;
      const { version } = v.parse(schema, item);
      const next = { ...item, last: {}, version: version + 1 };
      return (await records.put(next, { is: 'equal', attribute: 'version', to: version })).written;
    },
  };
}
