import type { ErrorCode } from '../../../shared/errors';
import { type Fen, negate, sum } from '../../../shared/money';
import type { EpochMs } from '../../../shared/time';
import { isHolders, type Posting } from '../posting';
import { groupOf } from './leg-groups';

/** 平账 and 长款 / 短款; 挂账; what becomes of it. */
export const ADJUSTMENT_KINDS = ['adjustment', 'suspense', 'suspense-cleared'] as const;
export type AdjustmentKind = (typeof ADJUSTMENT_KINDS)[number];

export interface AdjustmentWish {
  readonly schoolId: string;
  /** Ours; `entryId` of what it writes. */
  readonly adjustmentNo: string;
  readonly kind: AdjustmentKind;
  /** The business day it is about. */
  readonly day: string;
  readonly postings: readonly Posting[];
  /** The holder whose money moves, where a holder's does. */
  readonly accountNo?: number;
  /** Of kind `suspense-cleared`: which item. */
  readonly clears?: string;
  readonly reason: string;
}

/**
 * proposed → posted, or → rejected. `approved` stands between approval and the entry, where a function died. Who decides is never who
 * proposed (`staff.second-person`).
 */
export type Adjustment = AdjustmentWish & {
  readonly proposedBy: string;
  readonly proposedAt: EpochMs;
  readonly version: number;
} & (
    | { readonly state: 'proposed' }
    | { readonly state: 'approved' | 'posted' | 'rejected'; readonly decidedBy: string; readonly decidedAt: EpochMs }
  );
export type DecidedAdjustment = Exclude<Adjustment, { state: 'proposed' }>;

/** Holders' places that finance may correct. A chip is written by a kiosk only, a subsidy granted by its own list. */
const HOLDERS_PLACES: readonly string[] = ['card', 'transit', 'wallet', 'purse'];
const MOST_POSTINGS = 8;

/** Why it cannot be proposed; undefined when it can. */
export function adjustmentFault({ kind, postings, accountNo, clears, reason }: AdjustmentWish): ErrorCode | undefined {
  if (postings.length < 2 || postings.length > MOST_POSTINGS || postings.some(({ amountFen }) => amountFen === 0))
    return 'finance.unbalanced';
  if (sum(postings.map(({ amountFen }) => amountFen)) !== 0) return 'finance.unbalanced';
  const places = postings.filter(({ leg }) => isHolders(leg));
  if (places.some(({ leg }) => !HOLDERS_PLACES.includes(leg)) || places.length > 0 !== (accountNo !== undefined))
    return 'request.malformed';
  if (postings.some(({ leg }) => !/^[A-Za-z-]+(:[a-z0-9-]+)?$/.test(leg) || groupOf(leg) === 'other')) return 'request.malformed';
  if (reason.trim() === '') return 'request.malformed';
  const suspended = suspenseFen(postings);
  switch (kind) {
    case 'suspense':
      return suspended > 0 && accountNo === undefined && clears === undefined ? undefined : 'request.malformed';
    case 'suspense-cleared':
      return suspended < 0 && clears !== undefined ? undefined : 'request.malformed';
    case 'adjustment':
      return suspended === 0 && clears === undefined ? undefined : 'request.malformed';
  }
}

/** What goes into suspense; below zero, what leaves it. */
export function suspenseFen(postings: readonly Posting[]): Fen {
  return sum(postings.filter(({ leg }) => leg === 'suspense').map(({ amountFen }) => amountFen));
}

export function proposedAdjustment(wish: AdjustmentWish, by: { readonly staff: string; readonly at: EpochMs }): Adjustment {
  return { ...wish, proposedBy: by.staff, proposedAt: by.at, version: 1, state: 'proposed' };
}

export function decidedAdjustment(
  adjustment: Adjustment,
  state: DecidedAdjustment['state'],
  by: { readonly staff: string; readonly at: EpochMs },
): DecidedAdjustment {
  const decided = adjustment.state === 'proposed' ? { decidedBy: by.staff, decidedAt: by.at } : adjustment;
  return { ...adjustment, decidedBy: decided.decidedBy, decidedAt: decided.decidedAt, version: adjustment.version + 1, state };
}

/** The same wish; another under one number is a refusal. */
export function isSameAdjustment(a: AdjustmentWish, b: AdjustmentWish): boolean {
  const text = ({ kind, day, postings, accountNo, clears, reason }: AdjustmentWish): string =>
    JSON.stringify([kind, day, postings.map(({ leg, amountFen }) => [leg, amountFen]), accountNo ?? null, clears ?? null, reason]);
  return text(a) === text(b);
}

/** 挂账: money whose owner is not yet known, item by item. */
export interface SuspenseItem {
  readonly schoolId: string;
  readonly itemNo: string;
  readonly day: string;
  readonly amountFen: Fen;
  /** What has not been cleared. */
  readonly openFen: Fen;
  readonly reason: string;
  readonly createdAt: EpochMs;
  readonly version: number;
}

export function clearedItem(item: SuspenseItem, postings: readonly Posting[]): SuspenseItem | undefined {
  const left = item.openFen - negate(suspenseFen(postings));
  // Above what is open would clear somebody else's money.
  return left < 0 ? undefined : { ...item, openFen: sum([item.openFen, suspenseFen(postings)]), version: item.version + 1 };
}
