import type { PayOutcome } from '../platform/contract';

/**
 * What the order page needs of an order just made: the cashier's parameters, so that a closed cashier can be opened
 * again for the same order, and what the phone said. In memory only: parameters of a payment are not kept.
 */
interface PendingPay {
  readonly payParams: Readonly<Record<string, string>>;
  readonly hint: PayOutcome | undefined;
}
const pending = new Map<string, PendingPay>();

export function rememberPay(orderNo: string, pay: PendingPay): void {
  pending.set(orderNo, pay);
}

export function pendingPay(orderNo: string): PendingPay | undefined {
  return pending.get(orderNo);
}
