import * as v from 'valibot';
import { type Fen, fen } from '../../shared/money';
import type { EpochMs } from '../../shared/time';
import type { Database, TableWrite } from './table';

/** One upload of finance's. Its lines are granted once, however often and in however many pieces it is read. */
export interface SubsidyBatch {
  readonly schoolId: string;
  readonly batchId: string;
  /** Of the file, hex: the same batch never has another file. */
  readonly sha256: string;
  readonly startedAt: EpochMs;
}

/** Permanent row of a granted line. */
export interface SubsidyGrant {
  readonly schoolId: string;
  readonly batchId: string;
  /** Of the file. */
  readonly line: number;
  readonly accountNo: number;
  readonly n: number;
  readonly amountFen: Fen;
  readonly expiresAt: EpochMs;
}

/** How far a daily look at the index has come: the last day that is done, and where it stands in the next one. */
export interface SubsidyMark {
  readonly day: string;
  readonly after?: string;
}
export type SubsidySweep = 'expired' | 'noticed';

export interface Subsidies {
  /** The batch as it stands: this one when there was none. */
  beginBatch(batch: SubsidyBatch): Promise<SubsidyBatch>;
  findGrant(schoolId: string, batchId: string, line: number): Promise<SubsidyGrant | undefined>;
  /** The write that claims the line; it fails when it was granted already. */
  grantRow(grant: SubsidyGrant): TableWrite;
  /** The write that lets the daily look find the account: something of it runs out with the end of `day`. */
  expiryRow(schoolId: string, day: string, accountNo: number): TableWrite;
  /** Accounts of which something runs, or ran, out with the end of `day`, a part at a time: there are more while there is a `next`. */
  expiring(
    schoolId: string,
    day: string,
    after?: string,
  ): Promise<{ readonly accounts: readonly number[]; readonly next: string | undefined }>;
  mark(schoolId: string, sweep: SubsidySweep): Promise<SubsidyMark | undefined>;
  setMark(schoolId: string, sweep: SubsidySweep, mark: SubsidyMark): Promise<void>;
}

const batchSchema = v.object({ schoolId: v.string(), batchId: v.string(), sha256: v.string(), startedAt: v.number() });
const grantSchema = v.object({
  schoolId: v.string(),
  batchId: v.string(),
  line: v.number(),
  accountNo: v.number(),
  n: v.number(),
  amountFen: v.pipe(v.number(), v.safeInteger(), v.transform(fen)),
  expiresAt: v.number(),
});
const markSchema = v.object({ day: v.string(), after: v.exactOptional(v.string()) });
const PAGE = 200;

function batchKey(schoolId: string, batchId: string) {
  return { pk: `${schoolId}#SUBSIDY-BATCH#${batchId}`, sk: 'BATCH' };
}

function grantKey(schoolId: string, batchId: string, line: number) {
  return { pk: `${schoolId}#SUBSIDY-BATCH#${batchId}`, sk: `LINE#${String(line).padStart(8, '0')}` };
}

/** So that a batch whose lots all run out on one day is not written under one key. */
const SHARDS = 8;

function expiryPartition(schoolId: string, day: string, shard: number): string {
  return `${schoolId}#SUBSIDY-EXPIRY#${day}#${shard}`;
}

/** One for an account and a day, however many grants run out with it. */
export function subsidyExpiryRow(schoolId: string, day: string, accountNo: number): TableWrite {
  const sk = String(accountNo).padStart(12, '0');
  return { table: 'records', write: { put: { pk: expiryPartition(schoolId, day, accountNo % SHARDS), sk, accountNo } } };
}

export function createSubsidies({ records }: Pick<Database, 'records'>): Subsidies {
  const markKey = (schoolId: string, sweep: SubsidySweep) => ({ pk: `${schoolId}#SUBSIDY-MARK`, sk: sweep });
  return {
    async beginBatch(batch) {
      const result = await records.put({ ...batchKey(batch.schoolId, batch.batchId), ...batch }, { is: 'absent' });
      return result.written || result.found === undefined ? batch : v.parse(batchSchema, result.found);
    },
    async findGrant(schoolId, batchId, line) {
      const item = await records.get(grantKey(schoolId, batchId, line), { consistent: true });
      return item === undefined ? undefined : v.parse(grantSchema, item);
    },
    grantRow: (grant) => ({
      table: 'records',
      write: { put: { ...grantKey(grant.schoolId, grant.batchId, grant.line), ...grant }, when: { is: 'absent' } },
    }),
    expiryRow: subsidyExpiryRow,
    async expiring(schoolId, day, after = '0.') {
      const [shard = '', sk = ''] = after.split('.');
      const pk = expiryPartition(schoolId, day, Number(shard));
      const found = await records.query({
        partition: { name: 'pk', value: pk },
        limit: PAGE,
        consistent: true,
        ...(sk === '' ? {} : { after: { pk, sk } }),
      });
      const nextShard = Number(shard) + 1;
      const next = found.next === undefined ? (nextShard < SHARDS ? `${nextShard}.` : undefined) : `${shard}.${String(found.next.sk)}`;
      return { accounts: found.items.map((item) => Number(item.accountNo)), next };
    },
    async mark(schoolId, sweep) {
      const item = await records.get(markKey(schoolId, sweep), { consistent: true });
      return item === undefined ? undefined : v.parse(markSchema, item);
    },
    async setMark(schoolId, sweep, mark) {
      await records.put({ ...markKey(schoolId, sweep), ...mark });
    },
  };
}
