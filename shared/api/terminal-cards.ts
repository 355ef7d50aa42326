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

export const cardsReply = v.variant('kind', [cardSyncReply, cardActivateReply]);
export type CardsReply = v.InferOutput<typeof cardsReply>;
