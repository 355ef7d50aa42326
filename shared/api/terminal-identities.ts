import * as v from 'valibot';
import { instantSchema } from './common';
import { cardTextSchema, chipCodeSchema, terminalActFields } from './terminal-act';

export const gateDirectionSchema = v.picklist(['in', 'out']);
export type GateDirection = v.InferOutput<typeof gateDirectionSchema>;

/** What the card office enrols a terminal with that verifies who stands there. */
export const terminalGateSchema = v.strictObject({
  /** Gates of one building: who is let in at one of them is inside. */
  group: v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,24}$/)),
  direction: v.picklist(['in', 'out', 'both']),
  /** Nobody enters twice without leaving, and no code twice. */
  antiPassback: v.boolean(),
});
export type TerminalGate = v.InferOutput<typeof terminalGateSchema>;

/** Which way the holder goes. Asked of a gate that opens both ways, of any other the one that the card office enrolled. */
const direction = v.optional(gateDirectionSchema);

export const identityBody = v.variant('kind', [
  v.strictObject({ ...terminalActFields, kind: v.literal('identity-code'), code: v.pipe(v.string(), v.maxLength(300)), direction }),
  /** The card on the reader; its chip's code is over an amount of 0. */
  v.strictObject({ ...terminalActFields, kind: v.literal('identity-card'), card: cardTextSchema, chip: chipCodeSchema, direction }),
]);
export type IdentityBody = v.InferOutput<typeof identityBody>;

/** All that a gate needs to know: no number, no balance, and a name only where the school shows it to the guard. */
export const identityReply = v.object({
  valid: v.literal(true),
  role: v.picklist(['student', 'staff', 'temporary']),
  nameMasked: v.nullable(v.string()),
  direction: gateDirectionSchema,
  serverTime: instantSchema,
});
export type IdentityReply = v.InferOutput<typeof identityReply>;
