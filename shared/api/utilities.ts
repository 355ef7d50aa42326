import * as v from 'valibot';
import { amountFenSchema, instantSchema, utilityNameSchema } from './common';

export const payOutStateSchema = v.picklist(['requested', 'succeeded', 'returned', 'stuck']);

const accountText = v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(32), v.regex(/^[^\s<>"']+$/));

export const findUtilityQuery = v.object({ account: accountText });
export const utilityAccountReply = v.object({
  utility: utilityNameSchema,
  account: v.string(),
  maskedOwner: v.string(),
  maskedPlace: v.nullable(v.string()),
  /** Negative: owed. Null where the supplier does not tell. */
  balanceFen: v.nullable(amountFenSchema),
});
export type UtilityAccountReply = v.InferOutput<typeof utilityAccountReply>;

export const payUtilityBody = v.object({
  /** Made by the phone, once a press: a repeat of it is the same payment. */
  requestId: v.pipe(v.string(), v.regex(/^[\w-]{16,64}$/)),
  account: accountText,
  /** Checked by the operation (`payment.amount-invalid`). */
  amountFen: v.unknown(),
  source: v.picklist(['card', 'wallet']),
});
export const utilityPaymentReply = v.object({
  payOutNo: v.string(),
  utility: utilityNameSchema,
  account: v.string(),
  maskedOwner: v.string(),
  amountFen: amountFenSchema,
  state: payOutStateSchema,
  /** Since when it stands so. */
  since: instantSchema,
  createdAt: instantSchema,
  /** The supplier's receipt, once it has been paid. */
  receiptNo: v.nullable(v.string()),
  /** Entry of the debit, and of what came back. */
  n: v.number(),
  returnedBy: v.nullable(v.number()),
  asOf: instantSchema,
});
export type UtilityPaymentReply = v.InferOutput<typeof utilityPaymentReply>;
/** The newest, at most 20. */
export const utilityPaymentsReply = v.object({ payments: v.array(utilityPaymentReply) });
