import { add, type Fen, smaller, subtract, ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import type { EpochMs } from '../../shared/time';
import type { AccountState, Hold } from './account-state';
import { bookDay } from './book-day';
import { terminalBook } from './books';
import type { Draft, Entry } from './entry';
import { cardAvailable } from './hold';
import { spend, spentAt } from './limits';
import { type Envelope, passHoldId } from './pass-envelope';
import { applyPostings } from './posting';
import { newlyOwed, takenOrOwed } from './receivable';
import { saleEntryId } from './terminal-ring';

/** A sale that a till made by pass without network, and tells of now. Its pass is proven. */
export interface PassSale {
  readonly terminal: number;
  readonly sequence: number;
  readonly merchant: number;
  readonly bodyHash: string;
  readonly amountFen: Fen;
  readonly occurredAt: EpochMs;
  readonly envelope: Envelope;
  /** Another sale by this very pass is recorded already. */
  readonly isSecondUse: boolean;
  /** Every pass of the envelope is used with this sale: nothing can come any more. */
  readonly isLastPass: boolean;
}

/**
 * The merchant has handed out the goods and is paid, whatever the account has. A pass used for the first time takes what its envelope reserved, then
 * what else is free on the card; what is missing then, and all of a second use, the holder owes, and their codes stop. Subsidies are
 * not touched: no till knew of them. Limits refuse nothing here, they count.
 */
export function passChargeDraft(
  head: Entry,
  sale: PassSale,
  { pack, recordedAt }: { readonly pack: RulePack; readonly recordedAt: EpochMs },
): Draft {
  const { terminal, sequence, merchant, amountFen, occurredAt } = sale;
  const { state } = head;
  const held = heldFen(state, sale.envelope);
  const available = sale.isSecondUse ? ZERO : smaller(add(held, cardAvailable(state, recordedAt)), state.balances.card);
  const taken = takenOrOwed('card', amountFen, available);
  const owed = newlyOwed(taken);
  const postings = [...taken, { leg: `merchant:${merchant}`, amountFen }];
  const { day, late } = bookDay({ occurredAt, recordedAt }, pack);
  const next: AccountState = {
    ...applyPostings(state, postings),
    holds: shrunk(state.holds, sale, smaller(held, subtract(amountFen, owed))),
    codesFrozen: state.codesFrozen || owed > 0,
    spent: spend(spentAt(state.spent, recordedAt, pack), amountFen),
  };
  return {
    kind: 'pass-charge',
    entryId: saleEntryId({ terminal, sequence }),
    requestHash: sale.bodyHash,
    postings,
    counterparty: { book: terminalBook(terminal, day), place: String(sequence).padStart(9, '0') },
    merchant,
    ...(late ? { late } : {}),
    occurredAt,
    state: next,
  };
}

function heldFen({ holds }: AccountState, { n }: Envelope): Fen {
  return holds.find(({ entryId }) => entryId === passHoldId(n))?.amountFen ?? ZERO;
}

/** The envelope's hold less what was taken of it; gone once nothing is in it or nothing can come. */
function shrunk(holds: readonly Hold[], { envelope, isLastPass }: PassSale, takenFen: Fen): readonly Hold[] {
  return holds.flatMap((hold) => {
    if (hold.entryId !== passHoldId(envelope.n)) return [hold];
    const left = subtract(hold.amountFen, takenFen);
    return left > 0 && !isLastPass ? [{ ...hold, amountFen: left }] : [];
  });
}
