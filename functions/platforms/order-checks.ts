import { AppError } from '../../shared/errors';
import type { NewCodePayment, NewOrder, NewRefund, OrderRef, RefundRef } from './contract';
import { isSafeUrl } from './settings';

const ORDER_NO = /^[0-9A-Za-z_]{6,32}$/;

/**
 * The form both platforms take. WeChat Pay would also take "-", "|" and "*", but "|" breaks a signature made before
 * the URL is encoded, and Alipay takes none of them.
 */
export function assertOrderRef({ merchantOrderNo, appId }: OrderRef, appIds: readonly string[]): void {
  if (!ORDER_NO.test(merchantOrderNo)) throw new AppError('request.malformed', { field: 'merchantOrderNo' });
  if (!appIds.includes(appId)) throw new AppError('top-up.channel-not-offered');
}

/** What both platforms demand of an order, checked before a request is signed. */
export function assertNewOrder(order: NewOrder, appIds: readonly string[]): void {
  assertOrderRef(order, appIds);
  if (!isAmount(order.amountFen)) throw new AppError('top-up.amount-invalid');
  if (order.payBy === 'in-app' && !order.payerOpenId) throw new AppError('request.malformed', { field: 'payerOpenId' });
  if (order.returnUrl !== undefined && !isSafeUrl(order.returnUrl)) throw new AppError('request.malformed', { field: 'returnUrl' });
  if (order.description.trim() === '') throw new AppError('request.malformed', { field: 'description' });
  assertNotifyUrl(order.notifyUrl);
}

export function assertRefundRef(refund: RefundRef, appIds: readonly string[]): void {
  assertOrderRef(refund, appIds);
  if (!ORDER_NO.test(refund.refundNo)) throw new AppError('request.malformed', { field: 'refundNo' });
}

/** A refund above its order would be refused by the platform as well; here it has surely moved nothing. */
export function assertNewRefund(refund: NewRefund, appIds: readonly string[]): void {
  assertRefundRef(refund, appIds);
  if (!isAmount(refund.orderFen)) throw new AppError('request.malformed', { field: 'orderFen' });
  if (!isAmount(refund.amountFen) || refund.amountFen > refund.orderFen) throw new AppError('request.malformed', { field: 'amountFen' });
  if (refund.reason.trim() === '') throw new AppError('request.malformed', { field: 'reason' });
  assertNotifyUrl(refund.notifyUrl);
}

const AUTH_CODE = /^\d{16,24}$/;

/** What both platforms demand of a payment by code, checked before a request is signed. */
export function assertCodePayment(payment: NewCodePayment, appIds: readonly string[]): void {
  assertOrderRef(payment, appIds);
  if (!AUTH_CODE.test(payment.authCode)) throw new AppError('request.malformed', { field: 'authCode' });
  if (!isAmount(payment.amountFen)) throw new AppError('top-up.amount-invalid');
  if (payment.description.trim() === '') throw new AppError('request.malformed', { field: 'description' });
}

export function isAmount(amount: number): boolean {
  return Number.isSafeInteger(amount) && amount > 0;
}

const MAX_NOTIFY_URL = 255;

export function assertNotifyUrl(url: string): void {
  const isFit = url.length <= MAX_NOTIFY_URL && !/[?#]/.test(url) && isSafeUrl(url);
  if (!isFit) throw new AppError('config.invalid', { setting: 'notifyUrl' });
}
