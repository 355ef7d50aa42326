import { nativeOrderNumber, saleEndsAt } from '../domain/native-payment';
import { type ChargeNativeDeps, fence, hear, type NativeAnswer, type NativeRequest, nameSale } from './charge-native';

/**
 * Was this sale by a payer's own code charged? The query carries the original body. After C + 60 s it is always definite: a sale that no
 * row knows is fenced then. Throws what `chargeNative` throws.
 */
export async function queryNative(deps: ChargeNativeDeps, request: NativeRequest): Promise<NativeAnswer> {
  const named = nameSale(deps, request);
  if ('outcome' in named) return named;
  const { sale } = named;
  const found = await deps.natives.find(sale.schoolId, nativeOrderNumber(sale));
  if (found !== undefined) return hear(deps, request, found);
  if (deps.clock() <= saleEndsAt(sale)) return { outcome: 'unknown', code: 'payment.unknown' };
  return fence(deps, request, sale, 'payment.not-charged');
}
