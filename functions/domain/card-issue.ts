import type { EpochMs } from '../../shared/time';
import type { Draft, Entry } from './entry';

/**
 * A new physical card: from this entry on the card before it is dead, because only one issue is active at a time
 * (SJ-info-1565). A reported loss stays as it is: the holder takes it back, not the card office's list.
 */
export function cardIssuedDraft(head: Entry, input: { readonly occurredAt: EpochMs }): Draft {
  const cardIssue = head.state.cardIssue + 1;
  return {
    kind: 'card-issued',
    entryId: `card-${cardIssue}`,
    occurredAt: input.occurredAt,
    postings: [],
    state: { ...head.state, cardIssue },
  };
}
