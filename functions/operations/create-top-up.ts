import type { SignInPlatform, TopUpReply } from '../../shared/api/student';
import { AppError, isAppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import { toIso } from '../../shared/time';
import { type CreatedOrder, isSameWish, newOrder, type Order, withPlatformRef } from '../domain/order';
import { orderNumber } from '../domain/order-number';
import { offeredChannel, topUpAmount } from '../domain/top-up-amount';
import type { PaymentPlatform, PaymentPlatformName, CreatedOrder as PlatformAnswer } from '../platforms/contract';
import { reread } from './confirm-order';
import { type QueryDeps, queryOrder } from './query-order';

export interface TopUpDeps extends QueryDeps {
  readonly platforms: Readonly<Record<PaymentPlatformName, Pick<PaymentPlatform, 'createOrder' | 'queryOrder' | 'closeOrder'>>> &
    QueryDeps['platforms'];
  /** Where each platform sends its callbacks. */
  readonly notifyUrls: Readonly<Record<PaymentPlatformName, string>>;
}

/** Who asks, from the session: the payer pays in the app that this session lives in. */
export interface Payer {
  readonly schoolId: string;
  readonly accountNo: number;
  readonly platform: SignInPlatform;
  readonly appId: string;
  readonly openid: string;
}

export interface TopUpWish {
  readonly requestId: string;
  /** As it came from the wire. */
  readonly amountFen: unknown;
  readonly channel: string;
}

/** A WeChat page cannot open Alipay's cashier, nor the other way round. */
const CHANNEL_OF: Readonly<Record<SignInPlatform, PaymentPlatformName>> = {
  'wechat-mini': 'wechat-pay',
  'wechat-web': 'wechat-pay',
  'alipay-mini': 'alipay',
  'alipay-web': 'alipay',
};

/**
 * Records the order, creates it at the platform, records the platform's name for it, and answers what the phone hands
 * to the cashier. A repeat of `requestId` is the same order: it is made again at the platform, which answers the same
 * one, and once it can no longer be paid the answer carries its state and no parameters.
 *
 * Throws AppError: `school.unknown`, `account.unknown`, `account.closed`, `top-up.channel-not-offered`,
 * `top-up.amount-invalid`, `top-up.over-cap`, `request.replayed-differently`, `top-up.platform-refused`,
 * `top-up.platform-unavailable` (the order stays, and the sweep learns what became of it).
 */
export async function createTopUp(deps: TopUpDeps, payer: Payer, wish: TopUpWish): Promise<TopUpReply> {
  const pack = await deps.packOf(payer.schoolId);
  const wanted = await decide(deps, payer, wish, pack);
  const found = await deps.orders.insert(wanted);
  if (found !== undefined && !isSameWish(found, wanted)) throw new AppError('request.replayed-differently');
  const order = found ?? wanted;
  if (order.state !== 'created' || deps.clock() >= order.expiresAt) return render(order, {}, pack);
  const created = await createAtPlatform(deps, order, pack, found !== undefined);
  if (created === undefined) return render(await reread(deps.orders, order), {}, pack);
  const latest = await recordOutcome(deps, order, created.platformOrderRef);
  return render(latest, latest.state === 'created' ? created.payParams : {}, pack);
}

async function decide(deps: TopUpDeps, payer: Payer, wish: TopUpWish, pack: RulePack): Promise<CreatedOrder> {
  const { schoolId, accountNo, appId, openid } = payer;
  const channel = offeredChannel(pack, wish.channel);
  if (CHANNEL_OF[payer.platform] !== channel.id)
    throw new AppError('top-up.channel-not-offered', { channel: channel.id, platform: payer.platform });
  const amountFen = topUpAmount(wish.amountFen, pack, channel);
  const head = await deps.passbook.head(schoolId, accountNo);
  if (head === undefined) throw new AppError('account.unknown');
  if (head.state.closed) throw new AppError('account.closed');
  const orderNo = orderNumber({ schoolId, accountNo, requestId: wish.requestId });
  return newOrder({ schoolId, orderNo, accountNo, channel: channel.id, amountFen, appId, payerOpenId: openid }, deps.clock());
}

/** Undefined when a repeat was refused because the order has been settled meanwhile: its row then says how. */
async function createAtPlatform(
  deps: TopUpDeps,
  order: CreatedOrder,
  pack: RulePack,
  isRepeat: boolean,
): Promise<PlatformAnswer | undefined> {
  const { channel } = order;
  if (channel === 'bank-card') throw new AppError('top-up.channel-not-offered', { channel });
  try {
    return await deps.platforms[channel].createOrder({
      merchantOrderNo: order.orderNo,
      payBy: 'in-app',
      amountFen: order.amountFen,
      description: `${pack.shortName.zh}校园卡充值`,
      payerOpenId: order.payerOpenId,
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
async function recordOutcome(deps: TopUpDeps, order: CreatedOrder, platformOrderRef: string): Promise<Order> {
  if (order.platformOrderRef === platformOrderRef) return order;
  const next = withPlatformRef(order, platformOrderRef);
  return (await deps.orders.replace(next)) ? next : reread(deps.orders, order);
}

function render(order: Order, payParams: Readonly<Record<string, string>>, pack: RulePack): TopUpReply {
  return { orderNo: order.orderNo, state: order.state, payParams, expiresAt: toIso(order.expiresAt, pack.utcOffsetMinutes) };
}
