import type { EpochMs } from '../../shared/time';
import type { AccountState, HolderGroup } from './account-state';
import type { Draft, Entry } from './entry';
import type { RosterKind } from './roster-columns';

/** As the state names the group: absent for a student, so that the entries of most people are as they were. */
export function groupOfKind(kind: RosterKind): { readonly group?: HolderGroup } {
  return kind === 'student' ? {} : { group: kind };
}

export function withGroup(state: AccountState, kind: RosterKind): AccountState {
  const { group: _before, ...rest } = state;
  return { ...rest, ...groupOfKind(kind) };
}

/** The roster names another group: from this entry on the prices are that one's. Undefined where the passbook knows it. */
export function groupChangedDraft(head: Entry, kind: RosterKind, at: { readonly occurredAt: EpochMs }): Draft | undefined {
  if (head.state.group === groupOfKind(kind).group) return undefined;
  return { kind: 'group-changed', entryId: `group-${head.n + 1}`, postings: [], ...at, state: withGroup(head.state, kind) };
}
