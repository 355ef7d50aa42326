import * as v from 'valibot';
import type { EpochMs } from '../../shared/time';
import { ttlSeconds } from './bound-account';
import type { Database, TableWrite } from './table';

/** The one code sent to a holder's phone that may be in force; a new one takes its place. */
export interface SmsCode {
  readonly schoolId: string;
  readonly accountNo: number;
  /** 0: there is no row yet. */
  readonly version: number;
  /** Keyed hash of the code; empty once it was used. */
  readonly codeHash: string;
  /** The gateway's idempotency key. */
  readonly requestId: string;
  readonly sentAt: EpochMs;
  readonly expiresAt: EpochMs;
  /** Business day and how many were sent on it. */
  readonly day: string;
  readonly sentThatDay: number;
}

export interface SmsCodes {
  /** Strongly consistent. */
  find(schoolId: string, accountNo: number): Promise<SmsCode | undefined>;
  /** The write of a changed code over the version it was read with. */
  changedRow(code: SmsCode): TableWrite;
  /** False when somebody else changed it since it was read. */
  save(code: SmsCode): Promise<boolean>;
}

const DAY_KEPT_MS = 86_400_000;

const schema = v.object({
  schoolId: v.string(),
  accountNo: v.number(),
  version: v.number(),
  codeHash: v.string(),
  requestId: v.string(),
  sentAt: v.number(),
  expiresAt: v.number(),
  day: v.string(),
  sentThatDay: v.number(),
});

function key(schoolId: string, accountNo: number) {
  return { pk: `${schoolId}#ACCOUNT#${accountNo}`, sk: 'SMS-CODE' };
}

export function createSmsCodes({ records }: Pick<Database, 'records'>): SmsCodes {
  const change = (code: SmsCode) => {
    // Kept for a day beyond its end, because it also counts what was sent.
    const expiresAtSeconds = ttlSeconds(code.expiresAt + DAY_KEPT_MS);
    const put = { ...key(code.schoolId, code.accountNo), ...code, version: code.version + 1, expiresAtSeconds };
    const when = code.version === 0 ? ({ is: 'absent' } as const) : ({ is: 'equal', attribute: 'version', to: code.version } as const);
    return { put, when };
  };
  return {
    async find(schoolId, accountNo) {
      const item = await records.get(key(schoolId, accountNo), { consistent: true });
      return item === undefined ? undefined : v.parse(schema, item);
    },
    changedRow: (code) => ({ table: 'records', write: change(code) }),
    async save(code) {
      const { put, when } = change(code);
      return (await records.put(put, when)).written;
    },
  };
}
