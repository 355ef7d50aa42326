import * as v from 'valibot';
import { entryKindSchema, schoolIdSchema } from './common';
import { sealedPinSchema } from './terminal-act';

const priceSchema = v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1)));

/**
 * The body a terminal signs. It is the same bytes in every attempt, query and void of one sale; what changes
 * (purpose, attempt, sentAt) is signed beside it in headers.
 */
const saleFields = {
  schoolId: schoolIdSchema,
  terminal: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(999_999)),
  /** Counts up on the terminal and never repeats on it. */
  sequence: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(999_999_999)),
  /** Checked by the operation (`payment.amount-invalid`). */
  amountFen: v.unknown(),
  /** The terminal's clock, epoch ms; the same in every attempt. */
  occurredAt: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  /** What this costs by who buys, whole fen; the server takes the price of the holder's group, and `amountFen` where there is none. */
  prices: v.optional(v.strictObject({ student: priceSchema, staff: priceSchema, temporary: priceSchema })),
  /** The password typed at the till: such a sale goes to `/terminal/pin-charges`. */
  pin: v.optional(sealedPinSchema),
};
export const saleBody = v.variant('kind', [
  v.strictObject({ ...saleFields, kind: v.literal('charge-code'), code: v.pipe(v.string(), v.maxLength(300)) }),
  v.strictObject({
    ...saleFields,
    kind: v.literal('charge-card'),
    card: v.pipe(v.string(), v.regex(/^[0-9A-Za-z]{1,20}$/)),
    /** Absent for a bare number. The counter only feeds the MAC: taps may arrive out of order. */
    chip: v.optional(
      v.strictObject({
        counter: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(4_294_967_295)),
        mac: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
      }),
    ),
  }),
]);
export type SaleBody = v.InferOutput<typeof saleBody>;

export const terminalPurposeSchema = v.picklist([
  'charge',
  'query',
  'void',
  'claim',
  'chip',
  'batch',
  'cash',
  // A terminal's own life; an enrolment is signed with the key that it brings.
  'enrolment',
  'key',
  'heartbeat',
  // The card on a machine, its bank, its statement; the purse in its chip.
  'card',
  'bank',
  'statement',
  'purse',
  // A supervisor gives back; a gate asks who; offline sales are told.
  'refund',
  'identity',
  'pass',
]);
export type TerminalPurpose = v.InferOutput<typeof terminalPurposeSchema>;

/** Lower-case, as HTTP API delivers them. Signature: base64 Ed25519 over `terminalSignedText`. */
export const terminalHeaders = v.object({
  'x-ecode-school': schoolIdSchema,
  'x-ecode-terminal': v.pipe(v.string(), v.regex(/^[1-9]\d{0,5}$/), v.transform(Number)),
  'x-ecode-attempt': v.pipe(v.string(), v.regex(/^[1-9]\d{0,3}$/), v.transform(Number)),
  'x-ecode-sent-at': v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number)),
  'x-ecode-signature': v.pipe(v.string(), v.base64(), v.maxLength(88)),
});

/** The text a terminal signs: one field a line, `bodySha256` in lower-case hex. docs/terminal-api.md has vectors. */
export function terminalSignedText(input: {
  readonly purpose: TerminalPurpose;
  readonly schoolId: string;
  readonly terminal: number;
  readonly attempt: number;
  readonly sentAt: number;
  readonly bodySha256: string;
}): string {
  return ['ecode-terminal-v1', input.purpose, input.schoolId, input.terminal, input.attempt, input.sentAt, input.bodySha256].join('\n');
}

/**
 * The answer about one sale. A definite one is the same for ever, whoever asks. A refusal of a first attempt is not
 * definite: it stands as long as no second attempt is sent.
 */
export const saleReply = v.object({
  /** `pending`: the bank is asked for what the wallet lacks, or the payer types a password; ask again, at the latest after C + 60 s. */
  outcome: v.picklist(['charged', 'not-charged', 'voided', 'pending', 'unknown']),
  definite: v.boolean(),
  entryId: v.nullable(v.string()),
  n: v.nullable(v.pipe(v.number(), v.integer())),
  kind: v.nullable(entryKindSchema),
  /** What the merchant gets, by the price of the holder's group. */
  amountFen: v.number(),
  /** Present where the holder pays another amount than that: `paidFen` = `listFen` + `surchargeFen` (搭伙费) − `discountFen` (首餐补贴). */
  listFen: v.optional(v.number()),
  surchargeFen: v.optional(v.number()),
  discountFen: v.optional(v.number()),
  paidFen: v.optional(v.number()),
  /** Of a charge: where the holder's money came from, for the totals of a shift. */
  funding: v.optional(v.array(v.object({ source: v.picklist(['card', 'wallet', 'subsidy']), amountFen: v.number() }))),
  claimedFen: v.number(),
  cardFen: v.nullable(v.number()),
  recordedAt: v.nullable(v.string()),
  /** Of a sale by the payer's own code: whose it is, and once it is paid whether a student is named by it (核身状态). */
  paidBy: v.optional(v.picklist(['wechat-pay', 'alipay'])),
  buyer: v.optional(v.picklist(['student', 'guest'])),
  /** Present when not charged: why. */
  reason: v.nullable(v.object({ code: v.string(), messageZh: v.string(), messageEn: v.string() })),
  serverTime: v.string(),
});
export type SaleReply = v.InferOutput<typeof saleReply>;
