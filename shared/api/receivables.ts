import * as v from 'valibot';
import { amountFenSchema, instantSchema } from './common';

/**
 * Why a holder owes, or a merchant waits: the pass was used at another till before; the passes of one envelope took more than it and the card
 * had; the till told of the sale after the grace period, and nobody was paid.
 */
export const RECEIVABLE_CAUSES = ['pass-used-twice', 'pass-over-envelope', 'pass-too-late'] as const;
export type ReceivableCause = (typeof RECEIVABLE_CAUSES)[number];

export const receivablesQuery = v.object({ cursor: v.optional(v.pipe(v.string(), v.regex(/^[\w-]{1,120}$/))) });

export const receivablesReply = v.object({
  /** Newest sale first. */
  cases: v.array(
    v.object({
      entryId: v.string(),
      cause: v.picklist(RECEIVABLE_CAUSES),
      accountNo: v.number(),
      n: v.nullable(v.number()),
      serial: v.string(),
      terminal: v.number(),
      merchant: v.number(),
      amountFen: amountFenSchema,
      /** Of this sale. */
      owedFen: amountFenSchema,
      /** Of the account, at this moment, for whatever. */
      accountOwesFen: amountFenSchema,
      firstEntryId: v.nullable(v.string()),
      occurredAt: instantSchema,
      recordedAt: instantSchema,
    }),
  ),
  nextCursor: v.nullable(v.string()),
});
export type ReceivablesReply = v.InferOutput<typeof receivablesReply>;

export const clearReceivableReply = v.object({
  /** What the card paid now. */
  paidFen: amountFenSchema,
  /** What is still owed. */
  owedFen: amountFenSchema,
  codesFrozen: v.boolean(),
});
export type ClearReceivableReply = v.InferOutput<typeof clearReceivableReply>;
