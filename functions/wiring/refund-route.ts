import { randomBytes } from 'node:crypto';
import { systemClock } from '../lib/clock';
import type { PayOutRoute } from '../operations/pay-out';
import { createRefundRoute, type RefundRouteDeps } from '../operations/refund-route';
import { createAlipayRefunds } from '../platforms/alipay/refunds';
import { createWechatRefunds } from '../platforms/wechat-pay/refunds';
import { createAdjustments } from '../store/adjustments';
import { createReversals } from '../store/reversals';
import type { Database } from '../store/table';

/** Refunds through the platform that took the payment; `toBank` says what becomes of the others. @throws AppError config.invalid */
export function createRefundRouteTo(
  database: Database,
  config: { readonly ECODE_WECHAT_PAY: unknown; readonly ECODE_ALIPAY: unknown; readonly ECODE_CALLBACK_BASE_URL: string },
  { orders, toBank }: Pick<RefundRouteDeps, 'orders' | 'toBank'>,
): PayOutRoute {
  const world = { fetch, now: systemClock, randomBytes };
  return createRefundRoute({
    platforms: {
      'wechat-pay': createWechatRefunds(config.ECODE_WECHAT_PAY, world),
      alipay: createAlipayRefunds(config.ECODE_ALIPAY, world),
    },
    notifyUrls: {
      'wechat-pay': `${config.ECODE_CALLBACK_BASE_URL}/callbacks/wechat-pay/refunds`,
      alipay: `${config.ECODE_CALLBACK_BASE_URL}/callbacks/alipay`,
    },
    toBank,
    orders,
    reversals: createReversals(database),
    adjustments: createAdjustments(database),
  });
}
