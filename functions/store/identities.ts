import * as v from 'valibot';
import type { AppIdentity, BoundAccount } from '../domain/app-identity';
import { boundSchema, identitySchema } from './bound-account';
import type { Database, Item, TableWrite } from './table';

/**
 * One row for each (platform, app, openid): what it is bound to and which sessions it has. Every sign-in, bind and
 * removal writes it over the version it was read with, which puts them in one order.
 */
export interface Identity extends AppIdentity {
  /** 0: there is no row yet. */
  readonly version: number;
  /** Hashes of the tokens it is signed in with, newest last. */
  readonly sessions: readonly string[];
  readonly bound: BoundAccount | undefined;
}

export interface Identities {
  /** Strongly consistent; of an identity never seen, one with version 0. */
  find(identity: AppIdentity): Promise<Identity>;
  /** The write of a changed identity over the version it was read with. */
  changedRow(identity: Identity): TableWrite;
  /** The removal of one over the version it was read with. */
  removedRow(identity: Identity): TableWrite;
}

const schema = v.object({ ...identitySchema, version: v.number(), sessions: v.array(v.string()), bound: v.optional(boundSchema) });

/** No school stands first in this key, against the rule of the house: who signs in has not chosen one yet. */
function key({ platform, appId, openid }: AppIdentity) {
  return { pk: `IDENTITY#${platform}#${appId}#${openid}`, sk: 'IDENTITY' };
}

function toItem({ platform, appId, openid, version, sessions, bound }: Identity): Item {
  const item = { ...key({ platform, appId, openid }), platform, appId, openid, version, sessions };
  return bound === undefined ? item : { ...item, bound: { ...bound } };
}

export function createIdentities({ records }: Pick<Database, 'records'>): Identities {
  return {
    async find({ platform, appId, openid }) {
      const item = await records.get(key({ platform, appId, openid }), { consistent: true });
      if (item === undefined) return { platform, appId, openid, version: 0, sessions: [], bound: undefined };
      const found = v.parse(schema, item);
      return { ...found, bound: found.bound };
    },
    changedRow(identity) {
      const { version } = identity;
      const when = version === 0 ? ({ is: 'absent' } as const) : ({ is: 'equal', attribute: 'version', to: version } as const);
      return { table: 'records', write: { put: toItem({ ...identity, version: version + 1 }), when } };
    },
    removedRow: (identity) => ({
      table: 'records',
      write: { remove: key(identity), when: { is: 'equal', attribute: 'version', to: identity.version } },
    }),
  };
}
