import type { AccountReply } from '../../../shared/api/student';
import { add, type Fen, negate, smaller, ZERO } from '../../../shared/money';

export interface DebtPlan {
  readonly owedFen: Fen;
  /** Of the card, what is not reserved for offline passes. */
  readonly freeFen: Fen;
  readonly reservedFen: Fen;
  /** What the card can settle now. */
  readonly settleFen: Fen;
  /** What is missing after that. */
  readonly missingFen: Fen;
  /** Money that is paid but not on the card yet, and would settle it too. */
  readonly waitingFen: Fen;
}

type Facts = Pick<AccountReply, 'owedFen' | 'reservedFen'> & {
  readonly balances: Pick<AccountReply['balances'], 'cardFen' | 'transitFen'>;
};

/** What offline passes reserve cannot be spent for anything else. */
export function freeOnCard({ reservedFen = ZERO, balances }: Omit<Facts, 'owedFen'>): Fen {
  const left = add(balances.cardFen, negate(reservedFen));
  return left < 0 ? ZERO : left;
}

/** What settling takes, as the server will do it: as far as the card has it, never more than is owed. Undefined when nothing is owed. */
export function debtPlan({ owedFen, reservedFen = ZERO, balances }: Facts): DebtPlan | undefined {
  if (owedFen === undefined || owedFen <= 0) return undefined;
  const freeFen = freeOnCard({ reservedFen, balances });
  const settleFen = smaller(owedFen, freeFen);
  return { owedFen, freeFen, reservedFen, settleFen, missingFen: add(owedFen, negate(settleFen)), waitingFen: balances.transitFen };
}
