import * as v from 'valibot';
import { amountFenSchema, bilingualViewSchema } from './common';
import { cardTextSchema, chipCodeSchema, sealedPinSchema, terminalActFields } from './terminal-act';

const withCard = { ...terminalActFields, card: cardTextSchema, chip: chipCodeSchema };

export const machineBankBody = v.variant('kind', [
  /** 申请绑定 and 银校转账 before anything is pressed (ST-28, ST-32). The chip's code is over an amount of 0, as for `bind`. */
  v.strictObject({ ...withCard, kind: v.literal('form') }),
  /** 申请绑定 (ST-28…ST-30): the bank card's number as it was typed, and the card password. */
  v.strictObject({
    ...withCard,
    kind: v.literal('bind'),
    bankCard: v.pipe(v.string(), v.regex(/^\d{12,19}$/)),
    pin: v.optional(sealedPinSchema),
  }),
  /** 转账 (ST-31…ST-38, SJ-08). The chip's code is over `amountFen`. */
  v.strictObject({ ...withCard, kind: v.literal('transfer'), amountFen: amountFenSchema, pin: v.optional(sealedPinSchema) }),
]);
export type MachineBankBody = v.InferOutput<typeof machineBankBody>;
export type MachineBankBodyOf<Kind extends MachineBankBody['kind']> = Extract<MachineBankBody, { kind: Kind }>;

const balances = { cardFen: amountFenSchema, transitFen: amountFenSchema, chipPendingFen: amountFenSchema };

export const machineBankForm = v.object({
  kind: v.literal('form'),
  /** 身份证号; null where the roster has none. */
  idMasked: v.nullable(v.string()),
  nameMasked: v.string(),
  bankName: bilingualViewSchema,
  /** The school's own words for which cards may be bound (ST-29). */
  cardOnly: bilingualViewSchema,
  /** Last digits of the bound card; null where none is bound. */
  cardTail: v.nullable(v.string()),
  ...balances,
  /** 补写 comes first (ST-33); null when nothing waits. */
  rewrite: v.nullable(v.object({ write: v.number(), amountFen: amountFenSchema })),
  /** 管理费 in hundredths of a percent (ST-34). */
  feeBasisPoints: v.number(),
  minFen: amountFenSchema,
  /** Of one transfer; null where nobody states a limit. */
  maxFen: v.nullable(amountFenSchema),
  pinKeyId: v.string(),
  serverTime: v.string(),
});
export type MachineBankForm = v.InferOutput<typeof machineBankForm>;

export const machineBindReply = v.object({
  kind: v.literal('bind'),
  bankName: bilingualViewSchema,
  cardTail: v.string(),
  serverTime: v.string(),
});
export type MachineBindReply = v.InferOutput<typeof machineBindReply>;

/** `pending`: the bank has not said; send the same bytes again, once a second. A transfer that did not happen is a refusal. */
export const machineTransferReply = v.object({
  kind: v.literal('transfer'),
  state: v.picklist(['pending', 'credited']),
  orderNo: v.string(),
  amountFen: amountFenSchema,
  feeFen: amountFenSchema,
  /** Of a credited one. `chipPending`: write it to the chip under `write` now; else it is claimed as any top-up. */
  arrivedIn: v.nullable(v.picklist(['chipPending', 'transit', 'card'])),
  write: v.nullable(v.number()),
  balances: v.nullable(v.object(balances)),
  serverTime: v.string(),
});
export type MachineTransferReply = v.InferOutput<typeof machineTransferReply>;

export const machineBankReply = v.variant('kind', [machineBankForm, machineBindReply, machineTransferReply]);
export type MachineBankReply = v.InferOutput<typeof machineBankReply>;
