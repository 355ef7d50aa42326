import * as v from 'valibot';
import { fen } from '../money';

/** Fen on the wire: a JSON integer. Text, fractions and exponents beyond a safe integer are refused. */
export const amountFenSchema = v.pipe(v.number(), v.safeInteger(), v.transform(fen));

export const utilityNameSchema = v.picklist(['network', 'electricity']);
export type UtilityName = v.InferOutput<typeof utilityNameSchema>;

/** A day that the calendar has, YYYY-MM-DD: what is booked on a 30th of February would be in nobody's books. */
export const calendarDaySchema = v.pipe(
  v.string(),
  v.isoDate(),
  v.check((day) => new Date(`${day}T00:00:00Z`).getUTCDate() === Number(day.slice(8))),
);

/** ISO 8601 with offset. */
export const instantSchema = v.pipe(v.string(), v.isoTimestamp());
export const schoolIdSchema = v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{1,15}$/));
export const monthSchema = v.pipe(v.string(), v.regex(/^20\d{2}-(0[1-9]|1[0-2])$/));
export const bilingualViewSchema = v.object({ zh: v.string(), en: v.string() });

export const errorBodySchema = v.object({
  error: v.object({
    code: v.string(),
    messageZh: v.string(),
    messageEn: v.string(),
    detail: v.optional(v.record(v.string(), v.union([v.string(), v.number()]))),
  }),
});

/** What an entry did, as a student reads it. */
export const entryKindSchema = v.picklist([
  'opened',
  'top-up',
  'charge',
  'void',
  'reversal',
  'claim',
  'loss-reported',
  'loss-cancelled',
  'app-bound',
  'app-revoked',
  'fence',
  'limits-changed',
  'card-issued',
  // Out again: to the payer of a top-up, to the holder's own bank card, to a supplier of the campus; and what came back of it.
  'refund',
  'refund-returned',
  'withdrawal',
  'withdrawal-returned',
  'utility-payment',
  'utility-returned',
  // Between the holder's own places.
  'transfer',
  'chip-intent',
  'chip-written',
  // From and to the school.
  'subsidy-granted',
  'subsidy-expired',
  'fee',
  'deposit',
  'deposit-returned',
  'adjustment',
  'wallet-opened',
  'wallet-closed',
  // Nothing may be spent any more, because the account is being closed.
  'account-frozen',
  'account-closed',
  // Until somebody else's money is there, or is not.
  'hold',
  'hold-released',
  // At terminals: the card, the platforms' own codes, offline passes, the water purse.
  'card-synced',
  'card-activated',
  // The roster says that the holder is of another group (a student, staff, a temporary card): prices follow.
  'group-changed',
  'native-charge',
  'native-refund',
  'pass-opened',
  'pass-charge',
  'pass-ended',
  'purse-loaded',
  'purse-settled',
  'purse-returned',
  'receivable-cleared',
  // House accounts.
  'platform-settlement',
  'merchant-payout',
  'suspense',
  'suspense-cleared',
  'cash-collected',
]);
export type EntryKind = v.InferOutput<typeof entryKindSchema>;

export const balancesSchema = v.object({
  cardFen: amountFenSchema,
  transitFen: amountFenSchema,
  chipPendingFen: amountFenSchema,
  walletFen: amountFenSchema,
  purseFen: amountFenSchema,
  subsidyFen: amountFenSchema,
});

/** One line of the statement. `amountFen` is signed: what was spent is negative (never SQ-10's green plus). */
export const entryViewSchema = v.object({
  n: v.pipe(v.number(), v.integer()),
  entryId: v.string(),
  kind: entryKindSchema,
  /** Change of card + transit + wallet + purse + subsidy made by this entry. */
  amountFen: amountFenSchema,
  /** Card + transit after the entry. */
  runningFen: amountFenSchema,
  balances: balancesSchema,
  /** What of it was claimed from transit in the same entry. */
  claimedFen: amountFenSchema,
  /** What the holder owes since this entry: goods of an offline sale that no money was left for. Absent where it is nothing. */
  owedFen: v.optional(amountFenSchema),
  fundedFrom: v.nullable(v.picklist(['card', 'wallet', 'purse', 'subsidy'])),
  channel: v.nullable(v.picklist(['wechat-pay', 'alipay', 'bank-card', 'cash'])),
  merchant: v.nullable(bilingualViewSchema),
  orderNo: v.nullable(v.string()),
  /** The entry this one reverses. */
  reverses: v.nullable(v.string()),
  occurredAt: instantSchema,
  recordedAt: instantSchema,
});
export type EntryView = v.InferOutput<typeof entryViewSchema>;
