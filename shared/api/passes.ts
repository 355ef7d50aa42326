import * as v from 'valibot';
import { PASS_LENGTH } from '../code-format';
import { amountFenSchema, instantSchema, schoolIdSchema } from './common';

/** An envelope of offline passes as the phone keeps it. It holds no key: each pass is whole. */
export const passesReply = v.object({
  envelope: v.string(),
  /** Drawn as QR, one a sale. The place in the list is the pass's index. */
  passes: v.array(v.pipe(v.string(), v.regex(/^93\d+$/), v.length(PASS_LENGTH))),
  /** Indexes that tills have told of. */
  used: v.array(v.pipe(v.number(), v.integer())),
  ceilingFen: amountFenSchema,
  /** Reserved on the card for all of them, until `reservedUntil` at the latest. */
  envelopeFen: amountFenSchema,
  validFrom: instantSchema,
  validUntil: instantSchema,
  reservedUntil: instantSchema,
  serverTime: instantSchema,
});
export type PassesReply = v.InferOutput<typeof passesReply>;

/** A sale that a till made by pass without network. Signed with purpose `pass`; the same bytes in every attempt, however late. */
export const passSaleBody = v.strictObject({
  schoolId: schoolIdSchema,
  terminal: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(999_999)),
  sequence: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(999_999_999)),
  kind: v.literal('charge-pass'),
  /** Checked by the operation (`payment.amount-invalid`). */
  amountFen: v.unknown(),
  /** The terminal's clock at the sale, epoch ms. */
  occurredAt: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  /** The 226 digits as scanned. */
  pass: v.pipe(v.string(), v.maxLength(300)),
});
export type PassSaleBody = v.InferOutput<typeof passSaleBody>;

export const passSaleReply = v.object({
  outcome: v.literal('charged'),
  entryId: v.string(),
  n: v.number(),
  amountFen: amountFenSchema,
  /** Another sale by this pass was recorded before. The merchant is paid all the same; finance looks into it. */
  usedBefore: v.boolean(),
  recordedAt: instantSchema,
  serverTime: instantSchema,
});
export type PassSaleReply = v.InferOutput<typeof passSaleReply>;
