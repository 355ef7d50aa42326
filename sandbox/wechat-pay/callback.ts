import { randomUUID } from 'node:crypto';
import { faultOfAttempt } from '../cashier/faults';
import { rfc3339 } from '../lib/beijing';
import type { MerchantAnswer, NoticeKind, Outgoing } from '../lib/courier';
import { lookup } from '../lib/lookup';
import { HEX_UPPER, randomAlphanumeric, randomDigits, randomText } from '../lib/random-text';
import type { Delivery, Fault } from '../state';
import type { Surroundings } from '../surroundings';
import { encryptResource } from './encrypt-resource';
import { transactionOf } from './orders';
import { currentSigningKey, signMessage } from './platform-keys';
import { refundNoticeOf } from './refund-view';
import { findRefund } from './refunds';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** The documented schedule after a first attempt: 24 h 4 min in all. */
const WAITS_MS = [
  15 * SECOND,
  15 * SECOND,
  30 * SECOND,
  3 * MINUTE,
  10 * MINUTE,
  20 * MINUTE,
  30 * MINUTE,
  30 * MINUTE,
  30 * MINUTE,
  60 * MINUTE,
  3 * HOUR,
  3 * HOUR,
  3 * HOUR,
  6 * HOUR,
  6 * HOUR,
] as const;

/** 校园轻松付 repeats sooner, and gives up after an hour. */
const DEDUCTION_WAITS_MS = [SECOND, ...Array<number>(10).fill(MINUTE), ...Array<number>(10).fill(5 * MINUTE)];

const REFUND_SUMMARY = { SUCCESS: '退款成功', ABNORMAL: '退款异常', CLOSED: '退款关闭' } as const;

export function wechatNoticeKind(parts: Surroundings): NoticeKind {
  return {
    waitsMs: (delivery) => (delivery.subject === 'deduction' ? DEDUCTION_WAITS_MS : WAITS_MS),
    // The HTTP status decides, the body does not: 200 with {"code":"FAIL"} is never sent again.
    accepts: (answer: MerchantAnswer) => answer.status === 200 || answer.status === 204,
    compose(delivery) {
      const fault = faultOfAttempt(delivery);
      const notice = composeNotice(parts, delivery, fault);
      return fault === 'sign-test' ? [probeOf(parts, notice), composeNotice(parts, delivery, null)] : [notice];
    },
  };
}

export function newNoticeId(): string {
  return randomUUID();
}

/** Signed anew at every attempt: the timestamp is that of the attempt, however much the waits are sped up. */
function composeNotice(parts: Surroundings, delivery: Delivery, fault: Fault | null): Outgoing {
  const refund = delivery.subject === 'refund';
  const originalType = refund ? 'refund' : 'transaction';
  const outcome = refund ? findRefund(parts, delivery.refundNo ?? '').outcome : 'SUCCESS';
  const plain = JSON.stringify(altered(parts, resourceOf(parts, delivery), fault));
  const encrypted = encryptResource(plain, originalType, parts.keys.wechatPay.apiV3Key, parts.randomBytes);
  const resource = { original_type: originalType, ...damaged(encrypted, fault) };
  const body = Buffer.from(
    JSON.stringify({
      id: delivery.noticeId,
      create_time: rfc3339(delivery.createdAt),
      resource_type: 'encrypt-resource',
      ...(refund ? { event_type: `REFUND.${outcome}`, summary: REFUND_SUMMARY[outcome] } : paymentEvent(parts, delivery)),
      resource,
    }),
  );
  return signedNotice(parts, body, fault);
}

function paymentEvent({ state }: Surroundings, { orderNo }: Delivery): { event_type: string; summary: string } {
  const failed = lookup(state.wechatOrders, orderNo)?.deduction?.outcome === 'PAY_FAIL';
  return failed ? { event_type: 'TRANSACTION.PAY_FAIL', summary: '扣款失败' } : { event_type: 'TRANSACTION.SUCCESS', summary: '支付成功' };
}

function signedNotice(parts: Surroundings, body: Buffer, fault: Fault | null): Outgoing {
  const ageMs = fault === 'stale-time' ? 10 * MINUTE : 0;
  const timestamp = String(Math.floor((parts.wireClock() - ageMs) / 1000));
  const nonce = randomAlphanumeric(parts.randomBytes, 32);
  const key = currentSigningKey(parts);
  const signature = signMessage(key, { timestamp, nonce, body });
  const serial = fault === 'unknown-serial' ? `6${randomText(parts.randomBytes, 39, HEX_UPPER)}` : key.serial;
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Mozilla/4.0',
    'wechatpay-timestamp': timestamp,
    'wechatpay-nonce': nonce,
    'wechatpay-serial': serial,
    'wechatpay-signature-type': 'WECHATPAY2-SHA256-RSA2048',
    ...(fault === 'unsigned' ? {} : { 'wechatpay-signature': signature }),
  };
  return { headers, body: fault === 'byte-flipped' ? flipCiphertextByte(body) : body };
}

/** What a receiver must fail to verify and answer with 4xx: the documented probe carries a signature that is none. */
function probeOf(parts: Surroundings, notice: Outgoing): Outgoing {
  const garbage = Buffer.from(parts.randomBytes(192)).toString('base64');
  return { ...notice, headers: { ...notice.headers, 'wechatpay-signature': `WECHATPAY/SIGNTEST/${garbage}` } };
}

function resourceOf(parts: Surroundings, delivery: Delivery): Record<string, unknown> {
  if (delivery.subject === 'refund') return refundNoticeOf(parts, delivery.refundNo ?? '');
  const order = lookup(parts.state.wechatOrders, delivery.orderNo);
  if (!order) throw new Error(`no order ${delivery.orderNo} to tell of`);
  // A notice tells of the payment, whatever refund came later.
  return transactionOf(parts, { ...order, state: 'SUCCESS' });
}

/** Faults of content: validly encrypted and signed, but not what was ordered. */
function altered(parts: Surroundings, resource: Record<string, unknown>, fault: Fault | null): Record<string, unknown> {
  const amount = typeof resource.amount === 'object' ? resource.amount : {};
  switch (fault) {
    case 'amount-changed':
      return { ...resource, amount: { ...amount, total: totalOf(amount) * 10, payer_total: totalOf(amount) * 10 } };
    case 'currency-changed':
      return { ...resource, amount: { ...amount, currency: 'USD' } };
    case 'other-seller':
      return { ...resource, mchid: `19${randomDigits(parts.randomBytes, 8)}` };
    case 'other-app':
      return { ...resource, appid: `wx${randomText(parts.randomBytes, 16, '0123456789abcdef')}` };
    case 'unknown-order':
      return { ...resource, out_trade_no: `nobody${randomDigits(parts.randomBytes, 20)}` };
    default:
      return resource;
  }
}

function totalOf(amount: object | null): number {
  return amount && 'total' in amount && typeof amount.total === 'number' ? amount.total : 0;
}

interface Sealed {
  readonly ciphertext: string;
  readonly associated_data: string;
}

/** Faults of encryption, below a valid signature. */
function damaged<T extends Sealed>(sealed: T, fault: Fault | null): T {
  if (fault === 'wrong-associated-data') return { ...sealed, associated_data: `${sealed.associated_data}x` };
  if (fault !== 'bad-tag') return sealed;
  const bytes = Buffer.from(sealed.ciphertext, 'base64');
  bytes.fill(0, bytes.length - 16);
  return { ...sealed, ciphertext: bytes.toString('base64') };
}

/** Changes one base64 character of the ciphertext, leaving JSON that still parses: only the signature can tell. */
function flipCiphertextByte(body: Buffer): Buffer {
  const flipped = Buffer.from(body);
  const at = body.indexOf('"ciphertext":"') + '"ciphertext":"'.length + 8;
  flipped[at] = flipped[at] === 0x41 ? 0x42 : 0x41;
  return flipped;
}
