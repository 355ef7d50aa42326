import * as v from 'valibot';
import { fen } from '../money';
import { bilingualSchema } from '../rule-pack';
import { amountFenSchema, calendarDaySchema, instantSchema } from './common';

export const daySchema = calendarDaySchema;
export const formatQuery = v.object({ format: v.optional(v.picklist(['csv', 'xlsx']), 'xlsx') });
/** `pos`: what terminals state of their own sales. */
export const reconciledChannelSchema = v.picklist(['wechat-pay', 'alipay', 'pos']);
const number = v.pipe(v.string(), v.regex(/^[0-9A-Za-z-]{4,40}$/));
const whole = v.pipe(v.number(), v.integer());
const text = v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(200));

export const reconciliationViewSchema = v.object({
  channel: reconciledChannelSchema,
  day: daySchema,
  /** 等待对账单 / 失败 / 平 / 已自愈 / 待次日 / 待人工 / 已停止. */
  state: v.picklist(['waiting', 'failed', 'balanced', 'healed', 'open', 'held', 'suspended']),
  failure: v.nullable(v.string()),
  billSha256: v.nullable(v.string()),
  sums: v.nullable(
    v.object({
      billCount: whole,
      billPaymentFen: whole,
      billRefundFen: whole,
      billFeeFen: whole,
      bookCount: whole,
      bookPaymentFen: whole,
      bookRefundFen: whole,
      matchedCount: whole,
    }),
  ),
  /** The platform's account log beside its bill. */
  accountLog: v.nullable(v.picklist(['agrees', 'differs', 'unavailable'])),
  differences: whole,
  firstRunAt: instantSchema,
  lastRunAt: instantSchema,
  runs: whole,
});
export type ReconciliationView = v.InferOutput<typeof reconciliationViewSchema>;
export const differenceViewSchema = v.object({
  id: v.string(),
  class: v.string(),
  act: v.picklist(['credit', 'refund', 'hold', 'wait', 'reverse']),
  actState: v.picklist(['due', 'done', 'held', 'waiting', 'explained', 'failed']),
  /** What the act made, or why it could not. */
  result: v.nullable(v.string()),
  reason: v.string(),
  kind: v.picklist(['payment', 'refund', 'sale']),
  /** Of a sale at a terminal, its entry id. */
  orderNo: v.string(),
  refundNo: v.nullable(v.string()),
  platformTradeNo: v.nullable(v.string()),
  billFen: v.nullable(whole),
  bookFen: v.nullable(whole),
  rowFen: v.nullable(whole),
  at: instantSchema,
  foundAt: instantSchema,
});
export type DifferenceView = v.InferOutput<typeof differenceViewSchema>;
export const listReconciliationsQuery = v.object({ channel: reconciledChannelSchema });
export const reconciliationsReply = v.object({ reconciliations: v.array(reconciliationViewSchema) });
export const reconciliationReply = v.object({ reconciliation: reconciliationViewSchema, differences: v.array(differenceViewSchema) });
export type ReconciliationReply = v.InferOutput<typeof reconciliationReply>;

export const settlementViewSchema = v.object({
  merchant: whole,
  day: daySchema,
  salesCount: whole,
  grossFen: amountFenSchema,
  refundsCount: whole,
  refundsFen: amountFenSchema,
  adjustmentsFen: amountFenSchema,
  feeFen: amountFenSchema,
  netFen: amountFenSchema,
  carriedFen: amountFenSchema,
  payableFen: amountFenSchema,
  /** Of the entries themselves, and a hash over them: the statement can be checked against the books. */
  controlFen: amountFenSchema,
  linesHash: v.string(),
  corrections: v.array(v.object({ day: daySchema, amountFen: amountFenSchema })),
  settledAt: instantSchema,
});
export type SettlementView = v.InferOutput<typeof settlementViewSchema>;
export const settlementsReply = v.object({ settlements: v.array(settlementViewSchema) });

const legSums = v.record(v.string(), whole);
export const sheetReply = v.object({
  day: daySchema,
  /** Every side since the first day, in fen; they sum to zero. */
  closing: legSums,
  /** The same by group: assets, cardholders, merchants … */
  groups: legSums,
  /** Moved by the day's own entries. */
  moved: legSums,
  sheetHash: v.string(),
  previousHash: v.nullable(v.string()),
  madeAt: instantSchema,
  locked: v.nullable(v.object({ lockedBy: v.string(), lockedAt: instantSchema })),
});
export type SheetReply = v.InferOutput<typeof sheetReply>;
export const verifySheetReply = v.object({
  days: whole,
  lastDay: daySchema,
  sound: v.boolean(),
  /** `difference`: books less sheets, by side. */
  faults: v.array(v.object({ day: daySchema, fault: v.picklist(['chain', 'closing', 'books', 'waiting']), difference: legSums })),
});

const postingSchema = v.object({ leg: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9:-]{1,40}$/)), amountFen: amountFenSchema });
export const proposeAdjustmentBody = v.object({
  adjustmentNo: number,
  kind: v.picklist(['adjustment', 'suspense', 'suspense-cleared']),
  day: daySchema,
  postings: v.pipe(v.array(postingSchema), v.minLength(2), v.maxLength(8)),
  accountNo: v.optional(v.pipe(whole, v.minValue(1))),
  clears: v.optional(v.string()),
  reason: text,
});
export const adjustmentViewSchema = v.object({
  adjustmentNo: v.string(),
  kind: v.string(),
  day: daySchema,
  postings: v.array(v.object({ leg: v.string(), amountFen: amountFenSchema })),
  accountNo: v.nullable(whole),
  clears: v.nullable(v.string()),
  reason: v.string(),
  state: v.picklist(['proposed', 'approved', 'posted', 'rejected']),
  proposedBy: v.string(),
  proposedAt: instantSchema,
  decidedBy: v.nullable(v.string()),
});
export type AdjustmentView = v.InferOutput<typeof adjustmentViewSchema>;
export const adjustmentsReply = v.object({ adjustments: v.array(adjustmentViewSchema) });
export const suspenseReply = v.object({
  items: v.array(
    v.object({ itemNo: v.string(), day: daySchema, amountFen: amountFenSchema, openFen: amountFenSchema, reason: v.string() }),
  ),
  openFen: amountFenSchema,
});

export const importArrivalsBody = v.object({
  arrivals: v.pipe(
    v.array(
      v.object({
        bankRef: number,
        day: daySchema,
        channel: v.picklist(['wechat-pay', 'alipay', 'bank-card']),
        amountFen: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.transform(fen)),
      }),
    ),
    v.minLength(1),
    v.maxLength(200),
  ),
});
const arrivalView = v.object({ bankRef: v.string(), day: daySchema, channel: v.string(), amountFen: amountFenSchema, state: v.string() });
export const arrivalsReply = v.object({
  booked: v.array(arrivalView),
  unmatched: v.array(arrivalView),
  outstanding: v.array(v.object({ channel: v.string(), day: daySchema, netFen: amountFenSchema })),
});

export const payoutsReply = v.object({
  batches: v.array(
    v.object({
      batchNo: v.string(),
      day: daySchema,
      madeBy: v.string(),
      madeAt: instantSchema,
      count: whole,
      totalFen: amountFenSchema,
      fileHash: v.string(),
      lines: v.array(
        v.object({
          payoutNo: v.string(),
          merchant: whole,
          accountName: v.string(),
          maskedAccount: v.string(),
          amountFen: amountFenSchema,
          feeFen: amountFenSchema,
        }),
      ),
    }),
  ),
  unpayable: v.array(v.object({ merchant: whole, amountFen: amountFenSchema, reason: v.string() })),
});

export const collectCashBody = v.object({
  collectionNo: number,
  terminal: v.pipe(whole, v.minValue(1), v.maxValue(999_999)),
  expectedFen: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.transform(fen)),
  countedFen: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.transform(fen)),
  witnessedBy: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9.-]{2,31}$/)),
});
export const collectCashReply = v.object({ entryId: v.string(), overShortFen: amountFenSchema });
export const lockReply = v.object({ day: daySchema, lockedBy: v.string(), lockedAt: instantSchema, sheetHash: v.string() });
/** 科目表: which subject each side of the books belongs to. `leg` is a side, or the beginning of several: "merchant:*". */
export const chartReply = v.object({
  name: bilingualSchema,
  subjects: v.array(v.object({ leg: v.string(), code: v.string(), name: bilingualSchema, each: v.optional(v.boolean()) })),
});
