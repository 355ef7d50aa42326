import type { Order } from '../domain/order';
import type { DueOrder } from '../store/orders';
import type { Key } from '../store/table';
import { creditOrder } from './confirm-order';
import { type QueryDeps, queryOrder } from './query-order';

export interface SweepDeps extends QueryDeps {
  /** How many shards the due index has. */
  readonly dueShards: number;
}

/** What one sweep did. `failed` names each order that could not be looked at, and why, for the log and its alarm. */
export interface Sweep {
  readonly looked: number;
  readonly credited: number;
  readonly closed: number;
  readonly failed: readonly { readonly orderNo: string; readonly error: unknown }[];
  /** False when the time ran out first; the next sweep goes on. */
  readonly complete: boolean;
}

/** At once; a platform answers in about a tenth of a second. */
const TOGETHER = 8;
/** 50 orders a page: 20,000 orders of one shard are more than one sweep can ask for. */
const MAX_PAGES = 400;

/**
 * Looks at every order that is due, a page of each shard in turn, until none is left or `until` has passed. One
 * order's trouble never stops the others.
 */
export async function settleDueOrders(deps: SweepDeps, until: number): Promise<Sweep> {
  const outcomes: Outcome[] = [];
  let cursors: readonly Cursor[] = Array.from({ length: deps.dueShards }, (_, shard) => ({ shard, after: undefined }));
  const dueAt = deps.clock();
  for (let page = 0; page < MAX_PAGES && cursors.length > 0; page += 1) {
    const left: Cursor[] = [];
    for (const { shard, after } of cursors) {
      if (deps.clock() >= until) return summary(outcomes, false);
      const { orders, next } = await deps.orders.due(shard, dueAt, after);
      for (let at = 0; at < orders.length; at += TOGETHER) {
        if (deps.clock() >= until) return summary(outcomes, false);
        outcomes.push(...(await Promise.all(orders.slice(at, at + TOGETHER).map((due) => lookAt(deps, due, dueAt)))));
      }
      if (next !== undefined) left.push({ shard, after: next });
    }
    cursors = left;
  }
  return summary(outcomes, cursors.length === 0);
}

interface Cursor {
  readonly shard: number;
  readonly after: Key | undefined;
}

interface Outcome {
  readonly orderNo: string;
  readonly state?: Order['state'];
  readonly error?: unknown;
}

async function lookAt(deps: SweepDeps, due: DueOrder, dueAt: number): Promise<Outcome> {
  const { schoolId, orderNo } = due;
  try {
    const order = await deps.orders.find(schoolId, orderNo);
    // The index lags: the order may have been settled, or asked about, since.
    if (order === undefined || !('dueAt' in order) || order.dueAt > dueAt) return { orderNo };
    const after = order.state === 'paid' ? await creditOrder(deps, order, order.payment) : await queryOrder(deps, order);
    return { orderNo, state: after.state };
  } catch (error) {
    return { orderNo, error };
  }
}

function summary(outcomes: readonly Outcome[], complete: boolean): Sweep {
  return {
    looked: outcomes.length,
    credited: outcomes.filter(({ state }) => state === 'credited').length,
    closed: outcomes.filter(({ state }) => state === 'closed').length,
    failed: outcomes.filter((outcome) => outcome.error !== undefined).map(({ orderNo, error }) => ({ orderNo, error })),
    complete,
  };
}
