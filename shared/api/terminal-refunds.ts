import * as v from 'valibot';
import { amountFenSchema, calendarDaySchema, instantSchema } from './common';
import { sealedPinSchema, terminalActFields } from './terminal-act';

/** A supervisor takes back an earlier sale of the merchant, whole or in part. The sale is named as its receipt names it. */
export const refundBody = v.strictObject({
  ...terminalActFields,
  sale: v.strictObject({
    terminal: terminalActFields.terminal,
    sequence: terminalActFields.sequence,
    /** Business day of the sale. */
    day: calendarDaySchema,
    /** What was paid, so that a mistyped number names no other sale. */
    amountFen: amountFenSchema,
  }),
  /** What is given back of it; absent: what has not been given back yet. Checked by the operation (`payment.amount-invalid`). */
  amountFen: v.optional(v.unknown()),
  /** Who signs for it: name of the staff account, and its terminal PIN sealed for this terminal and sequence. */
  supervisor: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9.-]{2,31}$/)),
  pin: sealedPinSchema,
});
export type RefundBody = v.InferOutput<typeof refundBody>;

export const refundReply = v.object({
  entryId: v.string(),
  n: v.pipe(v.number(), v.integer()),
  /** The sale's own name: "7-1024". */
  sale: v.string(),
  amountFen: amountFenSchema,
  /** `payer`: it goes back through WeChat Pay or Alipay; `account`: it is in the campus account. */
  to: v.picklist(['account', 'payer']),
  recordedAt: instantSchema,
  serverTime: instantSchema,
});
export type RefundReply = v.InferOutput<typeof refundReply>;
