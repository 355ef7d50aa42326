import * as v from 'valibot';
import type { EpochMs } from '../../shared/time';
import { type NumberToken, noCitizenIds } from '../domain/number-token';
import type { RosterKind } from '../domain/roster-columns';
import type { Database, Item, TableWrite } from './table';

/** A WeChat or Alipay identity that the holder has linked (微信认证, 支付宝认证): it tells who bought, and never pays. */
export interface LinkedIdentity {
  readonly appId: string;
  readonly openid: string;
}

/** A cardholder as the school's roster names them. What is personal beyond name and number is encrypted. */
export interface Holder {
  readonly schoolId: string;
  readonly accountNo: number;
  /** Student or staff number as `normaliseNumber` writes it; of a citizen ID (ST-54) its token, never the ID. */
  readonly number: string;
  /** The citizen ID of a temporary card, encrypted, and as screens show it; absent where the number is no such ID. */
  readonly citizenId?: { readonly sealed: string; readonly masked: string };
  /** As `normaliseName` writes it. */
  readonly name: string;
  readonly kind: RosterKind;
  /** Last 7 characters of the ID, encrypted by `field-cipher`; empty where the roster has none. */
  readonly idTail: string;
  /** 11 digits, encrypted; empty where the roster has none. */
  readonly mobile: string;
  /** An address, encrypted; absent or empty where the roster has none. */
  readonly email?: string;
  /** The school's own numbers of this holder's cards, newest last. */
  readonly cardNumbers: readonly string[];
  /** Null while the initial password of the pack is still in force: a roster of thousands loads without hashing. */
  readonly passwordHash: string | null;
  readonly passwordChangedAt: EpochMs | null;
  /** Of the transaction password, where the school has two (SJ-01); absent while its default is in force. */
  readonly transactionPasswordHash?: string;
  /** When a second proof was last given; null until then. */
  readonly provenAt: EpochMs | null;
  readonly links: { readonly wechat?: LinkedIdentity; readonly alipay?: LinkedIdentity };
  /** 注销: asked for, and from when the sweep may erase; `erasing` once it has begun, from where there is no way back. */
  readonly deletion?: HolderDeletion;
  /** Counts writes of this row from 1: a change is written only over the version it was made from. */
  readonly version: number;
}

export interface HolderDeletion {
  readonly state: 'waiting' | 'erasing';
  readonly requestedAt: EpochMs;
  /** The holder may cancel until then. */
  readonly eraseFrom: EpochMs;
  /** When the sweep looks next: not before `eraseFrom`, and a day later each time something stands in the way. */
  readonly dueAt: EpochMs;
}

export interface Holders {
  /** Strongly consistent: passwords and links are judged by it. */
  find(schoolId: string, accountNo: number): Promise<Holder | undefined>;
  /** What stands for a number (normalised) wherever it is written down. */
  readonly tokenOf: NumberToken;
  /** Account of a student or staff number, or of a citizen ID (normalised). */
  accountOf(schoolId: string, number: string): Promise<number | undefined>;
  /** Rows of a new holder; each fails when it exists already. Write them with entry 1 of the passbook. */
  newRows(holder: Holder): readonly TableWrite[];
  /** The write of a changed holder over the version it was read with. The number cannot be changed by it. */
  changedRow(holder: Holder): TableWrite;
  /** False when somebody else changed the holder since it was read. */
  save(holder: Holder): Promise<boolean>;
  /** What is left of a holder that is erased: nothing, unless it was changed since it was read. */
  removedRows(holder: Holder): readonly TableWrite[];
  /** Accounts whose deletion is due, oldest first. The index may lag behind the row. */
  dueDeletions(until: EpochMs): Promise<readonly { readonly schoolId: string; readonly accountNo: number }[]>;
}

const linkSchema = v.object({ appId: v.string(), openid: v.string() });

const schema = v.object({
  schoolId: v.string(),
  accountNo: v.number(),
  number: v.string(),
  citizenId: v.exactOptional(v.object({ sealed: v.string(), masked: v.string() })),
  name: v.string(),
  kind: v.picklist(['student', 'staff', 'temporary']),
  idTail: v.string(),
  mobile: v.string(),
  email: v.exactOptional(v.string()),
  cardNumbers: v.array(v.string()),
  passwordHash: v.nullable(v.string()),
  passwordChangedAt: v.nullable(v.number()),
  transactionPasswordHash: v.exactOptional(v.string()),
  provenAt: v.nullable(v.number()),
  links: v.object({ wechat: v.exactOptional(linkSchema), alipay: v.exactOptional(linkSchema) }),
  deletion: v.exactOptional(
    v.object({ state: v.picklist(['waiting', 'erasing']), requestedAt: v.number(), eraseFrom: v.number(), dueAt: v.number() }),
  ),
  version: v.number(),
});
const DUE = 'due-deletion';
const DUE_PAGE = 50;

function holderKey(schoolId: string, accountNo: number) {
  return { pk: `${schoolId}#ACCOUNT#${accountNo}`, sk: 'HOLDER' };
}

function numberKey(schoolId: string, number: string) {
  return { pk: `${schoolId}#NUMBER#${number}`, sk: 'HOLDER' };
}

function toItem(holder: Holder): Item {
  const { links, citizenId, deletion, ...rest } = holder;
  const { wechat, alipay } = links;
  const kept = { ...(wechat === undefined ? {} : { wechat: { ...wechat } }), ...(alipay === undefined ? {} : { alipay: { ...alipay } }) };
  return {
    ...holderKey(holder.schoolId, holder.accountNo),
    ...rest,
    ...(citizenId === undefined ? {} : { citizenId: { ...citizenId } }),
    links: kept,
    ...(deletion === undefined ? {} : { deletion: { ...deletion }, duePk: DUE, dueAt: deletion.dueAt }),
  };
}

export function createHolders({ records }: Database, tokenOf: NumberToken = noCitizenIds): Holders {
  const change = (holder: Holder) => ({
    put: toItem({ ...holder, version: holder.version + 1 }),
    when: { is: 'equal', attribute: 'version', to: holder.version } as const,
  });
  return {
    tokenOf,
    async find(schoolId, accountNo) {
      const item = await records.get(holderKey(schoolId, accountNo), { consistent: true });
      return item === undefined ? undefined : v.parse(schema, item);
    },
    async accountOf(schoolId, number) {
      const item = await records.get(numberKey(schoolId, tokenOf(schoolId, number)), { consistent: true });
      return item === undefined ? undefined : v.parse(v.object({ accountNo: v.number() }), item).accountNo;
    },
    newRows(holder) {
      const number = { ...numberKey(holder.schoolId, holder.number), accountNo: holder.accountNo };
      return [
        { table: 'records', write: { put: toItem({ ...holder, version: 1 }), when: { is: 'absent' } } },
        { table: 'records', write: { put: number, when: { is: 'absent' } } },
      ];
    },
    changedRow: (holder) => ({ table: 'records', write: change(holder) }),
    async save(holder) {
      const { put, when } = change(holder);
      return (await records.put(put, when)).written;
    },
    removedRows({ schoolId, accountNo, number, version }) {
      const when = { is: 'equal', attribute: 'version', to: version } as const;
      return [
        { table: 'records', write: { remove: holderKey(schoolId, accountNo), when } },
        { table: 'records', write: { remove: numberKey(schoolId, number) } },
      ];
    },
    async dueDeletions(until) {
      const found = await records.query({
        index: 'due',
        partition: { name: 'duePk', value: DUE },
        sort: { name: 'dueAt', to: until },
        limit: DUE_PAGE,
      });
      return found.items.map(({ pk }) => {
        const [schoolId = '', , accountNo = ''] = String(pk).split('#');
        return { schoolId, accountNo: Number(accountNo) };
      });
    },
  };
}
