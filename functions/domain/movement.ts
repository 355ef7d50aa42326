import type { EntryKind } from '../../shared/api/common';
import type { RulePack } from '../../shared/rule-pack';
import type { EpochMs } from '../../shared/time';
import type { AccountState } from './account-state';
import { bookDay } from './book-day';
import { type BookFamily, bookOf } from './books';
import type { Draft } from './entry';
import { applyPostings, type Posting } from './posting';

export interface Movement {
  readonly kind: EntryKind;
  readonly entryId: string;
  readonly postings: readonly Posting[];
  readonly family: BookFamily;
  readonly occurredAt: EpochMs;
  readonly recordedAt: EpochMs;
  readonly orderNo?: string;
  readonly merchant?: number;
  readonly reverses?: string;
}

/**
 * Money that moves outside a sale: the postings applied to the account, in the book of its family and day. The place in the book is
 * unique for ever, because `entryId` is. Throws where a balance would go below zero: the caller has refused that long before.
 */
export function movementDraft(
  head: { readonly accountNo: number; readonly state: AccountState },
  movement: Movement,
  pack: Pick<RulePack, 'utcOffsetMinutes'>,
): Draft {
  const { family, recordedAt, ...what } = movement;
  const { day, late } = bookDay({ occurredAt: what.occurredAt, recordedAt }, pack);
  return {
    ...what,
    counterparty: { book: bookOf(family, day, head.accountNo), place: `${what.occurredAt}/${what.entryId}` },
    ...(late ? { late } : {}),
    state: applyPostings(head.state, what.postings),
  };
}
