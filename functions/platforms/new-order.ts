import { AppError } from '../../shared/errors';
import type { NewOrder } from './contract';
import { isSafeUrl } from './settings';
import { assertOrderNo } from './wire';

const MAX_NOTIFY_URL = 255;

/** What both platforms demand of an order, checked before a request is signed. */
export function assertNewOrder(order: NewOrder, appIds: readonly string[]): void {
  assertOrderNo(order.merchantOrderNo);
  if (!Number.isSafeInteger(order.amountFen) || order.amountFen <= 0) throw new AppError('top-up.amount-invalid');
  if (!appIds.includes(order.appId)) throw new AppError('top-up.channel-not-offered', { appId: order.appId });
  if (order.payerOpenId === '') throw new AppError('request.malformed', { field: 'payerOpenId' });
  if (order.description.trim() === '') throw new AppError('request.malformed', { field: 'description' });
  const isFit = order.notifyUrl.length <= MAX_NOTIFY_URL && !/[?#]/.test(order.notifyUrl) && isSafeUrl(order.notifyUrl);
  if (!isFit) throw new AppError('config.invalid', { setting: 'notifyUrl' });
}
