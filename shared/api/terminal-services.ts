import * as v from 'valibot';
import { amountFenSchema, bilingualViewSchema, instantSchema } from './common';
import { transferViewSchema } from './money-flow';
import { cardTextSchema, chipCodeSchema, sealedPinSchema, terminalActFields } from './terminal-act';

/** The card is on the machine: its chip's code is over an amount of 0. */
const withCard = { ...terminalActFields, card: cardTextSchema, chip: chipCodeSchema };
const cursor = v.optional(v.pipe(v.string(), v.regex(/^\d{1,12}(\.\d{1,12}){2}$/)));

export const claimBody = v.variant('kind', [
  /** The form before anything is pressed (ST-18, ST-19). */
  v.strictObject({ ...withCard, kind: v.literal('read') }),
  /** 查询转帐流水 (ST-22). */
  v.strictObject({ ...withCard, kind: v.literal('transfers'), cursor }),
  v.strictObject({ ...withCard, kind: v.literal('claim'), pin: v.optional(sealedPinSchema) }),
]);
export type ClaimBody = v.InferOutput<typeof claimBody>;

const writeNumber = v.pipe(v.number(), v.integer(), v.minValue(1));

export const chipBody = v.variant('kind', [
  /** 补写: what of last time is still to be written. */
  v.strictObject({ ...withCard, kind: v.literal('rewrite') }),
  /** The chip holds the amount now. May be told late, and again. */
  v.strictObject({
    ...terminalActFields,
    kind: v.literal('written'),
    card: cardTextSchema,
    write: writeNumber,
    amountFen: amountFenSchema,
  }),
  /** The chip was not written. */
  v.strictObject({ ...terminalActFields, kind: v.literal('failed'), card: cardTextSchema, write: writeNumber, amountFen: amountFenSchema }),
]);
export type ChipBody = v.InferOutput<typeof chipBody>;

const noteSchema = v.strictObject({
  denominationFen: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  /** Year printed on the note. */
  edition: v.pipe(v.string(), v.regex(/^\d{4}$/)),
  count: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000)),
});

export const cashBody = v.strictObject({
  ...terminalActFields,
  card: cardTextSchema,
  /** Over `amountFen`. Absent where the card was taken away before the notes were counted: then nothing can be written to it. */
  chip: v.optional(chipCodeSchema),
  notes: v.pipe(v.array(noteSchema), v.minLength(1), v.maxLength(20)),
  amountFen: amountFenSchema,
  /** The card is still there to be written. */
  canWrite: v.boolean(),
});
export type CashBody = v.InferOutput<typeof cashBody>;

const balances = { cardFen: amountFenSchema, transitFen: amountFenSchema, chipPendingFen: amountFenSchema };

/** 领取转账金额 (ST-17…ST-20) and 补写金额 (ST-33), as the machine shows them. */
export const claimFormReply = v.object({
  kind: v.literal('read'),
  /** 证件号码; null where the roster has none. */
  idMasked: v.nullable(v.string()),
  numberMasked: v.string(),
  /** 用户名称. */
  nameMasked: v.string(),
  /** 待领金额 is `transitFen`, 补写金额 `chipPendingFen`. */
  ...balances,
  /** To be written before anything else; null when nothing waits. */
  rewrite: v.nullable(v.object({ write: writeNumber, amountFen: amountFenSchema })),
  /** 管理费 of a transfer from a bank card, in hundredths of a percent. */
  feeBasisPoints: v.number(),
  /** 卡密码 is asked for; `pinKeyId` names the key it is sealed to. */
  needsPassword: v.boolean(),
  pinKeyId: v.string(),
  /** 转账名称, 转账金额, 转账时间: what the waiting amount is made of, newest first. */
  waiting: v.array(
    v.object({
      name: bilingualViewSchema,
      /** By which it came, so that each menu shows its own (ST-16, ST-23). A claim takes all of them. */
      channel: transferViewSchema.entries.channel,
      amountFen: amountFenSchema,
      at: instantSchema,
    }),
  ),
  /** More are waiting than are listed. */
  more: v.boolean(),
  /** What a cash machine may take; null where the school has none. */
  notes: v.nullable(v.object({ denominationsFen: v.array(amountFenSchema), editions: v.array(v.string()) })),
  serverTime: v.string(),
});
export type ClaimFormReply = v.InferOutput<typeof claimFormReply>;

/** What is now to be written to the chip under the number `write`; a repeat of the request is the same answer. */
export const machineClaimReply = v.object({
  kind: v.literal('claim'),
  entryId: v.string(),
  write: writeNumber,
  amountFen: amountFenSchema,
  ...balances,
  recordedAt: v.string(),
  serverTime: v.string(),
});
export type MachineClaimReply = v.InferOutput<typeof machineClaimReply>;

export const machineTransfersReply = v.object({
  kind: v.literal('transfers'),
  transfers: v.array(transferViewSchema),
  nextCursor: v.nullable(v.string()),
  serverTime: v.string(),
});

export const machineReply = v.variant('kind', [claimFormReply, machineClaimReply, machineTransfersReply]);

/** How a chip write stands: `open`, write it (again) under its number; `written`, it is on the card for good. */
export const chipReply = v.object({
  write: writeNumber,
  state: v.picklist(['open', 'written']),
  amountFen: amountFenSchema,
  ...balances,
  serverTime: v.string(),
});
export type ChipReply = v.InferOutput<typeof chipReply>;

export const cashReply = v.object({
  entryId: v.string(),
  amountFen: amountFenSchema,
  /** `suspense`: the card names nobody; the money is kept, and the card office finds out whose it is. */
  arrivedIn: v.picklist(['chipPending', 'transit', 'card', 'suspense']),
  /** To be written to the chip now; null when nothing is. */
  write: v.nullable(writeNumber),
  balances: v.nullable(v.object(balances)),
  recordedAt: v.string(),
  serverTime: v.string(),
});
export type CashReply = v.InferOutput<typeof cashReply>;
