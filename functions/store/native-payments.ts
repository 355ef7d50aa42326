import * as v from 'valibot';
import { fen } from '../../shared/money';
import type { EpochMs } from '../../shared/time';
import type { NativePayment } from '../domain/native-payment';
import { errorCodeSchema } from './entry-item';
import type { Database, Item, Key, TableWrite, Value } from './table';

/** Names a payment in the `due` index, which holds keys only and may lag behind the row. */
export interface DueNative {
  readonly schoolId: string;
  readonly orderNo: string;
}

/**
 * Sales by a payer's own WeChat or Alipay code: one permanent row for each terminal and sequence, under the number that both make. Access
 * patterns: by number, what is due. Every change is a put on condition of the version before it.
 */
export interface NativePayments {
  /** Strongly consistent. */
  find(schoolId: string, orderNo: string): Promise<NativePayment | undefined>;
  /** Writes the row when there is none; otherwise answers the one that is there. */
  insert(payment: NativePayment): Promise<NativePayment | undefined>;
  /** Writes the next version; false when somebody else has changed it since it was read. */
  replace(next: NativePayment): Promise<boolean>;
  /** The same as part of a transaction. */
  replacement(next: NativePayment): TableWrite;
  due(shard: number, until: EpochMs, after?: Key): Promise<{ readonly payments: readonly DueNative[]; readonly next: Key | undefined }>;
}

export const NATIVE_SHARDS = 4;
const PAGE = 50;
const SORT = 'NATIVE';

export function createNativePayments({ records }: Pick<Database, 'records'>): NativePayments {
  const condition = (next: NativePayment) => ({ is: 'equal', attribute: 'version', to: next.version - 1 }) as const;
  return {
    async find(schoolId, orderNo) {
      const item = await records.get(key(schoolId, orderNo), { consistent: true });
      return item === undefined ? undefined : fromItem(item);
    },
    async insert(payment) {
      const result = await records.put(toItem(payment), { is: 'absent' });
      if (result.written) return undefined;
      if (result.found === undefined) throw new Error('a row is there and was not shown');
      return fromItem(result.found);
    },
    async replace(next) {
      return (await records.put(toItem(next), condition(next))).written;
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
      return { payments: found.items.map((item) => namesOf(String(item.pk))), next: found.next };
    },
  };
}

function key(schoolId: string, orderNo: string) {
  return { pk: `${schoolId}#NATIVE#${orderNo}`, sk: SORT };
}

function namesOf(pk: string): DueNative {
  const [schoolId = '', , orderNo = ''] = pk.split('#');
  return { schoolId, orderNo };
}

function dueShard(shard: number): string {
  return `due-native#${shard}`;
}

function shardOf(orderNo: string): number {
  return orderNo.charCodeAt(orderNo.length - 1) % NATIVE_SHARDS;
}

function toItem(payment: NativePayment): Item {
  const { schoolId, orderNo, ...rest } = payment;
  const due: Record<string, Value> = 'dueAt' in payment ? { duePk: dueShard(shardOf(orderNo)) } : {};
  if (!('payment' in rest)) return { ...key(schoolId, orderNo), ...rest, ...due };
  return { ...key(schoolId, orderNo), ...rest, payment: { ...rest.payment }, ...due };
}

const instant = v.pipe(v.number(), v.integer());
const whole = v.pipe(v.number(), v.integer());
const facts = {
  pk: v.string(),
  terminal: whole,
  sequence: whole,
  bodyHash: v.string(),
  channel: v.picklist(['wechat-pay', 'alipay']),
  appId: v.string(),
  amountFen: v.pipe(v.number(), v.safeInteger(), v.transform(fen)),
  merchant: whole,
  occurredAt: instant,
  asks: whole,
  version: whole,
};
const paid = v.object({ platformTradeNo: v.string(), paidAt: instant, payerOpenId: v.exactOptional(v.string()) });
const itemSchema = v.variant('state', [
  v.object({ ...facts, state: v.literal('asked'), askedAt: instant, dueAt: instant }),
  v.object({ ...facts, state: v.literal('paid'), askedAt: instant, payment: paid, accountNo: whole, n: whole }),
  v.object({ ...facts, state: v.literal('refused'), askedAt: v.exactOptional(instant), reason: errorCodeSchema }),
  v.object({ ...facts, state: v.literal('reversing'), askedAt: instant, dueAt: instant }),
  v.object({ ...facts, state: v.literal('reversed'), askedAt: instant }),
  v.object({ ...facts, state: v.literal('returning'), askedAt: instant, payment: paid, dueAt: instant }),
  v.object({ ...facts, state: v.literal('given-back'), askedAt: instant, payment: paid }),
]);

/** Throws a ValiError on an item that is no such payment: a stored item is parsed like anything from outside. */
function fromItem(item: Item): NativePayment {
  const { pk, ...found } = v.parse(itemSchema, item);
  return { ...namesOf(pk), ...found };
}
