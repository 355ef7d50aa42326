import * as v from 'valibot';
import type { TerminalKind } from './api/terminal-kinds';
import { fen } from './money';

/**
 * A rule pack holds everything that differs between schools, as data: `packs/*.json`, checked here and loaded as
 * versioned rows. Rule ids (DL-36 …) in `sources` name the printed rule a value comes from.
 */
const positiveFenSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.transform(fen));
/** Three bytes of a pass. */
const passFenSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(2 ** 24 - 1), v.transform(fen));
const textSchema = v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(400));

/** A sentence in both languages. `zh` is the label printed in the school's guide where there is one. */
export const bilingualSchema = v.strictObject({ zh: textSchema, en: textSchema });
export type Bilingual = v.InferOutput<typeof bilingualSchema>;

const fieldSchema = v.strictObject({ label: bilingualSchema, placeholder: v.optional(bilingualSchema) });

/** What a self-service machine does, under whichever menu a school puts it. */
export const kioskServiceSchema = v.picklist([
  'change-password',
  'reactivate',
  'statement',
  'bank-binding',
  'bank-transfer',
  'claim',
  'transfers',
  'rewrite',
]);
export type KioskService = v.InferOutput<typeof kioskServiceSchema>;

const kioskMenuSchema = v.strictObject({
  ...bilingualSchema.entries,
  services: v.optional(v.array(kioskServiceSchema)),
  /** The menu of one platform shows what came by it (ST-16, ST-23). */
  channel: v.optional(v.picklist(['wechat-pay', 'alipay'])),
});

const placeSchema = v.strictObject({
  kind: v.picklist(['kiosk', 'cash-machine', 'service-desk', 'settlement-pos', 'cash-point', 'water-controller']),
  campus: v.optional(bilingualSchema),
  name: bilingualSchema,
  count: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  note: v.optional(bilingualSchema),
});

/** JSON Pointer (RFC 6901) to a value of the same pack: "/topUp/maxFen". */
const pointerSchema = v.pipe(v.string(), v.regex(/^(\/[\w-]+)+$/));

/** How an initial password is made; several may apply (DL-07: six zeros or the ID tail). */
export const initialPasswordSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('fixed'), value: v.pipe(v.string(), v.regex(/^\d{6}$/)) }),
  /** The last six Arabic digits of the ID; a letter X moves the window one place forward. */
  v.strictObject({ kind: v.literal('id-tail-digits') }),
]);
export type InitialPasswordRule = v.InferOutput<typeof initialPasswordSchema>;

const mealPeriodIdSchema = v.picklist(['breakfast', 'lunch', 'dinner', 'supper']);
const versionSchema = v.optional(v.pipe(v.string(), v.regex(/^\d{1,5}(\.\d{1,5}){1,3}$/)));

const mealPeriodSchema = v.strictObject({
  id: mealPeriodIdSchema,
  name: bilingualSchema,
  /** Minutes since local midnight; a period that wraps past midnight has from > to. */
  fromMinute: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1439)),
  toMinute: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1440)),
});

/** How the link to a WeChat or Alipay identity is named and its two states. */
const linkStatusSchema = v.strictObject({ label: bilingualSchema, unlinked: bilingualSchema, linked: bilingualSchema });

export const proofKindSchema = v.picklist(['id-tail', 'sms', 'desk']);
export type ProofKind = v.InferOutput<typeof proofKindSchema>;

/** Where money may come from. Which appear is the school's choice (architecture §5). */
export const channelIdSchema = v.picklist(['wechat-pay', 'alipay', 'wallet', 'bank-card', 'cash-machine', 'school-app']);
export type ChannelId = v.InferOutput<typeof channelIdSchema>;

/** An amount that a holder may choose, and what holds for whoever chose nothing. */
const thresholdSchema = v.pipe(
  v.strictObject({ choicesFen: v.pipe(v.array(positiveFenSchema), v.minLength(1), v.maxLength(8)), defaultFen: positiveFenSchema }),
  v.check(({ choicesFen, defaultFen }) => choicesFen.includes(defaultFen), 'defaultFen is none of choicesFen'),
);

const groupsSchema = v.pipe(v.array(v.picklist(['student', 'staff', 'temporary'])), v.minLength(1));

/** What a holder pays more or less than the price of a meal; the merchant gets the price all the same. */
const pricingSchema = v.strictObject({
  /** 搭伙费 of those whom the school does not subsidise: a part of the price (hundredths of a percent, whole fen, rounded down) or a sum. */
  surcharge: v.optional(
    v.variant('by', [
      v.strictObject({
        by: v.literal('part'),
        label: bilingualSchema,
        groups: groupsSchema,
        basisPoints: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000)),
      }),
      v.strictObject({ by: v.literal('sum'), label: bilingualSchema, groups: groupsSchema, fen: positiveFenSchema }),
    ]),
  ),
  /** 首餐补贴: off the first sale of a meal period, borne by the school. */
  firstMeal: v.optional(
    v.strictObject({
      label: bilingualSchema,
      groups: groupsSchema,
      offFen: positiveFenSchema,
      /** Absent: in every meal period. */
      periods: v.optional(v.pipe(v.array(mealPeriodIdSchema), v.minLength(1))),
    }),
  ),
});

/** Screens of the app that a text of a school may lead to. */
const leadsToSchema = v.picklist(['code', 'top-up', 'statement', 'account', 'loss', 'password', 'links', 'places', 'privacy']);

/** An entrance that stands at home under the school's own word. */
const entranceSchema = { label: bilingualSchema };

/** What a school tells its holders; nothing here decides anything about money. An entrance that is absent is not shown. */
const servicesSchema = v.strictObject({
  /** 账户信息 / 个人中心: the school's word for the holder's own page. */
  accountLabel: v.optional(bilingualSchema),
  /** 用户指南: the printed guide, shortened, in its own words. */
  guide: v.optional(
    v.strictObject({
      ...entranceSchema,
      issued: bilingualSchema,
      parts: v.pipe(
        v.array(
          v.strictObject({
            title: bilingualSchema,
            steps: v.pipe(v.array(bilingualSchema), v.minLength(1), v.maxLength(10)),
            note: v.optional(bilingualSchema),
            leadsTo: v.optional(leadsToSchema),
          }),
        ),
        v.minLength(1),
        v.maxLength(12),
      ),
    }),
  ),
  /** Dated articles, newest first: the school's own pages, and ours that lead to a screen. */
  help: v.optional(
    v.strictObject({
      ...entranceSchema,
      perPage: v.pipe(v.number(), v.integer(), v.minValue(3), v.maxValue(30)),
      articles: v.pipe(
        v.array(
          v.strictObject({
            title: bilingualSchema,
            date: v.pipe(v.string(), v.isoDate()),
            excerpt: bilingualSchema,
            link: v.variant('to', [
              v.strictObject({ to: v.literal('page'), url: v.pipe(v.string(), v.url(), v.startsWith('https://')) }),
              v.strictObject({ to: v.literal('screen'), screen: leadsToSchema }),
            ]),
          }),
        ),
        v.maxLength(60),
      ),
    }),
  ),
  /** 优惠信息: what the school itself gives, never an advert. */
  offers: v.optional(
    v.strictObject({
      ...entranceSchema,
      items: v.array(
        v.strictObject({
          title: bilingualSchema,
          text: bilingualSchema,
          /** The last day of it, in the school's zone. */
          lastDay: v.optional(v.pipe(v.string(), v.isoDate())),
        }),
      ),
    }),
  ),
  privacy: v.optional(v.strictObject(entranceSchema)),
  /** 分享达人 */
  share: v.optional(v.strictObject(entranceSchema)),
  addToDesktop: v.optional(v.strictObject(entranceSchema)),
  /** How one gets to the app, by each way that the guide prints. */
  getApp: v.optional(
    v.strictObject({
      ...entranceSchema,
      ways: v.pipe(
        v.array(
          v.strictObject({
            title: bilingualSchema,
            /** It begins with the app's QR code, which the browser build draws. */
            qr: v.optional(v.literal(true)),
            /** What to type into the platform's search box; copied by a press. */
            search: v.optional(textSchema),
            steps: v.pipe(v.array(bilingualSchema), v.minLength(1), v.maxLength(6)),
            /** It is inside WeChat Work: elsewhere the app says so. */
            within: v.optional(v.literal('wecom')),
          }),
        ),
        v.minLength(1),
      ),
    }),
  ),
});

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
    fields: v.strictObject({
      /** Present where the form prints the school as a field of its own (ST-03); it is filled in, never typed. */
      school: v.optional(fieldSchema),
      name: fieldSchema,
      number: fieldSchema,
      password: fieldSchema,
    }),
    title: bilingualSchema,
    submit: bilingualSchema,
    initialPassword: v.array(initialPasswordSchema),
    passwordHint: bilingualSchema,
    /** What the holder of a temporary card types as the number, where the school says so (ST-54). */
    temporaryNumber: v.optional(bilingualSchema),
    /** Other ways to bind that the guide names, beside the password. */
    otherWays: v.array(v.picklist(['campus-sso', 'email-code', 'mobile-code', 'platform-consent'])),
    /** What the button of `campus-sso` says, where the school's sign-in has a name of its own. */
    campusSsoLabel: v.optional(bilingualSchema),
    forgottenPassword: bilingualSchema,
    /** A forgotten password is set anew with the end of the ID and a code sent to the roster's mobile; without it, at the desk only. */
    smsReset: v.optional(v.boolean()),
  }),
  secondProofs: v.pipe(v.array(proofKindSchema), v.minLength(1)),
  passwords: v.strictObject({
    query: bilingualSchema,
    /** Absent where the school has one password for everything. */
    transaction: v.optional(bilingualSchema),
    /** Where and how each may be changed, as the guide says it. */
    change: v.optional(bilingualSchema),
  }),

  topUp: v.strictObject({
    cardLabel: bilingualSchema,
    submit: bilingualSchema,
    /** What stands above the typed amount. */
    amountLabel: v.optional(bilingualSchema),
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
        /** False: the school offers it, this deployment does not carry it (yet). */
        enabled: v.boolean(),
        /** A code sent to the holder's phone confirms each top-up (DL-37). */
        smsCheck: v.optional(v.boolean()),
        /** Where the rest is taken when the source is short (DL-35). */
        fallback: v.optional(channelIdSchema),
        /** Where it can be paid: in the app (always), by a code on another screen, on a page of a computer (ST-61…ST-70). */
        payBy: v.optional(v.array(v.picklist(['in-app', 'qr', 'page']))),
        /** The machine writes the card itself, whatever `arrival.mode` says of the other channels (ST-37, ST-46). */
        writesChip: v.optional(v.boolean()),
      }),
    ),
    notice: v.optional(bilingualSchema),
    /** Whoever knows name and number may top up (ST-60). */
    othersMayPay: v.optional(v.boolean()),
    /** Links that let others top up without knowing number, password or balance. */
    giftLinks: v.optional(
      v.strictObject({ maxTotalFen: positiveFenSchema, maxDays: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(365)) }),
    ),
    /** Below a threshold the platform's standing contract tops the card up. */
    auto: v.optional(
      v.strictObject({
        channels: v.pipe(v.array(v.picklist(['wechat-pay', 'alipay'])), v.minLength(1)),
        thresholdsFen: v.pipe(v.array(positiveFenSchema), v.minLength(1)),
        amountsFen: v.pipe(v.array(positiveFenSchema), v.minLength(1)),
        monthlyCapFen: positiveFenSchema,
      }),
    ),
  }),
  arrival: v.strictObject({
    mode: v.picklist(['realtime', 'claim']),
    /** The school's word for `transit`: 过渡余额, 待领金额 … */
    transitLabel: bilingualSchema,
    claimAt: v.array(v.picklist(['pos', 'kiosk', 'app'])),
    nextStep: bilingualSchema,
    /** The button or menu that claims: 领取转账金额. */
    claimLabel: v.optional(bilingualSchema),
    /** Claiming at a kiosk asks for the card password (ST-21). */
    kioskNeedsPassword: v.optional(v.boolean()),
  }),

  codes: v.strictObject({
    enabled: v.boolean(),
    addition: v.boolean(),
    identityLabel: bilingualSchema,
    paymentLabel: bilingualSchema,
    funding: v.array(v.strictObject({ source: v.picklist(['card', 'wallet']), label: bilingualSchema })),
    /** An open card code is one thing; whether a bare card number may pay below the password-free limit is another. */
    bareCardNumberPays: v.boolean(),
    /** What to do before the first code is shown (BI-03). */
    firstUse: v.optional(bilingualSchema),
    /** No code is taken before the physical card was on any terminal once (BI-03). */
    firstSync: v.optional(v.boolean()),
  }),
  /** Whose own payment codes the tills take (微信 / 支付宝付款码); none where absent. */
  nativeCodes: v.optional(v.pipe(v.array(v.picklist(['wechat-pay', 'alipay'])), v.minLength(1))),
  limits: v.strictObject({
    perTransactionFen: v.optional(positiveFenSchema),
    perMealPeriodFen: v.optional(positiveFenSchema),
    perDayFen: v.optional(positiveFenSchema),
    /** The most that card and transit may hold together; what was paid is credited all the same. */
    maxBalanceFen: v.optional(positiveFenSchema),
    mealPeriods: v.array(mealPeriodSchema),
    /** What lets a payment above the meal-period limit pass. */
    aboveMealPeriod: v.optional(v.picklist(['refuse', 'transaction-password'])),
    holderMayChange: v.optional(v.boolean()),
  }),
  pricing: v.optional(pricingSchema),
  wallet: v.strictObject({
    offered: v.boolean(),
    label: bilingualSchema,
    heldBy: v.picklist(['bank', 'school']),
    openBy: v.optional(bilingualSchema),
    /** 客户信息补录: what the bank wants to know before money may be withdrawn. */
    infoLabel: v.optional(bilingualSchema),
    withdrawLabel: v.optional(bilingualSchema),
    /** What a wallet code may draw from the bound card in one sale without a code. */
    drawMaxFen: v.optional(positiveFenSchema),
  }),
  bank: v.optional(
    v.strictObject({
      name: bilingualSchema,
      /** Which cards may be bound, and how. */
      cardOnly: bilingualSchema,
      perTransferMaxFen: v.optional(positiveFenSchema),
      /** Handling fee in hundredths of a percent (ST-34 prints 0.0%). */
      feeBasisPoints: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000))),
    }),
  ),
  cashMachine: v.optional(
    v.strictObject({
      acceptedNotesFen: v.pipe(v.array(positiveFenSchema), v.minLength(1)),
      /** Years printed on the notes. */
      acceptedEditions: v.pipe(v.array(v.pipe(v.string(), v.regex(/^\d{4}$/))), v.minLength(1)),
      note: bilingualSchema,
    }),
  ),
  /** Grants of the school: spent first, expiring lot by lot. */
  subsidy: v.optional(
    v.strictObject({ label: bilingualSchema, noticeDays: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(60)) }),
  ),
  /** 工本费 / 押金. */
  cardCharges: v.optional(v.strictObject({ feeFen: positiveFenSchema, depositFen: v.optional(positiveFenSchema) })),
  purses: v.array(
    v.strictObject({ id: v.picklist(['water']), label: bilingualSchema, firstLoadFen: positiveFenSchema, ceilingFen: positiveFenSchema }),
  ),
  /** Passes that a phone keeps for when a till has no network (docs/decisions/0021-offline-pass.md). Leave it out to offer none. */
  passes: v.optional(
    v.pipe(
      v.strictObject({
        tokens: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(30)),
        ceilingFen: passFenSchema,
        /** What is reserved on the card, at most, for all of them together. */
        envelopeFen: passFenSchema,
        windowHours: v.pipe(v.number(), v.integer(), v.minValue(6), v.maxValue(24 * 14)),
        /** How long after the window a till may still tell what it took. */
        graceHours: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(24 * 14)),
      }),
      // Two holds an account: each ends before the third is asked for, a sixth of the window before the second's end.
      v.check(({ windowHours, graceHours }) => 3 * graceHours <= 2 * windowHours, 'graceHours is more than two thirds of windowHours'),
    ),
  ),
  /** Gates and libraries; where absent, no name is shown and a presence is forgotten with the day. */
  gates: v.optional(
    v.strictObject({
      /** The guard sees a masked name beside the role. */
      showName: v.boolean(),
      /** Who was let in is taken to have left after this time. Absent: with the end of the day. */
      forgetAfterMinutes: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_080))),
      /** Phones keep identity passes for gates without network. Absent: such a gate asks the guard. */
      offline: v.optional(
        v.pipe(
          v.strictObject({
            /** For how long a phone is provided for. */
            windowHours: v.pipe(v.number(), v.integer(), v.minValue(24), v.maxValue(168)),
            /** Each pass is good for so long, so that a picture of one is of little use to somebody else. */
            sliceMinutes: v.pipe(v.number(), v.integer(), v.minValue(30), v.maxValue(1_440)),
          }),
          v.check(({ windowHours, sliceMinutes }) => (windowHours * 60) % sliceMinutes === 0, 'windowHours is no multiple of sliceMinutes'),
          v.check(({ windowHours, sliceMinutes }) => (windowHours * 60) / sliceMinutes <= 100, 'more than 100 passes in windowHours'),
        ),
      ),
    }),
  ),
  /** From which amounts a holder is told of a low balance and of a large purchase. Absent: of neither. */
  notices: v.optional(v.strictObject({ lowBalance: thresholdSchema, largeSpend: thresholdSchema })),
  loss: v.strictObject({
    reportLabel: bilingualSchema,
    cancelLabel: bilingualSchema,
    cancelOnline: v.boolean(),
    /** Reporting asks for the query password (SQ-11). Cancelling always does. */
    needsPassword: v.boolean(),
    /** An earlier card that was found is put back into use by its holder, and the newer one is dead (SJ-info-1565). */
    foundCardReturns: v.optional(v.boolean()),
  }),
  linking: v.strictObject({
    wechatLabel: bilingualSchema,
    alipayLabel: bilingualSchema,
    unionpayLabel: v.optional(bilingualSchema),
    status: linkStatusSchema,
  }),
  utilities: v.array(v.picklist(['network', 'electricity'])),
  utilityLabels: v.optional(v.strictObject({ network: v.optional(bilingualSchema), electricity: v.optional(bilingualSchema) })),
  places: v.array(placeSchema),
  statementLabel: bilingualSchema,
  services: v.optional(servicesSchema),
  /** What machines of a kind must run at least: an older one is told so with its heartbeat, and still served. */
  oldestSoftware: v.optional(
    v.strictObject({
      pos: versionSchema,
      kiosk: versionSchema,
      'cash-machine': versionSchema,
      'settlement-pos': versionSchema,
      'water-controller': versionSchema,
      gate: versionSchema,
    } satisfies Record<TerminalKind, typeof versionSchema>),
  ),
  /** Menus of the school's self-service machine, in the order printed. */
  kioskMenu: v.optional(v.array(kioskMenuSchema)),
  /** Whom to call when it does not work (ST-39). */
  kioskRepair: v.optional(bilingualSchema),
  /**
   * Printed rule → where this pack holds it, so that an auditor can find each. `SJ-info-1061` is a page of the SJTU
   * card office that the guide links to (en.net.sjtu.edu.cn/info/1005/1061.htm).
   */
  sources: v.record(
    v.pipe(v.string(), v.regex(/^((SJ|ST|SQ|DL|BI)-\d{2}|SJ-info-\d{4})$/)),
    v.union([pointerSchema, v.pipe(v.array(pointerSchema), v.minLength(2))]),
  ),
  /** Place in this pack → why its value was chosen, where no guide states one. The school may change each. */
  notInGuide: v.record(pointerSchema, textSchema),
});

export type RulePack = v.InferOutput<typeof rulePackSchema>;
