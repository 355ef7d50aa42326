import * as v from 'valibot';
import { AppError } from '../../shared/errors';
import { fen } from '../../shared/money';
import type { EpochMs } from '../../shared/time';
import { ARRIVED_IN, ORDER_ORIGINS, ORDER_PAID_BY, ORDER_TARGETS, type Order, TOP_UP_CHANNELS, withoutPayer } from '../domain/order';
import { createChipWrites } from './chip-writes';
import type { Database, Item, Key, TableWrite, TransactResult, Value } from './table';

/** Names an order in the `due` index, which holds keys only and may lag behind the row. */
export interface DueOrder {
  readonly schoolId: string;
  readonly orderNo: string;
}

/**
 * Top-up orders: one permanent row each, the thing that makes a credit happen once. Access patterns: by number (one
 * read), of an account or a payer (their lines), what is due (the sparse `due` index). Every change is a put on condition of the version before it.
 */
export interface Orders {
  /** A read that is not consistent costs half, and may miss what was written a moment ago. */
  find(schoolId: string, orderNo: string, options?: { readonly consistent?: boolean }): Promise<Order | undefined>;
  /** Writes the row when there is none; otherwise answers the one that is there. @throws AppError request.busy */
  insert(order: Order): Promise<Order | undefined>;
  /**
   * The same in one transaction with other rows. `found`: the order is there already; without it one of the other rows' conditions
   * failed, or somebody else's transaction stood in the way.
   */
  insertWith(
    order: Order,
    rows: readonly TableWrite[],
  ): Promise<{ readonly written: true } | { readonly written: false; readonly found?: Order }>;
  /** Writes the next version; false when somebody else has changed the order since it was read. */
  replace(next: Order): Promise<boolean>;
  /** The same as part of a transaction. */
  replacement(next: Order): TableWrite;
  /** Takes whoever began and paid it out of the order and its lists; false when somebody else has changed it since it was read. */
  forgetPayer(order: Order): Promise<boolean>;
  /** Of one account, newest first. */
  ofAccount(schoolId: string, accountNo: number, page?: OrderPageWish): Promise<OrderPage>;
  /** What a payer began, as the app knows them, at whatever school; newest first. */
  ofPayer(payer: { readonly appId: string; readonly payerOpenId: string }, page?: OrderPageWish): Promise<OrderPage>;
  /** What came, or may yet come, by a gift link. Strongly consistent, newest first. */
  ofGift(schoolId: string, giftId: string, page?: OrderPageWish): Promise<OrderPage>;
  /** For the look after a claim at a machine: number of the entry that put the money of claim `n` on the card; undefined while it is being written. */
  chipWrittenBy(schoolId: string, accountNo: number, n: number): Promise<number | undefined>;
  due(shard: number, until: EpochMs, after?: Key): Promise<{ readonly orders: readonly DueOrder[]; readonly next: Key | undefined }>;
}

export interface OrderPageWish {
  readonly limit?: number;
  /** `next` of the page before; of another list it means nothing and does no harm. */
  readonly after?: string;
}
export interface OrderPage {
  readonly orders: readonly Order[];
  /** Letters, digits, `_` and `.`: it may stand in an address as it is. */
  readonly next: string | undefined;
}

/** The sweep reads them all, so that no day's orders lie under one key. */
export const DUE_SHARDS = 4;
const DUE_PAGE = 50;
const INSERT_TRIES = 10;
const SORT = 'ORDER';

export function createOrders({ records, transact }: Pick<Database, 'records' | 'transact'>): Orders {
  const chipWrites = createChipWrites({ records });
  const condition = (next: Order) => ({ is: 'equal', attribute: 'version', to: next.version - 1 }) as const;
  const list = async (pk: string, { limit = 20, after }: OrderPageWish = {}): Promise<OrderPage> => {
    const found = await records.query({
      partition: { name: 'pk', value: pk },
      sort: { name: 'sk', from: 'ORDER#', to: 'ORDER#~' },
      newestFirst: true,
      limit,
      consistent: true,
      ...(after === undefined ? {} : { after: { pk, sk: `ORDER#${after.replace('.', '#')}` } }),
    });
    const rows = await Promise.all(
      found.items.map((item) => records.get(key(String(item.schoolId), String(item.orderNo)), { consistent: true })),
    );
    return { orders: rows.flatMap((row) => (row === undefined ? [] : [fromItem(row)])), next: cursorOf(found.next) };
  };
  const write = (order: Order, rows: readonly TableWrite[] = []) => {
    const lines = linesOf(order).map((line) => ({ table: 'records', write: { put: line } }) as const);
    return transact([{ table: 'records', write: { put: toItem(order), when: { is: 'absent' } } }, ...rows, ...lines]);
  };
  const replacement = (next: Order): TableWrite => ({ table: 'records', write: { put: toItem(next), when: condition(next) } });
  const present = async (order: Order, result: TransactResult): Promise<Order | undefined> => {
    const found = result.written === false && result.failed === 0 ? result.found : undefined;
    const item = found ?? (await records.get(key(order.schoolId, order.orderNo), { consistent: true }));
    return item === undefined ? undefined : fromItem(item);
  };
  return {
    async find(schoolId, orderNo, { consistent = true } = {}) {
      const item = await records.get(key(schoolId, orderNo), { consistent });
      return item === undefined ? undefined : fromItem(item);
    },
    async insert(order) {
      for (let tries = 0; tries < INSERT_TRIES; tries += 1) {
        const result = await write(order);
        if (result.written) return undefined;
        // There is a row, or a transaction of somebody else's stood in the way: then there may be none.
        const found = await present(order, result);
        if (found !== undefined) return found;
      }
      throw new AppError('request.busy', { orderNo: order.orderNo });
    },
    async insertWith(order, rows) {
      const result = await write(order, rows);
      if (result.written) return result;
      const found = await present(order, result);
      return { written: false, ...(found === undefined ? {} : { found }) };
    },
    ofAccount: (schoolId, accountNo, page) => list(`${schoolId}#ACCOUNT#${accountNo}`, page),
    ofPayer: ({ appId, payerOpenId }, page) => list(`PAYER#${appId}#${payerOpenId}`, page),
    ofGift: (schoolId, giftId, page) => list(`${schoolId}#GIFT#${giftId}`, page),
    async replace(next) {
      return (await records.put(toItem(next), condition(next))).written;
    },
    replacement,
    async forgetPayer(order) {
      const next = withoutPayer(order);
      const line = payerLine(order);
      const gone: readonly TableWrite[] = line === undefined ? [] : [{ table: 'records', write: { remove: line } }];
      return (await transact([replacement(next), ...gone])).written;
    },
    async chipWrittenBy(schoolId, accountNo, n) {
      const write = await chipWrites.find(schoolId, accountNo, n);
      return write?.state === 'written' ? write.writtenBy : undefined;
    },
    async due(shard, until, after) {
      const found = await records.query({
        index: 'due',
        partition: { name: 'duePk', value: dueShard(shard) },
        sort: { name: 'dueAt', to: until },
        limit: DUE_PAGE,
        ...(after === undefined ? {} : { after }),
      });
      return { orders: found.items.map((item) => namesOf(String(item.pk))), next: found.next };
    },
  };
}

function key(schoolId: string, orderNo: string) {
  return { pk: `${schoolId}#ORDER#${orderNo}`, sk: SORT };
}

/** Where an order is found again: under its account, its gift link, and whoever began it where that is known. */
function linesOf(order: Order): readonly Item[] {
  const { schoolId, orderNo, accountNo, giftId } = order;
  const line = { sk: lineKey(order), schoolId, orderNo };
  const ofPayer = payerLine(order);
  return [
    { pk: `${schoolId}#ACCOUNT#${accountNo}`, ...line },
    ...(ofPayer === undefined ? [] : [{ ...ofPayer, ...line }]),
    ...(giftId === undefined ? [] : [{ pk: `${schoolId}#GIFT#${giftId}`, ...line }]),
  ];
}

function lineKey({ createdAt, orderNo }: Order): string {
  return `ORDER#${String(createdAt).padStart(15, '0')}#${orderNo}`;
}

/** The place in the list of whoever began it; undefined where nobody is known. */
function payerLine(order: Order): { readonly pk: string; readonly sk: string } | undefined {
  const asker = order.begunBy ?? { appId: order.appId, openid: order.payerOpenId };
  return asker.openid === '' ? undefined : { pk: `PAYER#${asker.appId}#${asker.openid}`, sk: lineKey(order) };
}

function cursorOf(next: Key | undefined): string | undefined {
  return next === undefined ? undefined : String(next.sk).slice('ORDER#'.length).replace('#', '.');
}

function namesOf(pk: string): DueOrder {
  const [schoolId = '', , orderNo = ''] = pk.split('#');
  return { schoolId, orderNo };
}

function dueShard(shard: number): string {
  return `due#${shard}`;
}

function shardOf(orderNo: string): number {
  return orderNo.charCodeAt(orderNo.length - 1) % DUE_SHARDS;
}

/** Flat and small: an order is one write unit for ever. */
function toItem(order: Order): Item {
  const isPaid = order.state === 'paid' || order.state === 'credited';
  const item: Record<string, Value | undefined> = {
    ...key(order.schoolId, order.orderNo),
    version: order.version,
    state: order.state,
    accountNo: order.accountNo,
    channel: order.channel,
    amountFen: order.amountFen,
    // The commonest of each is not stored.
    target: order.target === 'card' ? undefined : order.target,
    payBy: order.payBy === 'in-app' ? undefined : order.payBy,
    origin: order.origin === 'own' ? undefined : order.origin,
    giftId: order.giftId,
    holdN: order.holdN,
    toCardFen: order.toCardFen,
    feeFen: order.feeFen,
    begunBy: order.begunBy === undefined ? undefined : { ...order.begunBy },
    appId: order.appId,
    payer: order.payerOpenId,
    createdAt: order.createdAt,
    expiresAt: order.expiresAt,
    platformRef: order.platformOrderRef,
    queriedAt: order.queriedAt,
    ...('dueAt' in order ? { duePk: dueShard(shardOf(order.orderNo)), dueAt: order.dueAt } : {}),
    ...(isPaid ? { tradeNo: order.payment.platformTradeNo, paidAt: order.payment.paidAt, paidBy: order.payment.payerOpenId } : {}),
    ...(order.state === 'credited' ? { ...order.credit } : {}),
    ...(order.state === 'closed' ? { closedAt: order.closedAt } : {}),
  };
  const kept: Record<string, Value> = {};
  for (const [name, value] of Object.entries(item)) if (value !== undefined) kept[name] = value;
  return kept;
}

const instant = v.pipe(v.number(), v.integer());
const fenSchema = v.pipe(v.number(), v.safeInteger(), v.transform(fen));
const facts = {
  pk: v.string(),
  version: v.pipe(v.number(), v.integer(), v.minValue(1)),
  accountNo: v.number(),
  channel: v.picklist(TOP_UP_CHANNELS),
  amountFen: fenSchema,
  target: v.optional(v.picklist(ORDER_TARGETS), 'card'),
  payBy: v.optional(v.picklist(ORDER_PAID_BY), 'in-app'),
  origin: v.optional(v.picklist(ORDER_ORIGINS), 'own'),
  giftId: v.optional(v.string()),
  holdN: v.optional(v.pipe(v.number(), v.integer())),
  toCardFen: v.optional(fenSchema),
  feeFen: v.optional(fenSchema),
  begunBy: v.optional(v.object({ appId: v.string(), openid: v.string() })),
  appId: v.string(),
  payer: v.string(),
  createdAt: instant,
  expiresAt: instant,
  platformRef: v.optional(v.string()),
  queriedAt: v.optional(instant),
};
const payment = { tradeNo: v.string(), paidAt: instant, paidBy: v.optional(v.string()) };
const itemSchema = v.variant('state', [
  v.object({ ...facts, state: v.literal('created'), dueAt: instant }),
  v.object({ ...facts, ...payment, state: v.literal('paid'), dueAt: instant }),
  v.object({
    ...facts,
    ...payment,
    state: v.literal('credited'),
    creditedAt: instant,
    n: v.pipe(v.number(), v.integer()),
    arrivedIn: v.picklist(ARRIVED_IN),
    remainingFen: fenSchema,
    searchedTo: v.pipe(v.number(), v.integer()),
    onCardAt: v.optional(instant),
  }),
  v.object({ ...facts, state: v.literal('closed'), closedAt: instant }),
]);
type OrderItem = v.InferOutput<typeof itemSchema>;

/** Throws a ValiError on an item that is not an order: a stored item is parsed like anything from outside. */
function fromItem(item: Item): Order {
  const found = v.parse(itemSchema, item);
  const common = factsOf(found);
  switch (found.state) {
    case 'created':
      return { ...common, state: 'created', dueAt: found.dueAt };
    case 'paid':
      return { ...common, state: 'paid', dueAt: found.dueAt, payment: paymentOf(found) };
    case 'credited': {
      const { creditedAt, n, arrivedIn, remainingFen, searchedTo, onCardAt } = found;
      const credit = { creditedAt, n, arrivedIn, remainingFen, searchedTo, ...(onCardAt === undefined ? {} : { onCardAt }) };
      return { ...common, state: 'credited', payment: paymentOf(found), credit };
    }
    case 'closed':
      return { ...common, state: 'closed', closedAt: found.closedAt };
  }
}

function factsOf(found: OrderItem) {
  const {
    version,
    accountNo,
    channel,
    amountFen,
    target,
    payBy,
    origin,
    giftId,
    begunBy,
    holdN,
    toCardFen,
    feeFen,
    appId,
    createdAt,
    expiresAt,
  } = found;
  return {
    ...namesOf(found.pk),
    version,
    accountNo,
    channel,
    amountFen,
    target,
    payBy,
    origin,
    ...(giftId === undefined ? {} : { giftId }),
    ...(holdN === undefined ? {} : { holdN }),
    ...(toCardFen === undefined ? {} : { toCardFen }),
    ...(feeFen === undefined ? {} : { feeFen }),
    ...(begunBy === undefined ? {} : { begunBy }),
    appId,
    payerOpenId: found.payer,
    createdAt,
    expiresAt,
    ...(found.platformRef === undefined ? {} : { platformOrderRef: found.platformRef }),
    ...(found.queriedAt === undefined ? {} : { queriedAt: found.queriedAt }),
  };
}

function paymentOf(found: Extract<OrderItem, { state: 'paid' | 'credited' }>) {
  const { tradeNo, paidAt, paidBy } = found;
  return { platformTradeNo: tradeNo, paidAt, ...(paidBy === undefined ? {} : { payerOpenId: paidBy }) };
}
