import * as v from 'valibot';
import { amountFenSchema, instantSchema } from './common';
import { messageAgreementSchema } from './messages';
import { cancelLossBody, signInPlatformSchema } from './student';

/** What must be ended before an account can be erased; the app leads to where each is. */
export const DELETION_BLOCKS = [
  'card',
  'transit',
  'chip-pending',
  'wallet',
  'purse',
  'subsidy',
  'owed',
  'hold',
  'order',
  'pay-out',
  'dispute',
  'bank-card',
  'auto-top-up',
] as const;
export const deletionBlockSchema = v.object({
  code: v.picklist(DELETION_BLOCKS),
  /** Of money, how much; a debt too. */
  amountFen: v.optional(amountFenSchema),
});
export type DeletionBlock = v.InferOutput<typeof deletionBlockSchema>;
export type DeletionBlockCode = DeletionBlock['code'];

/** `erasing`: it has begun, and cannot be cancelled any more. */
export const deletionSchema = v.object({
  state: v.picklist(['waiting', 'erasing']),
  requestedAt: instantSchema,
  eraseFrom: instantSchema,
});

const consentViewSchema = v.object({ policyDay: v.string(), agreedAt: instantSchema });

export const myDataReply = v.object({
  /** What this app was bound by; null where no screen had asked yet. */
  consent: v.nullable(consentViewSchema),
  deletion: v.nullable(deletionSchema),
  blocks: v.array(deletionBlockSchema),
  coolingOffDays: v.pipe(v.number(), v.integer()),
  asOf: instantSchema,
});
export type MyDataReply = v.InferOutput<typeof myDataReply>;

/** Both proofs at once: a found phone is signed in. */
export const proofsBody = cancelLossBody;

/** One bounded document. Orders, notices and months are read at the addresses that show them, a page at a time. */
export const exportReply = v.object({
  exportedAt: instantSchema,
  person: v.object({
    schoolId: v.string(),
    name: v.string(),
    kind: v.picklist(['student', 'staff', 'temporary']),
    numberMasked: v.string(),
    /** Null: there is none. */
    mobileMasked: v.nullable(v.string()),
    emailMasked: v.nullable(v.string()),
    idTailMasked: v.nullable(v.string()),
    cardNumbersMasked: v.array(v.string()),
    passwordChangedAt: v.nullable(instantSchema),
    provenAt: v.nullable(instantSchema),
  }),
  apps: v.array(
    v.object({
      platform: signInPlatformSchema,
      deviceLabel: v.string(),
      boundAt: instantSchema,
      removedAt: v.nullable(instantSchema),
      consent: v.nullable(consentViewSchema),
      /** By topic, how many messages the app may still be sent; empty once it is removed. */
      messages: v.array(messageAgreementSchema),
    }),
  ),
  settings: v.object({
    limits: v.object({
      perTransactionFen: v.optional(amountFenSchema),
      perMealPeriodFen: v.optional(amountFenSchema),
      perDayFen: v.optional(amountFenSchema),
    }),
    links: v.object({ wechat: v.boolean(), alipay: v.boolean() }),
    walletOpen: v.boolean(),
    bankCard: v.nullable(v.object({ bankName: v.string(), cardTail: v.string(), boundAt: instantSchema })),
    autoTopUp: v.nullable(v.object({ thresholdFen: amountFenSchema, amountFen: amountFenSchema, monthlyCapFen: amountFenSchema })),
    customerInfoCompletedAt: v.nullable(instantSchema),
    unionpayCheckedAt: v.nullable(instantSchema),
  }),
  standing: v.object({
    lostAt: v.nullable(instantSchema),
    codesFrozen: v.boolean(),
    closed: v.boolean(),
    lastEntryN: v.pipe(v.number(), v.integer()),
  }),
  /** "2026-09" … of the first entry to the newest: each has a statement. */
  months: v.object({ first: v.string(), last: v.string() }),
  deletion: v.nullable(deletionSchema),
});
export type ExportReply = v.InferOutput<typeof exportReply>;
