import * as v from 'valibot';
import type { LinkTarget } from '../domain/app-identity';
import type { Database, TableWrite } from './table';

/** One WeChat or Alipay identity, as one app knows it, linked to one holder of a school. */
export interface Link {
  readonly schoolId: string;
  readonly target: LinkTarget;
  readonly appId: string;
  readonly openid: string;
  readonly accountNo: number;
}

export type LinkName = Omit<Link, 'accountNo'>;

export interface Links {
  /** Account that the identity is linked to; strongly consistent. */
  accountOf(name: LinkName): Promise<number | undefined>;
  /** Fails when the identity is linked to anybody. */
  newRow(link: Link): TableWrite;
  /** Fails when the identity is not linked to this account. */
  removedRow(link: Link): TableWrite;
}

function key({ schoolId, target, appId, openid }: LinkName) {
  return { pk: `${schoolId}#LINK#${target}#${appId}#${openid}`, sk: 'LINK' };
}

export function createLinks({ records }: Pick<Database, 'records'>): Links {
  return {
    async accountOf(name) {
      const item = await records.get(key(name), { consistent: true });
      return item === undefined ? undefined : v.parse(v.object({ accountNo: v.number() }), item).accountNo;
    },
    newRow: (link) => ({ table: 'records', write: { put: { ...key(link), accountNo: link.accountNo }, when: { is: 'absent' } } }),
    removedRow: (link) => ({
      table: 'records',
      write: { remove: key(link), when: { is: 'equal', attribute: 'accountNo', to: link.accountNo } },
    }),
  };
}
