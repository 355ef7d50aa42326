import { AppError } from '../../shared/errors';
import { type Fen, sum } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import type { EpochMs } from '../../shared/time';
import type { SuspenseItem } from '../domain/finance/adjustment';
import { legs } from '../domain/legs';
import { move } from '../domain/posting';
import type { Adjustments } from '../store/adjustments';
import { appendHouse, type HouseDeps } from './append-house';

export interface SuspenseDeps extends HouseDeps {
  readonly adjustments: Adjustments;
  readonly packOf: (schoolId: string) => Promise<RulePack>;
}

export interface SuspenseWish {
  readonly schoolId: string;
  /** Unique for ever; `entryId` of the entry and the number by which it is cleared. */
  readonly itemNo: string;
  readonly day: string;
  /** The side that has the money: "channel:wechat-pay", "bank:main". */
  readonly from: string;
  readonly amountFen: Fen;
  readonly occurredAt: EpochMs;
  readonly reason: string;
}

/**
 * 挂账 by the system itself: money came and nobody knows whose it is. The item and its entry exist once, however often it is asked.
 *
 * Throws AppError: `request.replayed-differently` (the same number, another amount), `request.busy`, `school.unknown`.
 */
export async function openSuspense(deps: SuspenseDeps, wish: SuspenseWish): Promise<SuspenseItem> {
  const { schoolId, itemNo, day, from, amountFen, occurredAt, reason } = wish;
  const pack = await deps.packOf(schoolId);
  // The item first: money in suspense that no list shows would be lost.
  const item = await deps.adjustments.insertItem({
    ...{ schoolId, itemNo, day, amountFen, openFen: amountFen, reason, createdAt: deps.clock(), version: 1 },
  });
  if (item.amountFen !== amountFen) throw new AppError('request.replayed-differently');
  const postings = move(from, legs.suspense, amountFen);
  await appendHouse(deps, { schoolId, house: 'suspense', kind: 'suspense', entryId: itemNo, postings, day, occurredAt }, pack);
  return item;
}

/** What is in suspense: oldest first, and how much in all. Throws nothing of ours. */
export async function listSuspense(
  deps: Pick<SuspenseDeps, 'adjustments'>,
  schoolId: string,
): Promise<{ readonly items: readonly SuspenseItem[]; readonly openFen: Fen }> {
  const items = await deps.adjustments.openItems(schoolId);
  return { items, openFen: sum(items.map(({ openFen }) => openFen)) };
}
