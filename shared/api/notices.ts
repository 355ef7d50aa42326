import * as v from 'valibot';
import { amountFenSchema, instantSchema } from './common';

export const noticeKindSchema = v.picklist([
  'low-balance',
  'large-spend',
  'loss-reported',
  'loss-cancelled',
  'app-bound',
  /** A top-up that has to be claimed. */
  'claim-waiting',
  /** A purchase that was given back, whole or in part, onto the account. */
  'sale-refunded',
  'subsidy-granted',
  'subsidy-expiring',
  'subsidy-expired',
  /** Money that reconciliation or a late answer found, and where it went. */
  'order-credited',
  'order-refunded',
  /** Of money on its way to whoever paid it in: there, back on the account, or with a person who has to find another way. */
  'refund-succeeded',
  'refund-returned',
  'refund-stuck',
  'sale-reversed',
  'dispute-decided',
  /** Goods that were handed out offline and that no money was left for. */
  'debt',
]);
export type NoticeKind = v.InferOutput<typeof noticeKindSchema>;

export const noticeViewSchema = v.object({
  /** Its place in the inbox: what `readNotices` takes. */
  id: v.string(),
  kind: noticeKindSchema,
  /** When it was told. */
  at: instantSchema,
  /** What was spent, came back, waits or is left; 0 where it is not about money. */
  amountFen: amountFenSchema,
  expiresAt: v.nullable(instantSchema),
  /** Number of the order, refund, sale or batch it is about. */
  about: v.nullable(v.string()),
  /** The entry it is about, where it is about one. */
  n: v.nullable(v.pipe(v.number(), v.integer())),
  read: v.boolean(),
});

/** Counting ends here: "99+". */
export const MOST_UNREAD = 100;
const unread = v.pipe(v.number(), v.integer(), v.maxValue(MOST_UNREAD));

export const noticesReply = v.object({
  /** Newest first, at most 30. */
  notices: v.array(noticeViewSchema),
  unread,
  nextCursor: v.nullable(v.string()),
});
export type NoticesReply = v.InferOutput<typeof noticesReply>;

/** Everything up to this notice has been seen; what came later has not. */
export const readNoticesBody = v.object({ through: v.pipe(v.string(), v.regex(/^[\w-]{1,120}$/)) });
export const readNoticesReply = v.object({ unread });
export type ReadNoticesReply = v.InferOutput<typeof readNoticesReply>;

const threshold = v.object({ on: v.boolean(), fen: amountFenSchema, choicesFen: v.array(amountFenSchema) });

export const noticeSettingsReply = v.object({
  /** Below so much on the card; null where the school's rules name no amounts. */
  lowBalance: v.nullable(threshold),
  /** A purchase of so much or more. */
  largeSpend: v.nullable(threshold),
  /** Null where top-ups arrive at once. */
  claimWaiting: v.nullable(v.object({ on: v.boolean() })),
  refund: v.object({ on: v.boolean() }),
});
export type NoticeSettingsReply = v.InferOutput<typeof noticeSettingsReply>;

/** Each amount is checked by the operation (`notices.amount-not-offered`). A loss and a bound app are told always and have no switch. */
export const noticeSettingsBody = v.object({
  lowBalance: v.object({ on: v.boolean(), fen: v.unknown() }),
  largeSpend: v.object({ on: v.boolean(), fen: v.unknown() }),
  claimWaiting: v.object({ on: v.boolean() }),
  refund: v.object({ on: v.boolean() }),
});
