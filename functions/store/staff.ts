import * as v from 'valibot';
import { STAFF_ROLES, type StaffRole } from '../domain/staff-role';
import type { Database } from './table';

/** Somebody who works at a school's card office or finance. */
export interface StaffMember {
  readonly schoolId: string;
  /** What they sign in with: 3 to 32 of [a-z0-9.-]. */
  readonly userName: string;
  /** Shown in the audit log. */
  readonly displayName: string;
  readonly roles: readonly StaffRole[];
  /** Of role `merchant`: whose statements they may see. */
  readonly merchants: readonly number[];
  readonly passwordHash: string;
  /** Of the six digits that they type at a terminal; absent until they have set them. */
  readonly terminalPinHash?: string;
  readonly active: boolean;
  readonly version: number;
}

export interface Staff {
  find(schoolId: string, userName: string): Promise<StaffMember | undefined>;
  /** Writes the next version (1: a new member); false when somebody else has changed it since. */
  save(member: StaffMember): Promise<boolean>;
  list(schoolId: string): Promise<readonly StaffMember[]>;
}

const schema = v.object({
  schoolId: v.string(),
  userName: v.string(),
  displayName: v.string(),
  roles: v.array(v.picklist(STAFF_ROLES)),
  merchants: v.array(v.number()),
  passwordHash: v.string(),
  terminalPinHash: v.exactOptional(v.string()),
  active: v.boolean(),
  version: v.number(),
});

function key(schoolId: string, userName: string) {
  return { pk: `${schoolId}#STAFF`, sk: userName };
}

export function createStaff(database: Pick<Database, 'records'>): Staff {
  const { records } = database;
  return {
    async find(schoolId, userName) {
      const item = await records.get(key(schoolId, userName), { consistent: true });
      return item === undefined ? undefined : v.parse(schema, item);
    },
    async save(member) {
      const when =
        member.version === 1 ? ({ is: 'absent' } as const) : ({ is: 'equal', attribute: 'version', to: member.version - 1 } as const);
      return (await records.put({ ...key(member.schoolId, member.userName), ...member }, when)).written;
    },
    async list(schoolId) {
      const { items } = await records.query({ partition: { name: 'pk', value: `${schoolId}#STAFF` }, consistent: true });
      return items.map((item) => v.parse(schema, item));
    },
  };
}
