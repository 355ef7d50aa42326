import * as v from 'valibot';
import { channelIdSchema, proofKindSchema, rulePackSchema } from '../rule-pack';
import {
  amountFenSchema,
  balancesSchema,
  bilingualViewSchema,
  entryViewSchema,
  instantSchema,
  monthSchema,
  schoolIdSchema,
} from './common';

/** How an app proves who is signing in. The platform's session key never leaves the server. */
export const signInPlatformSchema = v.picklist(['wechat-mini', 'wechat-web', 'alipay-mini', 'alipay-web', 'wecom-mini', 'wecom-web']);
export type SignInPlatform = v.InferOutput<typeof signInPlatformSchema>;
/** Pages in a platform's web view, which sign in by going there and back. */
export const webContainerSchema = v.picklist(['wechat-web', 'alipay-web', 'wecom-web']);
export type WebContainer = v.InferOutput<typeof webContainerSchema>;

const shortText = v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(64));
const passwordText = v.pipe(v.string(), v.nonEmpty(), v.maxLength(64));

export const schoolSummarySchema = v.object({
  schoolId: schoolIdSchema,
  name: bilingualViewSchema,
  shortName: bilingualViewSchema,
  city: bilingualViewSchema,
  brandColor: v.string(),
});
export type SchoolSummary = v.InferOutput<typeof schoolSummarySchema>;

export const listSchoolsQuery = v.object({
  q: v.optional(v.pipe(v.string(), v.maxLength(64))),
  city: v.optional(v.pipe(v.string(), v.maxLength(64))),
  latitude: v.optional(v.pipe(v.string(), v.maxLength(24), v.decimal(), v.transform(Number), v.minValue(-90), v.maxValue(90))),
  longitude: v.optional(v.pipe(v.string(), v.maxLength(24), v.decimal(), v.transform(Number), v.minValue(-180), v.maxValue(180))),
  cursor: v.optional(v.pipe(v.string(), v.maxLength(128))),
});
export const listSchoolsReply = v.object({
  schools: v.array(schoolSummarySchema),
  cities: v.array(bilingualViewSchema),
  nextCursor: v.nullable(v.string()),
});

/** What any visitor may know of a school: the whole pack; it holds no secret and no person. */
export const schoolReply = v.object({ pack: rulePackSchema });

export const authorizeUrlQuery = v.object({
  container: webContainerSchema,
  /** Whose WeChat Work it is; the other platforms are one for all schools. */
  schoolId: v.optional(schoolIdSchema),
  /** Path and query inside our own page to come back to; never another origin. */
  returnTo: v.pipe(v.string(), v.regex(/^\/(?![/\\])[\w\-./?=&%#]*$/), v.maxLength(256)),
  state: v.pipe(v.string(), v.regex(/^[\w-]{16,64}$/)),
});
export const authorizeUrlReply = v.object({ url: v.string() });

export const signInBody = v.object({
  platform: signInPlatformSchema,
  code: v.pipe(v.string(), v.nonEmpty(), v.maxLength(512)),
  /** As of `authorizeUrlQuery`. */
  schoolId: v.optional(schoolIdSchema),
});
export const boundSchema = v.object({ schoolId: schoolIdSchema, bindingId: v.string() });
export const signInReply = v.object({
  /** Opaque; sent back as `Authorization: Bearer …`. */
  sessionToken: v.string(),
  expiresAt: instantSchema,
  serverTime: instantSchema,
  bound: v.nullable(boundSchema),
});
export type SignInReply = v.InferOutput<typeof signInReply>;

/** What the person agreed to on this phone before it told who they are: the policy of that day, and when by the phone's clock. */
export const consentSchema = v.object({
  policyDay: v.pipe(v.string(), v.isoDate()),
  agreedAt: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
});

export const bindBody = v.object({
  schoolId: schoolIdSchema,
  number: shortText,
  name: shortText,
  password: passwordText,
  /** What the list of bound apps shows: a phone model, at most. */
  deviceLabel: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(40))),
  consent: v.optional(consentSchema),
});
export const bindReply = v.object({ bound: boundSchema, passwordIsInitial: v.boolean() });

export const accountReply = v.object({
  schoolId: schoolIdSchema,
  /** Masked for the screen: "2021****37". The name is shown whole to its owner. */
  name: v.string(),
  numberMasked: v.string(),
  balances: balancesSchema,
  /** The instant of the strongly consistent read that these balances come from. */
  asOf: instantSchema,
  lastEntryN: v.pipe(v.number(), v.integer()),
  loss: v.nullable(v.object({ reportedAt: instantSchema, codesFrozen: v.boolean() })),
  passwordIsInitial: v.boolean(),
  /** What this account may do now; a screen hides nothing, it says what to do first. */
  capabilities: v.object({ showPaymentCode: v.boolean(), cancelLoss: v.boolean() }),
  links: v.object({ wechat: v.boolean(), alipay: v.boolean() }),
  walletOpen: v.boolean(),
  /** For goods handed out offline that no money was left for; absent when nothing is owed. */
  owedFen: v.optional(amountFenSchema),
  /** Of the card, what offline passes reserve; absent when they reserve nothing. */
  reservedFen: v.optional(amountFenSchema),
  /** When the books last heard from the small purse in the card's chip; absent when it was never loaded. */
  purseSettledAt: v.optional(instantSchema),
  /** A deletion that was asked for, until when it can be cancelled; absent where none was. */
  eraseFrom: v.optional(instantSchema),
  recent: v.array(entryViewSchema),
});
export type AccountReply = v.InferOutput<typeof accountReply>;

/** Polled each second while the code screen is visible: entries after `after`, newest last, at most 10. */
export const entriesAfterQuery = v.object({ after: v.pipe(v.string(), v.regex(/^\d{1,9}$/), v.transform(Number)) });
export const entriesAfterReply = v.object({
  entries: v.array(entryViewSchema),
  lastEntryN: v.pipe(v.number(), v.integer()),
  asOf: instantSchema,
});

export const codeKeyReply = v.object({
  schoolId: schoolIdSchema,
  handle: v.pipe(v.string(), v.regex(/^\d{9}$/)),
  slot: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(3)),
  keyVersion: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** This ISO week's key and next week's, hex of 32 bytes. */
  keys: v.array(v.object({ week: v.pipe(v.string(), v.regex(/^\d{4}-W\d{2}$/)), key: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)) })),
  serverTime: instantSchema,
});
export type CodeKeyReply = v.InferOutput<typeof codeKeyReply>;

export const payBySchema = v.picklist(['in-app', 'qr', 'page']);
/** How an order is to be paid (ST-66: 电脑付款 is `page`, 手机付款 is `qr`). */
export const paymentChoice = {
  payBy: v.optional(payBySchema, 'in-app'),
  /** What shows the page that asks. Nobody scans their own screen, so a code and a page are for a computer only. */
  screen: v.optional(v.picklist(['phone', 'computer']), 'phone'),
};

export const topUpBody = v.object({
  /** Made by the phone, once a press: a repeat of it is the same order. */
  requestId: v.pipe(v.string(), v.regex(/^[\w-]{16,64}$/)),
  /** Checked by the operation (`top-up.amount-invalid`), so that each wrong amount is refused by name. */
  amountFen: v.unknown(),
  channel: channelIdSchema,
  ...paymentChoice,
});
export const orderStateSchema = v.picklist(['created', 'paid', 'credited', 'closed']);
export const topUpReply = v.object({
  orderNo: v.string(),
  /** Where the order stands: a repeated request may find it paid, credited or closed already. */
  state: v.optional(orderStateSchema, 'created'),
  /**
   * Handed to `requestPayment` / `tradePay` / the web bridge as it is; of a code its text `codeUrl`, of a page its address `url`. Empty once
   * the order cannot be paid any more.
   */
  payParams: v.record(v.string(), v.string()),
  expiresAt: instantSchema,
});
export type TopUpReply = v.InferOutput<typeof topUpReply>;
export const orderReply = v.object({
  orderNo: v.string(),
  amountFen: amountFenSchema,
  channel: channelIdSchema,
  /** `wallet`: 钱包充值. */
  target: v.picklist(['card', 'wallet']),
  payBy: v.picklist(['in-app', 'qr', 'page', 'bank', 'contract']),
  /** Whose money: the holder's, somebody's who knew name and number, a gift link's guest, the holder's standing contract. */
  origin: v.picklist(['own', 'other', 'gift', 'auto']),
  state: orderStateSchema,
  /** The instant at which the order came into its state. */
  since: instantSchema,
  /** Last instant at which it may be paid. */
  expiresAt: instantSchema,
  closedAt: v.nullable(instantSchema),
  /** 付款成功 → 待领取 → 校园卡余额, each with its instant or null while it has not happened. */
  createdAt: instantSchema,
  paidAt: v.nullable(instantSchema),
  creditedAt: v.nullable(instantSchema),
  arrivedIn: v.nullable(v.picklist(['card', 'transit', 'wallet'])),
  onCardAt: v.nullable(instantSchema),
  asOf: instantSchema,
});
export type OrderReply = v.InferOutput<typeof orderReply>;

export const statementReply = v.object({
  month: monthSchema,
  /** Newest first, at most 30 a page. */
  entries: v.array(entryViewSchema),
  nextCursor: v.nullable(v.string()),
  /** Totals of the entries of this page's month up to `asOf`; spent is positive here. */
  spentFen: amountFenSchema,
  receivedFen: amountFenSchema,
  /** Spent per day of the month, "2026-11-21" → fen. */
  spentByDay: v.record(v.string(), amountFenSchema),
  /** Of the month's entries, those asked for: how many, and what came to the holder and went, both positive. Older servers do not say. */
  matching: v.optional(v.object({ count: v.pipe(v.number(), v.integer()), outFen: amountFenSchema, inFen: amountFenSchema })),
  asOf: instantSchema,
});
export type StatementReply = v.InferOutput<typeof statementReply>;

export const secondProofSchema = v.object({
  kind: v.picklist(['id-tail', 'sms']),
  value: v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(16)),
});
export const changePasswordBody = v.object({ oldPassword: passwordText, newPassword: passwordText, proof: v.optional(secondProofSchema) });
const resetWho = { schoolId: schoolIdSchema, number: shortText, name: shortText, idTail: shortText };
export const resetCodeBody = v.object(resetWho);
/** The same whoever was named: it says nothing of who is here. */
export const resetCodeReply = v.object({ resendAfterSeconds: v.number() });
export const resetPasswordBody = v.object({ ...resetWho, code: shortText, newPassword: passwordText });

export const smsReply = v.object({ mobileMasked: v.string(), resendAfterSeconds: v.number() });
export const proofsReply = v.object({ offered: v.array(proofKindSchema) });

export const reportLossBody = v.object({ password: v.optional(passwordText), keepCodes: v.boolean() });
/** From a browser that nobody signed in to: what binds an app proves the holder. */
export const reportLossElsewhereBody = v.pick(bindBody, ['schoolId', 'number', 'name', 'password']);
export const cancelLossBody = v.object({ password: passwordText, proof: v.optional(secondProofSchema) });
export const lossReply = v.object({
  /** The second after which the holder owes nothing: `recordedAt` of the loss entry. Null once un-reported. */
  reportedAt: v.nullable(instantSchema),
  codesFrozen: v.boolean(),
});
export type LossReply = v.InferOutput<typeof lossReply>;

export const linkReply = v.object({ wechat: v.boolean(), alipay: v.boolean() });
export const appSchema = v.object({
  bindingId: v.string(),
  platform: signInPlatformSchema,
  deviceLabel: v.string(),
  boundAt: instantSchema,
  current: v.boolean(),
  /** Which privacy policy was agreed to with this binding; absent where no screen asked. */
  consent: v.optional(v.object({ policyDay: v.string(), agreedAt: instantSchema })),
});
export const appsReply = v.object({ apps: v.array(appSchema) });
export const emptyReply = v.object({});
