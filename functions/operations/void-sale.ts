import { isAppError } from '../../shared/errors';
import { fenceDraft, forgery } from '../domain/charge';
import { CHARGE_EARLY_MS, CHARGE_LATE_MS } from '../domain/charge-window';
import type { Entry } from '../domain/entry';
import { decideOnHead, nameAccount, type SaleAnswer, type SaleDeps, type SaleRequest } from './authorize-payment';
import { type ReverseDeps, reverse } from './reverse-sale';

export interface VoidDeps extends SaleDeps, ReverseDeps {}

/**
 * Takes a sale back: a reversing entry and its permanent row, in one transaction, at most once however often it is
 * asked. A sale that was never charged is fenced, so that a stray attempt cannot charge it after the void.
 * Throws what `authorizePayment` throws.
 */
export async function voidSale(deps: VoidDeps, request: SaleRequest): Promise<SaleAnswer> {
  const named = await nameAccount(deps, request);
  if ('outcome' in named) return named;
  const { accountNo, sale } = named;
  const { occurredAt } = request.body;
  const never = { outcome: 'not-charged', code: 'payment.not-charged', definite: true } as const;
  const answer = await decideOnHead(
    deps,
    request,
    accountNo,
    (head, context) => {
      const forged = forgery(head, sale, context.keys);
      if (forged !== undefined) return { answer: { ...never, code: forged } };
      if (head.recordedAt > occurredAt + CHARGE_LATE_MS) return { answer: never };
      // A fence before the window would lie where no look-up goes.
      if (context.recordedAt < occurredAt - CHARGE_EARLY_MS) return { answer: { outcome: 'unknown', code: 'terminal.clock' } };
      return { write: fenceDraft(head, sale, context, 'payment.not-charged'), answer: () => never };
    },
    'release',
  );
  return answer.outcome === 'charged' ? reverseSale(deps, request, answer.entry) : answer;
}

async function reverseSale(deps: VoidDeps, request: SaleRequest, sale: Entry): Promise<SaleAnswer> {
  try {
    const wish = { sale, kind: 'void', entryId: `${sale.entryId}-void`, amountFen: 'rest', pack: request.pack } as const;
    return { outcome: 'voided', entry: await reverse(deps, wish) };
  } catch (error) {
    if (isAppError(error, 'request.busy')) return { outcome: 'unknown', code: 'payment.unknown' };
    throw error;
  }
}
