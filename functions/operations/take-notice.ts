import type { PaymentNotice, PaymentNotices } from '../platforms/contract';
import { type ConfirmDeps, confirmOrder, findOrder } from './confirm-order';

export interface NoticeDeps extends ConfirmDeps {
  readonly notices: Pick<PaymentNotices, 'name' | 'parseNotice'>;
}

/** A callback as it came: the signature is over these bytes. */
export interface NoticeRequest {
  readonly rawBody: Uint8Array;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/**
 * Takes a platform's callback: verified, compared with the order, credited once. Returning means that the platform
 * may stop repeating it. A notice of anything but a payment changes nothing: the sweep asks before it closes.
 *
 * Throws AppError: what `parseNotice` and `confirmOrder` throw; nothing is written then but what `creditOrder` keeps.
 */
export async function takeNotice(deps: NoticeDeps, request: NoticeRequest): Promise<PaymentNotice> {
  const notice = deps.notices.parseNotice(request.rawBody, request.headers, deps.clock());
  if (notice.status === 'paid') await confirmOrder(deps, deps.notices.name, notice);
  else if (notice.status !== 'other') await findOrder(deps.orders, notice.merchantOrderNo);
  return notice;
}
