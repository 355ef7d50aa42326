import { randomBytes } from 'node:crypto';
import { createPasswords } from '../../functions/domain/password';
import type { StaffRole } from '../../functions/domain/staff-role';
import { saveStaff } from '../../functions/operations/manage-staff';
import { createStaff } from '../../functions/store/staff';
import type { Database } from '../../functions/store/table';
import type { LocalSecrets } from './secrets';

/** Names the one pepper of a local deployment. */
export const PEPPER_ID = 'local1';

/** Who works at every school of this machine. Finance has two, because nobody approves what they proposed themselves. */
export const LOCAL_STAFF = [
  { userName: 'manager', displayName: '主管', roles: ['manager'] },
  { userName: 'finance-1', displayName: '财务甲', roles: ['finance'] },
  { userName: 'finance-2', displayName: '财务乙', roles: ['finance'] },
  { userName: 'card-office', displayName: '校园卡中心', roles: ['card-office'] },
  { userName: 'auditor', displayName: '审计', roles: ['auditor'] },
  { userName: 'merchant', displayName: '一食堂', roles: ['merchant'] },
] as const satisfies readonly { readonly userName: string; readonly displayName: string; readonly roles: readonly StaffRole[] }[];

/** Makes the staff of each school once, all with this machine's one password; whoever is there with it stays as they are. */
export async function seedStaff(
  database: Database,
  secrets: Pick<LocalSecrets, 'pepper' | 'staffPassword'>,
  { schoolIds, merchant }: { readonly schoolIds: readonly string[]; readonly merchant: number },
): Promise<void> {
  const peppers = { current: PEPPER_ID, keys: { [PEPPER_ID]: new Uint8Array(Buffer.from(secrets.pepper, 'base64')) } };
  const passwords = createPasswords({ peppers, randomBytes });
  const staff = createStaff(database);
  const { staffPassword: password } = secrets;
  // A hash takes as long as it should; of one password one is enough.
  let hashed: ReturnType<typeof passwords.hash> | undefined;
  const hash = () => {
    hashed ??= passwords.hash(password);
    return hashed;
  };
  for (const schoolId of schoolIds) {
    const known = await staff.find(schoolId, LOCAL_STAFF[0].userName);
    if (known !== undefined && (await passwords.verify(password, known.passwordHash))) continue;
    for (const { userName, displayName, roles } of LOCAL_STAFF) {
      const merchants = userName === 'merchant' ? [merchant] : [];
      const body = { userName, displayName, roles: [...roles], merchants, active: true, password };
      await saveStaff({ staff, passwords: { hash } }, { schoolId, userName: 'seed' }, body);
    }
  }
}
