import type { InferOutput } from 'valibot';
import type { arrivalsReply } from '../../shared/api/finance';
import type { ArrivalWish } from '../domain/finance/bank-arrival';
import { netFen } from '../domain/finance/bank-arrival';
import type { Reconciliations } from '../store/reconciliations';
import { expectedOf } from './finance-views';
import { type ArrivalDeps, importArrivals, matchBankArrivals } from './match-arrivals';

export interface SettleArrivalsDeps extends ArrivalDeps {
  readonly reconciliations: Pick<Reconciliations, 'list'>;
}

/**
 * Takes in lines of the bank's statement and books those that are what the reconciled bills of the last months say is owed, net of fees.
 *
 * Throws AppError: `request.malformed`, `request.replayed-differently`, `request.busy`, `school.unknown`.
 */
export async function settleArrivals(
  deps: SettleArrivalsDeps,
  schoolId: string,
  lines: readonly Omit<ArrivalWish, 'schoolId'>[],
): Promise<InferOutput<typeof arrivalsReply>> {
  await importArrivals(
    deps,
    lines.map((line) => ({ schoolId, ...line })),
  );
  const records = await Promise.all(
    (['wechat-pay', 'alipay'] as const).map((channel) => deps.reconciliations.list(schoolId, channel, { limit: 93 })),
  );
  const { booked, unmatched, outstanding } = await matchBankArrivals(deps, schoolId, expectedOf(records.flat()));
  const view = ({ bankRef, day, channel, amountFen, state }: (typeof booked)[number]) => ({ bankRef, day, channel, amountFen, state });
  return {
    booked: booked.map(view),
    unmatched: unmatched.map(view),
    outstanding: outstanding.map((expected) => ({ channel: expected.channel, day: expected.day, netFen: netFen(expected) })),
  };
}
