import { fen } from '../../shared/money';
import { toIso } from '../../shared/time';
import { heldSaleFen } from '../domain/hold';
import { claimedFen, salePostings } from '../domain/posting';
import type { SaleAnswer } from './authorize-payment';

/** What a till shows of a charge, its void, or a sale that waits for the bank: amounts in fen, the card's balance after it. */
export function describeSale({ outcome, entry }: Extract<SaleAnswer, { outcome: 'charged' | 'voided' | 'pending' }>) {
  const merchantLeg = salePostings(entry.postings).find((posting) => posting.leg.startsWith('merchant:'));
  return {
    outcome,
    entryId: entry.entryId,
    n: entry.n,
    kind: entry.kind,
    amountFen: outcome === 'pending' ? heldSaleFen(entry) : fen(Math.abs(merchantLeg?.amountFen ?? 0)),
    claimedFen: outcome === 'charged' ? claimedFen(entry.postings) : fen(0),
    cardFen: entry.state.balances.card,
    recordedAt: toIso(entry.recordedAt),
  };
}
