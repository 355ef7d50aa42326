import { add, type Fen, negate, subtract, ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import type { EpochMs } from '../../shared/time';
import { type AccountState, type AppSlot, EMPTY_SLOT, emptyState, type HolderGroup } from './account-state';
import type { Draft, Entry } from './entry';
import { legs } from './legs';
import { movementDraft } from './movement';
import type { ArrivedIn, TopUpChannel } from './order';
import { move } from './posting';

/** What may happen to an account besides a sale. Each takes the head and returns what to write; none reads a clock. */

/** Entry 1: the account exists, with nothing in it. */
export function openedDraft(input: { readonly occurredAt: EpochMs; readonly cardIssue: number; readonly group?: HolderGroup }): Draft {
  return {
    kind: 'opened',
    entryId: 'opened',
    postings: [],
    occurredAt: input.occurredAt,
    state: { ...emptyState(), cardIssue: input.cardIssue, ...(input.group === undefined ? {} : { group: input.group }) },
  };
}

export interface TopUpCredit {
  readonly orderNo: string;
  readonly channel: TopUpChannel;
  /** The card where nothing else is said. `chip`: it is on a machine, which writes it now. */
  readonly target?: 'card' | 'wallet' | 'chip';
  readonly amountFen: Fen;
  /** What of it the school keeps (管理费). */
  readonly feeFen?: Fen | undefined;
  /** When the payer paid, by the platform's clock. */
  readonly paidAt: EpochMs;
  readonly recordedAt: EpochMs;
}

/** Where a top-up of the card arrives under the pack. */
export function arrivalOf(pack: RulePack, target: 'card' | 'wallet' = 'card'): Exclude<ArrivedIn, 'chipPending'> {
  if (target === 'wallet') return 'wallet';
  return pack.arrival.mode === 'realtime' ? 'card' : 'transit';
}

/**
 * Credits a paid order. Money that was paid is never refused: a lost, frozen or even closed account takes it. What the holder's own
 * bank card brought may be withdrawn to it again.
 */
export function topUpDraft(head: Entry, credit: TopUpCredit, pack: RulePack): Draft {
  const { orderNo, channel, amountFen, feeFen = ZERO, paidAt, recordedAt } = credit;
  const creditFen = subtract(amountFen, feeFen);
  const postings = [
    { leg: legs.channel(channel), amountFen: negate(amountFen) },
    { leg: credit.target === 'chip' ? 'chipPending' : arrivalOf(pack, credit.target), amountFen: creditFen },
    ...(feeFen > 0 ? [{ leg: legs.bankFee, amountFen: feeFen }] : []),
  ];
  const movement = {
    kind: 'top-up',
    entryId: orderNo,
    orderNo,
    postings,
    family: `channel/${channel}`,
    occurredAt: paidAt,
    recordedAt,
  } as const;
  const draft = movementDraft(head, movement, pack);
  if (channel !== 'bank-card') return draft;
  return { ...draft, state: { ...draft.state, ownBankFen: add(head.state.ownBankFen, creditFen) } };
}

/** Moves all of `transit` to the card, outside a sale (kiosk or app). Undefined when there is nothing to claim. */
export function claimDraft(
  head: Entry,
  input: { readonly entryId: string; readonly occurredAt: EpochMs; readonly recordedAt: EpochMs },
  pack: RulePack,
): Draft | undefined {
  const amountFen = head.state.balances.transit;
  if (amountFen === ZERO) return undefined;
  return movementDraft(head, { kind: 'claim', ...input, postings: move('transit', 'card', amountFen), family: 'internal' }, pack);
}

/** Stops the card at once, and the codes too unless the holder keeps them. */
export function reportLossDraft(
  head: Entry,
  input: { entryId: string; occurredAt: EpochMs; recordedAt: EpochMs; keepCodes: boolean },
): Draft {
  const state: AccountState = { ...head.state, lostAt: input.recordedAt, codesFrozen: !input.keepCodes };
  return { kind: 'loss-reported', entryId: input.entryId, postings: [], occurredAt: input.occurredAt, state };
}

/** Card and codes work again; the codes not while something is owed. */
export function cancelLossDraft(head: Entry, input: { entryId: string; occurredAt: EpochMs }): Draft {
  const state: AccountState = { ...head.state, lostAt: 0, codesFrozen: head.state.owedFen !== undefined };
  return { kind: 'loss-cancelled', ...input, postings: [], state };
}

/** The first free place for an app, or undefined when all four are taken. */
export function freeSlot(state: AccountState): number | undefined {
  const index = state.apps.findIndex((app) => !app.bound);
  return index < 0 ? undefined : index;
}

/** Binds an app to a place. Its key version goes up, so that nothing of an earlier app in the place is good. */
export function bindAppDraft(head: Entry, input: { slot: number; entryId: string; occurredAt: EpochMs }): Draft {
  const { slot, ...rest } = input;
  const apps = changeSlot(head.state.apps, slot, (app) => ({ ...EMPTY_SLOT, keyVersion: app.keyVersion + 1, bound: true }));
  return { kind: 'app-bound', ...rest, postings: [], state: { ...head.state, apps } };
}

/** Removes an app: its codes are dead at this entry, the other places are untouched. */
export function revokeAppDraft(head: Entry, input: { slot: number; entryId: string; occurredAt: EpochMs }): Draft {
  const { slot, ...rest } = input;
  const apps = changeSlot(head.state.apps, slot, (app) => ({ ...EMPTY_SLOT, keyVersion: app.keyVersion + 1 }));
  return { kind: 'app-revoked', ...rest, postings: [], state: { ...head.state, apps } };
}

function changeSlot(apps: readonly AppSlot[], slot: number, change: (app: AppSlot) => AppSlot): readonly AppSlot[] {
  return apps.map((app, index) => (index === slot ? change(app) : app));
}
