import type { StaffBody, StaffView } from '../../shared/api/staff';
import { AppError } from '../../shared/errors';
import type { Passwords } from '../domain/password';
import type { Staff, StaffMember } from '../store/staff';

export interface ManageStaffDeps {
  readonly staff: Staff;
  readonly passwords: Pick<Passwords, 'hash'>;
}

/**
 * Appoints or changes a member of staff. Throws AppError: `staff.second-person` (nobody appoints themselves), `auth.password-weak`,
 * `request.busy`.
 */
export async function saveStaff(
  deps: ManageStaffDeps,
  by: { readonly schoolId: string; readonly userName: string },
  body: StaffBody,
): Promise<StaffView> {
  if (body.userName === by.userName) throw new AppError('staff.second-person');
  const found = await deps.staff.find(by.schoolId, body.userName);
  if (found === undefined && body.password === undefined) throw new AppError('request.malformed', { field: 'password' });
  if (body.password !== undefined && body.password.length < 12) throw new AppError('auth.password-weak');
  const passwordHash = body.password === undefined ? (found?.passwordHash ?? '') : await deps.passwords.hash(body.password);
  const { userName, displayName, roles, merchants, active } = body;
  const member = {
    schoolId: by.schoolId,
    userName,
    displayName,
    roles,
    merchants,
    active,
    passwordHash,
    // Who is given another password has lost the one that the terminal PIN was set with.
    ...(found?.terminalPinHash === undefined || body.password !== undefined ? {} : { terminalPinHash: found.terminalPinHash }),
    version: (found?.version ?? 0) + 1,
  };
  if (!(await deps.staff.save(member))) throw new AppError('request.busy');
  return staffView(member);
}

export async function listStaff(deps: Pick<ManageStaffDeps, 'staff'>, schoolId: string): Promise<{ staff: StaffView[] }> {
  return { staff: (await deps.staff.list(schoolId)).map(staffView) };
}

function staffView({ userName, displayName, roles, merchants, active }: StaffMember): StaffView {
  return { userName, displayName, roles: [...roles], merchants: [...merchants], active };
}
