import * as v from 'valibot';
import { fen } from '../money';
import { bilingualSchema } from '../rule-pack';
import { amountFenSchema, instantSchema, schoolIdSchema } from './common';
import { terminalGateSchema } from './terminal-identities';
import { TERMINAL_KINDS } from './terminal-kinds';

const terminalNumber = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(999_999));
/** Raw Ed25519 public key, 32 bytes, base64. */
const publicKeySchema = v.pipe(v.string(), v.base64(), v.length(44));
const epochMsSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** Numbers with dots, so that an older version can be told from a newer one. */
export const softwareSchema = v.pipe(v.string(), v.regex(/^\d{1,5}(\.\d{1,5}){1,3}$/));

/** Who a machine is until it has a key: the number, and the code that the card office handed out for it. Signed with the new key. */
export const enrolmentBody = v.strictObject({
  schoolId: schoolIdSchema,
  terminal: terminalNumber,
  code: v.pipe(v.string(), v.regex(/^[0-9A-HJKMNP-TV-Z]{10}$/)),
  publicKey: publicKeySchema,
  software: softwareSchema,
});
export type EnrolmentBody = v.InferOutput<typeof enrolmentBody>;

/** The next key of a terminal: signed with the present one, and proved by a signature of the new one over `keyProofText`. */
export const keyBody = v.strictObject({
  schoolId: schoolIdSchema,
  terminal: terminalNumber,
  publicKey: publicKeySchema,
  proof: v.pipe(v.string(), v.base64(), v.length(88)),
});

/** What the new key signs. The present key is in it, so that a proof belongs to one change of one terminal. */
export function keyProofText(input: {
  readonly schoolId: string;
  readonly terminal: number;
  readonly presentKey: string;
  readonly newKey: string;
}): string {
  return ['ecode-terminal-key-v1', input.schoolId, input.terminal, input.presentKey, input.newKey].join('\n');
}

export const heartbeatBody = v.strictObject({
  schoolId: schoolIdSchema,
  terminal: terminalNumber,
  software: softwareSchema,
  /** The terminal's clock at this sending, epoch ms. */
  clock: epochMsSchema,
  nextSequence: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000_000)),
  /** Sales without a definite answer, and passes that are not uploaded yet. */
  openSales: v.strictObject({
    count: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000_000)),
    amountFen: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.transform(fen)),
  }),
  /** In the maker's own short words: "paper-out". */
  faults: v.pipe(v.array(v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,31}$/))), v.maxLength(16)),
});

/** What a machine must have before it may take offline passes without a network; a school without passes has no key. */
export const passFactsSchema = v.object({
  passKeys: v.array(v.object({ keyId: v.number(), publicKey: publicKeySchema })),
  /** Passes of an earlier epoch are refused. */
  revocationEpoch: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** Envelopes that were given up before their time, 18 digits each, at most 200. */
  revokedPasses: v.array(v.string()),
  /** False where there are none to take, or more were given up than the list holds: take no pass. */
  takesPasses: v.boolean(),
});
export type PassFacts = v.InferOutput<typeof passFactsSchema>;

/** What a gate is set to, and whose identity passes it must not take without a network. */
export const gateFactsSchema = v.object({
  ...terminalGateSchema.entries,
  /** Aliases, 18 digits each, at most 500. */
  revokedAliases: v.array(v.string()),
  /** False where the school gives no identity passes, or more were revoked than the list holds: take none. */
  takesIdentityPasses: v.boolean(),
});
export type GateFacts = v.InferOutput<typeof gateFactsSchema>;

const nullableFen = v.nullable(amountFenSchema);

/** Everything a machine is told about itself and its school; it keeps the last that it heard. */
export const terminalSettingsSchema = v.object({
  terminal: v.object({
    schoolId: schoolIdSchema,
    number: terminalNumber,
    kind: v.picklist(TERMINAL_KINDS),
    name: v.string(),
    place: v.nullable(v.string()),
    takesCash: v.boolean(),
    /** The most that one sale at it may be. */
    maxSaleFen: nullableFen,
  }),
  /** Whom its sales go to; the names are null until finance has entered them. */
  merchant: v.object({ number: v.number(), name: v.nullable(bilingualSchema), legalName: v.nullable(v.string()) }),
  school: v.object({ name: bilingualSchema, utcOffsetMinutes: v.number(), packVersion: v.number() }),
  limits: v.object({ perTransactionFen: nullableFen, perMealPeriodFen: nullableFen, perDayFen: nullableFen }),
  mealPeriods: v.array(v.object({ id: v.string(), name: bilingualSchema, fromMinute: v.number(), toMinute: v.number() })),
  codesPay: v.boolean(),
  /** The keys that passwords are sealed to, the one in force first. */
  pinKeys: v.array(v.object({ keyId: v.string(), publicKey: publicKeySchema })),
  ...passFactsSchema.entries,
  /** Null for a machine that verifies no one. */
  gate: v.nullable(gateFactsSchema),
});
export type TerminalSettings = v.InferOutput<typeof terminalSettingsSchema>;

const serverClock = { serverTime: instantSchema, epochMs: epochMsSchema };

export const clockReply = v.object(serverClock);
export const enrolmentReply = v.object({ ...serverClock, settings: terminalSettingsSchema });
export type EnrolmentReply = v.InferOutput<typeof enrolmentReply>;
export const keyReply = v.object({
  ...serverClock,
  publicKey: publicKeySchema,
  /** From then on every function knows the new key; sign with the old one until then. */
  useFrom: instantSchema,
  /** Until when the old key is good, unless a heartbeat or a repeat signed with the new one comes first; null: it is not any more. */
  oldKeyUntil: v.nullable(instantSchema),
});
export type KeyReply = v.InferOutput<typeof keyReply>;
export const heartbeatReply = v.object({
  ...serverClock,
  /** The terminal's clock less ours, way there included. Beyond 30,000 either way nothing is taken. */
  clockOffsetMs: v.pipe(v.number(), v.safeInteger()),
  softwareTooOld: v.boolean(),
  settings: terminalSettingsSchema,
});
export type HeartbeatReply = v.InferOutput<typeof heartbeatReply>;
