import { fen } from '../../shared/money';
import { toIso } from '../../shared/time';
import { claimedFen, salePostings } from '../domain/posting';
import type { SaleAnswer } from './authorize-payment';

/** What a till shows of a charge or its void: amounts in fen, the card's balance after it. */
export function describeSale({ outcome, entry }: Extract<SaleAnswer, { outcome: 'charged' | 'voided' }>) {
  const merchantLeg = salePostings(entry.postings).find((posting) => posting.leg.startsWith('merchant:'));
  return {
    outcome,
    entryId: entry.entryId,
    n: entry.n,
    kind: entry.kind,
    amountFen: fen(Math.abs(merchantLeg?.amountFen ?? 0)),
    claimedFen: outcome === 'charged' ? claimedFen(entry.postings) : fen(0),
    cardFen: entry.state.balances.card,
    recordedAt: toIso(entry.recordedAt),
  };
}
