import type { Courier } from '../lib/courier';
import type { AlipayRefund, AlipayTrade } from '../state';
import type { Surroundings } from '../surroundings';
import { newNotifyId } from './notice';

/** A refund that has arrived is told on the payment's own notify_url, where one was set; one that fails is never told of. */
export function tellOfAlipayRefund(
  parts: Surroundings,
  courier: Pick<Courier, 'send' | 'speed'>,
  trade: AlipayTrade,
  refund: AlipayRefund,
): void {
  if (trade.notifyUrl === null || refund.settledAt === null || refund.outcome !== 'SUCCESS') return;
  const notice = { platform: 'alipay', subject: 'refund', orderNo: trade.outTradeNo, refundNo: refund.outRequestNo } as const;
  // As at WeChat Pay: settling is not sped up.
  const delayMs = Math.max(refund.settledAt - parts.clock(), 0) * courier.speed();
  courier.send({ ...notice, url: trade.notifyUrl, noticeId: newNotifyId(parts) }, delayMs);
}
