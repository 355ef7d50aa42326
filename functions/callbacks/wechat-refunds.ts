import { createHttpHandler, refuse } from '../lib/handler';
import { wireWechatRefundCallback } from '../wiring/callback-wechat-refunds';
import { callbackHandlerDeps } from '../wiring/callbacks';

/** POST /callbacks/wechat-pay/refunds: WeChat Pay tells how a refund ended (APIv3 退款结果通知). */
export const handler = createHttpHandler(async () => {
  const { log, counter } = callbackHandlerDeps;
  const wiring = await wireWechatRefundCallback();
  const reply = (verdict: 'accepted' | 'refused', asStatus?: number) => {
    const { status, contentType, body } = wiring.answer(verdict);
    return { status: asStatus ?? status, headers: { 'content-type': contentType, 'cache-control': 'no-store' }, body };
  };
  return async (request) => {
    try {
      const { notice, state, contradicts } = await wiring.take(request);
      const report = { refundNo: notice.refundNo, status: notice.status, state };
      if (contradicts) {
        counter.count('InternalError');
        log.error('refund-contradicted', report);
      } else log.info('refund-notice', report);
      return reply('accepted');
    } catch (error) {
      return reply('refused', refuse(error, callbackHandlerDeps).status);
    }
  };
}, callbackHandlerDeps);
