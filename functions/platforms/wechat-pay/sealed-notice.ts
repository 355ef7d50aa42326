import * as v from 'valibot';
import { AppError } from '../../../shared/errors';
import type { EpochMs } from '../../../shared/time';
import type { NoticeAnswer, NoticeHeaders } from '../contract';
import { decodeUtf8, headerOf, parseJson } from '../wire';
import { encryptedResource, openResource } from './resource';
import type { PlatformKeys, WechatPayNoticeSettings } from './settings';
import { isProbe, signatureFault } from './signature';

export interface ReceivedNotice {
  readonly rawBody: Uint8Array;
  readonly headers: NoticeHeaders;
  readonly now: EpochMs;
}

/** APIv3 "回调通知": the envelope of every kind of notice. */
const envelopeSchema = v.object({
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  event_type: v.string(),
  resource_type: v.literal('encrypt-resource'),
  resource: encryptedResource,
});

/**
 * Verifies, then decrypts. A notice of another kind than `events` is refused before its content is looked at.
 * @throws AppError callback.bad-signature, callback.unknown-serial, callback.stale, callback.undecryptable, request.malformed
 */
export function openSealedNotice(
  notice: ReceivedNotice,
  events: RegExp,
  settings: WechatPayNoticeSettings,
  keys: PlatformKeys,
): { readonly noticeId: string; readonly content: unknown } {
  const message = { body: notice.rawBody, header: (name: string) => headerOf(notice.headers, name) };
  const fault = signatureFault(message, keys, notice.now);
  if (fault !== undefined) {
    throw new AppError(`callback.${fault}`, { platform: 'wechat-pay', ...(isProbe(message) ? { probe: 1 } : {}) });
  }
  const envelope = v.safeParse(envelopeSchema, parseJson(decodeUtf8(notice.rawBody) ?? ''));
  if (!envelope.success || !events.test(envelope.output.event_type)) throw malformedNotice('envelope');
  const plain = openResource(envelope.output.resource, settings.apiV3Key);
  if (plain === undefined) throw new AppError('callback.undecryptable', { platform: 'wechat-pay' });
  return { noticeId: envelope.output.id, content: parseJson(decodeUtf8(plain) ?? '') };
}

/** Only the HTTP status counts: 2xx ends the repeats, whatever the body says (APIv3 "支付通知", 通知应答). */
export function noticeAnswer(verdict: 'accepted' | 'refused'): NoticeAnswer {
  if (verdict === 'accepted') return { status: 204, contentType: 'application/json', body: '' };
  return { status: 400, contentType: 'application/json', body: '{"code":"FAIL","message":"refused"}' };
}

export function malformedNotice(part: string): AppError {
  return new AppError('request.malformed', { platform: 'wechat-pay', part });
}
