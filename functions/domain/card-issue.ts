import type { EpochMs } from '../../shared/time';
import type { AccountState } from './account-state';
import type { Draft, Entry } from './entry';

/** Highest issue number that the account's cards ever had. */
export function issuedSoFar({ cardIssue, cardsIssued }: Pick<AccountState, 'cardIssue' | 'cardsIssued'>): number {
  return cardsIssued ?? cardIssue;
}

/**
 * A new physical card: from this entry on the card before it is dead, because only one issue is active at a time
 * (SJ-info-1565). A reported loss stays as it is: the holder takes it back, not the card office's list.
 */
export function cardIssuedDraft(head: Entry, input: { readonly occurredAt: EpochMs }): Draft {
  const { cardsIssued: _earlier, ...state } = head.state;
  const cardIssue = issuedSoFar(head.state) + 1;
  return {
    kind: 'card-issued',
    entryId: `card-${cardIssue}`,
    occurredAt: input.occurredAt,
    postings: [],
    state: { ...state, cardIssue },
  };
}

/** An earlier card that was found is the active one again, and the newer one is dead (SJ-info-1565). */
export function cardActivatedDraft(
  head: Entry,
  input: { readonly issue: number; readonly entryId: string; readonly requestHash: string; readonly occurredAt: EpochMs },
): Draft {
  const { issue, ...act } = input;
  const { cardsIssued: _earlier, ...state } = head.state;
  const highest = issuedSoFar(head.state);
  return {
    kind: 'card-activated',
    ...act,
    postings: [],
    state: { ...state, cardIssue: issue, ...(highest === issue ? {} : { cardsIssued: highest }) },
  };
}
