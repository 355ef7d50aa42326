import { type Fen, fen, negate, subtract } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import type { EpochMs } from '../../shared/time';
import type { Draft, Entry } from './entry';
import { legs } from './legs';
import { movementDraft } from './movement';
import { payOutNumber } from './pay-out-number';
import type { RefundPart, Remainder } from './refund-plan';

/** Both platforms want this long between two refunds of one payment. */
export const REFUND_INTERVAL_MS = 60_000;

/**
 * A wish to give money back to its payers, as it was decided: permanent, so that a repeat of the wish is the same refund however the lots
 * have changed since. How far each part has come is told by its pay-out.
 */
export interface Refund {
  readonly schoolId: string;
  readonly refundId: string;
  readonly accountNo: number;
  readonly wishFen: Fen | 'all';
  readonly whose: 'own' | 'everyone';
  /** Of this top-up only. */
  readonly orderNo?: string;
  /** As of a pay-out. */
  readonly askedBy: string;
  readonly reason: string;
  readonly createdAt: EpochMs;
  readonly parts: readonly { readonly payOutNo: string; readonly orderNo: string; readonly amountFen: Fen }[];
  /** What of the account's money did not go, and why, when all was wished for. */
  readonly remainder: readonly Remainder[];
}

interface Wish {
  readonly schoolId: string;
  readonly accountNo: number;
  readonly requestId: string;
}

export function refundId({ schoolId, accountNo, requestId }: Wish): string {
  return payOutNumber({ schoolId, accountNo, kind: 'refund', key: requestId });
}

/** The platform's idempotency key of one part: a function of the wish and the payment, so that a retry is the same refund. */
export function refundNumber({ schoolId, accountNo, requestId }: Wish, orderNo: string): string {
  return payOutNumber({ schoolId, accountNo, kind: 'refund', key: `${requestId}\n${orderNo}` });
}

/** The same wish: how much, of whose. Another under one request id is a refusal. */
export function isSameRefund(
  found: Refund,
  wish: {
    readonly accountNo: number;
    readonly amountFen: Fen | 'all';
    readonly whose: Refund['whose'];
    readonly orderNo?: string | undefined;
  },
): boolean {
  const isSameOrder = found.orderNo === wish.orderNo;
  return isSameOrder && found.accountNo === wish.accountNo && found.wishFen === wish.amountFen && found.whose === wish.whose;
}

/**
 * Takes a part of a refund from the account. What the holder's own bank card brought goes back to it, so less may be withdrawn after it;
 * of anything else, `ownBankFen` only keeps within what is there.
 */
export function refundDraft(
  head: Entry,
  part: RefundPart,
  at: { readonly payOutNo: string; readonly recordedAt: EpochMs },
  pack: Pick<RulePack, 'utcOffsetMinutes'>,
): Draft {
  const { payOutNo, recordedAt } = at;
  const channel = part.to.via === 'platform' ? part.to.channel : 'bank-card';
  const postings = [
    ...part.from.map(({ place, amountFen }) => ({ leg: place, amountFen: negate(amountFen) })),
    { leg: legs.channel(channel), amountFen: part.amountFen },
  ];
  const { orderNo } = part.order;
  const what = { kind: 'refund', entryId: payOutNo, orderNo, postings, occurredAt: recordedAt, recordedAt } as const;
  const draft = movementDraft(head, { ...what, family: `channel/${channel}` }, pack);
  if (part.order.channel !== 'bank-card') return draft;
  const left = fen(Math.max(0, subtract(head.state.ownBankFen, part.amountFen)));
  return { ...draft, state: { ...draft.state, ownBankFen: fen(Math.min(left, draft.state.ownBankFen)) } };
}
