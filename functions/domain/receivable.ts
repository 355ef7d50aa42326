import { add, type Fen, negate, smaller, subtract, ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import type { EpochMs } from '../../shared/time';
import type { AccountState } from './account-state';
import type { Draft, Entry } from './entry';
import { cardAvailable } from './hold';
import { legs } from './legs';
import { movementDraft } from './movement';
import { move, type Posting } from './posting';

/**
 * What a holder owes (应收款): an offline pass that was used twice, the purse of a card that is gone. The seller has handed out the goods and is
 * paid; the holder's balances never go below zero, so what they do not cover stands here until it is settled. `applyPostings` keeps
 * `state.owedFen` in step with the leg.
 */
export function owedFen(state: AccountState): Fen {
  return state.owedFen ?? ZERO;
}

/** Legs that take `amountFen` from a place as far as it has `availableFen`, and from the receivable for the rest. They lack the seller's side. */
export function takenOrOwed(place: string, amountFen: Fen, availableFen: Fen): readonly Posting[] {
  const paid = smaller(amountFen, availableFen);
  const owed = subtract(amountFen, paid);
  return [
    ...(paid > 0 ? [{ leg: place, amountFen: negate(paid) }] : []),
    ...(owed > 0 ? [{ leg: legs.receivable, amountFen: negate(owed) }] : []),
  ];
}

/** What a draft adds to the debt. */
export function newlyOwed(postings: readonly Posting[]): Fen {
  return postings.reduce<Fen>((total, { leg, amountFen }) => (leg === legs.receivable ? add(total, negate(amountFen)) : total), ZERO);
}

/** What the card can settle of the debt now. */
export function settlableFen(state: AccountState, at: EpochMs): Fen {
  return smaller(owedFen(state), cardAvailable(state, at));
}

/**
 * Settles `amountFen` of the debt from the card. The caller has seen that it is there (`settlableFen`). With the last fen the codes work again,
 * unless a loss report stops them.
 */
export function clearanceDraft(
  head: Entry,
  { entryId, amountFen, recordedAt }: { readonly entryId: string; readonly amountFen: Fen; readonly recordedAt: EpochMs },
  pack: Pick<RulePack, 'utcOffsetMinutes'>,
): Draft {
  const postings = move('card', legs.receivable, amountFen);
  const movement = { kind: 'receivable-cleared', entryId, postings, family: 'internal', occurredAt: recordedAt, recordedAt } as const;
  const draft = movementDraft(head, movement, pack);
  const isSettled = draft.state.owedFen === undefined && draft.state.lostAt === 0;
  return isSettled ? { ...draft, state: { ...draft.state, codesFrozen: false } } : draft;
}
