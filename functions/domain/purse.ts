import { createHmac } from 'node:crypto';
import { add, type Fen, fen, smaller, subtract, ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import type { EpochMs } from '../../shared/time';
import type { AccountState } from './account-state';
import { bookDay } from './book-day';
import { terminalBook } from './books';
import type { Draft, Entry } from './entry';
import { cardAvailable } from './hold';
import { legs } from './legs';
import { movementDraft } from './movement';
import { applyPostings, move, type Posting } from './posting';
import { takenOrOwed } from './receivable';

/**
 * What the books know of the purse in the chip of one card. Chip and books both keep sums that only grow: what was ever loaded, what was
 * ever spent. So settling is "bring the books up to the chip", and any order and any number of tellings end at the same sums.
 */
export interface Purse {
  readonly schoolId: string;
  readonly accountNo: number;
  /** Which physical card: the sums of a new card begin at zero. */
  readonly issue: number;
  /** `live`: `balances.purse` is loaded − settled of it. `returned`: its rest went back to the card, and what its chip still spends is the card's. */
  readonly state: 'live' | 'returned';
  readonly loadedFen: Fen;
  readonly settledFen: Fen;
  /** The chip's counter at `settledFen`. */
  readonly counter: number;
  readonly settledAt: EpochMs;
  /** Two chips tell as this card: nothing is believed until the office gives out a new one. */
  readonly stopped?: true;
  readonly version: number;
}

/** The sums that a chip has signed. */
export interface ChipSums {
  readonly loadedFen: Fen;
  readonly spentFen: Fen;
  readonly counter: number;
}

interface CardName {
  readonly schoolId: string;
  readonly card: string;
}

/** The chip's word for its sums: first 8 bytes of HMAC-SHA256 with the card's key, hex. */
export function purseMac(key: Uint8Array, { schoolId, card }: CardName, { loadedFen, spentFen, counter }: ChipSums): string {
  return mac(key, ['purse-v1', schoolId, card, loadedFen, spentFen, counter]);
}

/** Our word to the chip that its loaded sum may be this: only the books can load, and a load told twice is one. */
export function loadMac(key: Uint8Array, { schoolId, card }: CardName, loadedFen: Fen): string {
  return mac(key, ['purse-load-v1', schoolId, card, loadedFen]);
}

function mac(key: Uint8Array, parts: readonly (string | number)[]): string {
  return createHmac('sha256', key).update(parts.join('|')).digest('hex').slice(0, 16);
}

/**
 * Whether one honest chip can have told this and what the books know, in whatever order it reached us: it loads only what the books gave, spends
 * only what it has, and with its counter its spending grows.
 */
export function contradicts(purse: Purse | undefined, { loadedFen, spentFen, counter }: ChipSums): boolean {
  if (spentFen > loadedFen) return true;
  if (purse === undefined) return loadedFen > 0;
  if (loadedFen > purse.loadedFen) return true;
  const order = Math.sign(counter - purse.counter);
  return Math.sign(spentFen - purse.settledFen) !== order;
}

/** What the chip has spent that the books do not know yet. */
export function unsettledFen(purse: Purse | undefined, { spentFen }: ChipSums): Fen {
  const settled = purse?.settledFen ?? ZERO;
  return spentFen > settled ? subtract(spentFen, settled) : ZERO;
}

type Zone = Pick<RulePack, 'utcOffsetMinutes'>;

export interface PurseAct {
  readonly entryId: string;
  readonly requestHash?: string;
  readonly terminal: number;
  /** Where the entry stands in the terminal's book. */
  readonly place: string;
  readonly merchant: number;
  readonly occurredAt: EpochMs;
  readonly recordedAt: EpochMs;
}

export interface PurseChange {
  readonly draft: Draft;
  readonly purse: Purse;
}

/**
 * What a chip has spent, to the merchant of the machine that tells of it: from the purse, or, of a card whose purse was returned, from the
 * card's money as far as there is any, and the rest is owed. Undefined when the books know it all.
 */
export function settleDraft(head: Entry, purse: Purse, chip: ChipSums, act: PurseAct, pack: Zone): PurseChange | undefined {
  const usedFen = unsettledFen(purse, chip);
  if (usedFen === ZERO) return undefined;
  return change(head, { ...purse, ...told(chip, act) }, spendLegs(head.state, purse, usedFen, act), act, pack);
}

/**
 * The same with the card on the machine, and the purse filled up again from the card, as far as it has money. A card without a purse gets its first
 * load. A purse that was returned lives again only where the card can give all that its chip still holds. Undefined when nothing moves.
 */
export function refillDraft(
  head: Entry,
  before: { readonly purse: Purse | undefined; readonly issue: number; readonly chip: ChipSums },
  act: PurseAct,
  pack: Zone & Pick<RulePack, 'purses'>,
): PurseChange | undefined {
  const offered = pack.purses[0];
  if (offered === undefined) return undefined;
  const { chip } = before;
  const purse = before.purse ?? emptyPurse(head, before.issue, chip);
  const spent = spendLegs(head.state, purse, unsettledFen(purse, chip), act);
  // What the chip may still spend; of a returned purse nothing in the books stands behind it.
  const onChip = subtract(purse.loadedFen, chip.spentFen);
  const behind = purse.state === 'live' ? onChip : ZERO;
  const ceiling = before.purse === undefined ? offered.firstLoadFen : offered.ceilingFen;
  const wanted = fen(Math.max(onChip, ceiling) - behind);
  const refillFen = smaller(wanted, cardAvailable(applyPostings(head.state, spent), act.recordedAt));
  if (add(behind, refillFen) < onChip) return settleDraft(head, purse, chip, act, pack);
  const postings = refillFen > 0 ? [...spent, ...move('card', 'purse', refillFen)] : spent;
  if (postings.length === 0) return undefined;
  const loadedFen = add(chip.spentFen, add(behind, refillFen));
  return change(head, { ...purse, ...told(chip, act), state: 'live', loadedFen }, postings, act, pack);
}

function emptyPurse({ schoolId, accountNo, recordedAt }: Entry, issue: number, { counter }: ChipSums): Purse {
  return { schoolId, accountNo, issue, state: 'live', loadedFen: ZERO, settledFen: ZERO, counter, settledAt: recordedAt, version: 0 };
}

function told({ spentFen, counter }: ChipSums, { recordedAt }: PurseAct) {
  return { settledFen: spentFen, counter, settledAt: recordedAt };
}

function spendLegs(state: AccountState, purse: Purse, usedFen: Fen, { merchant, recordedAt: at }: PurseAct): readonly Posting[] {
  if (usedFen === ZERO) return [];
  const to = legs.merchant(merchant);
  if (purse.state === 'live') return move('purse', to, usedFen);
  return [...takenOrOwed('card', usedFen, cardAvailable(state, at)), { leg: to, amountFen: usedFen }];
}

function change(head: Entry, next: Purse, postings: readonly Posting[], act: PurseAct, pack: Zone): PurseChange {
  const { entryId, requestHash, terminal, place, merchant, recordedAt } = act;
  // A machine whose clock runs ahead must not put its money into the book of a day that nobody settles for years.
  const occurredAt = Math.min(act.occurredAt, recordedAt);
  const { day, late } = bookDay({ occurredAt, recordedAt }, pack);
  const settles = postings.some(({ leg }) => leg === legs.merchant(merchant));
  const state = applyPostings(head.state, postings);
  return {
    purse: { ...next, version: next.version + 1 },
    draft: {
      kind: settles ? 'purse-settled' : 'purse-loaded',
      entryId,
      ...(requestHash === undefined ? {} : { requestHash }),
      postings,
      counterparty: { book: terminalBook(terminal, day), place },
      ...(settles ? { merchant } : {}),
      ...(late ? { late } : {}),
      occurredAt,
      state: next.state === 'live' ? withSpent(state, next.settledFen) : state,
    },
  };
}

/** The rest of a card's purse, back on the card: another card is the active one, or the account ends. */
export function returnDraft(head: Entry, purse: Purse, recordedAt: EpochMs, pack: Zone): PurseChange {
  const amountFen = head.state.balances.purse;
  const next: Purse = { ...purse, state: 'returned', version: purse.version + 1 };
  const entryId = `purse-returned-${purse.issue}-${next.version}`;
  const postings = move('purse', 'card', amountFen);
  const draft = movementDraft(
    head,
    { kind: 'purse-returned', entryId, postings, family: 'internal', occurredAt: recordedAt, recordedAt },
    pack,
  );
  return { purse: next, draft: { ...draft, state: withSpent(draft.state, ZERO) } };
}

function withSpent({ purseSpentFen: _before, ...state }: AccountState, spentFen: Fen): AccountState {
  return spentFen === ZERO ? state : { ...state, purseSpentFen: spentFen };
}
