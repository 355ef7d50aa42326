import type { ErrorCode } from '../../shared/errors';
import type { Fen } from '../../shared/money';
import type { EpochMs } from '../../shared/time';
import { CHARGE_LATE_MS } from './charge-window';
import { hashedNumber } from './hashed-number';
import type { OrderPayment, PlatformChannel } from './order';

/**
 * A sale paid by the payer's own WeChat or Alipay code (付款码). One permanent row for each terminal and sequence; its number is a function of
 * both and the platform's idempotency key.
 *
 *   asked ─▶ paid                       the platform has the money, in time: the sale, its entry in the same transaction
 *     ├────▶ refused                    signed by the platform, or never asked: nothing was taken under this number
 *     └────▶ reversing ─▶ reversed      given up: no longer a sale whatever comes, and taken back at the platform
 *                  └────▶ returning ─▶ given-back   the platform has the money after all: it goes back to its payer
 *
 * `paid` is reached from `asked` alone, and only up to C + 60 s, so whatever else is said of a sale is said for ever.
 */
interface NativeFacts {
  readonly schoolId: string;
  /** Ours, and `merchantOrderNo` at the platform. */
  readonly orderNo: string;
  readonly terminal: number;
  readonly sequence: number;
  /** SHA-256 (hex) of the signed body. The code itself is kept nowhere. */
  readonly bodyHash: string;
  readonly channel: PlatformChannel;
  /** The mini-program's app: the payer's openid is the one they sign in with. */
  readonly appId: string;
  readonly amountFen: Fen;
  readonly merchant: number;
  /** C, the till's clock when the sale began. */
  readonly occurredAt: EpochMs;
  /** When the platform was asked for the money; absent where it never was. */
  readonly askedAt?: EpochMs;
  /** How often it has been asked what became of it, since the state began. */
  readonly asks: number;
  readonly version: number;
}

export type NativePayment = NativeFacts &
  (
    | { readonly state: 'asked'; readonly askedAt: EpochMs; readonly dueAt: EpochMs }
    /** Its entry. */
    | { readonly state: 'paid'; readonly askedAt: EpochMs; readonly payment: OrderPayment; readonly accountNo: number; readonly n: number }
    | { readonly state: 'refused'; readonly reason: ErrorCode }
    | { readonly state: 'reversing'; readonly askedAt: EpochMs; readonly dueAt: EpochMs }
    | { readonly state: 'reversed'; readonly askedAt: EpochMs }
    | { readonly state: 'returning'; readonly askedAt: EpochMs; readonly payment: OrderPayment; readonly dueAt: EpochMs }
    | { readonly state: 'given-back'; readonly askedAt: EpochMs; readonly payment: OrderPayment }
  );
export type AskedPayment = Extract<NativePayment, { state: 'asked' }>;
export type ReversingPayment = Extract<NativePayment, { state: 'reversing' }>;
export type ReturningPayment = Extract<NativePayment, { state: 'returning' }>;
export type PaidPayment = Extract<NativePayment, { state: 'paid' }>;

/** What a sale is, before anything is known of it. */
export type NativeSale = Omit<NativeFacts, 'askedAt' | 'asks' | 'version' | 'orderNo'>;

const SECOND_MS = 1_000;
/** A sale that begins later than this has no time left to be given up before its window ends. */
export const ASK_WITHIN_MS = 40 * SECOND_MS;
/** A function that was frozen between recording and asking asks no more. */
export const SEND_WITHIN_MS = 5 * SECOND_MS;
/** "间隔时间 5–10 s": between two questions while the payer types a password. */
export const POLL_MS = 5 * SECOND_MS;
/** "建议 45 s": then the payment is given up. WeChat Pay revokes it by itself then. */
export const GIVE_UP_MS = 45 * SECOND_MS;
/** "请勿扣款后立即撤销，建议至少 15 s 后". */
export const REVERSE_AFTER_MS = 15 * SECOND_MS;
/** A code lives about a minute and a request half of one: what no platform knows after this will never be. */
const FORGET_AFTER_MS = 600 * SECOND_MS;
const LATER_MS = [5, 10, 30, 60, 300, 1_800].map((seconds) => seconds * SECOND_MS);
const LATEST_MS = 3_600 * SECOND_MS;

export function nativeOrderNumber({ schoolId, terminal, sequence }: { schoolId: string; terminal: number; sequence: number }): string {
  return hashedNumber(schoolId, ['ecode-native-v1', schoolId, terminal, sequence]);
}

export function askedPayment(sale: NativeSale, now: EpochMs): AskedPayment {
  const orderNo = nativeOrderNumber(sale);
  return { ...sale, orderNo, state: 'asked', askedAt: now, dueAt: now + POLL_MS, asks: 0, version: 1 };
}

/** A row that no platform was asked under and none will be: after it no attempt of the sale can ever charge. */
export function fencedPayment(sale: NativeSale, reason: ErrorCode): NativePayment {
  return { ...sale, orderNo: nativeOrderNumber(sale), state: 'refused', reason, asks: 0, version: 1 };
}

/** Last instant at which a payment can still become a sale. */
export function saleEndsAt({ occurredAt }: Pick<NativePayment, 'occurredAt'>): EpochMs {
  return occurredAt + CHARGE_LATE_MS;
}

/** From this instant on nobody waits for the payer any more. */
export function givenUpAt({ askedAt, occurredAt }: Pick<AskedPayment, 'askedAt' | 'occurredAt'>): EpochMs {
  return Math.min(askedAt + GIVE_UP_MS, saleEndsAt({ occurredAt }));
}

export function mayReverse({ askedAt }: ReversingPayment, now: EpochMs): boolean {
  return now >= askedAt + REVERSE_AFTER_MS;
}

export function isForgotten({ askedAt }: ReversingPayment, now: EpochMs): boolean {
  return now >= askedAt + FORGET_AFTER_MS;
}

/** Notes that the platform is being asked, so that no second asker does. */
export function withAsk<P extends AskedPayment | ReversingPayment>(payment: P, now: EpochMs): P {
  const { asks, version } = payment;
  const dueAt = payment.state === 'asked' ? Math.max(now + SECOND_MS, Math.min(now + POLL_MS, givenUpAt(payment))) : laterAt(asks, now);
  return { ...payment, dueAt, asks: asks + 1, version: version + 1 };
}

function laterAt(asks: number, now: EpochMs): EpochMs {
  return now + (LATER_MS[asks] ?? LATEST_MS);
}

/** The sale, with its entry's place. */
export function paidPayment(
  payment: AskedPayment,
  paid: OrderPayment,
  place: { readonly accountNo: number; readonly n: number },
): PaidPayment {
  return { ...factsOf(payment), askedAt: payment.askedAt, state: 'paid', payment: paid, ...place };
}

export function refusedPayment(payment: AskedPayment, reason: ErrorCode): NativePayment {
  return { ...factsOf(payment), askedAt: payment.askedAt, state: 'refused', reason };
}

/** Given up: from now on it is no sale. Due as soon as it may be reversed. */
export function reversingPayment(payment: AskedPayment, now: EpochMs): ReversingPayment {
  const { askedAt } = payment;
  return { ...factsOf(payment), askedAt, state: 'reversing', dueAt: Math.max(now, askedAt + REVERSE_AFTER_MS) };
}

export function reversedPayment(payment: ReversingPayment | ReturningPayment): NativePayment {
  return { ...factsOf(payment), askedAt: payment.askedAt, state: 'reversed' };
}

/** Money that came and is no sale's. It is due at once, and stays so until it is on its way back. */
export function returningPayment(
  payment: NativePayment & { readonly askedAt: EpochMs },
  paid: OrderPayment,
  now: EpochMs,
): ReturningPayment {
  return { ...factsOf(payment), askedAt: payment.askedAt, state: 'returning', payment: paid, dueAt: now };
}

/** The refund stands in a row of its own, which goes on with it. */
export function givenBackPayment(payment: ReturningPayment): NativePayment {
  return { ...factsOf(payment), askedAt: payment.askedAt, state: 'given-back', payment: payment.payment };
}

function factsOf(payment: NativePayment): Omit<NativeFacts, 'askedAt'> {
  const { schoolId, orderNo, terminal, sequence, bodyHash, channel, appId, amountFen, merchant, occurredAt, version } = payment;
  return {
    schoolId,
    orderNo,
    terminal,
    sequence,
    bodyHash,
    channel,
    appId,
    amountFen,
    merchant,
    occurredAt,
    asks: 0,
    version: version + 1,
  };
}

/** The next version, without whose WeChat or Alipay paid: what an erased holder leaves. Undefined where it names nobody. */
export function withoutNativePayer(native: NativePayment): NativePayment | undefined {
  if (native.state !== 'paid' || native.payment.payerOpenId === undefined) return undefined;
  const { platformTradeNo, paidAt } = native.payment;
  return { ...native, payment: { platformTradeNo, paidAt }, version: native.version + 1 };
}
