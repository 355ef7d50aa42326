import * as v from 'valibot';
import type { ErrorCode } from '../errors';
import { bilingualSchema, rulePackSchema } from '../rule-pack';
import { balancesSchema, bilingualViewSchema, entryViewSchema, errorBodySchema, schoolIdSchema } from './common';
import {
  accountReply,
  appsReply,
  authorizeUrlQuery,
  authorizeUrlReply,
  bindBody,
  bindReply,
  cancelLossBody,
  changePasswordBody,
  codeKeyReply,
  emptyReply,
  entriesAfterQuery,
  entriesAfterReply,
  linkReply,
  listSchoolsQuery,
  listSchoolsReply,
  lossReply,
  orderReply,
  proofsReply,
  reportLossBody,
  schoolReply,
  schoolSummarySchema,
  signInBody,
  signInReply,
  smsReply,
  statementQuery,
  statementReply,
  topUpBody,
  topUpReply,
} from './student';
import { saleBody, saleReply } from './terminal';

/**
 * Every address of the product's API, once: what goes in, what comes out, which refusals. docs/openapi.json is made
 * from it, and a test holds it against the routers and serverless.yml.
 */

/** What an amount must be. The operations take anything there, so that each wrong one is refused by name. */
const wantedAmount = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.description('A whole number of fen, written out.'));
const [saleByCode, saleByCard] = saleBody.options;

/** Bodies and replies by the name they have in docs/openapi.json. */
export const apiSchemas = {
  ErrorBody: errorBodySchema,
  Bilingual: bilingualSchema,
  BilingualView: bilingualViewSchema,
  Balances: balancesSchema,
  EntryView: entryViewSchema,
  SchoolSummary: schoolSummarySchema,
  RulePack: rulePackSchema,
  ListSchoolsReply: listSchoolsReply,
  SchoolReply: schoolReply,
  AuthorizeUrlReply: authorizeUrlReply,
  SignInBody: signInBody,
  SignInReply: signInReply,
  BindBody: bindBody,
  BindReply: bindReply,
  AppsReply: appsReply,
  AccountReply: accountReply,
  EntriesAfterReply: entriesAfterReply,
  StatementReply: statementReply,
  CodeKeyReply: codeKeyReply,
  ProofsReply: proofsReply,
  SmsReply: smsReply,
  ChangePasswordBody: changePasswordBody,
  ReportLossBody: reportLossBody,
  CancelLossBody: cancelLossBody,
  LossReply: lossReply,
  LinkReply: linkReply,
  TopUpBody: v.object({ ...topUpBody.entries, amountFen: wantedAmount }),
  TopUpReply: topUpReply,
  OrderReply: orderReply,
  EmptyReply: emptyReply,
  SaleBody: v.variant('kind', [
    v.strictObject({ ...saleByCode.entries, amountFen: wantedAmount }),
    v.strictObject({ ...saleByCard.entries, amountFen: wantedAmount }),
  ]),
  SaleReply: saleReply,
} as const;
export type ApiSchemaName = keyof typeof apiSchemas;

/** `anyone`; `session`: signed in; `holder`: signed in and bound to a card; or who signs the request itself. */
export type ApiCaller = 'anyone' | 'session' | 'holder' | 'terminal' | 'wechat-pay' | 'alipay';

export interface ApiRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly id: string;
  readonly summary: string;
  readonly caller: ApiCaller;
  readonly params?: Readonly<Record<string, v.GenericSchema>>;
  readonly query?: v.ObjectSchema<v.ObjectEntries, undefined>;
  readonly body?: ApiSchemaName;
  /** Absent where the answer is in a vendor's own form. */
  readonly reply?: ApiSchemaName;
  /** Refusals of this address, beside those that `errorsOf` adds for its caller and its input. */
  readonly errors: readonly ErrorCode[];
  /** Refusals that come in the reply's own form, with the status of their code. */
  readonly answers?: readonly ErrorCode[];
}

const orderNo = v.pipe(v.string(), v.regex(/^[0-9A-Za-z_]{6,32}$/));
const bindingId = v.pipe(v.string(), v.regex(/^bnd_[0-9A-Z]{26}$/));
const linkTarget = v.picklist(['wechat', 'alipay']);

const studentRoutes: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/student/schools',
    id: 'listSchools',
    summary: 'Schools by Chinese, pinyin, initials, city or nearness',
    caller: 'anyone',
    query: listSchoolsQuery,
    reply: 'ListSchoolsReply',
    errors: [],
  },
  {
    method: 'GET',
    path: '/student/schools/{schoolId}',
    id: 'readSchool',
    summary: 'The rule pack of one school',
    caller: 'anyone',
    params: { schoolId: schoolIdSchema },
    reply: 'SchoolReply',
    errors: ['school.unknown'],
  },
  {
    method: 'GET',
    path: '/student/sign-in/authorize-url',
    id: 'authorizeUrl',
    summary: 'Where a page in a web view sends its visitor to sign in',
    caller: 'anyone',
    query: authorizeUrlQuery,
    reply: 'AuthorizeUrlReply',
    errors: ['auth.platform-refused'],
  },
  {
    method: 'POST',
    path: '/student/sign-in',
    id: 'signIn',
    summary: 'Trade the code of WeChat or Alipay for a session',
    caller: 'anyone',
    body: 'SignInBody',
    reply: 'SignInReply',
    errors: ['auth.platform-refused', 'auth.platform-unavailable', 'request.busy'],
  },
  {
    method: 'POST',
    path: '/student/sign-out',
    id: 'signOut',
    summary: 'End this session; the app stays bound',
    caller: 'session',
    reply: 'EmptyReply',
    errors: ['request.busy'],
  },
  {
    method: 'POST',
    path: '/student/bind',
    id: 'bind',
    summary: 'Bind a campus card by name, number and password',
    caller: 'session',
    body: 'BindBody',
    reply: 'BindReply',
    errors: [
      'school.unknown',
      'auth.no-match',
      'auth.locked',
      'auth.already-bound',
      'auth.too-many-apps',
      'account.unknown',
      'account.closed',
      'request.busy',
    ],
  },
  {
    method: 'POST',
    path: '/student/unbind',
    id: 'unbind',
    summary: 'Remove this app from the card',
    caller: 'holder',
    reply: 'EmptyReply',
    errors: ['auth.app-unknown', 'account.unknown', 'school.unknown', 'request.busy'],
  },
  {
    method: 'GET',
    path: '/student/apps',
    id: 'listApps',
    summary: 'The apps bound to the card',
    caller: 'holder',
    reply: 'AppsReply',
    errors: ['school.unknown'],
  },
  {
    method: 'DELETE',
    path: '/student/apps/{bindingId}',
    id: 'removeApp',
    summary: 'Remove one app: its session and its codes are dead at once',
    caller: 'holder',
    params: { bindingId },
    reply: 'EmptyReply',
    errors: ['auth.app-unknown', 'account.unknown', 'school.unknown', 'request.busy'],
  },
  {
    method: 'GET',
    path: '/student/account',
    id: 'readAccount',
    summary: 'All balances with the instant they were read',
    caller: 'holder',
    reply: 'AccountReply',
    errors: ['account.unknown', 'school.unknown'],
  },
  {
    method: 'GET',
    path: '/student/entries',
    id: 'entriesAfter',
    summary: 'Entries after a number, asked each second while the code is shown',
    caller: 'holder',
    query: entriesAfterQuery,
    reply: 'EntriesAfterReply',
    errors: ['school.unknown'],
  },
  {
    method: 'GET',
    path: '/student/statement',
    id: 'statement',
    summary: 'One month, a page at a time',
    caller: 'holder',
    query: statementQuery,
    reply: 'StatementReply',
    errors: ['account.unknown', 'school.unknown'],
  },
  {
    method: 'GET',
    path: '/student/code-key',
    id: 'codeKey',
    summary: 'This and next week’s key, with which the phone makes codes without network',
    caller: 'holder',
    reply: 'CodeKeyReply',
    errors: [
      'auth.password-change-required',
      'auth.second-proof-required',
      'code.not-offered',
      'code.frozen',
      'account.closed',
      'account.unknown',
      'school.unknown',
    ],
  },
  {
    method: 'POST',
    path: '/student/top-ups',
    id: 'createTopUp',
    summary: 'An order at WeChat Pay or Alipay; a repeat of requestId is the same order',
    caller: 'holder',
    body: 'TopUpBody',
    reply: 'TopUpReply',
    errors: [
      'top-up.amount-invalid',
      'top-up.over-cap',
      'top-up.channel-not-offered',
      'top-up.platform-refused',
      'top-up.platform-unavailable',
      'request.replayed-differently',
      'account.unknown',
      'account.closed',
      'school.unknown',
    ],
  },
  {
    method: 'GET',
    path: '/student/top-ups/{orderNo}',
    id: 'readOrder',
    summary: 'How an order stands: paid, waiting to be claimed, on the card',
    caller: 'holder',
    params: { orderNo },
    reply: 'OrderReply',
    errors: ['order.unknown', 'school.unknown'],
  },
  {
    method: 'GET',
    path: '/student/proofs',
    id: 'listProofs',
    summary: 'The second proofs this holder may give',
    caller: 'holder',
    reply: 'ProofsReply',
    errors: ['account.unknown', 'school.unknown'],
  },
  {
    method: 'POST',
    path: '/student/sms-code',
    id: 'sendSmsCode',
    summary: 'Send a one-time code to the holder’s mobile',
    caller: 'holder',
    reply: 'SmsReply',
    errors: [
      'auth.second-proof-not-offered',
      'auth.sms-too-soon',
      'auth.sms-refused',
      'auth.sms-unavailable',
      'account.unknown',
      'school.unknown',
    ],
  },
  {
    method: 'POST',
    path: '/student/password',
    id: 'changePassword',
    summary: 'Change the query password; the initial one needs a second proof',
    caller: 'holder',
    body: 'ChangePasswordBody',
    reply: 'EmptyReply',
    errors: [
      'auth.wrong-password',
      'auth.password-weak',
      'auth.second-proof-required',
      'auth.second-proof-not-offered',
      'auth.second-proof-wrong',
      'auth.locked',
      'account.unknown',
      'school.unknown',
      'request.busy',
    ],
  },
  {
    method: 'POST',
    path: '/student/loss',
    id: 'reportLoss',
    summary: 'Stop the card, and the codes unless they are kept',
    caller: 'holder',
    body: 'ReportLossBody',
    reply: 'LossReply',
    errors: ['auth.wrong-password', 'auth.locked', 'account.closed', 'account.unknown', 'school.unknown', 'request.busy'],
  },
  {
    method: 'POST',
    path: '/student/loss/cancel',
    id: 'cancelLoss',
    summary: 'Let the card pay again',
    caller: 'holder',
    body: 'CancelLossBody',
    reply: 'LossReply',
    errors: [
      'account.not-lost',
      'account.cancel-loss-at-desk',
      'account.closed',
      'account.unknown',
      'auth.password-change-required',
      'auth.second-proof-required',
      'auth.second-proof-not-offered',
      'auth.second-proof-wrong',
      'auth.wrong-password',
      'auth.locked',
      'school.unknown',
      'request.busy',
    ],
  },
  {
    method: 'POST',
    path: '/student/links/{target}',
    id: 'linkPlatform',
    summary: '微信认证 in WeChat, 支付宝认证 in Alipay',
    caller: 'holder',
    params: { target: linkTarget },
    reply: 'LinkReply',
    errors: ['auth.wrong-container', 'auth.already-linked', 'account.unknown', 'request.not-found', 'request.busy'],
  },
  {
    method: 'DELETE',
    path: '/student/links/{target}',
    id: 'unlinkPlatform',
    summary: 'Take a link away',
    caller: 'holder',
    params: { target: linkTarget },
    reply: 'LinkReply',
    errors: ['link.not-linked', 'account.unknown', 'request.not-found', 'request.busy'],
  },
];

/** A sale's refusals are answers about the sale, definite or not, in the reply's own form. */
const saleAnswers: readonly ErrorCode[] = [
  'account.closed',
  'account.unknown',
  'card.bad-chip-code',
  'card.bare-number-refused',
  'card.lost',
  'card.replaced',
  'card.unknown',
  'code.alipay',
  'code.expired',
  'code.frozen',
  'code.identity-only',
  'code.invalid',
  'code.malformed',
  'code.not-yet-valid',
  'code.unionpay',
  'code.used',
  'code.wechat',
  'payment.amount-invalid',
  'payment.insufficient-balance',
  'payment.not-charged',
  'payment.over-day-limit',
  'payment.over-meal-limit',
  'payment.over-transaction-limit',
  'payment.unknown',
  'terminal.clock',
  'wallet.not-open',
];
const sale = {
  caller: 'terminal',
  body: 'SaleBody',
  reply: 'SaleReply',
  errors: ['payment.other-body', 'school.unknown'],
  answers: saleAnswers,
} as const;

const terminalRoutes: readonly ApiRoute[] = [
  {
    method: 'POST',
    path: '/terminal/charges',
    id: 'charge',
    summary: 'Charge by campus code or card; repeat the same bytes until definite',
    ...sale,
  },
  { method: 'POST', path: '/terminal/charges/query', id: 'queryCharge', summary: 'Was it charged?', ...sale },
  { method: 'POST', path: '/terminal/voids', id: 'voidCharge', summary: 'Take a charge back, at most once', ...sale },
];

const noticeErrors = [
  'callback.bad-signature',
  'callback.other-merchant',
  'callback.other-app',
  'callback.amount-mismatch',
  'order.unknown',
  'account.unknown',
  'school.unknown',
  'request.busy',
] as const satisfies readonly ErrorCode[];

const callbackRoutes: readonly ApiRoute[] = [
  {
    method: 'POST',
    path: '/callbacks/wechat-pay',
    id: 'wechatPayNotice',
    summary: 'WeChat Pay APIv3 支付通知, signed and sealed; credits the order once',
    caller: 'wechat-pay',
    errors: [...noticeErrors, 'callback.stale', 'callback.unknown-serial', 'callback.undecryptable'],
  },
  {
    method: 'POST',
    path: '/callbacks/alipay',
    id: 'alipayNotice',
    summary: 'Alipay 异步通知, signed with RSA2; credits the order once',
    caller: 'alipay',
    errors: noticeErrors,
  },
];

export const apiRoutes: readonly ApiRoute[] = [...studentRoutes, ...terminalRoutes, ...callbackRoutes];

const CALLER_ERRORS: Readonly<Record<ApiCaller, readonly ErrorCode[]>> = {
  anyone: [],
  session: ['auth.sign-in-required'],
  holder: ['auth.sign-in-required', 'auth.bind-required'],
  terminal: [
    'terminal.unsigned',
    'terminal.unknown',
    'terminal.revoked',
    'terminal.bad-signature',
    'terminal.stale',
    'terminal.clock',
    'terminal.other-school',
  ],
  'wechat-pay': [],
  alipay: [],
};

/** Every refusal of an address that comes as an ErrorBody (or in the vendor's form), without repeats, in order. */
export function errorsOf(route: ApiRoute): readonly ErrorCode[] {
  const isRead = route.body !== undefined || route.query !== undefined || route.reply === undefined;
  const input: readonly ErrorCode[] = isRead ? ['request.malformed'] : [];
  const all: readonly ErrorCode[] = [
    ...input,
    'request.too-large',
    ...CALLER_ERRORS[route.caller],
    ...route.errors,
    'config.invalid',
    'request.internal',
  ];
  return [...new Set(all)];
}
