import { AppError } from '../../shared/errors';
import { schoolOfOrder } from '../domain/order-number';
import type { PayOut } from '../domain/pay-out';
import type { PaymentPlatformName, RefundNotice, RefundNotices } from '../platforms/contract';
import { type PayOutDeps, settlePayOut } from './pay-out';
import { answerOf } from './refund-route';
import type { NoticeRequest } from './take-notice';

export interface RefundNoticeDeps extends PayOutDeps {
  readonly notices: Pick<RefundNotices, 'name' | 'parseRefundNotice'>;
}

export interface TakenRefundNotice {
  readonly notice: RefundNotice;
  readonly state: PayOut['state'];
  /** The platform says something else than what is recorded for good: a person must look. */
  readonly contradicts: boolean;
}

const MAX_TRIES = 20;

/**
 * Takes a platform's word on how a refund ended: verified, compared with what was asked for, recorded once. Returning means that the
 * platform may stop repeating it.
 *
 * Throws AppError: what `parseRefundNotice` throws, `refund.unknown` (no refund of ours, or one of another order or platform),
 * `callback.amount-mismatch`, `request.busy`, `account.unknown`, `school.unknown`; nothing is written then.
 */
export async function takeRefundNotice(deps: RefundNoticeDeps, request: NoticeRequest): Promise<TakenRefundNotice> {
  const notice = deps.notices.parseRefundNotice(request.rawBody, request.headers, deps.clock());
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    if (tries > 0) await deps.backOff(tries);
    const payOut = await findRefund(deps, deps.notices.name, notice);
    const answer = answerOf(payOut, notice);
    if (payOut.state === 'succeeded' || payOut.state === 'returned') {
      const contradicts = payOut.state === 'succeeded' ? answer.status === 'failed' : answer.status === 'succeeded';
      return { notice, state: payOut.state, contradicts };
    }
    const { state } = await settlePayOut(deps, payOut, answer);
    // Somebody else's question to the platform was written in between: then what was told is recorded at the next try.
    if (answer.status === 'pending' || state !== 'requested') return { notice, state, contradicts: false };
  }
  throw new AppError('request.busy', { refundNo: notice.refundNo });
}

async function findRefund(deps: RefundNoticeDeps, channel: PaymentPlatformName, notice: RefundNotice): Promise<PayOut> {
  const schoolId = schoolOfOrder(notice.refundNo);
  const payOut = schoolId === undefined ? undefined : await deps.payOuts.find(schoolId, notice.refundNo);
  const to = payOut?.to.via === 'platform' ? payOut.to : undefined;
  if (payOut === undefined || to?.channel !== channel || to.orderNo !== notice.merchantOrderNo) throw new AppError('refund.unknown');
  if (notice.status === 'succeeded' && notice.amountFen !== payOut.amountFen) {
    throw new AppError('callback.amount-mismatch', { refundNo: notice.refundNo });
  }
  return payOut;
}
