import { type Fen, ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { businessDay, type EpochMs } from '../../shared/time';
import { type AccountState, type AppSlot, EMPTY_SLOT, emptyState } from './account-state';
import type { Draft, Entry } from './entry';
import { spentAt, unspend } from './limits';
import { holderChange, mirror, move, post, salePostings } from './posting';

/** What may happen to an account besides a sale. Each takes the head and returns what to write; none reads a clock. */

const CHANNEL_SHARDS = 8;

/** Entry 1: the account exists, with nothing in it. */
export function openedDraft(input: { readonly occurredAt: EpochMs; readonly cardIssue: number }): Draft {
  return {
    kind: 'opened',
    entryId: 'opened',
    postings: [],
    occurredAt: input.occurredAt,
    state: { ...emptyState(), cardIssue: input.cardIssue },
  };
}

export interface TopUpCredit {
  readonly orderNo: string;
  readonly channel: 'wechat-pay' | 'alipay';
  readonly amountFen: Fen;
  /** When the payer paid, by the platform's clock. */
  readonly paidAt: EpochMs;
}

/** Where a top-up arrives under the pack. */
export function arrivalOf(pack: RulePack): 'card' | 'transit' {
  return pack.arrival.mode === 'realtime' ? 'card' : 'transit';
}

/** Credits a paid order. Money that was paid is never refused: a lost, frozen or even closed account takes it. */
export function topUpDraft(head: Entry, credit: TopUpCredit, pack: RulePack): Draft {
  const postings = move(`channel:${credit.channel}`, arrivalOf(pack), credit.amountFen);
  const day = businessDay(credit.paidAt, pack.utcOffsetMinutes);
  return {
    kind: 'top-up',
    entryId: credit.orderNo,
    orderNo: credit.orderNo,
    postings,
    counterparty: {
      book: `channel/${credit.channel}/${day}/${head.accountNo % CHANNEL_SHARDS}`,
      place: `${credit.paidAt}/${credit.orderNo}`,
    },
    occurredAt: credit.paidAt,
    state: { ...head.state, balances: post(head.state.balances, postings) },
  };
}

/** Moves all of `transit` to the card, outside a sale (kiosk or app). Undefined when there is nothing to claim. */
export function claimDraft(head: Entry, input: { readonly entryId: string; readonly occurredAt: EpochMs }): Draft | undefined {
  const amountFen = head.state.balances.transit;
  if (amountFen === ZERO) return undefined;
  const postings = move('transit', 'card', amountFen);
  return { kind: 'claim', ...input, postings, state: { ...head.state, balances: post(head.state.balances, postings) } };
}

/** Stops the card at once, and the codes too unless the holder keeps them. */
export function reportLossDraft(
  head: Entry,
  input: { entryId: string; occurredAt: EpochMs; recordedAt: EpochMs; keepCodes: boolean },
): Draft {
  const state: AccountState = { ...head.state, lostAt: input.recordedAt, codesFrozen: !input.keepCodes };
  return { kind: 'loss-reported', entryId: input.entryId, postings: [], occurredAt: input.occurredAt, state };
}

export function cancelLossDraft(head: Entry, input: { entryId: string; occurredAt: EpochMs }): Draft {
  const state: AccountState = { ...head.state, lostAt: 0, codesFrozen: false };
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

/** Reverses a sale: the mirror of its legs, without the claim that came with it. */
export function voidDraft(head: Entry, sale: Entry, input: { occurredAt: EpochMs; recordedAt: EpochMs; pack: RulePack }): Draft {
  const postings = mirror(salePostings(sale.postings));
  const spent = unspend(spentAt(head.state.spent, input.recordedAt, input.pack), sale.state.spent, holderChange(postings));
  const day = businessDay(input.occurredAt, input.pack.utcOffsetMinutes);
  const terminal = sale.entryId.slice(0, sale.entryId.indexOf('-'));
  return {
    kind: 'void',
    entryId: `${sale.entryId}-void`,
    postings,
    reverses: sale.entryId,
    counterparty: { book: `terminal/${terminal}/${day}`, place: `${sale.counterparty?.place ?? ''}-void` },
    ...(sale.merchant === undefined ? {} : { merchant: sale.merchant }),
    occurredAt: input.occurredAt,
    state: { ...head.state, balances: post(head.state.balances, postings), spent },
  };
}
