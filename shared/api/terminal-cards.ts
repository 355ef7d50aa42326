import * as v from 'valibot';
import { amountFenSchema } from './common';
import { cardTextSchema, chipCodeSchema, sealedPinSchema, terminalActFields } from './terminal-act';

/** The card is on the terminal: its chip's code is over an amount of 0. */
const withCard = { ...terminalActFields, card: cardTextSchema, chip: chipCodeSchema };

export const cardsBody = v.variant('kind', [
  /** The card is read and nothing is sold: its balance shows, and from then on the holder's codes are taken (BI-03). */
  v.strictObject({ ...withCard, kind: v.literal('sync') }),
  /** An earlier card that was found is put back into use, by its chip and the card password (SJ-info-1565). */
  v.strictObject({ ...withCard, kind: v.literal('activate'), pin: v.optional(sealedPinSchema) }),
  /** 修改密码 (ST-27). `which` says which of a school's two passwords (SJ-01); where it has one, both words mean that one. */
  v.strictObject({
    ...withCard,
    kind: v.literal('change-password'),
    which: v.picklist(['query', 'transaction']),
    oldPin: sealedPinSchema,
    newPin: sealedPinSchema,
  }),
]);
export type CardsBody = v.InferOutput<typeof cardsBody>;
export type CardsBodyOf<Kind extends CardsBody['kind']> = Extract<CardsBody, { kind: Kind }>;

const balances = { cardFen: amountFenSchema, transitFen: amountFenSchema, chipPendingFen: amountFenSchema };

export const cardSyncReply = v.object({ kind: v.literal('sync'), ...balances, serverTime: v.string() });
export type CardSyncReply = v.InferOutput<typeof cardSyncReply>;

/** A repeat of the request is the same answer, whatever card was put into use since. */
export const cardActivateReply = v.object({
  kind: v.literal('activate'),
  entryId: v.string(),
  ...balances,
  recordedAt: v.string(),
  serverTime: v.string(),
});
export type CardActivateReply = v.InferOutput<typeof cardActivateReply>;

/** A repeat of the request is the same answer. */
export const cardPasswordReply = v.object({ kind: v.literal('change-password'), serverTime: v.string() });
export type CardPasswordReply = v.InferOutput<typeof cardPasswordReply>;

export const cardsReply = v.variant('kind', [cardSyncReply, cardActivateReply, cardPasswordReply]);
export type CardsReply = v.InferOutput<typeof cardsReply>;
