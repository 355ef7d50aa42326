import * as v from 'valibot';
import { DAY_MS, type EpochMs } from '../../shared/time';
import type { AppIdentity, BoundAccount } from '../domain/app-identity';
import { identitySchema, ttlSeconds } from './bound-account';
import type { Database, Item, TableWrite } from './table';

/** An app bound to an account, as the list of bound apps shows it. */
export interface Binding extends AppIdentity, BoundAccount {
  readonly deviceLabel: string;
  readonly boundAt: EpochMs;
  /** Set on a removed one, which is kept for a while so that a repeated removal has the same answer. */
  readonly removedAt: EpochMs | undefined;
  /** Which privacy policy was agreed to, and when by the phone's clock; undefined where no screen asked (a machine). */
  readonly consent?: { readonly policyDay: string; readonly agreedAt: EpochMs } | undefined;
}

export interface Bindings {
  find(schoolId: string, accountNo: number, bindingId: string): Promise<Binding | undefined>;
  /** Those that are in force, oldest first; at most four. */
  list(schoolId: string, accountNo: number): Promise<readonly Binding[]>;
  /** Removed ones too, as long as their rows are kept; in the same order. */
  listAll(schoolId: string, accountNo: number): Promise<readonly Binding[]>;
  newRow(binding: Binding): TableWrite;
  /** Removes one that is in force; fails when it has been removed already. */
  removedRow(binding: Binding, removedAt: EpochMs): TableWrite;
}

const KEPT_MS = 30 * DAY_MS;
const PREFIX = 'BINDING#';

const schema = v.object({
  ...identitySchema,
  schoolId: v.string(),
  accountNo: v.number(),
  bindingId: v.string(),
  slot: v.number(),
  deviceLabel: v.string(),
  boundAt: v.number(),
  removedAt: v.optional(v.number()),
  consent: v.optional(v.object({ policyDay: v.string(), agreedAt: v.number() })),
});

function partition(schoolId: string, accountNo: number): string {
  return `${schoolId}#ACCOUNT#${accountNo}`;
}

function toItem({ removedAt, consent, ...binding }: Binding): Item {
  const item = {
    pk: partition(binding.schoolId, binding.accountNo),
    sk: `${PREFIX}${binding.bindingId}`,
    ...binding,
    ...(consent === undefined ? {} : { consent }),
    state: removedAt === undefined ? 'bound' : 'removed',
  };
  return removedAt === undefined ? item : { ...item, removedAt, expiresAtSeconds: ttlSeconds(removedAt + KEPT_MS) };
}

function fromItem(item: Item): Binding {
  const found = v.parse(schema, item);
  return { ...found, removedAt: found.removedAt };
}

export function createBindings({ records }: Pick<Database, 'records'>): Bindings {
  // Removed ones are few: they leave after a month, and one page holds more than four apps can make in that time.
  const listAll = async (schoolId: string, accountNo: number): Promise<readonly Binding[]> => {
    const found = await records.query({
      partition: { name: 'pk', value: partition(schoolId, accountNo) },
      sort: { name: 'sk', from: PREFIX, to: `${PREFIX}~` },
      consistent: true,
    });
    // The rows lie in the order of their ids, which are random.
    return found.items.map(fromItem).sort((a, b) => a.boundAt - b.boundAt || a.slot - b.slot);
  };
  return {
    listAll,
    async find(schoolId, accountNo, bindingId) {
      const item = await records.get({ pk: partition(schoolId, accountNo), sk: `${PREFIX}${bindingId}` }, { consistent: true });
      return item === undefined ? undefined : fromItem(item);
    },
    list: async (schoolId, accountNo) => (await listAll(schoolId, accountNo)).filter((binding) => binding.removedAt === undefined),
    newRow: (binding) => ({ table: 'records', write: { put: toItem(binding), when: { is: 'absent' } } }),
    removedRow: (binding, removedAt) => ({
      table: 'records',
      write: { put: toItem({ ...binding, removedAt }), when: { is: 'equal', attribute: 'state', to: 'bound' } },
    }),
  };
}
