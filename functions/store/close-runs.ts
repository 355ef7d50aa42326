import * as v from 'valibot';
import type { EpochMs } from '../../shared/time';
import type { Database } from './table';

/** What one run of the closing did for a school: kept for the auditor. */
export interface CloseRun {
  readonly schoolId: string;
  readonly runId: string;
  readonly startedAt: EpochMs;
  readonly endedAt: EpochMs;
  /** Days whose settlement and sheet the run made. */
  readonly closed: readonly string[];
  readonly locked: readonly string[];
  /** Approved adjustments that the run wrote, because whoever approved them could not. */
  readonly posted: readonly string[];
  /** Why it ended early: a code, or "internal". */
  readonly failure?: string;
}

export interface CloseRuns {
  insert(run: CloseRun): Promise<void>;
  /** Newest first. */
  newest(schoolId: string, count: number): Promise<readonly CloseRun[]>;
}

const schema = v.object({
  schoolId: v.string(),
  runId: v.string(),
  startedAt: v.number(),
  endedAt: v.number(),
  closed: v.array(v.string()),
  locked: v.array(v.string()),
  posted: v.array(v.string()),
  failure: v.exactOptional(v.string()),
});

export function createCloseRuns({ records }: Pick<Database, 'records'>): CloseRuns {
  const pk = (schoolId: string): string => `${schoolId}#CLOSE-RUNS`;
  return {
    async insert(run) {
      const sk = `${String(run.startedAt).padStart(15, '0')}#${run.runId}`;
      await records.put({ pk: pk(run.schoolId), sk, ...run });
    },
    async newest(schoolId, count) {
      const found = await records.query({
        partition: { name: 'pk', value: pk(schoolId) },
        newestFirst: true,
        limit: count,
        consistent: true,
      });
      return found.items.map((item) => v.parse(schema, item));
    },
  };
}
