import type { PlatformOrder } from '../contract';

/**
 * Only TRADE_SUCCESS and TRADE_FINISHED (no refund any more) mean paid. TRADE_CLOSED is an order that ran out or one
 * refunded in full: either way there is no money to credit.
 */
export function tradeStatus(status: string): Exclude<PlatformOrder['status'], 'not-found'> {
  switch (status) {
    case 'TRADE_SUCCESS':
    case 'TRADE_FINISHED':
      return 'paid';
    case 'TRADE_CLOSED':
      return 'closed';
    case 'WAIT_BUYER_PAY':
      return 'not-paid';
    default:
      return 'pending';
  }
}
