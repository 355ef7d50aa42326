import { hashedNumber } from './hashed-number';

/**
 * The number of money on its way out, which is also the other side's idempotency key: over the account, the kind and the key that
 * makes this one different (a phone's `requestId`, an order and the place of the part).
 */
export function payOutNumber(payOut: {
  readonly schoolId: string;
  readonly accountNo: number;
  readonly kind: string;
  readonly key: string;
}): string {
  const { schoolId, accountNo, kind, key } = payOut;
  return hashedNumber(schoolId, ['ecode-pay-out-v1', schoolId, accountNo, kind, key]);
}
