import { AppError, isAppError } from '../../shared/errors';
import type { Fen } from '../../shared/money';
import { clearedItem } from '../domain/finance/adjustment';
import { houseAccountNo } from '../domain/house-account';
import { legs } from '../domain/legs';
import { movementDraft } from '../domain/movement';
import type { PlatformChannel } from '../domain/order';
import type { PayOut } from '../domain/pay-out';
import { move } from '../domain/posting';
import { refundNumber } from '../domain/refund';
import { openSuspense, type SuspenseDeps } from './open-suspense';
import { type PayOutDeps, startPayOut } from './pay-out';

/** A payment that the platform has and that no order of ours explains. */
export interface Orphan {
  readonly schoolId: string;
  readonly channel: PlatformChannel;
  readonly merchantOrderNo: string;
  readonly appId: string;
  readonly platformTradeNo: string;
  readonly amountFen: Fen;
  /** The business day whose bill names it. */
  readonly day: string;
}

/** Number of the item in suspense that a refund of house money clears. */
export function orphanItemNo(payOutNo: string): string {
  return `orphan-${payOutNo}`;
}

/**
 * Takes an orphan into the books of the day (挂账) and sends it back to its payer; the list of what is in suspense always says what the books
 * say. A repeat is the same refund. One that the platform definitely refuses stands in suspense again, for a person.
 *
 * Throws AppError: `request.replayed-differently` (the same payment with another amount), `finance.over-rest` (a person has cleared it
 * otherwise), `request.busy`, `school.unknown`.
 */
export async function refundOrphan(deps: PayOutDeps & SuspenseDeps, orphan: Orphan): Promise<PayOut> {
  const { schoolId, channel, merchantOrderNo, appId, platformTradeNo, amountFen, day } = orphan;
  const pack = await deps.packOf(schoolId);
  // Of the payment alone: should two days' bills name it, it is still one refund. No account has number 0.
  const payOutNo = refundNumber({ schoolId, accountNo: 0, requestId: `orphan:${channel}:${platformTradeNo}` }, merchantOrderNo);
  const earlier = await deps.payOuts.find(schoolId, payOutNo);
  const accountNo = earlier?.accountNo ?? houseAccountNo('suspense', day);
  const itemNo = orphanItemNo(payOutNo);
  const from = legs.channel(channel);
  const reason = `${channel} ${merchantOrderNo}`;
  await openSuspense(deps, { schoolId, itemNo, day, from, amountFen, occurredAt: deps.clock(), reason });
  const to = { via: 'platform', channel, orderNo: merchantOrderNo, appId, orderFen: amountFen } as const;
  const postings = move(legs.suspense, from, amountFen);
  const sending = startPayOut(
    deps,
    { schoolId, payOutNo, accountNo, kind: 'refund', amountFen, to, reason: '退款', askedBy: 'reconcile' },
    {
      gather: () => deps.adjustments.findItem(schoolId, itemNo),
      decide(head, recordedAt, item) {
        const cleared = item && clearedItem(item, postings);
        if (cleared === undefined) throw new AppError('finance.over-rest');
        const entry = { kind: 'suspense-cleared', entryId: payOutNo, orderNo: merchantOrderNo, postings, family: 'house' } as const;
        return {
          draft: movementDraft(head, { ...entry, occurredAt: recordedAt, recordedAt }, pack),
          rows: [deps.adjustments.itemReplacement(cleared)],
        };
      },
    },
  );
  return sending.catch(async (error: unknown) => {
    // Another asker may have cleared the item between our two reads: then it is this very refund.
    const found = isAppError(error, 'finance.over-rest') ? await deps.payOuts.find(schoolId, payOutNo) : undefined;
    if (found === undefined) throw error;
    return found;
  });
}
