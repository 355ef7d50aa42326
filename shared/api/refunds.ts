import * as v from 'valibot';
import { amountFenSchema, instantSchema } from './common';
import { secondProofSchema } from './student';
import { payOutStateSchema } from './utilities';

const channelSchema = v.picklist(['wechat-pay', 'alipay', 'bank-card']);
const originSchema = v.picklist(['own', 'other', 'gift', 'auto']);

/** Why money stays on the account. */
export const remainderReasonSchema = v.picklist([
  'too-old',
  'unreachable',
  'no-bank-card',
  'others',
  'no-order',
  'held',
  'chip-pending',
  'purse',
  'subsidy',
  'later',
  'owed',
]);
export const remainderSchema = v.array(v.object({ reason: remainderReasonSchema, amountFen: amountFenSchema }));

/** Back through the platform to whoever paid, or to the holder's own bank card. */
const refundToSchema = v.object({
  via: v.picklist(['platform', 'bank']),
  channel: channelSchema,
  /** The payer as far as the holder may know them, or the tail of the card. */
  masked: v.string(),
});

export const refundableReply = v.object({
  refundableFen: amountFenSchema,
  lots: v.array(
    v.object({
      orderNo: v.string(),
      channel: channelSchema,
      origin: originSchema,
      paidAt: instantSchema,
      paidFen: amountFenSchema,
      /** What has not been refunded of it. */
      remainingFen: amountFenSchema,
      /** What of the balance now is this payment's. */
      refundableFen: amountFenSchema,
      to: v.nullable(refundToSchema),
      /** Why it stays, where it goes nowhere. */
      reason: v.nullable(remainderReasonSchema),
    }),
  ),
  remainder: remainderSchema,
  asOf: instantSchema,
});
export type RefundableReply = v.InferOutput<typeof refundableReply>;

export const refundBody = v.object({
  /** Made by the phone, once a press: a repeat of it is the same refund. */
  requestId: v.pipe(v.string(), v.regex(/^[\w-]{16,64}$/)),
  /** Null: all that can go. Checked by the operation (`payment.amount-invalid`). */
  amountFen: v.unknown(),
  /** Of this top-up only. */
  orderNo: v.optional(v.pipe(v.string(), v.regex(/^[0-9A-Za-z_]{6,32}$/))),
  proof: v.optional(secondProofSchema),
});

export const refundPartSchema = v.object({
  refundNo: v.string(),
  /** Of the top-up. Null for a sale that was taken back. */
  orderNo: v.nullable(v.string()),
  amountFen: amountFenSchema,
  to: refundToSchema,
  state: payOutStateSchema,
  /** Since when it stands so. */
  since: instantSchema,
  createdAt: instantSchema,
  /** Entry of the debit, and of what came back. */
  n: v.number(),
  returnedBy: v.nullable(v.number()),
  /** A stuck one that the holder may send to the bound bank card instead. */
  redirectable: v.boolean(),
});
export type RefundPartView = v.InferOutput<typeof refundPartSchema>;

export const refundReply = v.object({
  refundId: v.string(),
  createdAt: instantSchema,
  amountFen: amountFenSchema,
  parts: v.array(refundPartSchema),
  /** What stayed, where all was asked for. */
  remainder: remainderSchema,
  asOf: instantSchema,
});
export type RefundReply = v.InferOutput<typeof refundReply>;

export const refundsQuery = v.object({
  orderNo: v.optional(v.pipe(v.string(), v.regex(/^[0-9A-Za-z_]{6,32}$/))),
  cursor: v.optional(v.pipe(v.string(), v.regex(/^\d{15}\.[0-9A-Za-z_]{6,32}$/))),
});
/** Newest first. A page may hold none and yet have a next one. */
export const refundsReply = v.object({ refunds: v.array(refundPartSchema), nextCursor: v.nullable(v.string()), asOf: instantSchema });
export type RefundsReply = v.InferOutput<typeof refundsReply>;

/** How the closing of the account stands (销户). `open`: nobody has begun it. */
export const closeOutReply = v.object({
  state: v.picklist(['open', 'running', 'remains', 'closed']),
  since: v.nullable(instantSchema),
  /** Every refund of it, with where each part went and how it stands. */
  refunds: v.array(refundReply),
  /** Came back to the card before that, and went back to the school. */
  depositFen: amountFenSchema,
  subsidyFen: amountFenSchema,
  /** What stays on the account, and why. Nobody gains it. */
  remainder: remainderSchema,
  asOf: instantSchema,
});
export type CloseOutReply = v.InferOutput<typeof closeOutReply>;
