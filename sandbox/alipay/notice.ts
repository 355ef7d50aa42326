import { fen, formatYuan } from '../../shared/money';
import { faultOfAttempt } from '../cashier/faults';
import { beijingDigits, beijingText } from '../lib/beijing';
import type { MerchantAnswer, NoticeKind, Outgoing } from '../lib/courier';
import { lookup } from '../lib/lookup';
import { randomDigits, randomText } from '../lib/random-text';
import type { AlipayTrade, Delivery, Fault } from '../state';
import type { Surroundings } from '../surroundings';
import { agreementFields } from './agreement-view';
import { refundedFen } from './refund-amounts';
import { signRsa2, signRsaSha1, textToSign } from './signature';
import { currentStatus } from './trades';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** 25 hours in all, eight attempts. */
const WAITS_MS = [4 * MINUTE, 10 * MINUTE, 10 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR, 15 * HOUR] as const;

export function alipayNoticeKind(parts: Surroundings): NoticeKind {
  return {
    waitsMs: () => WAITS_MS,
    // Exactly these seven characters; a page, a newline or "SUCCESS" is asked again.
    accepts: (answer: MerchantAnswer) => answer.status === 200 && answer.body === 'success',
    compose: (delivery) => [composeNotice(parts, delivery, faultOfAttempt(delivery))],
  };
}

/** The notify_id of the vendor's form; it stays the same over all retries of one notice. */
export function newNotifyId(parts: Surroundings): string {
  const day = beijingDigits(parts.clock()).slice(0, 8);
  return `${day}002221${randomDigits(parts.randomBytes, 6)}${randomText(parts.randomBytes, 16, '0123456789')}`;
}

function composeNotice(parts: Surroundings, delivery: Delivery, fault: Fault | null): Outgoing {
  const parameters = new Map(Object.entries(altered(parts, fieldsOfNotice(parts, delivery), fault)));
  const { privateKeyPem } = parts.keys.alipay.platform;
  const text = textToSign(parameters, ['sign', 'sign_type']);
  parameters.set('sign_type', fault === 'sign-type-rsa' ? 'RSA' : 'RSA2');
  if (fault !== 'unsigned')
    parameters.set('sign', fault === 'sign-type-rsa' ? signRsaSha1(text, privateKeyPem) : signRsa2(text, privateKeyPem));
  const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8', 'user-agent': 'Mozilla/4.0' };
  const form = new URLSearchParams([...parameters]).toString();
  return { headers, body: Buffer.from(inTransit(form, fault), 'utf8') };
}

function fieldsOfNotice(parts: Surroundings, delivery: Delivery): Record<string, string> {
  if (delivery.subject === 'agreement' || delivery.subject === 'agreement-end') return agreementFields(parts, delivery);
  const trade = lookup(parts.state.alipayTrades, delivery.orderNo);
  if (!trade) throw new Error(`no trade ${delivery.orderNo} to tell of`);
  return fieldsOf(parts, delivery, trade);
}

function fieldsOf(parts: Surroundings, delivery: Delivery, trade: AlipayTrade): Record<string, string> {
  const paid = formatYuan(fen(trade.totalFen));
  const refund = delivery.subject === 'refund' ? trade.refunds.find((one) => one.outRequestNo === delivery.refundNo) : undefined;
  const status = refund ? currentStatus(trade, parts.clock()) : 'TRADE_SUCCESS';
  return {
    notify_time: beijingText(parts.wireClock()),
    notify_type: 'trade_status_sync',
    notify_id: delivery.noticeId,
    app_id: trade.appId,
    auth_app_id: trade.appId,
    charset: 'utf-8',
    version: '1.0',
    out_trade_no: trade.outTradeNo,
    trade_no: trade.tradeNo,
    trade_status: status,
    total_amount: paid,
    receipt_amount: paid,
    buyer_pay_amount: paid,
    invoice_amount: paid,
    point_amount: '0.00',
    seller_id: parts.keys.alipay.sellerId,
    buyer_open_id: trade.buyerOpenId ?? '',
    subject: trade.subject,
    gmt_create: beijingText(trade.createdAt),
    gmt_payment: beijingText(trade.paidAt ?? trade.createdAt),
    fund_bill_list: JSON.stringify([{ amount: paid, fundChannel: 'ALIPAYACCOUNT' }]),
    ...(trade.body === null ? {} : { body: trade.body }),
    ...(trade.passbackParams === null ? {} : { passback_params: trade.passbackParams }),
    ...(refund
      ? {
          out_biz_no: refund.outRequestNo,
          refund_fee: formatYuan(fen(refundedFen(trade, parts.clock()))),
          gmt_refund: beijingText(refund.settledAt ?? refund.requestedAt),
        }
      : {}),
  };
}

/** Faults of content: validly signed, but not what was ordered. */
function altered(parts: Surroundings, fields: Record<string, string>, fault: Fault | null): Record<string, string> {
  switch (fault) {
    case 'amount-changed': {
      const more = `9${fields.total_amount ?? ''}`;
      return { ...fields, total_amount: more, receipt_amount: more, buyer_pay_amount: more };
    }
    case 'other-seller':
      return { ...fields, seller_id: `2088${randomDigits(parts.randomBytes, 12)}` };
    case 'other-app':
      return { ...fields, app_id: `2021${randomDigits(parts.randomBytes, 12)}` };
    case 'unknown-order':
      return { ...fields, out_trade_no: `nobody${randomDigits(parts.randomBytes, 20)}` };
    default:
      return fields;
  }
}

/** Faults below the form: one digit of the amount changed after signing, or a percent sign that encodes nothing. */
function inTransit(form: string, fault: Fault | null): string {
  if (fault === 'byte-flipped')
    return form.replace(/(total_amount=)(\d)/, (_, name: string, digit: string) => name + String((Number(digit) + 1) % 10));
  if (fault === 'bad-percent-encoding') return form.replace(/(subject=)/, '$1%E6%9');
  return form;
}
