import type * as v from 'valibot';
import type { PaidForOther, paidForOthersReply, topUpHistoryReply } from '../../shared/api/others';
import { AppError } from '../../shared/errors';
import type { EpochMs } from '../../shared/time';
import { isBegunBy, type Order } from '../domain/order';
import { schoolOfOrder } from '../domain/order-number';
import type { Holders } from '../store/holders';
import type { HolderCaller } from './caller';
import { payeeOf } from './match-payee';
import { orderView } from './order-view';
import type { QueryDeps } from './query-order';
import { freshOrder } from './read-order';
import type { Visitor } from './visitor';

export interface ListOrdersDeps extends QueryDeps {
  readonly holders: Pick<Holders, 'find'>;
}

const PAGE = 30;

/** What came, or was to come, onto the holder's card (ST-58), newest first. What strangers began and never paid is theirs. */
export async function listTopUps(
  deps: ListOrdersDeps,
  { bound }: HolderCaller,
  { cursor }: { readonly cursor?: string | undefined },
): Promise<v.InferOutput<typeof topUpHistoryReply>> {
  const { utcOffsetMinutes } = await deps.packOf(bound.schoolId);
  const page = await deps.orders.ofAccount(bound.schoolId, bound.accountNo, {
    limit: PAGE,
    ...(cursor === undefined ? {} : { after: cursor }),
  });
  const now = deps.clock();
  const shown = page.orders.filter(
    (order) => order.origin === 'own' || order.origin === 'auto' || order.state === 'paid' || order.state === 'credited',
  );
  return { orders: shown.map((order) => orderView(order, now, utcOffsetMinutes)), nextCursor: page.next ?? null };
}

/** What this visitor paid, or began to pay, for others, newest first. */
export async function listPaidForOthers(
  deps: ListOrdersDeps,
  { identity }: Visitor,
  { cursor }: { readonly cursor?: string | undefined },
): Promise<v.InferOutput<typeof paidForOthersReply>> {
  const payer = { appId: identity.appId, payerOpenId: identity.openid };
  const page = await deps.orders.ofPayer(payer, { limit: PAGE, ...(cursor === undefined ? {} : { after: cursor }) });
  const now = deps.clock();
  const views = await Promise.all(page.orders.map((order) => paidForOther(deps, order, now)));
  return { orders: views.flatMap((view) => (view === undefined ? [] : [view])), nextCursor: page.next ?? null };
}

/**
 * One of them, the platform asked where that may be done.
 *
 * Throws AppError: `order.unknown` (also somebody else's), `school.unknown`.
 */
export async function readPaidForOther(deps: ListOrdersDeps, { identity }: Visitor, orderNo: string): Promise<PaidForOther> {
  const schoolId = schoolOfOrder(orderNo);
  const found = schoolId === undefined ? undefined : await deps.orders.find(schoolId, orderNo);
  if (found === undefined || !isBegunBy(found, identity)) throw new AppError('order.unknown');
  const view = await paidForOther(deps, await freshOrder(deps, found), deps.clock());
  if (view === undefined) throw new AppError('order.unknown');
  return view;
}

/** Undefined of an order that was for the payer's own card. */
async function paidForOther(deps: ListOrdersDeps, order: Order, now: EpochMs): Promise<PaidForOther | undefined> {
  const { schoolId, accountNo, origin } = order;
  if (origin !== 'other' && origin !== 'gift') return undefined;
  const [pack, holder] = await Promise.all([deps.packOf(schoolId), deps.holders.find(schoolId, accountNo)]);
  if (holder === undefined) return undefined;
  const view = orderView(order, now, pack.utcOffsetMinutes);
  const { orderNo, amountFen, channel, payBy, state, since, createdAt, expiresAt, paidAt, creditedAt, closedAt, asOf } = view;
  const facts = { orderNo, origin, amountFen, channel, payBy, state, since, createdAt, expiresAt, paidAt, creditedAt, closedAt, asOf };
  return { ...facts, payee: payeeOf(pack, holder, { withNumber: origin === 'other' }) };
}
