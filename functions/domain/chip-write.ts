import { createHash } from 'node:crypto';
import type { ErrorCode } from '../../shared/errors';
import { type Fen, ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import type { EpochMs } from '../../shared/time';
import { arrivalOf } from './account-changes';
import type { AccountState } from './account-state';
import type { Draft, Entry } from './entry';
import { legs } from './legs';
import { movementDraft } from './movement';
import { move } from './posting';

/**
 * Money on its way into a chip. It lies in `chipPending` from the entry `n` on, and on the card from the entry `writtenBy` on; nothing
 * in between is believed but a machine's word that the chip was written. A chip keeps the number of its last write, so that one
 * that was written before its machine lost power is known again and not written twice.
 */
export type ChipWrite = {
  readonly schoolId: string;
  readonly accountNo: number;
  /** Of the entry that put the money into `chipPending`; names the write for ever. */
  readonly n: number;
  readonly entryId: string;
  readonly amountFen: Fen;
  /** When a machine last said that it could not. */
  readonly failedAt?: EpochMs;
  readonly version: number;
} & ({ readonly state: 'open' } | { readonly state: 'written'; readonly writtenBy: number });

/** Why a machine may not serve this card; undefined when it may. */
export function cardRefusal(state: AccountState, issue: number): ErrorCode | undefined {
  if (state.closed) return 'account.closed';
  if (issue !== state.cardIssue) return 'card.replaced';
  return state.lostAt > 0 ? 'card.lost' : undefined;
}

interface MachineAct {
  readonly entryId: string;
  readonly requestHash: string;
  readonly occurredAt: EpochMs;
  readonly recordedAt: EpochMs;
}

/** All of `transit`, on its way into the chip. The caller has seen that there is some. */
export function chipIntentDraft(head: Entry, act: MachineAct, pack: RulePack): Draft {
  const { requestHash, ...what } = act;
  const postings = move('transit', 'chipPending', head.state.balances.transit);
  return { ...movementDraft(head, { kind: 'chip-intent', ...what, postings, family: 'internal' }, pack), requestHash };
}

/** The chip holds it now. */
export function chipWrittenDraft(
  head: Entry,
  write: Pick<ChipWrite, 'entryId' | 'amountFen'>,
  at: { readonly occurredAt: EpochMs; readonly recordedAt: EpochMs },
  pack: RulePack,
): Draft {
  const postings = move('chipPending', 'card', write.amountFen);
  return movementDraft(head, { kind: 'chip-written', entryId: `${write.entryId}-written`, ...at, postings, family: 'internal' }, pack);
}

export interface CashAct extends MachineAct {
  readonly terminal: number;
  readonly amountFen: Fen;
  /** The card is the active one, it is still on the machine, and its chip has proved it. */
  readonly chipIsThere: boolean;
}

/**
 * Notes in a machine are money that was paid: a lost, replaced or closed account takes it, and a chip that cannot be written, or that waits
 * for the amount of last time, only changes where it arrives. @returns where, and the draft
 */
export function cashDraft(
  head: Entry,
  cash: CashAct,
  pack: RulePack,
): { readonly arrivedIn: 'chipPending' | 'transit' | 'card'; readonly draft: Draft } {
  const { terminal, amountFen, chipIsThere, requestHash, recordedAt, entryId } = cash;
  const writes = pack.topUp.channels.some(({ id, writesChip }) => id === 'cash-machine' && writesChip === true);
  const mayWrite = writes && chipIsThere && head.state.balances.chipPending === ZERO;
  const arrivedIn = mayWrite ? 'chipPending' : arrivalOf(pack) === 'card' ? 'card' : 'transit';
  const postings = move(legs.cash(terminal), arrivedIn, amountFen);
  // A machine whose clock runs ahead must not put its money into the book of a day that nobody settles for years.
  const occurredAt = Math.min(cash.occurredAt, recordedAt);
  const movement = { kind: 'top-up', entryId, orderNo: entryId, postings, family: 'channel/cash', occurredAt, recordedAt } as const;
  return { arrivedIn, draft: { ...movementDraft(head, movement, pack), requestHash } };
}

/** Id of a claim in the app: the same for a repeat of the phone's request, and no other account's. */
export function appClaimId(schoolId: string, accountNo: number, requestId: string): string {
  return `clm_${createHash('sha256').update(`ecode-claim-v1\n${schoolId}\n${accountNo}\n${requestId}`).digest('hex').slice(0, 24)}`;
}
