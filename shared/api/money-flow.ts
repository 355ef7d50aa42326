import * as v from 'valibot';
import { amountFenSchema, balancesSchema, bilingualViewSchema, entryKindSchema, instantSchema } from './common';

/** In the app, where the school allows it. A repeat of `requestId` is the same claim. */
export const claimInAppBody = v.object({ requestId: v.pipe(v.string(), v.regex(/^[\w-]{16,64}$/)) });
export const claimInAppReply = v.object({
  entryId: v.string(),
  n: v.pipe(v.number(), v.integer()),
  amountFen: amountFenSchema,
  balances: balancesSchema,
  recordedAt: instantSchema,
});
export type ClaimInAppReply = v.InferOutput<typeof claimInAppReply>;

/** One line of 查询转帐流水 (ST-22): money that came, waits, was claimed, moved between the holder's places, or left. */
export const transferViewSchema = v.object({
  n: v.pipe(v.number(), v.integer()),
  kind: entryKindSchema,
  name: bilingualViewSchema,
  /** Of what moved; above zero. */
  amountFen: amountFenSchema,
  /** `in`, `out` of the account, or `within` it. */
  direction: v.picklist(['in', 'out', 'within']),
  channel: v.nullable(v.picklist(['wechat-pay', 'alipay', 'bank-card', 'cash'])),
  /** Of a top-up: what became of it. `writing`: it is being written to the chip. Null of everything else. */
  arrival: v.nullable(
    v.variant('state', [
      v.object({ state: v.literal('on-card') }),
      v.object({ state: v.literal('in-wallet') }),
      v.object({ state: v.literal('waiting') }),
      v.object({ state: v.literal('writing') }),
      v.object({ state: v.literal('claimed'), at: instantSchema, n: v.pipe(v.number(), v.integer()) }),
    ]),
  ),
  orderNo: v.nullable(v.string()),
  at: instantSchema,
});
export type TransferView = v.InferOutput<typeof transferViewSchema>;

export const pageQuery = v.object({ cursor: v.optional(v.pipe(v.string(), v.regex(/^[\w.-]{1,120}$/))) });
export const transfersReply = v.object({ transfers: v.array(transferViewSchema), nextCursor: v.nullable(v.string()), asOf: instantSchema });
export type TransfersReply = v.InferOutput<typeof transfersReply>;

/** The lot that expires first is spent first. */
export const subsidiesReply = v.object({
  label: v.nullable(bilingualViewSchema),
  /** What can be spent now. */
  totalFen: amountFenSchema,
  /** `expired`: it can no longer be spent and goes back to where it was granted from. */
  lots: v.array(v.object({ amountFen: amountFenSchema, expiresAt: instantSchema, expired: v.boolean() })),
  asOf: instantSchema,
});
export type SubsidiesReply = v.InferOutput<typeof subsidiesReply>;
