import { AppError } from '../../shared/errors';
import type { NativePayment, PaidPayment } from '../domain/native-payment';
import { nativeOrderNumber } from '../domain/native-payment';
import { type ChargeNativeDeps, fence, hear, type NativeAnswer, type NativeRequest, nameSale } from './charge-native';
import { giveUp } from './native-payment';
import { type RefundSaleDeps, refundSale } from './refund-sale';

export interface VoidNativeDeps extends ChargeNativeDeps, RefundSaleDeps {
  readonly saleApps: ChargeNativeDeps['saleApps'];
}

/**
 * Takes a sale by a payer's own code back. Not paid: it is given up, and reversed at the platform as soon as that may be. Paid: it goes back to
 * the payer by the way it came, once however often it is asked. A sale that was never begun is fenced.
 *
 * Throws what `chargeNative` and `refundSale` throw, and `native.not-reversible`: the platform has refused to give it back.
 */
export async function voidNative(deps: VoidNativeDeps, request: NativeRequest): Promise<NativeAnswer> {
  const named = nameSale(deps, request);
  if ('outcome' in named) return named;
  const { sale } = named;
  let found: NativePayment | undefined = await deps.natives.find(sale.schoolId, nativeOrderNumber(sale));
  if (found === undefined) {
    const fenced = await fence(deps, request, sale, 'payment.not-charged');
    // A charge was faster: it is voided now.
    if (fenced.outcome === 'not-charged') return fenced;
    found = await deps.natives.find(sale.schoolId, nativeOrderNumber(sale));
  }
  if (found === undefined) throw new Error('the row of a payment by code is permanent and was not found');
  if (found.bodyHash !== request.bodyHash) throw new AppError('payment.other-body');
  const ended = found.state === 'asked' ? await giveUp(deps, found) : found;
  return ended.state === 'paid' ? refund(deps, ended) : hear(deps, request, ended);
}

async function refund(deps: VoidNativeDeps, { schoolId, accountNo, n }: PaidPayment): Promise<NativeAnswer> {
  const sale = await deps.passbook.entry(schoolId, accountNo, n);
  if (sale === undefined) throw new Error('a payment by code names an entry that does not exist');
  const { entry, payOut } = await refundSale(deps, { sale, by: 'void', amountFen: 'rest', askedBy: 'terminal', reason: '退款' });
  if (payOut?.state === 'returned') throw new AppError('native.not-reversible');
  return { outcome: 'voided', entry };
}
