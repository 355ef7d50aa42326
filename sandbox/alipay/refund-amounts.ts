import type { EpochMs } from '../../shared/time';
import type { AlipayRefund, AlipayTrade } from '../state';

/** Whether the payer has it; before that, and for ever where it failed, a refund has no status at all. */
export function refundArrived(refund: AlipayRefund, now: EpochMs): boolean {
  return refund.outcome === 'SUCCESS' && refund.settledAt !== null && now >= refund.settledAt;
}

export function refundedFen(trade: AlipayTrade, now: EpochMs): number {
  return trade.refunds.filter((refund) => refundArrived(refund, now)).reduce((total, refund) => total + refund.refundFen, 0);
}

/** What has been asked for and has not failed: no more can be refunded than the rest. */
export function claimedFen(trade: AlipayTrade): number {
  return trade.refunds.filter((refund) => refund.outcome !== 'FAILED').reduce((total, refund) => total + refund.refundFen, 0);
}
