import { type Fen, sum } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import type { EpochMs } from '../../shared/time';
import type { AccountState } from './account-state';
import type { Draft, Entry } from './entry';
import { legs } from './legs';
import { movementDraft } from './movement';
import { move, subsidyLeg } from './posting';
import type { Remainder } from './refund-plan';

/** Closing an account at graduation: one row an account, gone on with however often it is asked. */
export interface CloseOut {
  readonly schoolId: string;
  readonly accountNo: number;
  /** `running`: begun. `remains`: something stays, and nobody has acknowledged it. `closed`: entry `closedN` is written. */
  readonly state: 'running' | 'remains' | 'closed';
  readonly since: EpochMs;
  readonly startedAt: EpochMs;
  readonly by: string;
  /** Refunds begun so far; the next one has this number. */
  readonly round: number;
  readonly refundIds: readonly string[];
  readonly depositFen: Fen;
  /** Went back to where it was granted from. */
  readonly subsidyFen: Fen;
  /** What is left on the account, and why. */
  readonly remainder: readonly Remainder[];
  readonly closedN?: number;
  /** Who heard what remains and agreed to close all the same. */
  readonly acknowledgedBy?: string;
  readonly version: number;
}

/** Nothing can be spent any more: the card as when it is lost, and every code. */
export function isFrozen({ lostAt, codesFrozen }: AccountState): boolean {
  return lostAt > 0 && codesFrozen;
}

export function freezeDraft(head: Entry, at: { readonly entryId: string; readonly recordedAt: EpochMs }): Draft {
  const state: AccountState = { ...head.state, lostAt: head.state.lostAt > 0 ? head.state.lostAt : at.recordedAt, codesFrozen: true };
  return { kind: 'account-frozen', entryId: at.entryId, postings: [], occurredAt: at.recordedAt, state };
}

/** The school's grants go back to the school, whether expired or not. Undefined when there are none. */
export function subsidyReturnDraft(
  head: Entry,
  at: { readonly entryId: string; readonly recordedAt: EpochMs },
  pack: Pick<RulePack, 'utcOffsetMinutes'>,
): Draft | undefined {
  const { subsidy } = head.state;
  if (subsidy.length === 0) return undefined;
  const postings = subsidy.flatMap((lot) => move(subsidyLeg(lot.expiresAt), legs.subsidyFunding, lot.amountFen));
  const { entryId, recordedAt } = at;
  return movementDraft(head, { kind: 'subsidy-expired', entryId, postings, family: 'subsidy', occurredAt: recordedAt, recordedAt }, pack);
}

export function closedDraft(head: Entry, at: { readonly entryId: string; readonly recordedAt: EpochMs }): Draft {
  const state: AccountState = { ...head.state, closed: true, codesFrozen: true };
  return { kind: 'account-closed', entryId: at.entryId, postings: [], occurredAt: at.recordedAt, state };
}

/** All that an account holds, wherever it stands. */
export function heldOnAccount(state: AccountState): Fen {
  return sum([...Object.values(state.balances), ...state.subsidy.map((lot) => lot.amountFen)]);
}
