import type { ErrorCode } from '../../errors';
import type { ApiSlice } from '../route';

const noticeErrors = [
  'callback.bad-signature',
  'callback.other-merchant',
  'callback.other-app',
  'callback.amount-mismatch',
  'order.unknown',
  'account.unknown',
  'school.unknown',
  'request.busy',
] as const satisfies readonly ErrorCode[];

export const callbackSlice: ApiSlice = {
  schemas: {},
  routes: [
    {
      method: 'POST',
      path: '/callbacks/wechat-pay',
      id: 'wechatPayNotice',
      summary: 'WeChat Pay APIv3 支付通知, signed and sealed; credits the order once',
      caller: 'wechat-pay',
      errors: [...noticeErrors, 'callback.stale', 'callback.unknown-serial', 'callback.undecryptable'],
    },
    {
      method: 'POST',
      path: '/callbacks/wechat-pay/refunds',
      id: 'wechatRefundNotice',
      summary: 'WeChat Pay APIv3 退款结果通知, signed and sealed; ends the refund once',
      caller: 'wechat-pay',
      errors: [
        'callback.bad-signature',
        'callback.other-merchant',
        'callback.amount-mismatch',
        'callback.stale',
        'callback.unknown-serial',
        'callback.undecryptable',
        'refund.unknown',
        'account.unknown',
        'school.unknown',
        'request.busy',
      ],
    },
    {
      method: 'POST',
      path: '/callbacks/alipay',
      id: 'alipayNotice',
      summary: 'Alipay 异步通知, signed with RSA2; credits the order once',
      caller: 'alipay',
      errors: noticeErrors,
    },
  ],
};
