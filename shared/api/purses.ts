import * as v from 'valibot';
import { fen } from '../money';
import { amountFenSchema } from './common';
import { cardTextSchema, chipCodeSchema, terminalActFields } from './terminal-act';

/** What the chip says of its purse, signed by the chip (docs/terminal-api.md): two sums that only grow, and how often it was used. */
const totalSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.transform(fen));
const chipPurseSchema = v.strictObject({
  loadedFen: totalSchema,
  spentFen: totalSchema,
  counter: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(4_294_967_295)),
  mac: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
});

/** The card is on the machine: its chip's code is over an amount of 0. */
const withPurse = { ...terminalActFields, card: cardTextSchema, chip: chipCodeSchema, purse: chipPurseSchema };

export const purseBody = v.variant('kind', [
  v.strictObject({ ...withPurse, kind: v.literal('read') }),
  /** Brings the books up to what the chip has spent, and the purse back to its ceiling. */
  v.strictObject({ ...withPurse, kind: v.literal('settle') }),
]);
export type PurseBody = v.InferOutput<typeof purseBody>;

/** What the machine shows and, where there is a `load`, writes to the chip. A repeat of a settlement is the same answer. */
export const purseReply = v.object({
  kind: v.picklist(['read', 'settle']),
  /** Null where nothing moved. */
  entryId: v.nullable(v.string()),
  /** 系统账户余额. */
  cardFen: amountFenSchema,
  /** 小钱包消费额: what the chip has spent that was not settled before. */
  usedFen: amountFenSchema,
  /** What went from the card into the purse. */
  refillFen: amountFenSchema,
  /** 小钱包余额. */
  purseFen: amountFenSchema,
  /** The chip sets its loaded sum to this where its own is lower; signed for that card alone. Null when the purse was never loaded. */
  load: v.nullable(v.object({ loadedFen: amountFenSchema, mac: v.string() })),
  recordedAt: v.nullable(v.string()),
  serverTime: v.string(),
});
export type PurseReply = v.InferOutput<typeof purseReply>;

export const MOST_USES = 200;

/** One card in one controller, from when it was put in until it was taken out. */
export const purseUseSchema = v.strictObject({
  /** Counts up on the controller and never repeats on it. */
  serial: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(999_999_999)),
  card: cardTextSchema,
  /** As the chip stood after the last drop. */
  purse: chipPurseSchema,
  /** The controller's clock then. */
  usedAt: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
});
export type PurseUseBody = v.InferOutput<typeof purseUseSchema>;

export const purseUsesBody = v.strictObject({
  ...terminalActFields,
  uses: v.pipe(v.array(purseUseSchema), v.minLength(1), v.maxLength(MOST_USES)),
});
export type PurseUsesBody = v.InferOutput<typeof purseUsesBody>;

export const purseUsesReply = v.object({
  /** Of every use that was sent, in its order: whatever its state, the controller need not keep it any longer. */
  uses: v.array(
    v.object({
      serial: v.number(),
      /** `stored`: kept here and settled in the night. `refused`: never settled; `reason` says why. */
      state: v.picklist(['settled', 'stored', 'refused']),
      reason: v.nullable(v.object({ code: v.string(), messageZh: v.string(), messageEn: v.string() })),
    }),
  ),
  serverTime: v.string(),
});
export type PurseUsesReply = v.InferOutput<typeof purseUsesReply>;
