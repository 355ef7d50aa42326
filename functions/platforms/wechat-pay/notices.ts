import * as v from 'valibot';
import { AppError } from '../../../shared/errors';
import type { PaymentNotices, PlatformOrder } from '../contract';
import { readSettings } from '../settings';
import { malformedNotice, noticeAnswer, openSealedNotice } from './sealed-notice';
import { keysBySerial, type WechatPayNoticeSettings, wechatPayNoticeSettings } from './settings';
import { readTransaction, transactionSchema } from './transaction';

/**
 * APIv3 "支付通知", and 校园轻松付's "扣款结果通知", which comes for failures too ("无论支付成功或失败，都会有异步通知"). The sealed `trade_state` decides; the
 * event only says that this is about a payment. Refund notices have an address of their own.
 */
const EVENTS = /^TRANSACTION\.[A-Z_]{1,32}$/;

/**
 * Reads WeChat Pay's payment callbacks without any SDK.
 * @throws AppError config.invalid
 */
export function createWechatPayNotices(input: unknown): PaymentNotices {
  return wechatPayNotices(readSettings('wechat-pay', wechatPayNoticeSettings, input));
}

export function wechatPayNotices(settings: WechatPayNoticeSettings): PaymentNotices {
  const keys = keysBySerial(settings);
  return {
    name: 'wechat-pay',
    noticeAnswer,
    parseNotice(rawBody, headers, now) {
      const { noticeId, content } = openSealedNotice({ rawBody, headers, now }, EVENTS, settings, keys);
      return { ...readOrder(content, settings), noticeId };
    },
  };
}

function readOrder(content: unknown, settings: WechatPayNoticeSettings): PlatformOrder {
  const parsed = v.safeParse(transactionSchema, content);
  if (!parsed.success) throw malformedNotice('transaction');
  const read = readTransaction(parsed.output, settings);
  if ('order' in read) return read.order;
  switch (read.fault) {
    case 'other-merchant':
      throw new AppError('callback.other-merchant', { platform: 'wechat-pay' });
    case 'other-app':
      throw new AppError('callback.other-app', { platform: 'wechat-pay' });
    case 'other-currency':
      throw new AppError('callback.amount-mismatch', { platform: 'wechat-pay', reason: 'currency' });
    case 'incomplete':
      throw malformedNotice('transaction');
  }
}
