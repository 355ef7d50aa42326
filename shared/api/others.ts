import * as v from 'valibot';
import { channelIdSchema } from '../rule-pack';
import { amountFenSchema, bilingualViewSchema, instantSchema, schoolIdSchema } from './common';
import { orderReply, orderStateSchema, payBySchema, paymentChoice, topUpReply } from './student';

const typedText = v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(64));

/** Whom the money is for, as a stranger knows them (ST-53, ST-54). */
const payeeFields = { schoolId: schoolIdSchema, name: typedText, number: typedText };

export const pageSessionReply = v.object({
  /** Sent back as `Authorization: Bearer …`; it pays for others and cannot be bound to a card. */
  sessionToken: v.string(),
  expiresAt: instantSchema,
  serverTime: instantSchema,
});

/** 确认充值信息 (ST-65): enough for the payer to see that it is the right person. */
export const payeeSchema = v.object({
  schoolId: schoolIdSchema,
  school: bilingualViewSchema,
  nameMasked: v.string(),
  /** Null of a gift link, which tells no number. */
  numberMasked: v.nullable(v.string()),
});
export type Payee = v.InferOutput<typeof payeeSchema>;

export const checkPayeeBody = v.object(payeeFields);
export const checkPayeeReply = v.object({
  payee: payeeSchema,
  /** The ways to pay that the school offers, 电脑付款 (`page`) and 手机付款 (`qr`) among them (ST-66). */
  channels: v.array(v.object({ id: channelIdSchema, label: bilingualViewSchema, payBy: v.array(payBySchema) })),
});

export const topUpForOtherBody = v.object({
  ...payeeFields,
  requestId: v.pipe(v.string(), v.regex(/^[\w-]{16,64}$/)),
  amountFen: v.unknown(),
  channel: channelIdSchema,
  ...paymentChoice,
});
export const topUpForOtherReply = v.object({ ...topUpReply.entries, amountFen: amountFenSchema, payee: payeeSchema });
export type TopUpForOtherReply = v.InferOutput<typeof topUpForOtherReply>;

/** As its payer sees it: what the holder did with the money afterwards is the holder's. */
export const paidForOtherSchema = v.object({
  orderNo: v.string(),
  payee: payeeSchema,
  origin: v.picklist(['other', 'gift']),
  amountFen: amountFenSchema,
  channel: channelIdSchema,
  payBy: v.picklist(['in-app', 'qr', 'page', 'bank', 'contract']),
  state: orderStateSchema,
  since: instantSchema,
  createdAt: instantSchema,
  expiresAt: instantSchema,
  paidAt: v.nullable(instantSchema),
  creditedAt: v.nullable(instantSchema),
  closedAt: v.nullable(instantSchema),
  asOf: instantSchema,
});
export type PaidForOther = v.InferOutput<typeof paidForOtherSchema>;

/** `nextCursor` of the page before. */
export const ordersQuery = v.object({ cursor: v.optional(v.pipe(v.string(), v.regex(/^\d{15}\.[0-9A-Za-z_]{6,32}$/))) });
export const paidForOthersReply = v.object({ orders: v.array(paidForOtherSchema), nextCursor: v.nullable(v.string()) });
export const topUpHistoryReply = v.object({ orders: v.array(orderReply), nextCursor: v.nullable(v.string()) });
