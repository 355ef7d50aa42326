import type { RulePack } from '../../shared/rule-pack';
import type { EpochMs } from '../../shared/time';
import type { AccountState } from './account-state';
import type { Draft, Entry } from './entry';

/**
 * BI-03 个人数据同步: where the pack asks for it, no code of the holder (to pay or to show who it is) is taken before the physical card was on any
 * terminal once. An account that was opened before the rule is as one that was opened today: one tap mends it.
 */
export function lacksFirstSync({ synced }: Pick<AccountState, 'synced'>, { codes }: Pick<RulePack, 'codes'>): boolean {
  return codes.firstSync === true && synced !== true;
}

/** The card was on a terminal and nothing was sold. There is one such entry in a passbook at most. */
export function syncedDraft(head: Entry, { occurredAt }: { readonly occurredAt: EpochMs }): Draft {
  return { kind: 'card-synced', entryId: 'synced', postings: [], occurredAt, state: { ...head.state, synced: true } };
}
