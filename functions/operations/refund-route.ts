import { isAppError } from '../../shared/errors';
import { add } from '../../shared/money';
import { isHouseAccount } from '../domain/house-account';
import { withRemaining } from '../domain/order';
import type { PayOut, RequestedPayOut } from '../domain/pay-out';
import type { PaymentPlatformName, PlatformRefund, RefundPlatform } from '../platforms/contract';
import type { Adjustments } from '../store/adjustments';
import type { Orders } from '../store/orders';
import type { Reversals } from '../store/reversals';
import type { TableWrite } from '../store/table';
import type { PayOutAnswer, PayOutRoute } from './pay-out';
import { refundedOrder } from './refund-facts';
import { orphanItemNo } from './refund-orphan';

export interface RefundRouteDeps {
  readonly platforms: Readonly<Record<PaymentPlatformName, Pick<RefundPlatform, 'refund' | 'queryRefund'>>>;
  /** Where WeChat Pay tells how a refund ended. Alipay is asked. */
  readonly notifyUrls: Readonly<Record<PaymentPlatformName, string>>;
  /** To the holder's bank card, the way a withdrawal goes. */
  readonly toBank: Pick<PayOutRoute, 'send' | 'query'>;
  readonly orders: Pick<Orders, 'find' | 'replacement'>;
  readonly reversals: Reversals;
  readonly adjustments: Pick<Adjustments, 'findItem' | 'itemReplacement'>;
}

/** Refunds: to the payer by the platform that took the payment, or to the holder's own bank card. */
export function createRefundRoute(deps: RefundRouteDeps): PayOutRoute {
  return {
    send: (payOut) => (payOut.to.via === 'platform' ? ask(deps, payOut) : deps.toBank.send(payOut)),
    async query(payOut) {
      if (payOut.to.via !== 'platform') return deps.toBank.query(payOut);
      const { channel, orderNo, appId } = payOut.to;
      const said = await deps.platforms[channel].queryRefund({ refundNo: payOut.payOutNo, merchantOrderNo: orderNo, appId });
      // Never arrived, or not to be told from it: a repeat of the number is the same refund.
      return said.status === 'not-found' || said.status === 'pending' ? ask(deps, payOut) : answerOf(payOut, said);
    },
    onReturn: (payOut) => rowsOfReturn(deps, payOut),
  };
}

async function ask(deps: RefundRouteDeps, payOut: RequestedPayOut): Promise<PayOutAnswer> {
  if (payOut.to.via !== 'platform') throw new Error('only a platform is asked here');
  const { channel, orderNo, appId, orderFen } = payOut.to;
  const { payOutNo: refundNo, amountFen, reason } = payOut;
  const notifyUrl = deps.notifyUrls[channel];
  try {
    const request = { refundNo, merchantOrderNo: orderNo, appId, amountFen, orderFen, reason, notifyUrl };
    return answerOf(payOut, await deps.platforms[channel].refund(request));
  } catch (error) {
    if (!isAppError(error, 'refund.platform-refused')) throw error;
    return { status: 'failed', failure: String(error.detail?.platformCode ?? 'refused') };
  }
}

/** What a platform says of a refund, from an answer or a notice. A number that stands for another amount is not believed. */
export function answerOf(payOut: PayOut, said: PlatformRefund): PayOutAnswer {
  switch (said.status) {
    case 'succeeded':
      if (said.amountFen !== payOut.amountFen) return { status: 'pending' };
      return { status: 'succeeded', at: said.refundedAt, externalRef: said.platformRefundNo };
    case 'failed':
      return { status: 'failed', failure: 'closed' };
    case 'stuck':
      return { status: 'stuck', failure: 'undeliverable' };
    case 'pending':
    case 'not-found':
      return { status: 'pending' };
  }
}

/** The lot has its money again; of a sale that was taken back by the way it was paid, that part was not taken back. */
async function rowsOfReturn(deps: RefundRouteDeps, payOut: PayOut): Promise<readonly TableWrite[]> {
  const { schoolId, accountNo, amountFen, payOutNo: entryId, to } = payOut;
  if (to.via === 'platform' && to.saleN !== undefined) {
    const read = await deps.reversals.find(schoolId, accountNo, to.saleN);
    return [deps.reversals.rowWithout({ schoolId, accountNo, reversed: to.saleN, read, entryId })];
  }
  if (isHouseAccount(accountNo)) {
    // What nobody's account ever had has no lot; it is in suspense again.
    const item = await deps.adjustments.findItem(schoolId, orphanItemNo(entryId));
    if (item === undefined) return [];
    return [deps.adjustments.itemReplacement({ ...item, openFen: add(item.openFen, amountFen), version: item.version + 1 })];
  }
  const orderNo = refundedOrder(payOut);
  if (orderNo === undefined) return [];
  const order = await deps.orders.find(schoolId, orderNo);
  if (order?.state !== 'credited') throw new Error('a refund names an order that was never credited');
  return [deps.orders.replacement(withRemaining(order, add(order.credit.remainingFen, amountFen)))];
}
