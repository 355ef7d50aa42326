import { AppError, isAppError } from '../../shared/errors';
import { type AuditRecord, auditHash } from '../domain/audit-record';
import { mayDo, type StaffAct } from '../domain/staff-role';
import type { Clock } from '../lib/clock';
import type { AuditLog } from '../store/audit-log';
import type { StaffCaller } from './staff-caller';

export interface AuditDeps {
  readonly auditLog: AuditLog;
  readonly clock: Clock;
  readonly backOff: (tries: number) => Promise<void>;
}

export type AuditEvent = Omit<AuditRecord, 'n' | 'at' | 'previousHash'>;

const MAX_TRIES = 60;

/** Adds a record to the school's log. Throws AppError `request.busy`: what cannot be recorded is not done. */
export async function writeAudit(deps: AuditDeps, event: AuditEvent): Promise<void> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    if (tries > 0) await deps.backOff(tries);
    const newest = await deps.auditLog.newest(event.schoolId);
    const at = Math.max(deps.clock(), newest?.at ?? 0);
    const record = { ...event, n: (newest?.n ?? 0) + 1, at, ...(newest === undefined ? {} : { previousHash: auditHash(newest) }) };
    if (await deps.auditLog.append(record)) return;
  }
  throw new AppError('request.busy');
}

/**
 * Runs an act of the staff: allowed by a role, recorded before it begins and when it has ended. A refusal is recorded too.
 *
 * Throws AppError: `staff.forbidden`, `request.busy`, and what `run` throws.
 */
export async function audited<T>(
  deps: AuditDeps,
  caller: StaffCaller,
  what: { readonly act: StaffAct; readonly subject: string; readonly detail?: string },
  run: () => Promise<T>,
): Promise<T> {
  const { schoolId, userName } = caller.member;
  const event = { schoolId, userName, sourceIp: caller.sourceIp, ...what };
  if (!mayDo(caller.member.roles, what.act)) {
    await writeAudit(deps, { ...event, outcome: 'staff.forbidden' });
    throw new AppError('staff.forbidden', { act: what.act });
  }
  await writeAudit(deps, { ...event, outcome: 'asked' });
  try {
    const answer = await run();
    await writeAudit(deps, { ...event, outcome: 'done' });
    return answer;
  } catch (error) {
    await writeAudit(deps, { ...event, outcome: isAppError(error) ? error.code : 'request.internal' });
    throw error;
  }
}
