import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from '../../shared/canonical-json';
import type { EpochMs } from '../../shared/time';
import type { StaffAct } from './staff-role';

/** What needs no role; the last four are a holder's own, about their data, by "holder" and without an address. */
export const OTHER_ACTS = ['sign-in', 'sign-out', 'data.export', 'data.delete', 'data.keep', 'data.erase'] as const;
export type OtherAct = (typeof OTHER_ACTS)[number];

export interface AuditRecord {
  readonly schoolId: string;
  /** 1, 2, 3 … without a gap. */
  readonly n: number;
  readonly at: EpochMs;
  readonly userName: string;
  readonly act: StaffAct | OtherAct;
  /** What it was done to: an order, a day, an account, by its number. */
  readonly subject: string;
  /** "asked" before the act; then "done" or the code of the refusal. An act without a second record was cut off. */
  readonly outcome: string;
  readonly sourceIp: string;
  /** What else a reader must know, in short words; never a secret and never personal data. */
  readonly detail?: string;
  /** SHA-256 (hex) of the record before; absent from the first. */
  readonly previousHash?: string;
}

/** SHA-256 (hex) over the RFC 8785 JSON of the record. */
export function auditHash(record: AuditRecord): string {
  // A record is JSON by construction.
  return createHash('sha256')
    .update(canonicalJson(record as unknown as Json))
    .digest('hex');
}

/** The numbers at which a log (oldest first) is not what was written: a gap, or a record changed after the next was written. */
export function verifyAudit(records: readonly AuditRecord[]): readonly number[] {
  const faults: number[] = [];
  let previous: AuditRecord | undefined;
  for (const record of records) {
    const follows =
      record.n === (previous?.n ?? 0) + 1 && record.previousHash === (previous === undefined ? undefined : auditHash(previous));
    if (!follows) faults.push(record.n);
    previous = record;
  }
  return faults;
}
