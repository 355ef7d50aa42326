import type * as v from 'valibot';
import type { GiftView, giftsReply } from '../../shared/api/gifts';
import { AppError } from '../../shared/errors';
import { type Fen, fen } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { DAY_MS, type EpochMs, toIso } from '../../shared/time';
import { type Gift, type GiftSums, giftIdOf, giftRefusal, giftSums, giftToken, MOST_ORDERS_OF_A_GIFT, readGiftToken } from '../domain/gift';
import type { Clock } from '../lib/clock';
import type { Gifts } from '../store/gifts';
import type { Orders } from '../store/orders';
import type { Passbook } from '../store/passbook';
import type { HolderCaller } from './caller';

export interface GiftDeps {
  readonly gifts: Gifts;
  readonly orders: Pick<Orders, 'ofGift'>;
  readonly passbook: Pick<Passbook, 'head'>;
  readonly giftKeyOf: (schoolId: string) => Uint8Array;
  readonly packOf: (schoolId: string) => Promise<RulePack>;
  readonly clock: Clock;
  readonly backOff: (tries: number) => Promise<void>;
}

export interface GiftWish {
  readonly requestId: string;
  /** As it came from the wire. */
  readonly maxTotalFen: unknown;
  /** ISO 8601. */
  readonly expiresAt: string;
  readonly note: string;
}

const PAGE = 10;
const MAX_TRIES = 20;

/**
 * A link that others may pay by, within the pack's cap and days. A repeat of `requestId` is the same link.
 *
 * Throws AppError: `school.unknown`, `top-up.channel-not-offered` (the school has no gift links), `top-up.amount-invalid`, `top-up.over-cap`
 * (detail.maxFen), `request.malformed` (expiresAt is past, or later than the pack lets it be), `account.unknown`, `account.closed`,
 * `request.replayed-differently`, `request.busy`.
 */
export async function createGift(deps: GiftDeps, { bound }: HolderCaller, wish: GiftWish): Promise<GiftView> {
  const { schoolId, accountNo } = bound;
  const pack = await deps.packOf(schoolId);
  const maxTotalFen = wishedTotal(pack, wish.maxTotalFen);
  const giftId = giftIdOf(deps.giftKeyOf(schoolId), accountNo, wish.requestId);
  const expiresAt = Date.parse(wish.expiresAt);
  const found = await deps.gifts.find(schoolId, giftId);
  if (found !== undefined) return repeated(deps, found, { maxTotalFen, expiresAt, note: wish.note }, pack);
  const now = deps.clock();
  const latest = now + (pack.topUp.giftLinks?.maxDays ?? 0) * DAY_MS;
  if (expiresAt <= now || expiresAt > latest) throw new AppError('request.malformed', { field: 'expiresAt' });
  const head = await deps.passbook.head(schoolId, accountNo);
  if (head === undefined) throw new AppError('account.unknown');
  if (head.state.closed) throw new AppError('account.closed');
  const gift: Gift = { schoolId, giftId, accountNo, maxTotalFen, note: wish.note, createdAt: now, expiresAt, version: 1 };
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const earlier = await deps.gifts.insert(gift);
    if (earlier !== undefined) return repeated(deps, earlier, gift, pack);
    const written = await deps.gifts.find(schoolId, giftId);
    if (written !== undefined) return viewOf(deps, written, pack);
    // Somebody's transaction stood in the way, and there is none yet.
    await deps.backOff(tries + 1);
  }
  throw new AppError('request.busy');
}

/** The most that may come, of what was asked for. */
function wishedTotal(pack: RulePack, value: unknown): Fen {
  const { giftLinks, minFen } = pack.topUp;
  if (giftLinks === undefined) throw new AppError('top-up.channel-not-offered', { schoolId: pack.schoolId });
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < minFen) throw new AppError('top-up.amount-invalid', { minFen });
  if (value > giftLinks.maxTotalFen) throw new AppError('top-up.over-cap', { maxFen: giftLinks.maxTotalFen });
  return fen(value);
}

async function repeated(
  deps: GiftDeps,
  found: Gift,
  wanted: Pick<Gift, 'maxTotalFen' | 'expiresAt' | 'note'>,
  pack: RulePack,
): Promise<GiftView> {
  const isSame = found.maxTotalFen === wanted.maxTotalFen && found.expiresAt === wanted.expiresAt && found.note === wanted.note;
  if (!isSame) throw new AppError('request.replayed-differently');
  return viewOf(deps, found, pack);
}

/** The caller's links with what came by each, newest first. Throws AppError `school.unknown`. */
export async function listGifts(
  deps: GiftDeps,
  { bound }: HolderCaller,
  { cursor }: { readonly cursor?: string | undefined },
): Promise<v.InferOutput<typeof giftsReply>> {
  const pack = await deps.packOf(bound.schoolId);
  const page = await deps.gifts.ofAccount(bound.schoolId, bound.accountNo, {
    limit: PAGE,
    ...(cursor === undefined ? {} : { after: cursor }),
  });
  const gifts = await Promise.all(page.gifts.map((gift) => viewOf(deps, gift, pack)));
  return { gifts, nextCursor: page.next ?? null };
}

/**
 * The owner switches the link off; what was begun by it may still be paid, and comes. A repeat is the same answer.
 *
 * Throws AppError: `gift.invalid` (also somebody else's), `school.unknown`, `request.busy`.
 */
export async function endGift(deps: GiftDeps, { bound }: HolderCaller, token: string): Promise<GiftView> {
  const pack = await deps.packOf(bound.schoolId);
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    if (tries > 0) await deps.backOff(tries);
    const gift = await findGift(deps, token);
    if (gift.schoolId !== bound.schoolId || gift.accountNo !== bound.accountNo) throw new AppError('gift.invalid');
    if (gift.endedAt !== undefined) return viewOf(deps, gift, pack);
    const ended: Gift = { ...gift, endedAt: deps.clock() };
    if (await deps.gifts.save(ended)) return viewOf(deps, ended, pack);
  }
  throw new AppError('request.busy');
}

/** The link that a token names. Throws AppError `gift.invalid`: altered, or of no link. */
export async function findGift(deps: Pick<GiftDeps, 'gifts' | 'giftKeyOf'>, token: string): Promise<Gift> {
  const named = readGiftToken(deps.giftKeyOf, token);
  const gift = named === undefined ? undefined : await deps.gifts.find(named.schoolId, named.giftId);
  if (gift === undefined) throw new AppError('gift.invalid');
  return gift;
}

/** What the link has brought by now. */
export async function sumsOf(deps: Pick<GiftDeps, 'orders'>, gift: Gift): Promise<GiftSums> {
  const { orders } = await deps.orders.ofGift(gift.schoolId, gift.giftId, { limit: MOST_ORDERS_OF_A_GIFT });
  return giftSums(gift, orders);
}

async function viewOf(deps: GiftDeps, gift: Gift, { utcOffsetMinutes }: RulePack): Promise<GiftView> {
  const sums = await sumsOf(deps, gift);
  const iso = (at: EpochMs) => toIso(at, utcOffsetMinutes);
  const { maxTotalFen, note, createdAt, expiresAt, endedAt } = gift;
  return {
    token: giftToken(deps.giftKeyOf(gift.schoolId), gift),
    maxTotalFen,
    ...sums,
    note,
    createdAt: iso(createdAt),
    expiresAt: iso(expiresAt),
    endedAt: endedAt === undefined ? null : iso(endedAt),
    state: stateOf(gift, sums, deps.clock()),
  };
}

function stateOf(gift: Gift, sums: GiftSums, now: EpochMs): GiftView['state'] {
  const refusal = giftRefusal(gift, now);
  if (refusal !== undefined) return refusal === 'gift.ended' ? 'ended' : 'expired';
  return sums.leftFen === 0 ? 'full' : 'open';
}
