import * as v from 'valibot';
import { type Fen, fen } from '../../shared/money';
import type { EpochMs } from '../../shared/time';
import type { Database } from './table';

/** How a terminal said it was, last. */
export interface Heartbeat {
  readonly schoolId: string;
  readonly terminal: number;
  /** Our clock. */
  readonly at: EpochMs;
  readonly software: string;
  /** The terminal's clock less ours. */
  readonly clockOffsetMs: number;
  readonly nextSequence: number;
  readonly openSales: { readonly count: number; readonly amountFen: Fen };
  readonly faults: readonly string[];
}

export interface Heartbeats {
  find(schoolId: string, terminal: number): Promise<Heartbeat | undefined>;
  /** Takes the place of the one that was read; of two at one moment the second is dropped. */
  save(heartbeat: Heartbeat, before: Heartbeat | undefined): Promise<void>;
}

const schema = v.object({
  schoolId: v.string(),
  terminal: v.number(),
  at: v.number(),
  software: v.string(),
  clockOffsetMs: v.number(),
  nextSequence: v.number(),
  openSales: v.object({ count: v.number(), amountFen: v.pipe(v.number(), v.safeInteger(), v.transform(fen)) }),
  faults: v.array(v.string()),
});

function key(schoolId: string, terminal: number) {
  return { pk: `${schoolId}#TERMINAL#${terminal}`, sk: 'HEARTBEAT' };
}

export function createHeartbeats({ records }: Pick<Database, 'records'>): Heartbeats {
  return {
    async find(schoolId, terminal) {
      const item = await records.get(key(schoolId, terminal));
      return item === undefined ? undefined : v.parse(schema, item);
    },
    async save(heartbeat, before) {
      const { openSales, faults, ...facts } = heartbeat;
      const item = { ...key(heartbeat.schoolId, heartbeat.terminal), ...facts, openSales: { ...openSales }, faults: [...faults] };
      await records.put(item, before === undefined ? { is: 'absent' } : { is: 'equal', attribute: 'at', to: before.at });
    },
  };
}
