import { type KeyObject, verify } from 'node:crypto';
import * as v from 'valibot';
import { AppError } from '../../../shared/errors';
import type { NoticeAnswer, PaymentNotice, PaymentNotices } from '../contract';
import { readSettings } from '../settings';
import { parseBeijing, readYuan, strictBase64 } from '../wire';
import { parseForm } from './form';
import { type AlipayNoticeSettings, alipayNoticeSettings } from './settings';
import { tradeStatus } from './trade-status';

/** "异步通知说明": the fields that are read. Amounts are yuan as text. */
const noticeSchema = v.object({
  notify_id: v.pipe(v.string(), v.minLength(1), v.maxLength(128)),
  app_id: v.string(),
  seller_id: v.optional(v.string()),
  out_trade_no: v.string(),
  trade_no: v.pipe(v.string(), v.minLength(1)),
  trade_status: v.string(),
  total_amount: v.optional(v.string()),
  gmt_payment: v.optional(v.string()),
  notify_type: v.optional(v.literal('trade_status_sync')),
  charset: v.optional(v.pipe(v.string(), v.regex(/^utf-?8$/i))),
  trans_currency: v.optional(v.string()),
  buyer_open_id: v.optional(v.string()),
  buyer_id: v.optional(v.string()),
});

/** A standing contract was signed or ended ("商家扣款 异步通知"): it must be answered, or it is repeated for a day. */
const agreementSchema = v.object({
  notify_id: v.pipe(v.string(), v.minLength(1), v.maxLength(128)),
  notify_type: v.picklist(['dut_user_sign', 'dut_user_unsign']),
  external_agreement_no: v.pipe(v.string(), v.maxLength(64)),
});

type Notice = v.InferOutput<typeof noticeSchema>;

/**
 * Reads Alipay's payment callbacks without its SDK. There is no window of time: a notice repeats for 25 hours
 * under one notify_id, and crediting once is the operation's part.
 * @throws AppError config.invalid
 */
export function createAlipayNotices(input: unknown): PaymentNotices {
  return alipayNotices(readSettings('alipay', alipayNoticeSettings, input));
}

export function alipayNotices(settings: AlipayNoticeSettings): PaymentNotices {
  const keys = new Map(settings.apps.map(({ appId, alipayPublicKey }) => [appId, alipayPublicKey]));
  return {
    name: 'alipay',
    noticeAnswer,
    parseNotice(rawBody) {
      const form = parseForm(rawBody);
      if (form === undefined) throw malformed('form');
      assertSigned(form, keyOf(form, keys));
      const agreement = v.safeParse(agreementSchema, Object.fromEntries(form));
      if (agreement.success) {
        const { notify_id: noticeId, external_agreement_no: merchantOrderNo } = agreement.output;
        return { status: 'other', noticeId, merchantOrderNo };
      }
      const parsed = v.safeParse(noticeSchema, Object.fromEntries(form));
      if (!parsed.success) throw malformed('fields');
      assertOurs(parsed.output, settings);
      return readNotice(parsed.output);
    },
  };
}

/** Each app has a key of the platform's. The name is believed for nothing but choosing it: it is signed as well. */
function keyOf(form: ReadonlyMap<string, string>, keys: ReadonlyMap<string, KeyObject>): KeyObject {
  const key = keys.get(form.get('app_id') ?? '');
  if (key === undefined) throw new AppError('callback.other-app', { platform: 'alipay' });
  return key;
}

/**
 * "自行实现验签": RSA2 over the decoded parameters without sign and sign_type, sorted, empty ones as they came. The
 * caller's sign_type never picks the algorithm: RSA would be SHA-1.
 */
function assertSigned(form: ReadonlyMap<string, string>, key: KeyObject): void {
  const signature = strictBase64(form.get('sign') ?? '');
  const names = [...form.keys()].filter((name) => name !== 'sign' && name !== 'sign_type').sort();
  const content = names.map((name) => `${name}=${form.get(name)}`).join('&');
  const isRight =
    form.get('sign_type') === 'RSA2' && signature !== undefined && verify('RSA-SHA256', Buffer.from(content, 'utf8'), key, signature);
  if (!isRight) throw new AppError('callback.bad-signature', { platform: 'alipay' });
}

function assertOurs(notice: Notice, settings: AlipayNoticeSettings): void {
  if (notice.seller_id !== settings.sellerId) throw new AppError('callback.other-merchant', { platform: 'alipay' });
  if (notice.trans_currency !== undefined && notice.trans_currency !== 'CNY') {
    throw new AppError('callback.amount-mismatch', { platform: 'alipay', reason: 'currency' });
  }
}

function readNotice(notice: Notice): PaymentNotice {
  const common = { noticeId: notice.notify_id, merchantOrderNo: notice.out_trade_no };
  const status = tradeStatus(notice.trade_status);
  if (status !== 'paid') return { ...common, status };
  const amountFen = readYuan(notice.total_amount ?? '');
  const paidAt = parseBeijing(notice.gmt_payment ?? '');
  if (amountFen === undefined || paidAt === undefined) throw malformed('payment');
  return {
    ...common,
    status,
    amountFen,
    // Trades in the mainland are in yuan; the notice names no currency.
    currency: 'CNY',
    appId: notice.app_id,
    platformTradeNo: notice.trade_no,
    paidAt,
    payerOpenId: notice.buyer_open_id ?? notice.buyer_id,
  };
}

/** Exactly the seven letters: anything more, and the platform repeats the notice. */
function noticeAnswer(verdict: 'accepted' | 'refused'): NoticeAnswer {
  if (verdict === 'accepted') return { status: 200, contentType: 'text/plain', body: 'success' };
  return { status: 400, contentType: 'text/plain', body: 'failure' };
}

function malformed(part: string): AppError {
  return new AppError('request.malformed', { platform: 'alipay', part });
}
