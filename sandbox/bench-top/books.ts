import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { isHoldersSum } from '../../functions/domain/finance/leg-groups';
import { wholeLeg } from '../../functions/store/entry-item';
import { type Fen, fen } from '../../shared/money';
import { businessDay } from '../../shared/time';
import { localClient, type TableNames } from '../local/tables';

/** What the finance corner shows. Everything is summed from entries; nothing is kept beside them. */
export interface BooksView {
  readonly topUpsFen: Fen;
  readonly salesFen: Fen;
  readonly transitFen: Fen;
  /** What all accounts hold, and every other side of the books: zero when the books balance. */
  readonly imbalanceFen: Fen;
  /** Every side of all schools' books now, in fen: what is owed to it. Assets stand below zero; all sum to `imbalanceFen`. */
  readonly sides: Readonly<Record<string, Fen>>;
  /** Orders that the platform has taken money for and the passbook has not, or with another amount. */
  readonly differences: readonly string[];
}

/** An order as the payment platform itself recorded it. */
export interface PlatformOrder {
  readonly orderNo: string;
  readonly amountFen: number;
  readonly paidAt: number;
}

const entrySchema = v.object({
  pk: v.string(),
  n: v.number(),
  id: v.string(),
  kind: v.string(),
  recordedAt: v.number(),
  legs: v.optional(v.array(v.tuple([v.string(), v.number()])), []),
  balances: v.optional(v.record(v.string(), v.number()), {}),
  subsidy: v.optional(v.array(v.tuple([v.number(), v.number()])), []),
});
type EntryLine = v.InferOutput<typeof entrySchema>;

/** A callback or a query has this long before its absence counts as a difference. */
const GRACE_MS = 5_000;

export interface Books {
  /** Reads what is in the table; call once, before the feed is followed. */
  load(): Promise<void>;
  add(item: unknown): void;
  view(now: number, paid: readonly PlatformOrder[]): BooksView;
}

export function createBooks(endpoint: string, tables: TableNames): Books {
  const seen = new Set<string>();
  const heads = new Map<string, EntryLine>();
  const credited = new Map<string, number>();
  const days = new Map<string, { topUps: number; sales: number }>();
  /** All sides but what accounts hold, which their newest entries say. */
  const others = new Map<string, number>();

  function add(item: unknown): void {
    const parsed = v.safeParse(entrySchema, item);
    if (!parsed.success) return;
    const entry = parsed.output;
    const id = `${entry.pk}#${entry.n}`;
    if (seen.has(id)) return;
    seen.add(id);
    const head = heads.get(entry.pk);
    if (head === undefined || head.n < entry.n) heads.set(entry.pk, entry);
    const day = days.get(businessDay(entry.recordedAt)) ?? { topUps: 0, sales: 0 };
    for (const [leg, amount] of entry.legs) {
      if (leg.startsWith('channel:')) {
        day.topUps -= amount;
        credited.set(entry.id, -amount);
      }
      if (leg.startsWith('merchant:')) {
        day.sales += amount;
      }
      const side = wholeLeg(leg);
      if (!isHoldersSum(side) && !side.startsWith('subsidy')) others.set(side, (others.get(side) ?? 0) + amount);
    }
    days.set(businessDay(entry.recordedAt), day);
  }

  return {
    async load() {
      const client = localClient(endpoint);
      const documents = DynamoDBDocumentClient.from(client);
      let start: Record<string, unknown> | undefined;
      do {
        const page = await documents.send(new ScanCommand({ TableName: tables.passbook, ExclusiveStartKey: start }));
        for (const item of page.Items ?? []) add(item);
        start = page.LastEvaluatedKey;
      } while (start !== undefined);
      client.destroy();
    },
    add,
    view(now, paid) {
      const today = days.get(businessDay(now)) ?? { topUps: 0, sales: 0 };
      const sides = new Map(others);
      const hold = (side: string, amount: number): unknown => sides.set(side, (sides.get(side) ?? 0) + amount);
      for (const { balances, subsidy } of heads.values()) {
        for (const [place, amount] of Object.entries(balances)) hold(place, amount);
        for (const [amount] of subsidy) hold('subsidy', amount);
      }
      const differences = paid
        .filter((order) => order.paidAt < now - GRACE_MS && credited.get(order.orderNo) !== order.amountFen)
        .map((order) => order.orderNo);
      return {
        topUpsFen: fen(today.topUps),
        salesFen: fen(today.sales),
        transitFen: fen(sides.get('transit') ?? 0),
        imbalanceFen: fen([...sides.values()].reduce((all, amount) => all + amount, 0)),
        sides: Object.fromEntries([...sides].filter(([, amount]) => amount !== 0).map(([side, amount]) => [side, fen(amount)])),
        differences,
      };
    },
  };
}
