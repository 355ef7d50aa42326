import * as v from 'valibot';
import { amountFenSchema, entryViewSchema, instantSchema } from './common';
import { orderReply, secondProofSchema } from './student';

/** Bank card and wallet of a student (DL-09…DL-12, DL-18…DL-23, DL-28, DL-33…DL-38, ST-28…ST-37), all under /student/money. */

const requestId = v.pipe(v.string(), v.regex(/^[\w-]{16,64}$/));
/** Letters and digits of an ID; what the bank makes of it is the bank's to say. Never stored, never logged. */
const idNumber = v.pipe(
  v.string(),
  v.trim(),
  v.transform((text) => text.toUpperCase()),
  v.regex(/^[0-9A-Z]{5,20}$/),
);
const cardNumber = v.pipe(
  v.string(),
  v.transform((text) => text.replaceAll(' ', '')),
  v.regex(/^\d{12,19}$/),
);
/** Digits of a message; spaces that a phone puts between them do not count. */
const smsCode = v.pipe(
  v.string(),
  v.maxLength(16),
  v.transform((text) => text.replace(/\s/g, '')),
  v.regex(/^\d{4,8}$/),
);

export const boundCardSchema = v.object({
  bankName: v.string(),
  cardTail: v.string(),
  boundAt: instantSchema,
  /** `lost`: the bank has ended the binding; bind again. `ending`: being unbound. */
  state: v.picklist(['bound', 'ending', 'lost']),
});

export const codeSentSchema = v.object({
  maskedMobile: v.string(),
  /** No new code before. */
  resendAt: instantSchema,
  expiresAt: instantSchema,
});

export const bankCardReply = v.object({ card: v.nullable(boundCardSchema) });
export type BankCardReply = v.InferOutput<typeof bankCardReply>;

export const bindCardBody = v.object({
  requestId,
  idType: v.literal('id-card'),
  idNumber,
  /** Absent: the bank finds the holder's own debit card (建行卡快速绑定). */
  cardNumber: v.optional(cardNumber),
});
export const bindCardReply = v.object({ bindingNo: v.string(), code: codeSentSchema });
export type BindCardReply = v.InferOutput<typeof bindCardReply>;
export const codeSentReply = v.object({ code: codeSentSchema });
export type CodeSentReply = v.InferOutput<typeof codeSentReply>;
export const confirmCodeBody = v.object({ code: smsCode });

export const walletReply = v.object({
  open: v.boolean(),
  walletFen: amountFenSchema,
  /** Reserved for sales that wait for the bank. */
  heldFen: amountFenSchema,
  /** What may go back to the bound card now. */
  withdrawableFen: amountFenSchema,
  card: v.nullable(boundCardSchema),
  customerInfo: v.picklist(['missing', 'complete', 'expired']),
  asOf: instantSchema,
});
export type WalletReply = v.InferOutput<typeof walletReply>;

export const walletEntriesQuery = v.object({ cursor: v.optional(v.pipe(v.string(), v.regex(/^\d{1,9}$/))) });
export const walletEntriesReply = v.object({
  /** Newest first, at most 30 a page. `walletFen`: what the entry put into the wallet or took out of it, to the own card too. */
  entries: v.array(v.object({ ...entryViewSchema.entries, walletFen: amountFenSchema })),
  nextCursor: v.nullable(v.string()),
});
export type WalletEntriesReply = v.InferOutput<typeof walletEntriesReply>;

/** Null: no limit of that kind. */
const limit = v.nullable(amountFenSchema);
const limitSet = v.object({ perTransactionFen: limit, perMealPeriodFen: limit, perDayFen: limit });
export const limitsReply = v.object({
  /** In force: the holder's own where there is one, the school's otherwise. */
  inForce: limitSet,
  own: limitSet,
  school: limitSet,
  mayChange: v.boolean(),
});
export type LimitsReply = v.InferOutput<typeof limitsReply>;
const ownLimit = v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(100_000_000)));
export const limitsBody = v.object({
  /** Null: the school's own. */
  perTransactionFen: ownLimit,
  perMealPeriodFen: ownLimit,
  perDayFen: ownLimit,
  /** Needed where more may be spent than before. */
  proof: v.optional(secondProofSchema),
});

const targetSchema = v.picklist(['card', 'wallet']);
export const bankTopUpQuery = v.object({
  target: targetSchema,
  amountFen: v.optional(v.pipe(v.string(), v.regex(/^\d{1,12}$/), v.transform(Number))),
});
/** What stands on the page before the code is asked for (ST-32…ST-35, DL-33…DL-36). */
export const transferQuoteReply = v.object({
  cardFen: amountFenSchema,
  /** 补写金额 (ST-33). */
  chipPendingFen: amountFenSchema,
  transitFen: amountFenSchema,
  walletFen: amountFenSchema,
  presetsFen: v.array(amountFenSchema),
  minFen: amountFenSchema,
  /** 单笔交易限额. Null where none is stated. */
  maxFen: v.nullable(amountFenSchema),
  /** 管理费, in hundredths of a percent. */
  feeBasisPoints: v.number(),
  bankName: v.nullable(v.string()),
  cardTail: v.nullable(v.string()),
  /** Of the amount asked about; null where none was. */
  amount: v.nullable(
    v.object({
      amountFen: amountFenSchema,
      feeFen: amountFenSchema,
      /** What the bank card is debited, the fee included. */
      debitFen: amountFenSchema,
      /** 新余额: of the card with what waits for it, or of the wallet. */
      newBalanceFen: amountFenSchema,
    }),
  ),
});
export type TransferQuoteReply = v.InferOutput<typeof transferQuoteReply>;

export const cardQuoteReply = v.object({
  ...transferQuoteReply.entries,
  /** What the bound card would pay, because the wallet is short. */
  shortfallFen: amountFenSchema,
});
export type CardQuoteReply = v.InferOutput<typeof cardQuoteReply>;

export const bankTopUpBody = v.object({
  requestId,
  target: targetSchema,
  /** Checked by the operation (`top-up.amount-invalid`). */
  amountFen: v.unknown(),
});
export const bankTopUpReply = v.object({
  order: orderReply,
  feeFen: amountFenSchema,
  /** Null once no code is awaited. */
  code: v.nullable(codeSentSchema),
});
export type BankTopUpReply = v.InferOutput<typeof bankTopUpReply>;

export const cardTopUpQuery = v.object({ amountFen: v.optional(v.pipe(v.string(), v.regex(/^\d{1,12}$/), v.transform(Number))) });
export const cardTopUpBody = v.object({ requestId, amountFen: v.unknown() });
export const cardTopUpReply = v.object({
  transferNo: v.string(),
  amountFen: amountFenSchema,
  /** What the bound card is debited for, because the wallet is short. */
  shortfallFen: amountFenSchema,
  feeFen: amountFenSchema,
  cardTail: v.nullable(v.string()),
  /** Who sends the code: the bank where its card pays a part, the school otherwise; `none` where the school asks for none. */
  codeBy: v.picklist(['bank', 'school', 'none']),
  /**
   * `asked`: confirm with the code. `pending`: confirmed, and the bank has not said what became of it. `transferred`: on its way to the card.
   * `failed`: nothing moved, or what the bank paid is in the wallet.
   */
  state: v.picklist(['asked', 'pending', 'transferred', 'failed']),
  arrivedIn: v.nullable(v.picklist(['card', 'transit', 'wallet'])),
  code: v.nullable(codeSentSchema),
  createdAt: instantSchema,
  transferredAt: v.nullable(instantSchema),
});
export type CardTopUpReply = v.InferOutput<typeof cardTopUpReply>;

export const withdrawalBody = v.object({
  requestId,
  amountFen: v.unknown(),
  /** The card that the screen showed: another than the bound one is refused. */
  cardTail: v.optional(v.pipe(v.string(), v.regex(/^\d{4}$/))),
  proof: v.optional(secondProofSchema),
});
export const withdrawalReply = v.object({
  withdrawalNo: v.string(),
  amountFen: amountFenSchema,
  cardTail: v.string(),
  /** `returned`: the bank said no, and the money is in the wallet again. `stuck`: the card office is asked. */
  state: v.picklist(['requested', 'succeeded', 'returned', 'stuck']),
  createdAt: instantSchema,
  doneAt: v.nullable(instantSchema),
});
export type WithdrawalReply = v.InferOutput<typeof withdrawalReply>;

const shortText = (most: number) => v.pipe(v.string(), v.trim(), v.minLength(2), v.maxLength(most));
/** 客户信息补录: what a bank must know of its customer. */
export const customerInfoBody = v.object({
  occupation: v.picklist(['student', 'teacher', 'staff', 'other']),
  /** ISO 3166-1, two letters. */
  nationality: v.pipe(v.string(), v.regex(/^[A-Z]{2}$/)),
  gender: v.picklist(['male', 'female']),
  address: shortText(120),
  /** Last day of validity of the ID, or for ever. */
  idExpiresOn: v.union([v.literal('long-term'), v.pipe(v.string(), v.isoDate())]),
});
export type CustomerInfoWish = v.InferOutput<typeof customerInfoBody>;
/** Never the facts themselves: whoever holds the phone must not read them. */
export const customerInfoReply = v.object({
  status: v.picklist(['missing', 'complete', 'expired']),
  completedAt: v.nullable(instantSchema),
});
export type CustomerInfoReply = v.InferOutput<typeof customerInfoReply>;

export const unionpayBody = v.object({
  requestId,
  idNumber,
  cardNumber,
  mobile: v.pipe(v.string(), v.trim(), v.regex(/^1\d{10}$/)),
});
export const unionpayReply = v.object({
  /** 银联认证. `asked`: UnionPay has not answered yet; send the same again. */
  status: v.picklist(['unlinked', 'asked', 'linked', 'no-match']),
  checkedAt: v.nullable(instantSchema),
});
export type UnionpayReply = v.InferOutput<typeof unionpayReply>;
