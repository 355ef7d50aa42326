import * as v from 'valibot';
import { amountFenSchema, instantSchema } from './common';
import { terminalGateSchema } from './terminal-identities';
import { TERMINAL_KINDS } from './terminal-kinds';

const terminalNumber = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(999_999));
const shortText = v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(40));
/** What the card office may change of a terminal later; its number, kind and merchant stay what they were enrolled as. */
const changeable = {
  name: shortText,
  /** Where it stands. */
  place: v.nullable(shortText),
  /** The most that one sale at it may be; checked by the operation (`payment.amount-invalid`). */
  maxSaleFen: v.nullable(v.unknown()),
  /** Of one that verifies who stands there: its building, its direction, and whether nobody may enter twice. Absent: as it is; null: none. */
  gate: v.exactOptional(v.nullable(terminalGateSchema)),
};

export const newTerminalBody = v.strictObject({
  terminal: terminalNumber,
  kind: v.picklist(TERMINAL_KINDS),
  merchant: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(99_999)),
  /** It counts notes: only of such a one is cash believed. */
  takesCash: v.boolean(),
  ...changeable,
});
export type NewTerminalBody = v.InferOutput<typeof newTerminalBody>;
export const changeTerminalBody = v.strictObject(changeable);
export type ChangeTerminalBody = v.InferOutput<typeof changeTerminalBody>;

export const staffTerminalSchema = v.object({
  terminal: terminalNumber,
  kind: v.picklist(TERMINAL_KINDS),
  merchant: v.number(),
  name: v.string(),
  place: v.nullable(v.string()),
  takesCash: v.boolean(),
  maxSaleFen: v.nullable(amountFenSchema),
  gate: v.nullable(terminalGateSchema),
  /** `waiting`: it has a code at most, and no key yet. */
  status: v.picklist(['waiting', 'active', 'revoked']),
  /** Nothing was heard of it for five minutes, though it is active. */
  unreachable: v.boolean(),
  heartbeat: v.nullable(
    v.object({
      at: instantSchema,
      software: v.string(),
      clockOffsetMs: v.number(),
      nextSequence: v.number(),
      openSales: v.object({ count: v.number(), amountFen: amountFenSchema }),
      faults: v.array(v.string()),
    }),
  ),
});
export type StaffTerminal = v.InferOutput<typeof staffTerminalSchema>;

export const staffTerminalsQuery = v.object({ after: v.optional(v.pipe(v.string(), v.regex(/^\d{1,6}$/), v.transform(Number)), '0') });
export const staffTerminalsReply = v.object({ terminals: v.array(staffTerminalSchema), nextAfter: v.nullable(v.number()) });
export type StaffTerminalsReply = v.InferOutput<typeof staffTerminalsReply>;

export const enrolmentCodeReply = v.object({
  terminal: staffTerminalSchema,
  /** Shown once, to be typed into the machine: ten letters and digits. */
  code: v.string(),
  expiresAt: instantSchema,
});
export type EnrolmentCodeReply = v.InferOutput<typeof enrolmentCodeReply>;

export const terminalPinBody = v.strictObject({
  /** What they sign in with. */
  password: v.pipe(v.string(), v.nonEmpty(), v.maxLength(128)),
  pin: v.pipe(v.string(), v.regex(/^\d{6}$/)),
});
