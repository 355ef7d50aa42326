import type { TopUpReply } from '../../shared/api/student';
import { AppError, isAppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import { toIso } from '../../shared/time';
import { type CreatedOrder, isSameWish, type Order, type PlatformChannel, withPlatformRef } from '../domain/order';
import type { PaymentPlatform, PaymentPlatformName, CreatedOrder as PlatformAnswer } from '../platforms/contract';
import { reread } from './confirm-order';
import { askLater, type QueryDeps, queryOrder } from './query-order';

export interface PlaceDeps extends QueryDeps {
  readonly platforms: Readonly<Record<PaymentPlatformName, Pick<PaymentPlatform, 'createOrder' | 'queryOrder' | 'closeOrder'>>> &
    QueryDeps['platforms'];
  /** Where each platform sends its callbacks. */
  readonly notifyUrls: Readonly<Record<PaymentPlatformName, string>>;
  /** The app of ours whose name stands on a code or page. Absent: this function makes orders in the payer's app only. */
  readonly scanApps?: Readonly<Partial<Record<PlatformChannel, string>>>;
  /** Where the platform's page sends the payer's browser afterwards. */
  readonly returnUrl?: string;
}

/** Writes the order unless it is there already, which is answered then. */
export type InsertOrder = (wanted: CreatedOrder) => Promise<Order | undefined>;

/**
 * Records the order, creates it at the platform, records the platform's name for it, and answers what the payer's screen needs. A repeat is
 * the same order: it is made again at the platform, which answers the same one, and once it can no longer be paid the answer carries its
 * state and no parameters.
 *
 * Throws AppError: `request.replayed-differently`, `top-up.platform-refused`, `top-up.platform-unavailable` (the order stays, and the sweep
 * learns what became of it), `top-up.channel-not-offered`, and what `insert` throws.
 */
export async function placeOrder(
  deps: PlaceDeps,
  wanted: CreatedOrder,
  pack: RulePack,
  insert: InsertOrder = (order) => deps.orders.insert(order),
): Promise<TopUpReply> {
  const found = await insert(wanted);
  if (found !== undefined && !isSameWish(found, wanted)) throw new AppError('request.replayed-differently');
  const order = found ?? wanted;
  if (order.state !== 'created' || deps.clock() >= order.expiresAt) return render(order, {}, pack);
  if (found === undefined) await askLater(deps, order);
  const created = await createAtPlatform(deps, order, pack, found !== undefined);
  if (created === undefined) return render(await reread(deps.orders, order), {}, pack);
  const latest = await recordOutcome(deps, order, created.platformOrderRef);
  return render(latest, latest.state === 'created' ? created.payParams : {}, pack);
}

/** Undefined when a repeat was refused because the order has been settled meanwhile: its row then says how. */
async function createAtPlatform(
  deps: PlaceDeps,
  order: CreatedOrder,
  pack: RulePack,
  isRepeat: boolean,
): Promise<PlatformAnswer | undefined> {
  const { channel, payBy } = order;
  if (channel === 'bank-card' || payBy === 'bank' || payBy === 'contract') throw new AppError('top-up.channel-not-offered', { channel });
  try {
    return await deps.platforms[channel].createOrder({
      merchantOrderNo: order.orderNo,
      payBy,
      amountFen: order.amountFen,
      description: `${pack.shortName.zh}校园卡充值`,
      ...(payBy === 'in-app' ? { payerOpenId: order.payerOpenId } : {}),
      ...(payBy === 'page' && deps.returnUrl !== undefined ? { returnUrl: deps.returnUrl } : {}),
      appId: order.appId,
      notifyUrl: deps.notifyUrls[channel],
      expiresAt: order.expiresAt,
      schoolId: order.schoolId,
    });
  } catch (error) {
    if (!isRepeat || !isAppError(error, 'top-up.platform-refused')) throw error;
    const after = await queryOrder(deps, order);
    if (after.state === 'created') throw error;
    return undefined;
  }
}

/** The callback may have been faster than the platform's own answer: then the row is further than we are. */
async function recordOutcome(deps: PlaceDeps, order: CreatedOrder, platformOrderRef: string): Promise<Order> {
  if (order.platformOrderRef === platformOrderRef) return order;
  const next = withPlatformRef(order, platformOrderRef);
  return (await deps.orders.replace(next)) ? next : reread(deps.orders, order);
}

function render(order: Order, payParams: Readonly<Record<string, string>>, pack: RulePack): TopUpReply {
  return { orderNo: order.orderNo, state: order.state, payParams, expiresAt: toIso(order.expiresAt, pack.utcOffsetMinutes) };
}
