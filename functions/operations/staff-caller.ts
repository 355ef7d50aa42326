import { AppError } from '../../shared/errors';
import { mayDo, type StaffAct } from '../domain/staff-role';
import type { Clock } from '../lib/clock';
import { bearerHash } from '../lib/session-token';
import type { Staff, StaffMember } from '../store/staff';
import type { StaffSessions } from '../store/staff-sessions';

/** A member of staff who is signed in, and where from. */
export interface StaffCaller {
  readonly member: StaffMember;
  readonly tokenHash: string;
  readonly sourceIp: string;
}

export interface StaffCallerDeps {
  readonly staff: Pick<Staff, 'find'>;
  readonly staffSessions: Pick<StaffSessions, 'find'>;
  readonly clock: Clock;
}

/** Roles are read anew with each request: who is dismissed is out at once. Throws AppError `staff.sign-in-required`. */
export async function readStaffCaller(
  deps: StaffCallerDeps,
  request: { readonly authorization: string | undefined; readonly sourceIp: string },
): Promise<StaffCaller> {
  const tokenHash = bearerHash(request.authorization);
  const session = tokenHash === undefined ? undefined : await deps.staffSessions.find(tokenHash, deps.clock());
  if (session === undefined) throw new AppError('staff.sign-in-required');
  const member = await deps.staff.find(session.schoolId, session.userName);
  if (member === undefined || !member.active) throw new AppError('staff.sign-in-required');
  return { member, tokenHash: session.tokenHash, sourceIp: request.sourceIp };
}

/** For reading, which is not recorded. Throws AppError `staff.forbidden`. */
export function mustBeAllowed(caller: StaffCaller, act: StaffAct): void {
  if (!mayDo(caller.member.roles, act)) throw new AppError('staff.forbidden', { act });
}

/** A merchant's own people see their own figures only; everybody else of the roles sees all. Throws AppError `staff.forbidden`. */
export function mustSeeMerchant(caller: StaffCaller, merchant: number): void {
  const { roles, merchants } = caller.member;
  const seesAll = roles.some((role) => role === 'finance' || role === 'auditor');
  if (!seesAll && !merchants.includes(merchant)) throw new AppError('staff.forbidden', { merchant });
}
