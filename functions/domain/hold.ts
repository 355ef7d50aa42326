import type { ErrorCode } from '../../shared/errors';
import { add, type Fen, smaller, subtract, sum, ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { businessDay, type EpochMs } from '../../shared/time';
import type { AccountState, Hold } from './account-state';
import { terminalBook } from './books';
import { CHARGE_LATE_MS } from './charge-window';
import type { Draft, Entry } from './entry';
import { spentAt, unspend } from './limits';
import { applyPostings, move } from './posting';
import { moveInRing, type SaleId, saleEntryId } from './terminal-ring';

/**
 * A sale by wallet code that the wallet alone cannot pay (DL-35, DL-40): authorize, external debit, capture or void. The hold reserves
 * the wallet's part, uses up the code's step and counts towards the limits; the bank is asked for the rest; the outcome entry has the
 * sale's own id: a charge, or `hold-released`, after which no attempt of the sale can ever charge. Like every charge the outcome is one only
 * up to C + 60 s. From then on the hold reserves nothing and can only end as released, so that the till always hears a definite answer then.
 */
const SUFFIX = '-hold';
/** More than these at once on one account is no student at lunch. */
export const MAX_HOLDS = 3;

export function holdEntryId(id: SaleId): string {
  return `${saleEntryId(id)}${SUFFIX}`;
}

function isOfSale({ entryId }: Pick<Hold, 'entryId'>): boolean {
  return entryId.endsWith(SUFFIX);
}

/** What sales under way reserve in the wallet at that instant. */
export function walletHeld(state: AccountState, at: EpochMs): Fen {
  return sum(state.holds.filter((hold) => isOfSale(hold) && hold.expiresAt >= at).map((hold) => hold.amountFen));
}

/** What other holds (offline passes) reserve on the card at that instant: until the last till may have told of a sale. */
export function cardHeld(state: AccountState, at: EpochMs): Fen {
  return sum(state.holds.filter((hold) => !isOfSale(hold) && hold.expiresAt >= at).map((hold) => hold.amountFen));
}

/** What the card can spend at that instant beside what is reserved. Never below zero. */
export function cardAvailable(state: AccountState, at: EpochMs): Fen {
  const { card } = state.balances;
  return subtract(card, smaller(cardHeld(state, at), card));
}

/** What the wallet can spend at that instant. Never below zero. */
export function walletAvailable(state: AccountState, at: EpochMs): Fen {
  const held = walletHeld(state, at);
  return subtract(state.balances.wallet, smaller(held, state.balances.wallet));
}

/** What the bank is to be asked for: the rest of the sale. The refusal where the school, the account or the amount does not allow it. */
export function drawFor(
  state: AccountState,
  amountFen: Fen,
  { pack, at }: { readonly pack: RulePack; readonly at: EpochMs },
): Fen | ErrorCode {
  const draw = subtract(amountFen, walletAvailable(state, at));
  const { drawMaxFen } = pack.wallet;
  if (pack.bank === undefined || drawMaxFen === undefined) return 'wallet.insufficient-balance';
  if (draw > drawMaxFen) return 'bank.over-limit';
  return openHolds(state, at).length < MAX_HOLDS ? draw : 'wallet.insufficient-balance';
}

/** Those that can still become a charge: what has run out makes place for the next. */
export function openHolds(state: AccountState, at: EpochMs): readonly Hold[] {
  return state.holds.filter((hold) => hold.expiresAt >= at);
}

/** The hold entry that is open on this head; undefined for an entry of another kind, and for a hold that has its outcome. */
export function openHold(head: Pick<Entry, 'state'>, entry: Entry | undefined): Entry | undefined {
  if (entry?.kind !== 'hold') return undefined;
  return head.state.holds.some(({ entryId }) => entryId === entry.entryId) ? entry : undefined;
}

/** What the sale of a hold is: the reserved part and the drawn. */
export function heldSaleFen(hold: Entry): Fen {
  return add(reservedFen(hold), hold.drawFen ?? ZERO);
}

function reservedFen(hold: Entry): Fen {
  return hold.state.holds.find(({ entryId }) => entryId === hold.entryId)?.amountFen ?? ZERO;
}

/** Whether the hold can still become a charge at that instant. */
export function isInTime(hold: Entry, recordedAt: EpochMs): boolean {
  return recordedAt <= hold.occurredAt + CHARGE_LATE_MS;
}

/**
 * What a hold that is open on the head becomes, once the drawn money is in the wallet: the charge, or, where that is too late, its release.
 * Undefined when it has its outcome already: the money stays in the wallet, as a top-up of its holder.
 */
export function outcomeDraft(head: Entry, hold: Entry, at: { readonly recordedAt: EpochMs; readonly pack: RulePack }): Draft | undefined {
  if (openHold(head, hold) === undefined) return undefined;
  const amountFen = heldSaleFen(hold);
  // Whatever else is reserved is not this sale's to spend; it cannot be short unless a balance was corrected meanwhile.
  const others = { ...head.state, holds: without(head.state, hold) };
  if (!isInTime(hold, at.recordedAt) || walletAvailable(others, at.recordedAt) < amountFen) {
    return releaseDraft(head, hold, { ...at, reason: 'payment.not-charged' });
  }
  const postings = move('wallet', `merchant:${hold.merchant}`, amountFen);
  return {
    ...outcome(head, hold, at),
    kind: 'charge',
    postings,
    state: ended(applyPostings(head.state, postings), head, hold, at.recordedAt),
  };
}

/**
 * Ends an open hold without a charge: what it reserved and counted is free again. After the window the reason is always the same one, so that
 * whoever looks the sale up later says the same of it.
 */
export function releaseDraft(
  head: Entry,
  hold: Entry,
  { recordedAt, pack, reason }: { readonly recordedAt: EpochMs; readonly pack: RulePack; readonly reason: ErrorCode },
): Draft {
  const spent = unspend(spentAt(head.state.spent, recordedAt, pack), hold.state.spent, heldSaleFen(hold));
  return {
    ...outcome(head, hold, { pack }),
    kind: 'hold-released',
    postings: [],
    reason: isInTime(hold, recordedAt) ? reason : 'payment.not-charged',
    state: { ...ended(head.state, head, hold, recordedAt), spent },
  };
}

function outcome(_head: Entry, hold: Entry, { pack }: { readonly pack: RulePack }) {
  const { terminal, sequence } = saleOfHold(hold);
  return {
    entryId: saleEntryId({ terminal, sequence }),
    ...(hold.requestHash === undefined ? {} : { requestHash: hold.requestHash }),
    counterparty: {
      book: terminalBook(terminal, businessDay(hold.occurredAt, pack.utcOffsetMinutes)),
      place: String(sequence).padStart(9, '0'),
    },
    ...(hold.merchant === undefined ? {} : { merchant: hold.merchant }),
    occurredAt: hold.occurredAt,
  };
}

function ended(state: AccountState, head: Entry, hold: Entry, recordedAt: EpochMs): AccountState {
  return { ...state, holds: without(state, hold), ring: moveInRing(state.ring, { ...saleOfHold(hold), n: head.n + 1, at: recordedAt }) };
}

function without(state: AccountState, hold: Entry): readonly Hold[] {
  return state.holds.filter(({ entryId }) => entryId !== hold.entryId);
}

function saleOfHold({ entryId }: Entry): SaleId {
  const [terminal, sequence] = entryId.split('-').map(Number);
  if (terminal === undefined || sequence === undefined) throw new Error('a hold without a sale');
  return { terminal, sequence };
}
