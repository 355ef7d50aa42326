import type { Courier } from '../lib/courier';
import { putMoney } from '../lib/merchant-money';
import type { WechatRefund } from '../state';
import type { Surroundings } from '../surroundings';
import { newNoticeId } from './callback';
import { refundStatus } from './refunds';

type NoticeCourier = Pick<Courier, 'send' | 'speed'>;

/** Tells the merchant how a refund ends when it ends; a refund held back is told of when it is settled. */
export function tellOfRefund(parts: Surroundings, courier: NoticeCourier, refund: WechatRefund): void {
  if (refund.notifyUrl === null || refund.settledAt === null) return;
  const { outTradeNo: orderNo, outRefundNo: refundNo, notifyUrl: url } = refund;
  const notice = { platform: 'wechat-pay', subject: 'refund', orderNo, refundNo, url, noticeId: newNoticeId() } as const;
  // Settling is no vendor wait: it is not sped up, so it is multiplied before the courier divides.
  courier.send(notice, Math.max(refund.settledAt - parts.clock(), 0) * courier.speed());
}

/** Ends a refund that waits, or mends an ABNORMAL one as the merchant's console can. False when it has ended for good. */
export function settleWechatRefund(
  parts: Surroundings,
  courier: NoticeCourier,
  refund: WechatRefund,
  outcome: WechatRefund['outcome'],
): boolean {
  const status = refundStatus(refund, parts.clock());
  if (status === 'SUCCESS' || status === 'CLOSED' || refund.outcome === 'CLOSED') return false;
  if (outcome === 'CLOSED') putMoney(parts.state, 'wechatPay', refund.refundFen);
  refund.outcome = outcome;
  refund.settledAt = parts.clock();
  parts.changed();
  tellOfRefund(parts, courier, refund);
  return true;
}
