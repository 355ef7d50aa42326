import * as v from 'valibot';
import { amountFenSchema, instantSchema } from './common';

export const DISPUTE_REASONS = ['not-received', 'wrong-amount', 'charged-twice', 'not-mine', 'other'] as const;

/**
 * `waiting`: for the terminal's own statement of the sale. `office`: the terminal says that it sold it, or does not know; a person decides.
 * `reversed`, `rejected`: decided.
 */
export const DISPUTE_STATES = ['waiting', 'office', 'reversed', 'rejected'] as const;

export const disputeBody = v.object({
  /** Entry number of the charge. A repeat is the same dispute. */
  n: v.pipe(v.number(), v.integer(), v.minValue(1)),
  reason: v.picklist(DISPUTE_REASONS),
  text: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(200)), ''),
});

export const disputeReply = v.object({
  n: v.number(),
  entryId: v.string(),
  amountFen: amountFenSchema,
  reason: v.picklist(DISPUTE_REASONS),
  text: v.string(),
  state: v.picklist(DISPUTE_STATES),
  openedAt: instantSchema,
  /** Since when it stands so. */
  since: instantSchema,
  /** What the terminal's signed statement says of the sale, once there is one. */
  terminalSays: v.nullable(v.picklist(['sold', 'voided', 'refused', 'unknown', 'absent'])),
  /** By itself, because the terminal lacks the sale; or by the card office. */
  decidedBy: v.nullable(v.picklist(['terminal-statement', 'office'])),
  /** Entry that gave the money back. */
  reversedBy: v.nullable(v.number()),
  /** The office's words. */
  note: v.string(),
  asOf: instantSchema,
});
export type DisputeReply = v.InferOutput<typeof disputeReply>;

/** Newest sale first, at most 50. */
export const disputesReply = v.object({ disputes: v.array(disputeReply), asOf: instantSchema });
export type DisputesReply = v.InferOutput<typeof disputesReply>;
