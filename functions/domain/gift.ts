import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ErrorCode } from '../../shared/errors';
import { add, type Fen, fen, ZERO } from '../../shared/money';
import type { EpochMs } from '../../shared/time';
import type { Order } from './order';

/** A link by which others put money on a card without knowing whose number, password or balance it is. */
export interface Gift {
  readonly schoolId: string;
  readonly giftId: string;
  readonly accountNo: number;
  /** The most that may come by it, over all who pay. */
  readonly maxTotalFen: Fen;
  /** The owner's own words; no guest sees them. */
  readonly note: string;
  readonly createdAt: EpochMs;
  readonly expiresAt: EpochMs;
  /** When its owner switched it off. */
  readonly endedAt?: EpochMs;
  /** Goes up with every order made by it: of two at one moment only one is within the cap that it saw. */
  readonly version: number;
}

/** Orders that one link may make in all, paid or not: the sum over them is read each time. */
export const MOST_ORDERS_OF_A_GIFT = 100;

export interface GiftSums {
  readonly cameFen: Fen;
  /** Of orders that may yet be paid. */
  readonly openFen: Fen;
  readonly leftFen: Fen;
}

/** What a link has brought and what it may bring yet. A closed order gives its part back; paid after that, it counts again. */
export function giftSums(gift: Pick<Gift, 'maxTotalFen'>, orders: readonly Order[]): GiftSums {
  const total = (states: readonly Order['state'][]): Fen =>
    orders.filter(({ state }) => states.includes(state)).reduce((sum, { amountFen }) => add(sum, amountFen), ZERO);
  const cameFen = total(['credited', 'paid']);
  const openFen = total(['created']);
  const left = orders.length >= MOST_ORDERS_OF_A_GIFT ? 0 : gift.maxTotalFen - cameFen - openFen;
  return { cameFen, openFen, leftFen: fen(Math.max(0, left)) };
}

/** Why nobody may pay by the link any more; undefined while one may. */
export function giftRefusal(gift: Pick<Gift, 'endedAt' | 'expiresAt'>, now: EpochMs): ErrorCode | undefined {
  if (gift.endedAt !== undefined) return 'gift.ended';
  return now >= gift.expiresAt ? 'gift.expired' : undefined;
}

const FORM = /^g1\.([a-z][a-z0-9-]{1,15})\.([\w-]{22})\.([\w-]{22})$/;
/** 128 bits each: neither an id nor a signature can be guessed. */
const BYTES = 16;

/** The same for a repeat of the same request, and to be guessed by nobody. */
export function giftIdOf(key: Uint8Array, accountNo: number, requestId: string): string {
  return signed(key, `id\n${accountNo}\n${requestId}`).toString('base64url');
}

/** What stands in the link. It names a row and is signed, so that one that was altered is refused without a look. */
export function giftToken(key: Uint8Array, { schoolId, giftId }: Pick<Gift, 'schoolId' | 'giftId'>): string {
  return `g1.${schoolId}.${giftId}.${signed(key, `token\n${schoolId}\n${giftId}`).toString('base64url')}`;
}

/** Which link it is; undefined when it was altered or is none of ours. */
export function readGiftToken(keyOf: (schoolId: string) => Uint8Array, token: string): Pick<Gift, 'schoolId' | 'giftId'> | undefined {
  const [, schoolId = '', giftId = '', given = ''] = FORM.exec(token) ?? [];
  if (schoolId === '') return undefined;
  const claimed = Buffer.from(given, 'base64url');
  const right = signed(keyOf(schoolId), `token\n${schoolId}\n${giftId}`);
  return claimed.length === BYTES && timingSafeEqual(claimed, right) ? { schoolId, giftId } : undefined;
}

function signed(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest().subarray(0, BYTES);
}
