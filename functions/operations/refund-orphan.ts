import type { Fen } from '../../shared/money';
import { houseAccountNo } from '../domain/house-account';
import { legs } from '../domain/legs';
import { movementDraft } from '../domain/movement';
import type { PlatformChannel } from '../domain/order';
import type { PayOut } from '../domain/pay-out';
import { move } from '../domain/posting';
import { refundNumber } from '../domain/refund';
import { appendHouse, type HouseDeps } from './append-house';
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

/**
 * Takes an orphan into the books of the day (挂账) and sends it back to its payer. A repeat is the same refund. One that the platform
 * definitely refuses stands in suspense again, for a person.
 *
 * Throws AppError: `request.replayed-differently` (the same payment with another amount), `request.busy`, `school.unknown`.
 */
export async function refundOrphan(deps: PayOutDeps & HouseDeps, orphan: Orphan): Promise<PayOut> {
  const { schoolId, channel, merchantOrderNo, appId, platformTradeNo, amountFen, day } = orphan;
  const pack = await deps.packOf(schoolId);
  const isFound = { kind: 'suspense', entryId: `orphan-${channel}-${platformTradeNo}`, occurredAt: deps.clock() } as const;
  await appendHouse(
    deps,
    { schoolId, house: 'suspense', day, ...isFound, postings: move(legs.channel(channel), legs.suspense, amountFen) },
    pack,
  );
  const accountNo = houseAccountNo('suspense', day);
  const payOutNo = refundNumber({ schoolId, accountNo, requestId: `orphan:${platformTradeNo}` }, merchantOrderNo);
  const to = { via: 'platform', channel, orderNo: merchantOrderNo, appId, orderFen: amountFen } as const;
  return startPayOut<undefined>(
    deps,
    { schoolId, payOutNo, accountNo, kind: 'refund', amountFen, to, reason: '退款', askedBy: 'reconcile' },
    {
      gather: async () => undefined,
      decide: (head, recordedAt) => ({
        draft: movementDraft(
          head,
          {
            kind: 'suspense-cleared',
            entryId: payOutNo,
            orderNo: merchantOrderNo,
            postings: move(legs.suspense, legs.channel(channel), amountFen),
            family: 'house',
            occurredAt: recordedAt,
            recordedAt,
          },
          pack,
        ),
      }),
    },
  );
}
