import { add, type Fen, fen, negate, smaller, subtract, sum, ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { businessDay, type EpochMs } from '../../shared/time';
import { terminalBook } from './books';
import type { Draft, Entry } from './entry';
import { spentAt, unspend } from './limits';
import { applyPostings, holderChange, isHolders, type Posting, salePostings } from './posting';
import { shareOf } from './share-of';
import { joinLots } from './subsidy';

/**
 * A correction of a sale: an entry that names it and mirrors its legs, without the claim that came with it. A sale may be taken back
 * in parts and by many ways (void, the supervisor, a dispute, reconciliation); its permanent row keeps the sum within the sale.
 */
export interface ReversalWish {
  readonly sale: Entry;
  /** The entry before the sale: what the sale took from the withdrawable is given back. */
  readonly before: Entry | undefined;
  readonly entryId: string;
  readonly kind: 'void' | 'reversal';
  /** Of the sale, above zero and within what is left. */
  readonly amountFen: Fen;
  /** Taken back before. */
  readonly reversedFen: Fen;
  readonly occurredAt: EpochMs;
  readonly recordedAt: EpochMs;
}

/** What the holder paid. */
export function saleFen(sale: Entry): Fen {
  return negate(holderChange(salePostings(sale.postings)));
}

export function reversalDraft(head: Entry, wish: ReversalWish, pack: RulePack): Draft {
  const { sale, before, amountFen } = wish;
  const mirrored = partOfMirror(salePostings(sale.postings), wish.reversedFen, amountFen);
  const postings = [...mirrored, ...joinLots(head.state.subsidy, mirrored)];
  const spent = unspend(spentAt(head.state.spent, wish.recordedAt, pack), sale.state.spent, amountFen);
  const day = businessDay(wish.occurredAt, pack.utcOffsetMinutes);
  const terminal = Number(sale.entryId.slice(0, sale.entryId.indexOf('-')));
  const state = applyPostings(head.state, postings);
  const taken = before === undefined ? ZERO : fen(Math.max(0, subtract(before.state.ownBankFen, sale.state.ownBankFen)));
  return {
    kind: wish.kind,
    entryId: wish.entryId,
    postings,
    reverses: sale.entryId,
    counterparty: {
      book: terminalBook(terminal, day),
      place: `${sale.counterparty?.place ?? ''}-${wish.entryId.slice(sale.entryId.length + 1)}`,
    },
    ...(sale.merchant === undefined ? {} : { merchant: sale.merchant }),
    occurredAt: wish.occurredAt,
    state: { ...state, spent, ownBankFen: add(state.ownBankFen, ownPart(taken, wish)) },
  };
}

/** What of the withdrawable comes back with this part: over all parts of a sale never more than the sale took of it. */
function ownPart(taken: Fen, { reversedFen, amountFen }: Pick<ReversalWish, 'reversedFen' | 'amountFen'>): Fen {
  return subtract(smaller(taken, add(reversedFen, amountFen)), smaller(taken, reversedFen));
}

/**
 * The mirror of a part of a sale: `amountFen` after `skipFen` of it has been taken back. What was spent last (the holder's own money) comes
 * back first, the subsidy last, each to the place and lot it came from; the merchant, the surcharge and what the school bore give it back in
 * the proportion they had it, so that parts of whatever size end at the whole of each. @throws Error when the sale is smaller
 */
export function partOfMirror(sale: readonly Posting[], skipFen: Fen, amountFen: Fen): readonly Posting[] {
  const back: Posting[] = [];
  let skip: Fen = skipFen;
  let left: Fen = amountFen;
  for (const { leg, amountFen: spent } of [...sale].reverse()) {
    if (!isHolders(leg)) continue;
    const skipped = smaller(skip, negate(spent));
    skip = subtract(skip, skipped);
    const part = smaller(left, subtract(negate(spent), skipped));
    left = subtract(left, part);
    if (part > 0) back.push({ leg, amountFen: part });
  }
  if (left !== 0) throw new Error('more is taken back than was sold');
  return [...back, ...otherSides(sale, skipFen, amountFen)];
}

/** The first of the other side (the merchant) bears the rounding of the rest: each part is balanced, and all parts together are whole. */
function otherSides(sale: readonly Posting[], skipFen: Fen, amountFen: Fen): readonly Posting[] {
  const [first, ...others] = sale.filter(({ leg }) => !isHolders(leg));
  if (first === undefined) throw new Error('a sale without a counterparty');
  const paidFen = negate(holderChange(sale));
  const upTo = (whole: Fen, takenFen: Fen): Fen =>
    whole < 0 ? negate(shareOf(negate(whole), takenFen, paidFen)) : shareOf(whole, takenFen, paidFen);
  const parts = others.map(({ leg, amountFen: whole }) => ({
    leg,
    amountFen: subtract(upTo(whole, skipFen), upTo(whole, add(skipFen, amountFen))),
  }));
  const firstFen = negate(sum([amountFen, ...parts.map((part) => part.amountFen)]));
  return [{ leg: first.leg, amountFen: firstFen }, ...parts.filter((part) => part.amountFen !== ZERO)];
}
