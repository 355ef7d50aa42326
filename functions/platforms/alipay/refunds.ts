import * as v from 'valibot';
import { AppError } from '../../../shared/errors';
import { formatYuan } from '../../../shared/money';
import type { NewRefund, PlatformRefund, RefundPlatform, RefundRef } from '../contract';
import { assertNewRefund, assertRefundRef } from '../order-checks';
import type { PlatformDeps } from '../platform-deps';
import { readSettings } from '../settings';
import { cut, parseBeijing, readYuan } from '../wire';
import { type AlipayGateway, type AlipayRefusal, gatewaysByApp, isTheirFault } from './gateway';
import { alipaySettings } from './settings';

type Clock = PlatformDeps['now'];

/**
 * Refunds of Alipay, gateway v2 in key mode. Alipay has no number of its own for a refund: `platformRefundNo` is its trade number.
 * @throws AppError config.invalid
 */
export function createAlipayRefunds(input: unknown, deps: PlatformDeps): RefundPlatform {
  const settings = readSettings('alipay', alipaySettings, input);
  const gateways = gatewaysByApp(settings, deps, 'refund.platform-unavailable');
  const appIds = [...gateways.keys()];

  function gatewayOf({ appId }: RefundRef): AlipayGateway {
    const gateway = gateways.get(appId);
    if (gateway === undefined) throw new AppError('top-up.channel-not-offered');
    return gateway;
  }

  return {
    name: 'alipay',
    async refund(request) {
      assertNewRefund(request, appIds);
      return refund(request, gatewayOf(request), deps.now);
    },
    async queryRefund(wanted) {
      assertRefundRef(wanted, appIds);
      const known = await askFor(wanted, gatewayOf(wanted), deps.now);
      return known ?? { status: 'pending', ...namesOf(wanted) };
    },
  };
}

const MAX_REASON = 256;
const refundedSchema = v.object({
  code: v.literal('10000'),
  out_trade_no: v.string(),
  trade_no: v.pipe(v.string(), v.minLength(1)),
  fund_change: v.optional(v.string()),
});

/**
 * alipay.trade.refund, idempotent by `out_request_no`. Only fund_change Y says that money moved now; N, or its absence, may be a repeat or
 * a refund under way. `refund_fee` is the sum of all refunds of the trade and says nothing of this one.
 */
async function refund(request: NewRefund, gateway: AlipayGateway, now: Clock): Promise<PlatformRefund> {
  const answer = await gateway.call({
    method: 'alipay.trade.refund',
    bizContent: {
      out_trade_no: request.merchantOrderNo,
      out_request_no: request.refundNo,
      refund_amount: formatYuan(request.amountFen),
      refund_reason: cut(request.reason, MAX_REASON),
    },
  });
  if (answer.isError) return confirmRefusal(answer, request, gateway, now);
  const parsed = v.safeParse(refundedSchema, answer.content);
  if (!parsed.success) throw unavailable('answer-malformed');
  if (parsed.output.out_trade_no !== request.merchantOrderNo) throw unavailable('answer-other-refund');
  if (parsed.output.fund_change !== 'Y') return { status: 'pending', ...namesOf(request) };
  return {
    status: 'succeeded',
    ...namesOf(request),
    amountFen: request.amountFen,
    platformRefundNo: parsed.output.trade_no,
    // The answer has no time that may be relied on.
    refundedAt: now(),
  };
}

/** The limit of calls, per app and per method: later, with the same number. */
const TOO_SOON = /(?:^|\.)(?:app|method)-call-limited$/;
/** The merchant's own balance: with money in it the same request succeeds. */
const SHORT_BALANCE = 'ACQ.SELLER_BALANCE_NOT_ENOUGH';

/**
 * A refusal counts when it is signed and the platform, asked again, knows no refund under this number. ACQ.DISCORDANT_REPEAT_REQUEST, say,
 * means that there is one, of another amount.
 */
async function confirmRefusal(answer: AlipayRefusal, request: NewRefund, gateway: AlipayGateway, now: Clock): Promise<PlatformRefund> {
  const detail = { platform: 'alipay', code: answer.code, platformCode: answer.subCode };
  if (TOO_SOON.test(answer.subCode)) throw new AppError('refund.too-soon', detail);
  if (!answer.signed || isTheirFault(answer) || answer.subCode === SHORT_BALANCE) throw new AppError('refund.platform-unavailable', detail);
  const known = await askFor(request, gateway, now);
  if (known === undefined || known.status === 'not-found') throw new AppError('refund.platform-refused', detail);
  if (known.status === 'succeeded' && known.amountFen !== request.amountFen) throw unavailable('answer-other-amount');
  return known;
}

const queriedSchema = v.object({
  code: v.literal('10000'),
  out_trade_no: v.optional(v.string()),
  out_request_no: v.optional(v.string()),
  trade_no: v.optional(v.string()),
  refund_amount: v.optional(v.string()),
  refund_status: v.optional(v.string()),
  gmt_refund_pay: v.optional(v.string()),
});

/**
 * alipay.trade.fastpay.refund.query. REFUND_SUCCESS is the only status there is; without one "the request did not arrive or the refund
 * failed" and may just be under way: undefined. An unknown trade has no refund: not-found.
 */
async function askFor(wanted: RefundRef, gateway: AlipayGateway, now: Clock): Promise<PlatformRefund | undefined> {
  const answer = await gateway.call({
    method: 'alipay.trade.fastpay.refund.query',
    bizContent: {
      out_trade_no: wanted.merchantOrderNo,
      out_request_no: wanted.refundNo,
      // The time of the refund comes only on demand.
      query_options: ['gmt_refund_pay'],
    },
  });
  if (answer.isError) {
    if (answer.signed && answer.subCode === 'ACQ.TRADE_NOT_EXIST') return { status: 'not-found', ...namesOf(wanted) };
    // Also where our request is at fault: it says nothing about the refund, and "refused" would be read as "no money went".
    throw new AppError('refund.platform-unavailable', { platform: 'alipay', code: answer.code, platformCode: answer.subCode });
  }
  const parsed = v.safeParse(queriedSchema, answer.content);
  if (!parsed.success) throw unavailable('answer-malformed');
  return readQueried(parsed.output, wanted, now);
}

/** A genuine answer about another refund or another order must not stand for this one. */
function readQueried(queried: v.InferOutput<typeof queriedSchema>, wanted: RefundRef, now: Clock): PlatformRefund | undefined {
  if (queried.refund_status === undefined) return undefined;
  if (queried.refund_status !== 'REFUND_SUCCESS') return { status: 'pending', ...namesOf(wanted) };
  if (queried.out_request_no !== wanted.refundNo || queried.out_trade_no !== wanted.merchantOrderNo)
    throw unavailable('answer-other-refund');
  const amountFen = readYuan(queried.refund_amount ?? '');
  if (amountFen === undefined || !queried.trade_no) throw unavailable('answer-incomplete');
  const refundedAt = parseBeijing(queried.gmt_refund_pay ?? '') ?? now();
  return { status: 'succeeded', ...namesOf(wanted), amountFen, platformRefundNo: queried.trade_no, refundedAt };
}

function namesOf({ refundNo, merchantOrderNo }: RefundRef) {
  return { refundNo, merchantOrderNo };
}

function unavailable(reason: string): AppError {
  return new AppError('refund.platform-unavailable', { platform: 'alipay', reason });
}
