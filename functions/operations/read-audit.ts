import type { AuditReply } from '../../shared/api/staff';
import { toIso } from '../../shared/time';
import type { AuditLog } from '../store/audit-log';

const PAGE = 50;

/** The newest records below `before`, with the hashes that let a reader check that none is missing or changed. */
export async function readAudit(
  deps: { readonly auditLog: AuditLog },
  schoolId: string,
  page: { readonly before?: number | undefined },
): Promise<AuditReply> {
  const { before } = page;
  const records = await deps.auditLog.list(schoolId, { ...(before === undefined ? {} : { before }), limit: PAGE });
  const last = records.at(-1);
  return {
    records: records.map(({ schoolId: _school, at, ...record }) => ({ ...record, at: toIso(at) })),
    nextBefore: records.length < PAGE || last === undefined || last.n === 1 ? null : last.n,
  };
}
