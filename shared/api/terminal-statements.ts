import * as v from 'valibot';
import { amountFenSchema } from './common';
import { statementReply } from './student';
import { cardTextSchema, chipCodeSchema, sealedPinSchema, terminalActFields } from './terminal-act';

/** 持卡人流水查询 (SJ-12): a page of a month, by the query password. The chip's code is over an amount of 0. */
export const cardStatementBody = v.strictObject({
  ...terminalActFields,
  card: cardTextSchema,
  chip: chipCodeSchema,
  month: v.pipe(v.string(), v.regex(/^\d{4}-(0[1-9]|1[0-2])$/)),
  /** `nextCursor` of the page before. */
  cursor: v.optional(v.pipe(v.string(), v.regex(/^\d{1,9}$/))),
  pin: v.optional(sealedPinSchema),
});
export type CardStatementBody = v.InferOutput<typeof cardStatementBody>;

export const cardStatementReply = v.object({ ...statementReply.entries, cardFen: amountFenSchema, serverTime: v.string() });
export type CardStatementReply = v.InferOutput<typeof cardStatementReply>;
