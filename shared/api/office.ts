import * as v from 'valibot';
import { amountFenSchema, balancesSchema, instantSchema } from './common';
import { DISPUTE_REASONS, DISPUTE_STATES } from './disputes';
import { payOutStateSchema } from './utilities';

const whole = v.pipe(v.number(), v.integer());
const requestId = v.pipe(v.string(), v.regex(/^[\w-]{16,64}$/));
const reason = v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(80));

export const findHolderQuery = v.object({ number: v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(32)) });
/** What the desk sees of a holder: name and number masked, no ID, no mobile. */
export const holderReply = v.object({
  accountNo: whole,
  nameMasked: v.string(),
  numberMasked: v.string(),
  kind: v.picklist(['student', 'staff', 'temporary']),
  balances: balancesSchema,
  lostAt: v.nullable(instantSchema),
  codesFrozen: v.boolean(),
  closed: v.boolean(),
  walletOpen: v.boolean(),
  cardIssue: whole,
  lastEntryN: whole,
  asOf: instantSchema,
});
export type HolderReply = v.InferOutput<typeof holderReply>;

export const staffRefundBody = v.object({
  requestId,
  /** Checked by the operation (`payment.amount-invalid`). Absent: everything. */
  amountFen: v.optional(v.unknown()),
  /** `own`: what the holder paid. `everyone`: each lot to its payer. */
  whose: v.picklist(['own', 'everyone']),
  orderNo: v.optional(v.pipe(v.string(), v.regex(/^[0-9A-Za-z_]{6,32}$/))),
  reason,
});
export const staffRefundReply = v.object({
  refundId: v.string(),
  parts: v.array(v.object({ payOutNo: v.string(), amountFen: amountFenSchema, state: payOutStateSchema })),
});
export type StaffRefundReply = v.InferOutput<typeof staffRefundReply>;
export const saleRefundBody = v.object({
  requestId: v.pipe(v.string(), v.regex(/^[0-9A-Za-z_]{8,26}$/)),
  /** Absent: what has not been taken back yet. */
  amountFen: v.optional(v.unknown()),
  reason,
});
export const saleRefundReply = v.object({ n: whole, amountFen: amountFenSchema, payOutNo: v.nullable(v.string()) });
export type SaleRefundReply = v.InferOutput<typeof saleRefundReply>;

export const casesReply = v.object({
  cases: v.array(
    v.object({
      accountNo: whole,
      n: whole,
      state: v.picklist(DISPUTE_STATES),
      since: instantSchema,
      openedAt: instantSchema,
      reason: v.picklist(DISPUTE_REASONS),
      text: v.string(),
      terminal: whole,
      sequence: whole,
      amountFen: amountFenSchema,
      soldAt: instantSchema,
      terminalSays: v.nullable(v.string()),
      neighbours: v.array(v.object({ entryId: v.string(), kind: v.string(), amountFen: amountFenSchema, recordedAt: instantSchema })),
    }),
  ),
});
export type CasesReply = v.InferOutput<typeof casesReply>;
export const resolveCaseBody = v.object({ decision: v.picklist(['reverse', 'reject']), note: reason });
export const resolveCaseReply = v.object({ state: v.picklist(DISPUTE_STATES), since: instantSchema });

export const closeAccountBody = v.object({
  /** What the holder was told remains, and agreed to leave. */
  acknowledgedFen: v.optional(v.unknown()),
});
export const closeAccountReply = v.object({
  state: v.picklist(['running', 'remains', 'closed']),
  since: instantSchema,
  depositFen: amountFenSchema,
  subsidyFen: amountFenSchema,
  refundIds: v.array(v.string()),
  /** Exactly what stays, and why. */
  remainder: v.array(v.object({ reason: v.string(), amountFen: amountFenSchema })),
  closedN: v.nullable(whole),
});
export type CloseAccountReply = v.InferOutput<typeof closeAccountReply>;

export const cardChargeBody = v.object({ issue: v.pipe(whole, v.minValue(1)), what: v.picklist(['fee', 'deposit', 'deposit-returned']) });
export const cardChargeReply = v.object({ what: v.string(), amountFen: amountFenSchema, n: whole });

export const grantSubsidiesBody = v.object({
  batchId: v.pipe(v.string(), v.regex(/^[0-9A-Za-z-]{4,40}$/)),
  /** The file's bytes in base64: UTF-8, GBK or UTF-16. Larger lists are sent in parts, each a batch of its own. */
  fileBase64: v.pipe(v.string(), v.base64(), v.maxLength(60_000)),
});
export const grantSubsidiesReply = v.object({
  batchId: v.string(),
  sha256: v.string(),
  complete: v.boolean(),
  granted: whole,
  grantedFen: amountFenSchema,
  refused: whole,
  lines: v.array(
    v.object({
      line: whole,
      outcome: v.picklist(['granted', 'refused', 'waiting']),
      amountFen: v.optional(amountFenSchema),
      errors: v.optional(v.array(v.unknown())),
    }),
  ),
});
