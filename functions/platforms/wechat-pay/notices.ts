import * as v from 'valibot';
import { AppError } from '../../../shared/errors';
import type { EpochMs } from '../../../shared/time';
import type { NoticeAnswer, NoticeHeaders, PaymentNotice, PaymentNotices, PlatformOrder } from '../contract';
import { readSettings } from '../settings';
import { decodeUtf8, headerOf, parseJson } from '../wire';
import { encryptedResource, openResource } from './resource';
import { keysBySerial, type WechatPayNoticeSettings, wechatPayNoticeSettings } from './settings';
import { isProbe, signatureFault } from './signature';
import { readTransaction, transactionSchema } from './transaction';

/** APIv3 "支付通知": the envelope. Refund notices have other event types and an address of their own. */
const envelopeSchema = v.object({
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  event_type: v.literal('TRANSACTION.SUCCESS'),
  resource_type: v.literal('encrypt-resource'),
  resource: encryptedResource,
});

/**
 * Reads WeChat Pay's payment callbacks without any SDK.
 * @throws AppError config.invalid
 */
export function createWechatPayNotices(input: unknown): PaymentNotices {
  return wechatPayNotices(readSettings('wechat-pay', wechatPayNoticeSettings, input));
}

export function wechatPayNotices(settings: WechatPayNoticeSettings): PaymentNotices {
  const keys = keysBySerial(settings);

  function parseNotice(rawBody: Uint8Array, headers: NoticeHeaders, now: EpochMs): PaymentNotice {
    const message = { body: rawBody, header: (name: string) => headerOf(headers, name) };
    const fault = signatureFault(message, keys, now);
    if (fault !== undefined) {
      throw new AppError(`callback.${fault}`, { platform: 'wechat-pay', ...(isProbe(message) ? { probe: 1 } : {}) });
    }
    const envelope = v.safeParse(envelopeSchema, parseJson(decodeUtf8(rawBody) ?? ''));
    if (!envelope.success) throw malformed('envelope');
    return { ...openOrder(envelope.output.resource, settings), noticeId: envelope.output.id };
  }

  return { name: 'wechat-pay', parseNotice, noticeAnswer };
}

function openOrder(resource: v.InferOutput<typeof encryptedResource>, settings: WechatPayNoticeSettings): PlatformOrder {
  const plain = openResource(resource, settings.apiV3Key);
  if (plain === undefined) throw new AppError('callback.undecryptable', { platform: 'wechat-pay' });
  const parsed = v.safeParse(transactionSchema, parseJson(decodeUtf8(plain) ?? ''));
  if (!parsed.success) throw malformed('transaction');
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
      throw malformed('transaction');
  }
}

/** Only the HTTP status counts: 2xx ends the repeats, whatever the body says (APIv3 "支付通知", 通知应答). */
function noticeAnswer(verdict: 'accepted' | 'refused'): NoticeAnswer {
  if (verdict === 'accepted') return { status: 204, contentType: 'application/json', body: '' };
  return { status: 400, contentType: 'application/json', body: '{"code":"FAIL","message":"refused"}' };
}

function malformed(part: string): AppError {
  return new AppError('request.malformed', { platform: 'wechat-pay', part });
}
