import * as v from 'valibot';
import { fen } from '../money';
import { amountFenSchema, calendarDaySchema, instantSchema, schoolIdSchema } from './common';

const sequenceSchema = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(999_999_999));
const countSchema = v.pipe(v.number(), v.integer(), v.minValue(0));
const totalsSchema = v.strictObject({ count: countSchema, amountFen: amountFenSchema });

export const BATCH_OUTCOMES = ['sold', 'voided', 'refused', 'unknown'] as const;

/**
 * A terminal's signed statement of its day, in numbered parts: what it sold among the sequences `fromSequence` to `ackedSeq`. A sequence in
 * between without a line is one that it did not sell. Parts may be sent through the day; the last one closes it.
 */
export const batchBody = v.strictObject({
  schoolId: schoolIdSchema,
  terminal: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(999_999)),
  /** Business day of the sales, in the school's zone. */
  day: calendarDaySchema,
  /** 1, 2, 3 … within the day. */
  part: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(9_999)),
  /** One more than `ackedSeq` of the part before. */
  fromSequence: sequenceSchema,
  /** Everything up to here is stated. A closing part that states nothing more has one less than `fromSequence`. */
  ackedSeq: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(999_999_999)),
  lines: v.pipe(
    v.array(
      v.strictObject({
        sequence: sequenceSchema,
        amountFen: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.transform(fen)),
        outcome: v.picklist(BATCH_OUTCOMES),
        /** SHA-256 of the sale's signed body, where the terminal keeps it. */
        requestHash: v.exactOptional(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))),
      }),
    ),
    v.maxLength(1_000),
  ),
  /** Of the sold lines of this part, as the terminal added them up itself. */
  totals: totalsSchema,
  closed: v.boolean(),
  /** Of the sold lines of all parts: with the part that closes the day. */
  dayTotals: v.exactOptional(totalsSchema),
});
export type BatchBody = v.InferOutput<typeof batchBody>;

/** Why a sequence differs (functions/domain/reconcile/pos-batch.ts says what each means). */
export const BATCH_DIFFERENCES = [
  'missing-in-book',
  'missing-in-batch',
  'other-amount',
  'other-body',
  'charged-twice',
  'repeated-sequence',
  'outcome',
] as const;
export const MOST_DIFFERENCES = 50;

export const batchReply = v.object({
  terminal: v.number(),
  day: v.string(),
  /** Parts held, and up to which sequence. */
  parts: v.number(),
  ackedSeq: v.number(),
  closed: v.boolean(),
  totals: v.object({ count: v.number(), amountFen: amountFenSchema }),
  /** With the answer to the part that closes the day: what the books have of it, and where they differ from the statement. */
  book: v.exactOptional(v.object({ count: v.number(), amountFen: amountFenSchema })),
  differences: v.exactOptional(
    v.pipe(
      v.array(
        v.object({
          sequence: v.number(),
          kind: v.picklist(BATCH_DIFFERENCES),
          batchFen: v.nullable(amountFenSchema),
          bookFen: v.nullable(amountFenSchema),
        }),
      ),
      v.maxLength(MOST_DIFFERENCES),
    ),
  ),
  /** There are more differences than are told here. */
  more: v.exactOptional(v.boolean()),
  serverTime: instantSchema,
});
export type BatchReply = v.InferOutput<typeof batchReply>;
