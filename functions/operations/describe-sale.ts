import { fen } from '../../shared/money';
import { toIso } from '../../shared/time';
import { heldSaleFen } from '../domain/hold';
import { claimedFen, salePostings } from '../domain/posting';
import { fundingOfLegs, priceOfLegs } from '../domain/sale-legs';
import type { SaleAnswer } from './authorize-payment';

/**
 * What a till shows of a charge, its void, or a sale that waits for the bank: amounts in fen, the card's balance after it. `amountFen` is what
 * the merchant gets, as a statement of the day tells it; the parts of a price are told where the holder pays another amount than that.
 */
export function describeSale({ outcome, entry }: Extract<SaleAnswer, { outcome: 'charged' | 'voided' | 'pending' }>) {
  const postings = salePostings(entry.postings);
  const price = priceOfLegs(postings);
  const { listFen, surchargeFen, discountFen } = price;
  return {
    outcome,
    entryId: entry.entryId,
    n: entry.n,
    kind: entry.kind,
    amountFen: outcome === 'pending' ? heldSaleFen(entry) : listFen,
    ...(surchargeFen === 0 && discountFen === 0 ? {} : price),
    ...(outcome === 'charged' ? { funding: [...fundingOfLegs(postings)] } : {}),
    claimedFen: outcome === 'charged' ? claimedFen(entry.postings) : fen(0),
    cardFen: entry.state.balances.card,
    recordedAt: toIso(entry.recordedAt),
  };
}
