import type * as v from 'valibot';
import type { checkPayeeReply } from '../../../../../shared/api/others';

export interface PaymentChoice {
  readonly channel: 'wechat-pay' | 'alipay';
  /** 电脑付款 is `page`, 手机付款 is `qr`. */
  readonly payBy: 'page' | 'qr';
}

const ORDER: readonly PaymentChoice[] = [
  { channel: 'alipay', payBy: 'page' },
  { channel: 'alipay', payBy: 'qr' },
  { channel: 'wechat-pay', payBy: 'qr' },
  { channel: 'wechat-pay', payBy: 'page' },
];

/** 选择付款方式 as the manual has it, computer before phone: what the school offers and this host can open. */
export function computerWays(channels: v.InferOutput<typeof checkPayeeReply>['channels'], opensPages: boolean): PaymentChoice[] {
  return ORDER.filter(
    ({ channel, payBy }) => (payBy === 'qr' || opensPages) && channels.some((each) => each.id === channel && each.payBy.includes(payBy)),
  );
}
