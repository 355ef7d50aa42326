import { hashedNumber, schoolOfNumber } from './hashed-number';

/**
 * The number of a top-up order, which is also `merchantOrderNo` at the platforms, over who asked and the phone's `requestId`. So a repeat of the
 * request finds the order it made, and whoever holds the number finds the row with one read.
 */
export function orderNumber({ schoolId, accountNo, requestId }: { schoolId: string; accountNo: number; requestId: string }): string {
  return hashedNumber(schoolId, ['ecode-order-v1', schoolId, accountNo, requestId]);
}

/** The school an order number names, or undefined for a number that is none of ours. */
export function schoolOfOrder(orderNo: string): string | undefined {
  return schoolOfNumber(orderNo);
}
