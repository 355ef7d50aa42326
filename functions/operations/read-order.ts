import type { OrderReply } from '../../shared/api/student';
import { AppError, isAppError } from '../../shared/errors';
import type { Entry } from '../domain/entry';
import { type CreditedOrder, mayAsk, type Order, withClaimSearch } from '../domain/order';
import { schoolOfOrder } from '../domain/order-number';
import { claimedFen } from '../domain/posting';
import { creditOrder } from './confirm-order';
import { orderView } from './order-view';
import { type QueryDeps, queryOrder } from './query-order';

/** Entries looked through for the claim at one look; the place is remembered. */
const SEARCH_ENTRIES = 100;

/**
 * An order as its student sees it: 付款成功 → 待领取 → 校园卡余额. A look at an unconfirmed order asks the platform,
 * not more often than `mayAsk` allows, so that a student who paid need not wait for the callback.
 *
 * Throws AppError: `order.unknown` (also another account's order), `school.unknown`.
 */
export async function readOrder(
  deps: QueryDeps,
  owner: { readonly schoolId: string; readonly accountNo: number },
  orderNo: string,
): Promise<OrderReply> {
  if (schoolOfOrder(orderNo) !== owner.schoolId) throw new AppError('order.unknown');
  const found = await deps.orders.find(owner.schoolId, orderNo);
  if (found === undefined || found.accountNo !== owner.accountNo) throw new AppError('order.unknown');
  const { utcOffsetMinutes } = await deps.packOf(owner.schoolId);
  const order = await upToDate(deps, found);
  return orderView(order, deps.clock(), utcOffsetMinutes);
}

async function upToDate(deps: QueryDeps, found: Order): Promise<Order> {
  const order = await freshOrder(deps, found);
  return order.state === 'credited' && order.credit.onCardAt === undefined ? findClaim(deps, order) : order;
}

/** The order as it stands now, the platform asked where that may be done. */
export async function freshOrder(deps: QueryDeps, order: Order): Promise<Order> {
  try {
    if (order.state === 'paid') return await creditOrder(deps, order, order.payment);
    if (order.state === 'created' && mayAsk(order, deps.clock())) return await queryOrder(deps, order);
    return order;
  } catch (error) {
    // Nothing definite was learnt, so the order is shown as it is; the sweep meets the same trouble and reports it.
    if (isAppError(error)) return order;
    throw error;
  }
}

/** Entries that claim; what leaves `transit` otherwise (a refund) does not. */
const CLAIMS: readonly Entry['kind'][] = ['charge', 'claim', 'chip-intent'];

/**
 * A claim takes all that waits, so the first one after the credit brought this money onto the card, or on its way into the chip. What was
 * found, and how far was looked, is kept on the row; losing that write only means to look again.
 */
async function findClaim(deps: QueryDeps, order: CreditedOrder): Promise<CreditedOrder> {
  if (order.credit.arrivedIn === 'chipPending') return findWriting(deps, order);
  const from = order.credit.searchedTo + 1;
  const range = { from, to: from + SEARCH_ENTRIES - 1, limit: SEARCH_ENTRIES };
  const { entries } = await deps.passbook.entries(order.schoolId, order.accountNo, range);
  // Entries come newest first.
  const claim = [...entries].reverse().find((entry) => CLAIMS.includes(entry.kind) && claimedFen(entry.postings) > 0);
  const isFull = entries.length === SEARCH_ENTRIES;
  if (claim === undefined && !isFull) return order;
  const landed = claim && (await landedBy(deps, claim));
  // The next look finds the claim in its place again, and then what became of the chip.
  const searchedTo = claim === undefined ? range.to : landed === undefined ? claim.n - 1 : claim.n;
  if (landed === undefined && searchedTo === order.credit.searchedTo) return order;
  const next = withClaimSearch(order, { searchedTo, ...(landed === undefined ? {} : { onCardAt: landed.recordedAt }) });
  await deps.orders.replace(next);
  return next;
}

/** What went straight into the chip (ST-37): on the card once a machine has said that it was written. */
async function findWriting(deps: QueryDeps, order: CreditedOrder): Promise<CreditedOrder> {
  const { schoolId, accountNo, credit } = order;
  const writtenBy = await deps.orders.chipWrittenBy(schoolId, accountNo, credit.n);
  const landed = writtenBy === undefined ? undefined : await deps.passbook.entry(schoolId, accountNo, writtenBy);
  if (landed === undefined) return order;
  const next = withClaimSearch(order, { searchedTo: landed.n, onCardAt: landed.recordedAt });
  await deps.orders.replace(next);
  return next;
}

/** The entry that put the claimed money on the card; undefined while it waits to be written to the chip. */
async function landedBy({ orders, passbook }: QueryDeps, claim: Entry): Promise<Entry | undefined> {
  if (claim.kind !== 'chip-intent') return claim;
  const { schoolId, accountNo } = claim;
  const writtenBy = await orders.chipWrittenBy(schoolId, accountNo, claim.n);
  return writtenBy === undefined ? undefined : passbook.entry(schoolId, accountNo, writtenBy);
}
