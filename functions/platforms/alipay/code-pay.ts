import * as v from 'valibot';
import { AppError } from '../../../shared/errors';
import { formatYuan } from '../../../shared/money';
import type { CodePaymentAnswer, CodePayPlatform, NewCodePayment, OrderRef, ReverseOutcome } from '../contract';
import { assertCodePayment, assertOrderRef } from '../order-checks';
import type { PlatformDeps } from '../platform-deps';
import { readSettings } from '../settings';
import { parseBeijing, readYuan } from '../wire';
import { type AlipayGateway, type AlipayRefusal, gatewaysByApp, isTheirFault } from './gateway';
import { queryTrade } from './queried-trade';
import { alipaySettings } from './settings';
import { subjectOf } from './subject';

/**
 * Alipay 当面付 by the payer's code, gateway v2. Asked as the mini-program, so that the buyer's open id is the one they sign in with.
 * @throws AppError config.invalid
 */
export function createAlipayCodePay(input: unknown, deps: PlatformDeps): CodePayPlatform {
  const settings = readSettings('alipay', alipaySettings, input);
  const gateways = gatewaysByApp(settings, deps, 'native.unavailable');
  const appIds = [...gateways.keys()];

  function gatewayOf({ appId }: OrderRef): AlipayGateway {
    const gateway = gateways.get(appId);
    if (gateway === undefined) throw new AppError('top-up.channel-not-offered');
    return gateway;
  }

  return {
    name: 'alipay',
    async payByCode(payment) {
      assertCodePayment(payment, appIds);
      return payByCode(payment, gatewayOf(payment));
    },
    async queryPayment(order) {
      assertOrderRef(order, appIds);
      return queryTrade(order, gatewayOf(order), { refusal: nothingKnown, unavailable });
    },
    async reverse(order) {
      assertOrderRef(order, appIds);
      return cancel(order, gatewayOf(order));
    },
  };
}

const paidSchema = v.object({
  code: v.literal('10000'),
  out_trade_no: v.string(),
  trade_no: v.pipe(v.string(), v.minLength(1)),
  total_amount: v.string(),
  gmt_payment: v.string(),
  buyer_open_id: v.optional(v.string()),
  buyer_user_id: v.optional(v.string()),
});

/** An unpaid trade closes by itself after this, should nobody be there to cancel it. */
const TRADE_LIFE = '2m';

/** alipay.trade.pay, "统一收单交易支付接口", scene `bar_code`. */
async function payByCode(payment: NewCodePayment, gateway: AlipayGateway): Promise<CodePaymentAnswer> {
  const { merchantOrderNo, appId } = payment;
  const pending = { status: 'pending', merchantOrderNo } as const;
  const answer = await gateway.call({
    method: 'alipay.trade.pay',
    bizContent: {
      out_trade_no: merchantOrderNo,
      total_amount: formatYuan(payment.amountFen),
      subject: subjectOf(payment.description),
      product_code: 'FACE_TO_FACE_PAYMENT',
      scene: 'bar_code',
      auth_code: payment.authCode,
      timeout_express: TRADE_LIFE,
      store_id: payment.schoolId,
      terminal_id: String(payment.terminal),
    },
  });
  if (answer.isError) return refusalOf(answer, merchantOrderNo) ?? pending;
  const paid = v.safeParse(paidSchema, answer.content);
  if (!paid.success || paid.output.out_trade_no !== merchantOrderNo) return pending;
  const amountFen = readYuan(paid.output.total_amount);
  const paidAt = parseBeijing(paid.output.gmt_payment);
  // A success that does not say all is none: the query tells.
  if (amountFen === undefined || paidAt === undefined) return pending;
  const { trade_no: platformTradeNo, buyer_open_id: openId, buyer_user_id: userId } = paid.output;
  return {
    ...{ status: 'paid', merchantOrderNo, amountFen, currency: 'CNY', appId, platformTradeNo, paidAt },
    payerOpenId: openId ?? userId,
  };
}

/** "等待用户付款" and "未知异常" are signed and say nothing yet. */
const WAITING = ['10003', '20000'];

/** A signed business failure, "支付失败": nothing was taken. Undefined where it may have been. */
function refusalOf(answer: AlipayRefusal, merchantOrderNo: string): CodePaymentAnswer | undefined {
  const { code, subCode } = answer;
  // An earlier sending may have been carried out.
  const isOpen = WAITING.includes(code) || isTheirFault(answer) || subCode === 'ACQ.TRADE_HAS_SUCCESS';
  if (!answer.signed || isOpen || !code.startsWith('4')) return undefined;
  const reason = subCode === 'ACQ.PAYMENT_AUTH_CODE_INVALID' ? 'code-expired' : 'refused';
  return { status: 'refused', merchantOrderNo, reason, platformCode: subCode };
}

const cancelledSchema = v.object({
  code: v.literal('10000'),
  out_trade_no: v.string(),
  retry_flag: v.picklist(['Y', 'N']),
  /** What the cancelling did; absent where no trade was found. */
  action: v.optional(v.string()),
});

/** alipay.trade.cancel, "统一收单交易撤销接口": an unpaid trade is closed, a paid one given back. */
async function cancel({ merchantOrderNo }: OrderRef, gateway: AlipayGateway): Promise<ReverseOutcome> {
  const answer = await gateway.call({ method: 'alipay.trade.cancel', bizContent: { out_trade_no: merchantOrderNo } });
  if (answer.isError) {
    switch (answer.signed ? answer.subCode : 'unsigned') {
      case 'ACQ.TRADE_NOT_EXIST':
        return 'not-found';
      case 'ACQ.REASON_TRADE_BEEN_FREEZEN':
        return 'pending';
      case 'ACQ.TRADE_CANCEL_TIME_OUT':
      case 'ACQ.REASON_TRADE_STATUS_INVALID':
      case 'ACQ.TRADE_HAS_FINISHED':
        throw new AppError('native.not-reversible', { platform: 'alipay', platformCode: answer.subCode });
      default:
        throw nothingKnown(answer);
    }
  }
  const cancelled = v.safeParse(cancelledSchema, answer.content);
  if (!cancelled.success) throw unavailable('answer-malformed');
  const { out_trade_no: named, retry_flag: retry, action } = cancelled.output;
  if (named !== merchantOrderNo) throw unavailable('answer-other-order');
  if (retry === 'Y') return 'pending';
  return action === undefined ? 'not-found' : 'reversed';
}

/** A refused question is no answer about the money. */
function nothingKnown(answer: AlipayRefusal): AppError {
  return new AppError('native.unavailable', { platform: 'alipay', code: answer.code, platformCode: answer.subCode });
}

function unavailable(reason: string): AppError {
  return new AppError('native.unavailable', { platform: 'alipay', reason });
}
