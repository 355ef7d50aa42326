import * as v from 'valibot';
import { channelIdSchema } from '../rule-pack';
import { amountFenSchema, bilingualViewSchema, instantSchema, schoolIdSchema } from './common';
import { paymentChoice } from './student';

export const createGiftBody = v.object({
  requestId: v.pipe(v.string(), v.regex(/^[\w-]{16,64}$/)),
  /** The most that may come by the link, over all who pay. */
  maxTotalFen: v.unknown(),
  expiresAt: instantSchema,
  /** The owner's own words; no guest sees them. */
  note: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(40)), ''),
});

/** A link as its owner sees it. */
export const giftSchema = v.object({
  /** What the link carries. */
  token: v.string(),
  maxTotalFen: amountFenSchema,
  cameFen: amountFenSchema,
  /** Of orders that may yet be paid. */
  openFen: amountFenSchema,
  leftFen: amountFenSchema,
  note: v.string(),
  createdAt: instantSchema,
  expiresAt: instantSchema,
  state: v.picklist(['open', 'full', 'expired', 'ended']),
  endedAt: v.nullable(instantSchema),
});
export type GiftView = v.InferOutput<typeof giftSchema>;

export const giftsQuery = v.object({ cursor: v.optional(v.pipe(v.string(), v.regex(/^\d{15}\.[\w-]{22}$/))) });
export const giftsReply = v.object({ gifts: v.array(giftSchema), nextCursor: v.nullable(v.string()) });

/** All that a guest is told: no number, no password, no balance. */
export const giftLinkReply = v.object({
  schoolId: schoolIdSchema,
  school: bilingualViewSchema,
  nameMasked: v.string(),
  leftFen: amountFenSchema,
  expiresAt: instantSchema,
  asOf: instantSchema,
});
export type GiftLinkReply = v.InferOutput<typeof giftLinkReply>;

export const payGiftBody = v.object({
  requestId: v.pipe(v.string(), v.regex(/^[\w-]{16,64}$/)),
  amountFen: v.unknown(),
  channel: channelIdSchema,
  ...paymentChoice,
});
