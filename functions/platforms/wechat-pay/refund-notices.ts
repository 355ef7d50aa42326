import * as v from 'valibot';
import { AppError } from '../../../shared/errors';
import type { PlatformRefund, RefundNotices } from '../contract';
import { readSettings } from '../settings';
import { readRefund, refundNoticeSchema } from './refund';
import { malformedNotice, noticeAnswer, openSealedNotice } from './sealed-notice';
import { keysBySerial, type WechatPayNoticeSettings, wechatPayNoticeSettings } from './settings';

/** APIv3 "退款结果通知". The sealed `refund_status` decides; the event only says that this is about a refund. */
const EVENTS = /^REFUND\.(?:SUCCESS|ABNORMAL|CLOSED)$/;

/**
 * Reads WeChat Pay's refund callbacks without any SDK. The caller compares number and amount with the refund it asked for.
 * @throws AppError config.invalid
 */
export function createWechatRefundNotices(input: unknown): RefundNotices {
  const settings = readSettings('wechat-pay', wechatPayNoticeSettings, input);
  const keys = keysBySerial(settings);
  return {
    name: 'wechat-pay',
    noticeAnswer,
    parseRefundNotice(rawBody, headers, now) {
      const { noticeId, content } = openSealedNotice({ rawBody, headers, now }, EVENTS, settings, keys);
      return { ...readNotice(content, settings), noticeId };
    },
  };
}

function readNotice(content: unknown, { merchantId }: WechatPayNoticeSettings): PlatformRefund {
  const parsed = v.safeParse(refundNoticeSchema, content);
  if (!parsed.success) throw malformedNotice('refund');
  if (parsed.output.mchid !== merchantId) throw new AppError('callback.other-merchant', { platform: 'wechat-pay' });
  const read = readRefund({ ...parsed.output, status: parsed.output.refund_status });
  if ('refund' in read) return read.refund;
  switch (read.fault) {
    case 'other-currency':
      throw new AppError('callback.amount-mismatch', { platform: 'wechat-pay', reason: 'currency' });
    case 'incomplete':
      throw malformedNotice('refund');
  }
}
