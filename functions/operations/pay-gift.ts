import type { GiftLinkReply } from '../../shared/api/gifts';
import type { TopUpForOtherReply } from '../../shared/api/others';
import { AppError } from '../../shared/errors';
import { toIso } from '../../shared/time';
import { type Gift, giftRefusal } from '../domain/gift';
import { maskName } from '../domain/masks';
import { type CreatedOrder, newOrder, type Order } from '../domain/order';
import type { Holder } from '../store/holders';
import { findGift, type GiftDeps, sumsOf } from './gift-links';
import { payeeOf } from './match-payee';
import { type PayForOtherDeps, type VisitorWish, visitorsOrder } from './pay-for-other';
import { placeOrder } from './place-order';
import type { Visitor } from './visitor';

export type PayGiftDeps = PayForOtherDeps & GiftDeps;

const MAX_TRIES = 40;

/**
 * All that whoever holds the link may know.
 *
 * Throws AppError: `gift.invalid`, `gift.ended`, `gift.expired`, `school.unknown`, `account.unknown`.
 */
export async function showGift(deps: PayGiftDeps, token: string): Promise<GiftLinkReply> {
  const gift = await findGift(deps, token);
  refuseClosed(gift, deps);
  const [pack, holder, { leftFen }] = await Promise.all([deps.packOf(gift.schoolId), ownerOf(deps, gift), sumsOf(deps, gift)]);
  const iso = (at: number) => toIso(at, pack.utcOffsetMinutes);
  const { schoolId, expiresAt } = gift;
  return { schoolId, school: pack.name, nameMasked: maskName(holder.name), leftFen, expiresAt: iso(expiresAt), asOf: iso(deps.clock()) };
}

/**
 * A guest pays by the link. Its cap holds over what came and what may yet come: the order is written together with the link's next
 * version, so that of two at one moment only one is within the cap that it saw. A repeat of `requestId` is the same order.
 *
 * Throws AppError: `gift.invalid`, `gift.ended`, `gift.expired`, `gift.own-link`, `gift.over-cap` (detail.leftFen), `school.unknown`,
 * `account.closed`, `account.unknown`, `auth.locked`, `top-up.channel-not-offered`, `top-up.not-here`, `top-up.amount-invalid`,
 * `top-up.over-cap`, `top-up.over-max-balance`, `request.replayed-differently`, `request.busy`, `top-up.platform-refused`,
 * `top-up.platform-unavailable`.
 */
export async function payGift(deps: PayGiftDeps, visitor: Visitor, token: string, wish: VisitorWish): Promise<TopUpForOtherReply> {
  const gift = await findGift(deps, token);
  const [pack, holder] = await Promise.all([deps.packOf(gift.schoolId), ownerOf(deps, gift)]);
  if (isOwner(gift, holder, visitor)) throw new AppError('gift.own-link');
  const { accountNo, giftId } = gift;
  const wanted = await visitorsOrder(deps, visitor, wish, { pack, accountNo, origin: 'gift', giftId });
  const placed = await placeOrder(deps, newOrder(wanted, deps.clock()), pack, (order) => insertWithin(deps, token, order));
  return { ...placed, amountFen: wanted.amountFen, payee: payeeOf(pack, holder, { withNumber: false }) };
}

/** Answers the order that is there already, whatever has become of the link since it was made. */
async function insertWithin(deps: PayGiftDeps, token: string, order: CreatedOrder): Promise<Order | undefined> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    if (tries > 0) await deps.backOff(tries);
    const there = await deps.orders.find(order.schoolId, order.orderNo);
    if (there !== undefined) return there;
    const gift = await findGift(deps, token);
    refuseClosed(gift, deps);
    const { leftFen } = await sumsOf(deps, gift);
    if (order.amountFen > leftFen) throw new AppError('gift.over-cap', { leftFen });
    const result = await deps.orders.insertWith(order, [deps.gifts.changedRow(gift)]);
    if (result.written) return undefined;
    if (result.found !== undefined) return result.found;
  }
  throw new AppError('request.busy');
}

function refuseClosed(gift: Gift, { clock }: Pick<PayGiftDeps, 'clock'>): void {
  const refusal = giftRefusal(gift, clock());
  if (refusal !== undefined) throw new AppError(refusal);
}

async function ownerOf(deps: PayGiftDeps, { schoolId, accountNo }: Gift): Promise<Holder> {
  const holder = await deps.holders.find(schoolId, accountNo);
  if (holder === undefined) throw new AppError('account.unknown');
  return holder;
}

/** Bound to the owner's card, in this app or another, or linked to it by 微信认证 or 支付宝认证. */
function isOwner(gift: Gift, holder: Holder, { identity, bound }: Visitor): boolean {
  if (bound !== undefined && bound.schoolId === gift.schoolId && bound.accountNo === gift.accountNo) return true;
  const linked = [holder.links.wechat, holder.links.alipay];
  return linked.some((link) => link?.appId === identity.appId && link?.openid === identity.openid);
}
