import { AppError } from '../../shared/errors';
import { type AutoTopUp, afterAutoOrder, isAutoWanted, withAutoOrder } from '../domain/auto-top-up';
import { type CreatedOrder, newOrder } from '../domain/order';
import { orderNumber } from '../domain/order-number';
import type { AutoTopUps } from '../store/auto-top-ups';
import type { ChargedAccount } from './charged-accounts';
import { askLater, type QueryDeps } from './query-order';

export type LowDeps = Pick<QueryDeps, 'orders' | 'passbook' | 'clock' | 'backOff' | 'packOf' | 'queue'> & {
  readonly autoTopUps: AutoTopUps;
};

/**
 * What a charge in the passbook's stream asks for. Most of them are told apart by the entry itself: no threshold of the school is above what
 * is left.
 *
 * Throws AppError: as `topUpIfLow`; the stream then delivers it again, and the next charge asks as well.
 */
export async function topUpAfterCharge(deps: LowDeps, charged: ChargedAccount): Promise<CreatedOrder | undefined> {
  const { auto } = (await deps.packOf(charged.schoolId)).topUp;
  return auto === undefined || charged.leftFen >= Math.max(...auto.thresholdsFen) ? undefined : topUpIfLow(deps, charged);
}

const MAX_TRIES = 20;

/**
 * Begins an automatic top-up where the account has agreed to one and is below its threshold. Only the intent is written here: the order
 * together with the permission's next version, so that of any number of triggers one makes an order and the month's cap holds. The money is
 * asked for by whoever asks about the order next, which is at once. Undefined where nothing is wanted.
 *
 * Throws AppError: `school.unknown`, `request.busy`.
 */
export async function topUpIfLow(
  deps: LowDeps,
  { schoolId, accountNo }: { readonly schoolId: string; readonly accountNo: number },
): Promise<CreatedOrder | undefined> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    if (tries > 0) await deps.backOff(tries);
    // The cheap read is enough to see that an account has agreed to nothing, as most have.
    const read = await deps.autoTopUps.find(schoolId, accountNo, { consistent: tries > 0 });
    if (read === undefined || read.state !== 'signed' || !read.isOn) return undefined;
    // The order before the head: where the order is credited, the head has its money.
    const auto = await settled(deps, read);
    const head = await deps.passbook.head(schoolId, accountNo);
    const pack = await deps.packOf(schoolId);
    const now = deps.clock();
    if (head === undefined || !isAutoWanted(auto, head.state, pack, now)) {
      if (auto !== read) await deps.autoTopUps.save(auto);
      return undefined;
    }
    const { channel, amountFen, appId, payerOpenId } = auto;
    const orderNo = orderNumber({ schoolId, accountNo, requestId: `auto\n${auto.orders + 1}` });
    const wish = { schoolId, orderNo, accountNo, channel, amountFen, appId, payerOpenId, payBy: 'contract', origin: 'auto' } as const;
    const order: CreatedOrder = { ...newOrder(wish, now), dueAt: now };
    const result = await deps.orders.insertWith(order, [deps.autoTopUps.changedRow(withAutoOrder(auto, orderNo, now, pack))]);
    if (!result.written) continue;
    await askLater(deps, order);
    return order;
  }
  throw new AppError('request.busy');
}

/** The permission with what has become of its order. */
export async function settled(deps: Pick<LowDeps, 'orders' | 'clock'>, auto: AutoTopUp): Promise<AutoTopUp> {
  if (auto.openOrderNo === undefined) return auto;
  const order = await deps.orders.find(auto.schoolId, auto.openOrderNo);
  if (order === undefined) throw new Error('an order that a permission names was written with it');
  return afterAutoOrder(auto, order, deps.clock());
}
