import { AppError } from '../../shared/errors';
import type { NewOrder, OrderRef } from './contract';
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

const MAX_NOTIFY_URL = 255;

/** What both platforms demand of an order, checked before a request is signed. */
export function assertNewOrder(order: NewOrder, appIds: readonly string[]): void {
  assertOrderRef(order, appIds);
  if (!Number.isSafeInteger(order.amountFen) || order.amountFen <= 0) throw new AppError('top-up.amount-invalid');
  if (order.payBy === 'in-app' && !order.payerOpenId) throw new AppError('request.malformed', { field: 'payerOpenId' });
  if (order.returnUrl !== undefined && !isSafeUrl(order.returnUrl)) throw new AppError('request.malformed', { field: 'returnUrl' });
  if (order.description.trim() === '') throw new AppError('request.malformed', { field: 'description' });
  const isFit = order.notifyUrl.length <= MAX_NOTIFY_URL && !/[?#]/.test(order.notifyUrl) && isSafeUrl(order.notifyUrl);
  if (!isFit) throw new AppError('config.invalid', { setting: 'notifyUrl' });
}
