import type * as v from 'valibot';
import type { checkPayeeReply, TopUpForOtherReply } from '../../shared/api/others';
import { AppError } from '../../shared/errors';
import { ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { ORDERS_OF_ADDRESS } from '../domain/lockout';
import { newOrder, type OrderWish } from '../domain/order';
import { orderNumber } from '../domain/order-number';
import { type PaymentChoice, paymentWay } from '../domain/payment-way';
import { cardRoom, offeredChannel, topUpAmount } from '../domain/top-up-amount';
import { takeGuess } from './guess-guard';
import { type MatchDeps, matchPayee, payeeOf, type TypedPayee } from './match-payee';
import { type PlaceDeps, placeOrder } from './place-order';
import { isPage, type Visitor } from './visitor';

export type PayForOtherDeps = PlaceDeps & MatchDeps;

export interface VisitorWish extends PaymentChoice {
  readonly requestId: string;
  /** As it came from the wire. */
  readonly amountFen: unknown;
  readonly channel: string;
}

/**
 * Who it is, and how the school lets one pay, before there is an order (ST-65, ST-66).
 *
 * Throws AppError: `school.unknown`, `top-up.channel-not-offered` (the school does not take money from others), and what `matchPayee` throws.
 */
export async function checkPayee(
  deps: PayForOtherDeps,
  visitor: Visitor,
  typed: TypedPayee,
): Promise<v.InferOutput<typeof checkPayeeReply>> {
  const pack = await packForOthers(deps, typed.schoolId);
  const holder = await matchPayee(deps, visitor, typed);
  const channels = pack.topUp.channels.filter(
    ({ id, target, enabled }) => enabled && target === 'card' && (id === 'wechat-pay' || id === 'alipay'),
  );
  return {
    payee: payeeOf(pack, holder, { withNumber: true }),
    channels: channels.map(({ id, label, payBy }) => ({ id, label, payBy: [...(payBy ?? ['in-app' as const])] })),
  };
}

/**
 * Somebody tops up the card of a holder whose name and number they know (ST-49…ST-70). It needs no password and no binding; the payer is
 * who asks. What comes is spendable and never the holder's own bank money, and goes back to nobody but its payer. A repeat of `requestId` is
 * the same order.
 *
 * Throws AppError: `school.unknown`, `top-up.no-match`, `auth.locked`, `account.closed`, `account.unknown`, `top-up.channel-not-offered`,
 * `top-up.not-here`, `top-up.amount-invalid`, `top-up.over-cap`, `top-up.over-max-balance`, `request.replayed-differently`, `request.busy`,
 * `top-up.platform-refused`, `top-up.platform-unavailable`.
 */
export async function payForOther(deps: PayForOtherDeps, visitor: Visitor, wish: VisitorWish & TypedPayee): Promise<TopUpForOtherReply> {
  const pack = await packForOthers(deps, wish.schoolId);
  const holder = await matchPayee(deps, visitor, wish);
  const wanted = await visitorsOrder(deps, visitor, wish, { pack, accountNo: holder.accountNo, origin: 'other' });
  const placed = await placeOrder(deps, newOrder(wanted, deps.clock()), pack);
  return { ...placed, amountFen: wanted.amountFen, payee: payeeOf(pack, holder, { withNumber: true }) };
}

async function packForOthers(deps: PlaceDeps, schoolId: string): Promise<RulePack> {
  const pack = await deps.packOf(schoolId);
  if (pack.topUp.othersMayPay !== true) throw new AppError('top-up.channel-not-offered', { schoolId });
  return pack;
}

/** The order that a visitor wishes for, after every check that it and the account must pass. */
export async function visitorsOrder(
  deps: PayForOtherDeps,
  visitor: Visitor,
  wish: VisitorWish,
  { pack, ...kind }: { readonly pack: RulePack; readonly accountNo: number } & Pick<OrderWish, 'origin' | 'giftId'>,
): Promise<OrderWish> {
  const { schoolId } = pack;
  const { platform, appId, openid } = visitor.identity;
  const channel = offeredChannel(pack, wish.channel);
  const way = paymentWay(visitor.identity, channel, wish, deps.scanApps ?? {});
  const amountFen = topUpAmount(wish.amountFen, pack, channel);
  const head = await deps.passbook.head(schoolId, kind.accountNo);
  if (head === undefined) throw new AppError('account.unknown');
  if (head.state.closed) throw new AppError('account.closed');
  // Who is asked for it makes the number too: nobody can take the number of somebody else's order.
  const requestId = ['visitor', kind.origin, kind.giftId ?? '', platform, appId, openid, wish.requestId].join('\n');
  const orderNo = orderNumber({ schoolId, accountNo: kind.accountNo, requestId });
  const isRepeat = (await deps.orders.find(schoolId, orderNo)) !== undefined;
  // A stranger who could try amounts would learn the balance: only a card that is full already is refused, and no number is told.
  if (!isRepeat && cardRoom(head.state, pack) === ZERO) throw new AppError('top-up.over-max-balance');
  if (!isRepeat && isPage(visitor)) {
    const target = { schoolId, subject: 'page-orders', isUrgent: true, ofOne: ORDERS_OF_ADDRESS };
    await takeGuess(deps, target, { guessers: [`address|${visitor.sourceIp}`] });
  }
  return { schoolId, orderNo, ...kind, channel: channel.id, amountFen, ...way };
}
