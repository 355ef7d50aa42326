import type { TransferQuoteReply } from '../../../shared/api/wallet';
import { add, type Fen, negate, smaller, sum, ZERO } from '../../../shared/money';
import type { AmountRules } from './amount-input';
import type { TransferWay } from './channels';

type Quote = Pick<TransferQuoteReply, 'cardFen' | 'chipPendingFen' | 'transitFen' | 'walletFen' | 'minFen' | 'maxFen' | 'cardTail'>;

export interface TransferPlan {
  readonly fromWalletFen: Fen;
  readonly fromBankFen: Fen;
  /** 新余额: of the card with what waits for it, or of the wallet (ST-35). */
  readonly afterFen: Fen;
  /** A bank card must be bound first. */
  readonly needsCard: boolean;
}

export function transferRules({ minFen, maxFen }: Pick<Quote, 'minFen' | 'maxFen'>): AmountRules {
  return { minFen, maxFen: maxFen ?? undefined };
}

/** Where the money of a transfer comes from and what it leads to (DL-35), before the server is asked for it. */
export function transferPlan(way: TransferWay, quote: Quote, amountFen: Fen): TransferPlan {
  const fromWalletFen = way === 'card' ? smaller(quote.walletFen, amountFen) : ZERO;
  const fromBankFen = add(amountFen, negate(fromWalletFen));
  const before = way === 'wallet' ? quote.walletFen : sum([quote.cardFen, quote.transitFen, quote.chipPendingFen]);
  return { fromWalletFen, fromBankFen, afterFen: add(before, amountFen), needsCard: fromBankFen > 0 && quote.cardTail === null };
}
