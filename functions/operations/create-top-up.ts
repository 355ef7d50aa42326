import type { SignInPlatform, TopUpReply } from '../../shared/api/student';
import { AppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import { type CreatedOrder, newOrder } from '../domain/order';
import { orderNumber } from '../domain/order-number';
import { type PaymentChoice, paymentWay } from '../domain/payment-way';
import { cardRoom, offeredChannel, topUpAmount } from '../domain/top-up-amount';
import { type PlaceDeps, placeOrder } from './place-order';

export type TopUpDeps = PlaceDeps;

/** Who asks, from the session: the payer pays in the app that this session lives in, or by a code or page that it shows. */
export interface Payer {
  readonly schoolId: string;
  readonly accountNo: number;
  readonly platform: SignInPlatform;
  readonly appId: string;
  readonly openid: string;
}

export interface TopUpWish extends Partial<PaymentChoice> {
  readonly requestId: string;
  /** As it came from the wire. */
  readonly amountFen: unknown;
  readonly channel: string;
}

/**
 * The holder tops their own card up. A repeat of `requestId` is the same order (`placeOrder`).
 *
 * Throws AppError: `school.unknown`, `account.unknown`, `account.closed`, `top-up.channel-not-offered`, `top-up.not-here`,
 * `top-up.amount-invalid`, `top-up.over-cap`, `top-up.over-max-balance` (detail.leftFen), `request.replayed-differently`,
 * `request.busy`, `top-up.platform-refused`, `top-up.platform-unavailable` (the order stays, and the sweep learns what became of it).
 */
export async function createTopUp(deps: TopUpDeps, payer: Payer, wish: TopUpWish): Promise<TopUpReply> {
  const pack = await deps.packOf(payer.schoolId);
  return placeOrder(deps, await decide(deps, payer, wish, pack), pack);
}

async function decide(deps: TopUpDeps, payer: Payer, wish: TopUpWish, pack: RulePack): Promise<CreatedOrder> {
  const { schoolId, accountNo } = payer;
  const channel = offeredChannel(pack, wish.channel);
  const choice: PaymentChoice = { payBy: wish.payBy ?? 'in-app', screen: wish.screen ?? 'phone' };
  const { begunBy: _holder, ...way } = paymentWay(payer, channel, choice, deps.scanApps ?? {});
  const amountFen = topUpAmount(wish.amountFen, pack, channel);
  const head = await deps.passbook.head(schoolId, accountNo);
  if (head === undefined) throw new AppError('account.unknown');
  if (head.state.closed) throw new AppError('account.closed');
  const orderNo = orderNumber({ schoolId, accountNo, requestId: wish.requestId });
  const leftFen = cardRoom(head.state, pack);
  // A repeat of an order whose money is on the card by now is answered as it was.
  if (leftFen !== undefined && amountFen > leftFen && (await deps.orders.find(schoolId, orderNo)) === undefined) {
    throw new AppError('top-up.over-max-balance', { leftFen });
  }
  return newOrder({ schoolId, orderNo, accountNo, channel: channel.id, amountFen, ...way }, deps.clock());
}
