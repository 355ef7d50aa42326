import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { EpochMs } from '../../shared/time';
import type { AppIdentity } from '../domain/app-identity';
import { ttlSeconds } from './bound-account';
import { removeAll } from './remove-all';
import type { Database, TableWrite } from './table';

/** Whose code it is: an app identity that named a number, whether anybody has that number or not. */
export interface IdentityCodePlace {
  readonly schoolId: string;
  /** As `normaliseNumber` writes what was typed. */
  readonly number: string;
  readonly identity: AppIdentity;
}

export interface IdentityCode extends IdentityCodePlace {
  /** 0: there is no row yet. */
  readonly version: number;
  readonly way: 'email' | 'mobile';
  /** Keyed hash of the code; empty once it was used. */
  readonly codeHash: string;
  readonly requestId: string;
  readonly sentAt: EpochMs;
  readonly expiresAt: EpochMs;
}

export interface IdentityCodes {
  /** Strongly consistent. */
  find(place: IdentityCodePlace): Promise<IdentityCode | undefined>;
  /** The write of a changed code over the version it was read with. */
  changedRow(code: IdentityCode): TableWrite;
  /** False when somebody else changed it since it was read. */
  save(code: IdentityCode): Promise<boolean>;
  /** Forgets every code that was asked for this number. */
  forget(schoolId: string, number: string): Promise<void>;
}

const schema = v.object({
  version: v.number(),
  way: v.picklist(['email', 'mobile']),
  codeHash: v.string(),
  requestId: v.string(),
  sentAt: v.number(),
  expiresAt: v.number(),
});

/** Hashed, as numbers typed and member ids are nobody's business in a key. */
function short(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

function partition(schoolId: string, number: string): string {
  return `${schoolId}#IDENTITY-CODE#${short(number)}`;
}

function key({ schoolId, number, identity }: IdentityCodePlace) {
  const { platform, appId, openid } = identity;
  return { pk: partition(schoolId, number), sk: `IDENTITY#${short(`${platform}|${appId}|${openid}`)}` };
}

export function createIdentityCodes({ records }: Pick<Database, 'records'>): IdentityCodes {
  const change = ({ schoolId, number, identity, version, ...code }: IdentityCode) => {
    const put = {
      ...key({ schoolId, number, identity }),
      ...code,
      version: version + 1,
      expiresAtSeconds: ttlSeconds(code.expiresAt),
    };
    const when = version === 0 ? ({ is: 'absent' } as const) : ({ is: 'equal', attribute: 'version', to: version } as const);
    return { put, when };
  };
  return {
    async find(place) {
      const item = await records.get(key(place), { consistent: true });
      return item === undefined ? undefined : { ...place, ...v.parse(schema, item) };
    },
    changedRow: (code) => ({ table: 'records', write: change(code) }),
    async save(code) {
      const { put, when } = change(code);
      return (await records.put(put, when)).written;
    },
    forget: (schoolId, number) => removeAll({ records }, partition(schoolId, number)),
  };
}
