import * as v from 'valibot';
import { utilityNameSchema } from '../../shared/api/common';
import { fen } from '../../shared/money';
import type { EpochMs } from '../../shared/time';
import { isHouseAccount } from '../domain/house-account';
import { PAY_OUT_KINDS, type PayOut } from '../domain/pay-out';
import { createNoticeWishes } from './notice-wishes';
import { createNotices } from './notices';
import type { Database, Item, Key, TableWrite, Value } from './table';

/** Names a pay-out in the `due` index, which holds keys only and may lag behind the row. */
export interface DuePayOut {
  readonly schoolId: string;
  readonly payOutNo: string;
}

/**
 * Money on its way out: one permanent row each, written in one transaction with the entry that took the money. Access patterns: by
 * number, of one account (newest first), what is due. Every change is a put on condition of the version before it.
 */
export interface PayOuts {
  find(schoolId: string, payOutNo: string): Promise<PayOut | undefined>;
  /** Of one account, newest first. */
  ofAccount(schoolId: string, accountNo: number, page?: { readonly limit?: number; readonly after?: Key }): Promise<PayOutPage>;
  /** The first row of a pay-out and its line under the account: two writes of one transaction. */
  insertion(payOut: PayOut): readonly TableWrite[];
  /**
   * Writes the next version; false when somebody else has changed it since it was read. `tellAt`: the end of a refund is told to its holder
   * with it, at that time.
   */
  replace(next: PayOut, options?: { readonly tellAt?: EpochMs }): Promise<boolean>;
  /** The same as part of a transaction. */
  replacement(next: PayOut): TableWrite;
  due(shard: number, until: EpochMs, after?: Key): Promise<{ readonly payOuts: readonly DuePayOut[]; readonly next: Key | undefined }>;
}

export interface PayOutPage {
  readonly payOuts: readonly PayOut[];
  readonly next: Key | undefined;
}

export const PAY_OUT_SHARDS = 4;
const PAGE = 50;
const SORT = 'PAY-OUT';
/** Ends of a refund that its holder is told of. One that came back is an entry, which tells by itself. */
const TOLD_ENDS = { requested: undefined, returned: undefined, succeeded: 'refund-succeeded', stuck: 'refund-stuck' } as const;

export function createPayOuts({ records, transact }: Pick<Database, 'records' | 'transact'>): PayOuts {
  const notices = createNotices({ records, transact });
  const wishes = createNoticeWishes({ records });
  const condition = (next: PayOut) => ({ is: 'equal', attribute: 'version', to: next.version - 1 }) as const;
  const find = async (schoolId: string, payOutNo: string): Promise<PayOut | undefined> => {
    const item = await records.get(key(schoolId, payOutNo), { consistent: true });
    return item === undefined ? undefined : fromItem(item);
  };
  /** The notice of the end, where the holder of the account wants one. A refund of house money has no holder. */
  async function endOf(payOut: PayOut, at: EpochMs): Promise<readonly TableWrite[]> {
    const { schoolId, accountNo, payOutNo, amountFen, n } = payOut;
    const kind = TOLD_ENDS[payOut.state];
    if (payOut.kind !== 'refund' || kind === undefined || isHouseAccount(accountNo)) return [];
    if ((await wishes.find(schoolId, accountNo)).off.includes('refund')) return [];
    return notices.rows({ schoolId, accountNo, key: `${kind}/${payOutNo}`, kind, at, amountFen, about: payOutNo, n });
  }
  return {
    find,
    async ofAccount(schoolId, accountNo, { limit = 20, after } = {}) {
      const found = await records.query({
        partition: { name: 'pk', value: `${schoolId}#ACCOUNT#${accountNo}` },
        sort: { name: 'sk', from: 'PAY-OUT#', to: 'PAY-OUT#~' },
        newestFirst: true,
        limit,
        ...(after === undefined ? {} : { after }),
      });
      const rows = await Promise.all(found.items.map((item) => find(schoolId, String(item.payOutNo))));
      return { payOuts: rows.flatMap((row) => (row === undefined ? [] : [row])), next: found.next };
    },
    insertion(payOut) {
      const line = {
        pk: `${payOut.schoolId}#ACCOUNT#${payOut.accountNo}`,
        sk: `PAY-OUT#${String(payOut.createdAt).padStart(15, '0')}#${payOut.payOutNo}`,
        payOutNo: payOut.payOutNo,
      };
      return [
        { table: 'records', write: { put: toItem(payOut), when: { is: 'absent' } } },
        { table: 'records', write: { put: line } },
      ];
    },
    async replace(next, { tellAt } = {}) {
      const told = tellAt === undefined ? [] : await endOf(next, tellAt);
      if (told.length === 0) return (await records.put(toItem(next), condition(next))).written;
      return (await transact([{ table: 'records', write: { put: toItem(next), when: condition(next) } }, ...told])).written;
    },
    replacement: (next) => ({ table: 'records', write: { put: toItem(next), when: condition(next) } }),
    async due(shard, until, after) {
      const found = await records.query({
        index: 'due',
        partition: { name: 'duePk', value: dueShard(shard) },
        sort: { name: 'dueAt', to: until },
        limit: PAGE,
        ...(after === undefined ? {} : { after }),
      });
      return { payOuts: found.items.map((item) => namesOf(String(item.pk))), next: found.next };
    },
  };
}

function key(schoolId: string, payOutNo: string) {
  return { pk: `${schoolId}#PAY-OUT#${payOutNo}`, sk: SORT };
}

function namesOf(pk: string): DuePayOut {
  const [schoolId = '', , payOutNo = ''] = pk.split('#');
  return { schoolId, payOutNo };
}

function dueShard(shard: number): string {
  return `due-out#${shard}`;
}

function shardOf(payOutNo: string): number {
  return payOutNo.charCodeAt(payOutNo.length - 1) % PAY_OUT_SHARDS;
}

function toItem(payOut: PayOut): Item {
  const { schoolId, payOutNo, to, ...rest } = payOut;
  const due: Record<string, Value> = payOut.state === 'requested' ? { duePk: dueShard(shardOf(payOutNo)) } : {};
  return { ...key(schoolId, payOutNo), ...rest, to: { ...to }, ...due };
}

const instant = v.pipe(v.number(), v.integer());
const whole = v.pipe(v.number(), v.integer());
const fenSchema = v.pipe(v.number(), v.safeInteger(), v.transform(fen));
const facts = {
  pk: v.string(),
  accountNo: whole,
  kind: v.picklist(PAY_OUT_KINDS),
  amountFen: fenSchema,
  n: whole,
  to: v.variant('via', [
    v.object({
      via: v.literal('platform'),
      channel: v.picklist(['wechat-pay', 'alipay']),
      orderNo: v.string(),
      appId: v.string(),
      orderFen: fenSchema,
      saleN: v.exactOptional(whole),
    }),
    v.object({ via: v.literal('bank'), agreementRef: v.string(), cardTail: v.string(), orderNo: v.exactOptional(v.string()) }),
    v.object({ via: v.literal('utility'), utility: utilityNameSchema, account: v.string(), maskedOwner: v.string() }),
  ]),
  reason: v.string(),
  askedBy: v.string(),
  createdAt: instant,
  version: whole,
  asked: whole,
};
const itemSchema = v.variant('state', [
  v.object({ ...facts, state: v.literal('requested'), dueAt: instant }),
  v.object({ ...facts, state: v.literal('succeeded'), doneAt: instant, externalRef: v.string() }),
  v.object({ ...facts, state: v.literal('returned'), doneAt: instant, returnedBy: whole, failure: v.string() }),
  v.object({ ...facts, state: v.literal('stuck'), doneAt: instant, failure: v.string() }),
]);

/** Throws a ValiError on an item that is not a pay-out: a stored item is parsed like anything from outside. */
function fromItem(item: Item): PayOut {
  const { pk, ...found } = v.parse(itemSchema, item);
  return { ...namesOf(pk), ...found };
}
