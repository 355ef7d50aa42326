import * as v from 'valibot';
import { type AuditRecord, OTHER_ACTS } from '../domain/audit-record';
import { STAFF_ACTS, type StaffAct } from '../domain/staff-role';
import type { Database, Item } from './table';

/** What the staff of a school did: numbered without a gap, each record holding the hash of the one before it. Never changed. */
export interface AuditLog {
  newest(schoolId: string): Promise<AuditRecord | undefined>;
  /** False when another record has taken the number. */
  append(record: AuditRecord): Promise<boolean>;
  /** Newest first, below `before`. */
  list(schoolId: string, page: { readonly before?: number; readonly limit: number }): Promise<readonly AuditRecord[]>;
}

const schema = v.object({
  schoolId: v.string(),
  n: v.number(),
  at: v.number(),
  userName: v.string(),
  act: v.union([v.picklist(Object.keys(STAFF_ACTS) as StaffAct[]), v.picklist(OTHER_ACTS)]),
  subject: v.string(),
  outcome: v.string(),
  sourceIp: v.string(),
  detail: v.exactOptional(v.string()),
  previousHash: v.exactOptional(v.string()),
});

function sortKey(n: number): string {
  return String(n).padStart(12, '0');
}

export function createAuditLog({ records }: Pick<Database, 'records'>): AuditLog {
  const partition = (schoolId: string) => ({ name: 'pk', value: `${schoolId}#AUDIT` });
  const fromItem = (item: Item): AuditRecord => v.parse(schema, item);
  return {
    async newest(schoolId) {
      const { items } = await records.query({ partition: partition(schoolId), newestFirst: true, limit: 1, consistent: true });
      return items[0] === undefined ? undefined : fromItem(items[0]);
    },
    async append(record) {
      const item = { pk: `${record.schoolId}#AUDIT`, sk: sortKey(record.n), ...record };
      return (await records.put(item, { is: 'absent' })).written;
    },
    async list(schoolId, { before, limit }) {
      const { items } = await records.query({
        partition: partition(schoolId),
        ...(before === undefined ? {} : { sort: { name: 'sk', to: sortKey(before - 1) } }),
        newestFirst: true,
        limit,
        consistent: true,
      });
      return items.map(fromItem);
    },
  };
}
