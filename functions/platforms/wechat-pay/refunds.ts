import * as v from 'valibot';
import { AppError } from '../../../shared/errors';
import type { NewRefund, PlatformRefund, RefundPlatform, RefundRef } from '../contract';
import { assertNewRefund, assertRefundRef } from '../order-checks';
import type { PlatformDeps } from '../platform-deps';
import { readSettings } from '../settings';
import { cut } from '../wire';
import { codeOf, createWechatChannel, isFinalRefusal, type WechatAnswer, type WechatChannel } from './channel';
import { readRefund, refundAnswerSchema } from './refund';
import { type WechatPaySettings, wechatPaySettings } from './settings';

/**
 * Refunds of WeChat Pay APIv3, direct merchant.
 * @throws AppError config.invalid
 */
export function createWechatRefunds(input: unknown, deps: PlatformDeps): RefundPlatform {
  const settings = readSettings('wechat-pay', wechatPaySettings, input);
  const channel = createWechatChannel(settings, deps, 'refund.platform-unavailable');
  return {
    name: 'wechat-pay',
    refund: (request) => refund(request, settings, channel),
    queryRefund: (wanted) => queryRefund(wanted, settings, channel),
  };
}

const MAX_REASON = 80;

/** POST /v3/refund/domestic/refunds, "申请退款": 200 means accepted. Repeated with the same number it is the same refund. */
async function refund(request: NewRefund, settings: WechatPaySettings, channel: WechatChannel): Promise<PlatformRefund> {
  assertNewRefund(request, settings.appIds);
  const answer = await channel.call({
    method: 'POST',
    path: '/v3/refund/domestic/refunds',
    body: {
      out_trade_no: request.merchantOrderNo,
      out_refund_no: request.refundNo,
      reason: cut(request.reason, MAX_REASON),
      notify_url: request.notifyUrl,
      amount: { refund: request.amountFen, total: request.orderFen, currency: 'CNY' },
    },
  });
  if (answer.status !== 200) return confirmRefusal(answer, request, settings, channel);
  const accepted = readAnswer(answer, request);
  if (accepted.status === 'succeeded' && accepted.amountFen !== request.amountFen) throw unavailable('answer-other-amount');
  return accepted;
}

/** "频率限制": later, with the same number. The documents of different years have these names. */
const TOO_SOON = ['FREQUENCY_LIMITED', 'FREQUENCY_LIMIT_EXCEED', 'RATELIMIT_EXCEEDED', 'RATE_LIMITED'];

/**
 * INVALID_REQUEST says "not enough left", "older than a year" and "asked with another amount before" alike, and only in words. So a
 * refusal counts when it is signed and the platform, asked again, knows no refund under this number; else the refund it knows is the answer.
 * NOT_ENOUGH is the merchant's own balance: with money in it the same request succeeds.
 */
async function confirmRefusal(
  answer: WechatAnswer,
  request: NewRefund,
  settings: WechatPaySettings,
  channel: WechatChannel,
): Promise<PlatformRefund> {
  const detail = { platform: 'wechat-pay', status: answer.status, platformCode: codeOf(answer) };
  if (answer.status === 429 || TOO_SOON.includes(detail.platformCode)) throw new AppError('refund.too-soon', detail);
  if (!isFinalRefusal(answer) || !answer.signed || detail.platformCode === 'NOT_ENOUGH') {
    throw new AppError('refund.platform-unavailable', detail);
  }
  const known = await queryRefund(request, settings, channel);
  if (known.status === 'not-found') throw new AppError('refund.platform-refused', detail);
  if (known.status === 'succeeded' && known.amountFen !== request.amountFen) throw unavailable('answer-other-amount');
  return known;
}

/** GET /v3/refund/domestic/refunds/{out_refund_no}, "查询单笔退款（通过商户退款单号）". */
async function queryRefund(wanted: RefundRef, settings: WechatPaySettings, channel: WechatChannel): Promise<PlatformRefund> {
  assertRefundRef(wanted, settings.appIds);
  const answer = await channel.call({ method: 'GET', path: `/v3/refund/domestic/refunds/${wanted.refundNo}` });
  const { refundNo, merchantOrderNo } = wanted;
  if (isUnknown(answer)) return { status: answer.signed ? 'not-found' : 'pending', refundNo, merchantOrderNo };
  if (answer.status === 200) return readAnswer(answer, wanted);
  // Also where our request is at fault: it says nothing about the refund, and "refused" would be read as "no money went".
  throw new AppError('refund.platform-unavailable', { platform: 'wechat-pay', status: answer.status, platformCode: codeOf(answer) });
}

function isUnknown(answer: WechatAnswer): boolean {
  return answer.status === 404 && ['RESOURCE_NOT_EXISTS', 'REFUND_NOT_EXISTS', 'REFUNDNOTEXIST'].includes(codeOf(answer));
}

/** A genuine answer about another refund or another order must not stand for this one. */
function readAnswer(answer: WechatAnswer, wanted: RefundRef): PlatformRefund {
  const parsed = v.safeParse(refundAnswerSchema, answer.content);
  if (!parsed.success) throw unavailable('answer-malformed');
  const { out_refund_no, out_trade_no } = parsed.output;
  if (out_refund_no !== wanted.refundNo || out_trade_no !== wanted.merchantOrderNo) throw unavailable('answer-other-refund');
  const read = readRefund(parsed.output);
  if ('fault' in read) throw unavailable(`answer-${read.fault}`);
  return read.refund;
}

function unavailable(reason: string): AppError {
  return new AppError('refund.platform-unavailable', { platform: 'wechat-pay', reason });
}
