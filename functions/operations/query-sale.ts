import { fenceDraft, forgery } from '../domain/charge';
import { CHARGE_LATE_MS } from '../domain/charge-window';
import { decideOnHead, nameAccount, type SaleAnswer, type SaleDeps, type SaleRequest } from './authorize-payment';

/**
 * Was this sale charged? The query carries the original body. "Never charged" is said only from a fence, or when the
 * head lies beyond the sale's window, or of a sale that nobody can have meant; once the window has passed the query writes the fence itself. Until then it is
 * unknown. Throws what `authorizePayment` throws.
 */
export async function querySale(deps: SaleDeps, request: SaleRequest): Promise<SaleAnswer> {
  const named = await nameAccount(deps, request);
  if ('outcome' in named) return named;
  const { accountNo, sale } = named;
  const windowEnds = request.body.occurredAt + CHARGE_LATE_MS;
  const never = { outcome: 'not-charged', code: 'payment.not-charged', definite: true } as const;
  return decideOnHead(deps, request, accountNo, (head, context) => {
    const forged = forgery(head, sale, context.keys);
    if (forged !== undefined) return { answer: { ...never, code: forged } };
    if (head.recordedAt > windowEnds) return { answer: never };
    if (context.recordedAt <= windowEnds) return { answer: { outcome: 'unknown', code: 'payment.unknown' } };
    return { write: fenceDraft(head, sale, context, 'payment.not-charged'), answer: () => never };
  });
}
