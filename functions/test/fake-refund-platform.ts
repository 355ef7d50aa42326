import { AppError } from '../../shared/errors';
import type { EpochMs } from '../../shared/time';
import type { NewRefund, PaymentPlatformName, PlatformRefund, RefundPlatform, RefundRef } from '../platforms/contract';

type Status = 'pending' | 'succeeded' | 'failed' | 'stuck';

interface HeldRefund {
  readonly request: NewRefund;
  status: Status;
}

/**
 * A platform's refunds as its contract says: idempotent by number, at most what was paid, and whatever the test wants to become of each.
 */
export class FakeRefundPlatform implements RefundPlatform {
  readonly name: PaymentPlatformName;
  readonly refunds = new Map<string, HeldRefund>();
  readonly calls: string[] = [];
  clock: () => EpochMs = () => 0;
  /** What becomes of a refund that is asked for now. */
  next: Status | 'refused' | 'lost' | 'lost-after' = 'succeeded';

  constructor(name: PaymentPlatformName) {
    this.name = name;
  }

  async refund(request: NewRefund): Promise<PlatformRefund> {
    this.calls.push(`refund ${request.refundNo}`);
    if (this.next === 'lost') throw new AppError('refund.platform-unavailable');
    const held = this.refunds.get(request.refundNo);
    if (held === undefined) {
      const before = [...this.refunds.values()].filter(({ request: { merchantOrderNo } }) => merchantOrderNo === request.merchantOrderNo);
      const given = before.filter(({ status }) => status !== 'failed').reduce((sum, one) => sum + one.request.amountFen, 0);
      if (this.next === 'refused' || given + request.amountFen > request.orderFen) {
        throw new AppError('refund.platform-refused', { platformCode: 'NOT_ENOUGH_LEFT' });
      }
      this.refunds.set(request.refundNo, { request, status: this.next === 'lost-after' ? 'succeeded' : this.next });
    } else if (held.request.amountFen !== request.amountFen || held.request.merchantOrderNo !== request.merchantOrderNo) {
      throw new AppError('refund.platform-unavailable', { reason: 'other-amount' });
    }
    if (this.next === 'lost-after') throw new AppError('refund.platform-unavailable');
    return this.view(request);
  }

  async queryRefund(wanted: RefundRef): Promise<PlatformRefund> {
    this.calls.push(`query ${wanted.refundNo}`);
    if (this.next === 'lost') throw new AppError('refund.platform-unavailable');
    return this.view(wanted);
  }

  /** What the platform's own staff or its bank did with it later. */
  become(refundNo: string, status: Status): void {
    const held = this.refunds.get(refundNo);
    if (held === undefined) throw new Error('no such refund');
    held.status = status;
  }

  /** What has really left for the payer of an order. */
  givenFen(merchantOrderNo: string): number {
    const given = [...this.refunds.values()].filter(
      ({ request, status }) => request.merchantOrderNo === merchantOrderNo && status === 'succeeded',
    );
    return given.reduce((sum, { request }) => sum + request.amountFen, 0);
  }

  view({ refundNo, merchantOrderNo }: RefundRef): PlatformRefund {
    const held = this.refunds.get(refundNo);
    if (held === undefined) return { status: 'not-found', refundNo, merchantOrderNo };
    if (held.status !== 'succeeded') return { status: held.status, refundNo, merchantOrderNo };
    const { amountFen } = held.request;
    return { status: 'succeeded', refundNo, merchantOrderNo, amountFen, platformRefundNo: `p-${refundNo}`, refundedAt: this.clock() };
  }
}
