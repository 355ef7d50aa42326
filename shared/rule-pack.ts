import * as v from 'valibot';
import { fen } from './money';

/**
 * A rule pack holds everything that differs between schools, as data: `packs/*.json`, checked here and loaded as
 * versioned rows. Rule ids (DL-36 …) in `sources` name the printed rule a value comes from.
 */
export const fenSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.transform(fen));
const positiveFenSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.transform(fen));
const textSchema = v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(400));

/** A sentence in both languages. `zh` is the label printed in the school's guide where there is one. */
export const bilingualSchema = v.strictObject({ zh: textSchema, en: textSchema });
export type Bilingual = v.InferOutput<typeof bilingualSchema>;

const fieldSchema = v.strictObject({ label: bilingualSchema, placeholder: v.optional(bilingualSchema) });

const placeSchema = v.strictObject({
  kind: v.picklist(['kiosk', 'cash-machine', 'service-desk', 'settlement-pos', 'cash-point']),
  campus: v.optional(bilingualSchema),
  name: bilingualSchema,
  count: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  note: v.optional(bilingualSchema),
});

/** How an initial password is made; several may apply (DL-07: six zeros or the ID tail). */
export const initialPasswordSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('fixed'), value: v.pipe(v.string(), v.regex(/^\d{6}$/)) }),
  /** The last six Arabic digits of the ID; a letter X moves the window one place forward. */
  v.strictObject({ kind: v.literal('id-tail-digits') }),
]);
export type InitialPasswordRule = v.InferOutput<typeof initialPasswordSchema>;

const mealPeriodSchema = v.strictObject({
  id: v.picklist(['breakfast', 'lunch', 'dinner', 'supper']),
  name: bilingualSchema,
  /** Minutes since local midnight; a period that wraps past midnight has from > to. */
  fromMinute: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1439)),
  toMinute: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1440)),
});

export const proofKindSchema = v.picklist(['id-tail', 'sms', 'desk']);
export type ProofKind = v.InferOutput<typeof proofKindSchema>;

/** Where money may come from. Which appear is the school's choice (architecture §5). */
export const channelIdSchema = v.picklist(['wechat-pay', 'alipay', 'wallet', 'bank-card', 'cash-machine', 'school-app']);
export type ChannelId = v.InferOutput<typeof channelIdSchema>;

export const rulePackSchema = v.strictObject({
  schoolId: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{1,15}$/)),
  version: v.pipe(v.number(), v.integer(), v.minValue(1)),
  name: bilingualSchema,
  shortName: bilingualSchema,
  /** Extra words a student may type to find the school ("shkjdx" comes from the pinyin and need not be here). */
  aliases: v.array(textSchema),
  city: bilingualSchema,
  /** WGS-84 degrees of the main campus, for "schools near me" (DL-05). */
  location: v.strictObject({ latitude: v.number(), longitude: v.number() }),
  utcOffsetMinutes: v.pipe(v.number(), v.integer(), v.minValue(-720), v.maxValue(840)),
  brand: v.strictObject({ color: v.pipe(v.string(), v.hexColor()), color2: v.pipe(v.string(), v.hexColor()) }),
  appName: bilingualSchema,

  signIn: v.strictObject({
    fields: v.strictObject({ name: fieldSchema, number: fieldSchema, password: fieldSchema }),
    title: bilingualSchema,
    submit: bilingualSchema,
    initialPassword: v.array(initialPasswordSchema),
    passwordHint: bilingualSchema,
    /** Other ways to sign in that the guide names; screens for them follow. */
    otherWays: v.array(v.picklist(['campus-sso', 'email-code', 'mobile-code', 'platform-consent'])),
    forgottenPassword: bilingualSchema,
  }),
  secondProofs: v.pipe(v.array(proofKindSchema), v.minLength(1)),
  passwords: v.strictObject({
    query: bilingualSchema,
    /** Absent where the school has one password for everything. */
    transaction: v.optional(bilingualSchema),
  }),

  topUp: v.strictObject({
    cardLabel: bilingualSchema,
    submit: bilingualSchema,
    presetsFen: v.array(positiveFenSchema),
    freeAmount: v.boolean(),
    minFen: positiveFenSchema,
    /** Cap of one top-up; absent where the school states none. */
    maxFen: v.optional(positiveFenSchema),
    channels: v.array(
      v.strictObject({
        id: channelIdSchema,
        target: v.picklist(['card', 'wallet']),
        label: bilingualSchema,
        maxFen: v.optional(positiveFenSchema),
        /** True where the guide has no such channel and the pack adds it. */
        addition: v.optional(v.boolean()),
        enabled: v.boolean(),
      }),
    ),
    notice: v.optional(bilingualSchema),
  }),
  arrival: v.strictObject({
    mode: v.picklist(['realtime', 'claim']),
    /** The school's word for `transit`: 过渡余额, 待领金额 … */
    transitLabel: bilingualSchema,
    claimAt: v.array(v.picklist(['pos', 'kiosk', 'app'])),
    nextStep: bilingualSchema,
  }),

  codes: v.strictObject({
    enabled: v.boolean(),
    addition: v.boolean(),
    identityLabel: bilingualSchema,
    paymentLabel: bilingualSchema,
    funding: v.array(v.strictObject({ source: v.picklist(['card', 'wallet']), label: bilingualSchema })),
    /** An open card code is one thing; whether a bare card number may pay below the password-free limit is another. */
    bareCardNumberPays: v.boolean(),
  }),
  limits: v.strictObject({
    perTransactionFen: v.optional(positiveFenSchema),
    perMealPeriodFen: v.optional(positiveFenSchema),
    perDayFen: v.optional(positiveFenSchema),
    mealPeriods: v.array(mealPeriodSchema),
  }),
  wallet: v.strictObject({
    offered: v.boolean(),
    label: bilingualSchema,
    heldBy: v.picklist(['bank', 'school']),
    openBy: v.optional(bilingualSchema),
  }),
  bank: v.optional(v.strictObject({ name: bilingualSchema, cardOnly: bilingualSchema, perTransferMaxFen: v.optional(positiveFenSchema) })),
  purses: v.array(
    v.strictObject({ id: v.picklist(['water']), label: bilingualSchema, firstLoadFen: positiveFenSchema, ceilingFen: positiveFenSchema }),
  ),
  loss: v.strictObject({ reportLabel: bilingualSchema, cancelLabel: bilingualSchema, cancelOnline: v.boolean(), needsPassword: v.boolean() }),
  linking: v.strictObject({ wechatLabel: bilingualSchema, alipayLabel: bilingualSchema, unionpayLabel: v.optional(bilingualSchema) }),
  utilities: v.array(v.picklist(['network', 'electricity'])),
  places: v.array(placeSchema),
  statementLabel: bilingualSchema,
  /** Rule id → the path in this pack that holds it, so that an auditor can find each printed rule. */
  sources: v.record(v.pipe(v.string(), v.regex(/^(SJ|ST|SQ|DL|BI)-\d{2}$/)), v.string()),
});

export type RulePack = v.InferOutput<typeof rulePackSchema>;
