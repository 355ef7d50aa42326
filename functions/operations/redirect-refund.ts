import { AppError } from '../../shared/errors';
import type { PayOut, RequestedPayOut } from '../domain/pay-out';
import { returnPayOut, settlePayOut } from './pay-out';
import { type RefundAnswer, type RefundDeps, refund } from './refund';
import { refundedOrder, STUCK } from './refund-facts';

/**
 * A refund that the platform could not deliver goes another way: back to the account, and from there to the holder's own bank card. The
 * platform is asked once more first, since its own staff may have delivered it meanwhile: then that is the answer. A repeat goes on where
 * the first one stopped.
 *
 * Throws AppError: `refund.unknown` (no refund of this account), `refund.nothing-left` (not stuck, or not the holder's money),
 * `bank.not-bound`, `refund.platform-unavailable` (ask again later), and what `refund` throws.
 */
export async function redirectRefund(
  deps: RefundDeps,
  wish: { readonly schoolId: string; readonly accountNo: number; readonly payOutNo: string; readonly askedBy: string },
): Promise<RefundAnswer | PayOut> {
  const { schoolId, accountNo, payOutNo, askedBy } = wish;
  const found = await deps.payOuts.find(schoolId, payOutNo);
  const orderNo = found === undefined ? undefined : refundedOrder(found);
  if (found === undefined || found.accountNo !== accountNo || orderNo === undefined) throw new AppError('refund.unknown');
  if (found.state !== 'stuck' && !(found.state === 'returned' && found.failure === STUCK)) throw new AppError('refund.nothing-left');
  const order = await deps.orders.find(schoolId, orderNo);
  if (order?.origin !== 'own' && order?.origin !== 'auto') throw new AppError('refund.nothing-left');
  if ((await deps.bankCardOf(schoolId, accountNo)) === undefined) throw new AppError('bank.not-bound');
  if (found.state === 'stuck') {
    const now = await askAgain(deps, found);
    if (now.state === 'succeeded') return now;
    // The platform's own notice may have been faster: then the payer has it, and nothing is sent a second time.
    const after = await returnPayOut(deps, now, STUCK);
    if (after.state !== 'returned') return after;
  }
  const { amountFen } = found;
  const again = { requestId: `stuck:${payOutNo}`, orderNo, amountFen, whose: 'everyone', reason: found.reason, askedBy } as const;
  return refund(deps, { schoolId, accountNo, ...again });
}

async function askAgain(deps: RefundDeps, stuck: Extract<PayOut, { state: 'stuck' }>): Promise<PayOut> {
  const route = deps.routes.refund;
  if (route === undefined) throw new AppError('config.invalid', { kind: 'refund' });
  const asked: RequestedPayOut = { ...stuck, state: 'requested', dueAt: deps.clock() };
  const answer = await route.query(asked);
  // Not even that much is known now: nothing may be sent a second time.
  if (answer.status === 'pending') throw new AppError('refund.platform-unavailable');
  return answer.status === 'succeeded' ? settlePayOut(deps, stuck, answer) : stuck;
}
