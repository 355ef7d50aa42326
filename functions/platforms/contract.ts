import type { UtilityName } from '../../shared/api/common';
import type { Fen } from '../../shared/money';
import type { EpochMs } from '../../shared/time';

/**
 * One contract per job the outside world does for us; one folder per vendor implements it. Operations import these
 * types only. Whatever a vendor says is translated here at the edge: its codes into ours, its money into fen, its
 * clock into epoch milliseconds. Errors are AppErrors whose detail carries the vendor's short code and nothing of a
 * request, a key or a person.
 */

/** HTTP headers by lower-case name, as API Gateway delivers them. Look-ups ignore case all the same. */
export type NoticeHeaders = Readonly<Record<string, string | undefined>>;

export type PaymentPlatformName = 'wechat-pay' | 'alipay';

/** An order as both sides name it. */
export interface OrderRef {
  /** Ours, unique for ever at the merchant: 6 to 32 of [0-9A-Za-z_]. It is the platform's idempotency key. */
  readonly merchantOrderNo: string;
  /** The app the order was created for. Alipay is asked as this app. */
  readonly appId: string;
}

/**
 * How the payer pays: `in-app` in the mini-program or page of the platform (WeChat Pay JSAPI, Alipay trade.create), `qr` by
 * scanning a code that another screen shows (Native, precreate), `page` at the platform's own page on a computer (Alipay page pay).
 */
export const PAY_BY = ['in-app', 'qr', 'page'] as const;
export type PayBy = (typeof PAY_BY)[number];

export interface NewOrder extends OrderRef {
  readonly payBy: PayBy;
  /** What the payer is charged, above zero. */
  readonly amountFen: Fen;
  /** Shown to the payer. Cut to what the platform allows. */
  readonly description: string;
  /** The payer as the app `appId` knows them (an openid differs from app to app). Only `in-app` knows who will pay. */
  readonly payerOpenId?: string;
  /** Where `page` sends the payer's browser afterwards. Proves nothing. */
  readonly returnUrl?: string;
  /** Where the platform reports the payment: HTTPS, at most 255 characters, no query string. */
  readonly notifyUrl: string;
  /** Last instant at which the payer may pay. It does not close the order: call `closeOrder` afterwards. */
  readonly expiresAt: EpochMs;
  /** Travels to the bill where the platform has a column for it (WeChat Pay `attach`). Never trusted on return. */
  readonly schoolId?: string;
}

export interface CreatedOrder {
  /**
   * What the phone hands to `wx.requestPayment`, `my.tradePay` or the container's pay bridge, key by key. `qr`: `codeUrl`, the text
   * to draw. `page`: `url`, where to send the browser.
   */
  readonly payParams: Readonly<Record<string, string>>;
  /** The platform's name for the unpaid order: WeChat Pay `prepay_id` (2 hours), Alipay `trade_no`; `codeUrl` for `qr`, "page" for `page`. */
  readonly platformOrderRef: string;
}

/** The platform has the money. The order's own amount and app are still to be compared by the operation. */
export interface PaidOrder {
  readonly status: 'paid';
  readonly merchantOrderNo: string;
  /** The order's total, which is what is credited: a payer with a coupon pays less and the platform the rest. */
  readonly amountFen: Fen;
  readonly currency: 'CNY';
  readonly appId: string;
  readonly platformTradeNo: string;
  readonly paidAt: EpochMs;
  /** Absent where the platform hides the payer. */
  readonly payerOpenId: string | undefined;
}

/**
 * `closed`: can never be paid any more. `not-paid`: open, nothing paid yet. `not-found`: the platform has no such
 * order (said by a signed answer). `pending`: everything else, also every status that we do not know.
 *
 * Alipay makes the trade of a `qr` or `page` order only when somebody scans the code or signs in on the page: until then it is
 * `not-found`, for queries and for closing, and may still be paid. Such an order is over only when it is `not-found` after `expiresAt`.
 */
export interface UnpaidOrder {
  readonly status: 'closed' | 'not-paid' | 'pending' | 'not-found';
  readonly merchantOrderNo: string;
}

export type PlatformOrder = PaidOrder | UnpaidOrder;

/**
 * `noticeId` stays the same over the platform's repeats of one notice. `other`: signed by the platform and about no order (a standing contract was
 * signed or ended): what became of it is asked when it matters.
 */
export type PaymentNotice = (PlatformOrder | { readonly status: 'other'; readonly merchantOrderNo: string }) & {
  readonly noticeId: string;
};

/** `already-paid`: the payer was faster. `pending`: unclear, query the order. */
export type CloseOutcome = 'closed' | 'already-paid' | 'not-found' | 'pending';

export interface NoticeAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Reading a platform's callbacks needs no vendor SDK, so a callback function can bundle this half alone. */
export interface PaymentNotices {
  readonly name: PaymentPlatformName;

  /**
   * Verifies the signature over the raw bytes, then reads. No network, whatever the caller sent.
   * @param rawBody the body exactly as it came (already base64-decoded where the gateway encoded it)
   * @param now epoch milliseconds, for the five-minute window of WeChat Pay
   * @throws AppError callback.bad-signature (also a missing or weaker signature), callback.unknown-serial,
   * callback.stale, callback.undecryptable, callback.other-merchant, callback.other-app, callback.amount-mismatch
   * (a currency that is not CNY), request.malformed
   */
  parseNotice(rawBody: Uint8Array, headers: NoticeHeaders, now: EpochMs): PaymentNotice;

  /** What the platform must hear. Anything but `accepted` makes it send the notice again for about a day. */
  noticeAnswer(verdict: 'accepted' | 'refused'): NoticeAnswer;
}

/**
 * A platform that takes money for a top-up.
 * Sources: WeChat Pay APIv3 JSAPI (pay.weixin.qq.com/doc/v3/merchant/4012791911 and its siblings), Alipay
 * alipay.trade.create / query / close (opendocs.alipay.com/mini/05x9kv and its siblings).
 */
export interface PaymentPlatform extends PaymentNotices {
  /**
   * Creates the platform's order. Repeating it with the same fields is safe and answers the same order.
   * @throws AppError top-up.platform-refused (detail.platformCode; the order cannot be paid as asked),
   * top-up.platform-unavailable (nothing is known: repeat with the same number or query), request.malformed,
   * top-up.channel-not-offered (an app this merchant is not set up for), config.invalid (notifyUrl)
   */
  createOrder(order: NewOrder): Promise<CreatedOrder>;

  /**
   * @throws AppError top-up.platform-unavailable (no conclusion may be drawn, also when the answer is not signed or
   * speaks of another order), top-up.platform-refused (our request is wrong), top-up.channel-not-offered,
   * request.malformed
   */
  queryOrder(order: OrderRef): Promise<PlatformOrder>;

  /** @throws AppError as queryOrder */
  closeOrder(order: OrderRef): Promise<CloseOutcome>;
}

/** A payer's own code (微信 / 支付宝付款码), scanned at a till of ours. */
export interface NewCodePayment extends OrderRef {
  /** As scanned: it pays once, within about a minute, for whoever presents it. Never logged and never kept. */
  readonly authCode: string;
  /** What the payer is charged, above zero. */
  readonly amountFen: Fen;
  /** Shown to the payer. Cut to what the platform allows. */
  readonly description: string;
  readonly schoolId: string;
  readonly terminal: number;
}

/**
 * `refused`: signed; this request took nothing, and nothing can be taken under its number. `pending`: everything else, also every status
 * that we do not know; only a query, a reversal or the bill ends it.
 */
export type CodePaymentAnswer =
  | PaidOrder
  | { readonly status: 'pending'; readonly merchantOrderNo: string }
  | {
      readonly status: 'refused';
      readonly merchantOrderNo: string;
      readonly reason: 'refused' | 'code-expired';
      /** The platform's short code, fit for a log. */
      readonly platformCode: string;
    };

/**
 * `reversed`: can never be paid any more, and what was paid goes back to its payer. `not-found`: the platform has no such order; one that is
 * still on its way may come after it. `pending`: unclear, ask again.
 */
export type ReverseOutcome = 'reversed' | 'not-found' | 'pending';

/**
 * Takes money by the payer's own code. There is no notice: who asks learns the outcome, nobody else. Never reverse within 15 s of the charge,
 * and never what is known to be paid. Refunds go through `RefundPlatform`.
 * Sources: WeChat Pay 付款码支付 (pay.weixin.qq.com/doc/v3/merchant/4012382150 and the 撤销 beside it; timing from doc/v2/merchant/4011937125),
 * Alipay alipay.trade.pay / query / cancel (opendocs.alipay.com/open/1f1fe18c_alipay.trade.pay, 13399511_alipay.trade.cancel).
 */
export interface CodePayPlatform {
  readonly name: PaymentPlatformName;
  /**
   * One sending for one number: a repeat is not promised to be the same payment.
   * @throws AppError native.unavailable (nothing is known: query), request.malformed, top-up.amount-invalid, top-up.channel-not-offered
   */
  payByCode(payment: NewCodePayment): Promise<CodePaymentAnswer>;
  /** As `PaymentPlatform.queryOrder`. `closed`: failed or reversed, and never to be paid. @throws AppError native.unavailable, request.malformed, top-up.channel-not-offered */
  queryPayment(order: OrderRef): Promise<PlatformOrder>;
  /** @throws AppError native.unavailable, native.not-reversible (signed: refund it instead), request.malformed, top-up.channel-not-offered */
  reverse(order: OrderRef): Promise<ReverseOutcome>;
}

/** A refund as both sides name it; `refundNo` is the platform's idempotency key, so a repeat is the same refund. */
export interface RefundRef extends OrderRef {
  /** Ours, at most 31 of [0-9A-Za-z_]. */
  readonly refundNo: string;
}

export interface NewRefund extends RefundRef {
  readonly amountFen: Fen;
  /** The whole order, which WeChat Pay wants to hear again. */
  readonly orderFen: Fen;
  /** Shown to the payer. Cut to what the platform allows. */
  readonly reason: string;
  /** WeChat Pay reports the result here; Alipay is asked instead. */
  readonly notifyUrl: string;
}

/**
 * `succeeded`: the payer has it. `failed`: closed by the platform, nothing left us and nothing will under this number.
 * `stuck`: the platform cannot deliver it (the payer's card is gone); the money is still ours and a person must choose another way.
 * `pending`: everything else. `not-found`: said by a signed answer; the request never arrived.
 */
export type PlatformRefund =
  | {
      readonly status: 'succeeded';
      readonly refundNo: string;
      readonly merchantOrderNo: string;
      readonly amountFen: Fen;
      readonly platformRefundNo: string;
      readonly refundedAt: EpochMs;
    }
  | { readonly status: 'failed' | 'stuck' | 'pending' | 'not-found'; readonly refundNo: string; readonly merchantOrderNo: string };
export type RefundNotice = PlatformRefund & { readonly noticeId: string };

/** Without a vendor SDK, as `PaymentNotices`. Alipay sends no refund notice of its own: its refunds are asked about. */
export interface RefundNotices extends Pick<PaymentNotices, 'name' | 'noticeAnswer'> {
  /** @throws AppError as `PaymentNotices.parseNotice` */
  parseRefundNotice(rawBody: Uint8Array, headers: NoticeHeaders, now: EpochMs): RefundNotice;
}

/**
 * Sources: WeChat Pay /v3/refund/domestic/refunds (pay.weixin.qq.com/doc/v3/merchant/4012791883 and siblings), Alipay
 * alipay.trade.refund and alipay.trade.fastpay.refund.query (opendocs.alipay.com/open/f60979b3_alipay.trade.refund).
 */
export interface RefundPlatform {
  readonly name: PaymentPlatformName;
  /**
   * Asks for a refund. Accepted is `pending` at WeChat Pay; Alipay may say `succeeded` at once. Only the query or a notice ends it.
   * A repeat is the same refund and the right thing to do about one that stays `pending`: Alipay tells a request that never arrived
   * from one under way by nothing else.
   * @throws AppError refund.platform-refused (detail.platformCode: not enough left, older than 365 days; signed, and the platform was
   * asked again and knows no refund under this number), refund.too-soon (the platform wants an interval; repeat later),
   * refund.platform-unavailable (nothing is known, or the merchant's own balance is short: query or repeat), request.malformed,
   * config.invalid (notifyUrl), top-up.channel-not-offered (an app this merchant is not set up for)
   */
  refund(request: NewRefund): Promise<PlatformRefund>;
  /**
   * Compare `amountFen` with what was asked for. A refused question is no refused refund, so it never says `platform-refused`.
   * @throws AppError refund.platform-unavailable, request.malformed, top-up.channel-not-offered
   */
  queryRefund(refund: RefundRef): Promise<PlatformRefund>;
}

/**
 * The platform's bill of one day, unpacked: raw bytes as the platform wrote them (UTF-8 or GBK). Read to its end it has been checked
 * against the platform's own digest where there is one; read further than that, it throws and nothing of it may be believed.
 */
export interface BillFile {
  readonly encoding: 'utf-8' | 'gbk';
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Sources: WeChat Pay /v3/bill/tradebill (pay.weixin.qq.com/doc/v3/merchant/4012791912), Alipay
 * alipay.data.dataservice.bill.downloadurl.query (opendocs.alipay.com/open/cd8ce4bc) and alipay.data.bill.accountlog.query.
 */
export interface BillPlatform {
  readonly name: PaymentPlatformName;
  /**
   * The trade bill of a Beijing day. An expired download address is asked for again (at most three times).
   * @param day "2026-11-20"
   * @throws AppError bill.not-ready (asked before the platform has made it: later), bill.unavailable (network; later),
   * bill.refused (detail.platformCode); while reading: bill.damaged (digest or archive wrong, cut short), bill.unavailable
   */
  openTradeBill(day: string): Promise<BillFile | 'no-trades'>;
}

/** What the platform's account log says moved on the merchant's account: its own view of settlements and fees. */
export interface AccountLogLine {
  readonly logId: string;
  readonly at: EpochMs;
  /** Positive: into the merchant's account. */
  readonly amountFen: Fen;
  readonly type: string;
  readonly merchantOrderNo?: string;
  readonly platformTradeNo?: string;
}
export interface AccountLogPlatform {
  readonly name: PaymentPlatformName;
  /** All pages of a Beijing day, in the platform's order. @throws AppError as `openTradeBill` */
  accountLog(day: string): AsyncIterable<AccountLogLine>;
}

/** A standing permission as both sides name it. */
export interface ContractRef {
  /** WeChat Pay knows a school by a plan of its own. */
  readonly schoolId: string;
  /** Ours, at most 31 of [0-9A-Za-z_]. */
  readonly contractNo: string;
  readonly appId: string;
}

/**
 * Standing permission of a payer to be charged without being asked (校园轻松付 /v3/eduschoolpay,
 * pay.weixin.qq.com/doc/v3/partner/4012160445; Alipay alipay.user.agreement.* and alipay.trade.pay with an agreement). Notices are
 * only a hint that something changed: ask.
 * @throws everywhere AppError deduct.platform-refused (detail.platformCode), deduct.platform-unavailable (nothing is known),
 * request.malformed, auto-top-up.not-offered (a school or an app this merchant is not set up for)
 */
export interface DeductPlatform {
  readonly name: PaymentPlatformName;
  /**
   * What the phone needs to open the platform's page of consent. WeChat: `appId`, `path` and `presign_token` (which goes into
   * `extraData`) for `wx.navigateToMiniProgram`, valid for two hours. Alipay: `signStr` for `my.paySignCenter`.
   */
  startContract(
    contract: ContractRef & {
      readonly payerOpenId: string;
      /** Student number at the school: letters and digits, shown on the page of consent. */
      readonly number: string;
      /** Neither platform can be told for this kind of contract; the deducting operation keeps to it. */
      readonly perDeductionMaxFen: Fen;
      /** Alipay reports the consent here; WeChat Pay where its console says. */
      readonly notifyUrl: string;
    },
  ): Promise<{ readonly signParams: Readonly<Record<string, string>> }>;
  /** WeChat Pay finds a contract by its payer. */
  queryContract(contract: ContractRef & { readonly payerOpenId: string }): Promise<DeductContract>;
  /** Ending what has ended is no error. */
  endContract(contract: ContractRef & { readonly agreementRef: string }): Promise<void>;
  /**
   * Asks for the money. Its answer is not the outcome: ask `queryDeduction`, also after a refusal. A repeat of the number is the same
   * order.
   * @throws AppError deduct.platform-refused (detail.platformCode; signed: nothing was taken under this number by this request)
   */
  deduct(
    order: OrderRef & {
      readonly schoolId: string;
      readonly contractNo: string;
      readonly agreementRef: string;
      readonly number: string;
      readonly amountFen: Fen;
      readonly description: string;
      readonly notifyUrl: string;
    },
  ): Promise<void>;
  /** As `PaymentPlatform.queryOrder`, at the address WeChat Pay keeps for deductions. `closed`: failed, and never again under this number. */
  queryDeduction(order: OrderRef): Promise<PlatformOrder>;
}
export type DeductContract =
  | { readonly status: 'signed'; readonly contractNo: string; readonly agreementRef: string; readonly signedAt: EpochMs }
  | { readonly status: 'ended' | 'pending' | 'not-found'; readonly contractNo: string };

/** Money at the bank: `failed` and `not-found` are definite (nothing moved under this number), `pending` is not. */
export type BankPayment =
  | {
      readonly status: 'succeeded';
      readonly requestNo: string;
      readonly amountFen: Fen;
      readonly bankTradeNo: string;
      readonly at: EpochMs;
    }
  | { readonly status: 'failed'; readonly requestNo: string; readonly reason: string }
  | { readonly status: 'pending' | 'not-found'; readonly requestNo: string };

/** A code on its way to the mobile that the bank knows, in the bank's own message. */
export interface BankCodeSent {
  readonly maskedMobile: string;
  /** No new code before. */
  readonly resendAt: EpochMs;
  readonly expiresAt: EpochMs;
}

/**
 * The school's bank: a binding of the holder's own debit card (DL-09…DL-11, ST-28…ST-30), debits confirmed by the bank's SMS code (DL-37),
 * payouts to the bound card (提现), and the UnionPay check of a cardholder (银联认证). Every request carries our number, which is the bank's
 * idempotency key: a repeat is the same act. A query that finds nothing makes void every sending of its number that was signed before it, so
 * `not-found` stays true of what is still on its way, and the act may be asked for again under the same number.
 * Wire form: `bank/bank-gateway.ts`, docs/bank-gateway.md.
 *
 * @throws everywhere AppError bank.unavailable (nothing is known: query or repeat with the same number), bank.refused (detail.bankCode;
 * nothing moved and nothing will under this number), request.replayed-differently (the number carries another act: query it),
 * request.malformed (detail.field, before anything is sent)
 */
export interface BankGateway {
  /** @throws AppError bank.card-not-own, bank.card-not-debit, bank.card-other-bank, bank.card-unknown */
  startBinding(request: {
    readonly requestNo: string;
    readonly schoolId: string;
    readonly name: string;
    readonly idNumber: string;
    /** Absent: the bank finds the holder's own debit card by name and ID (建行卡快速绑定, DL-10). */
    readonly cardNumber?: string;
  }): Promise<BankCodeSent>;
  /** @throws AppError bank.code-wrong (detail.triesLeft), bank.code-expired, bank.code-locked */
  confirmBinding(request: {
    readonly requestNo: string;
    readonly code: string;
  }): Promise<{ readonly agreementRef: string; readonly cardTail: string }>;
  /**
   * A binding that the school vouches for: the holder stood at its machine with the campus card and its password (ST-28…ST-30). The bank looks only
   * whether its own debit card belongs to that name and ID, and agrees at once to debits of that kind.
   * @throws AppError bank.card-not-own, bank.card-not-debit, bank.card-other-bank, bank.card-unknown
   */
  bindVouched(request: {
    readonly requestNo: string;
    readonly schoolId: string;
    readonly name: string;
    /** The last characters of the ID: all that a roster keeps. */
    readonly idTail: string;
    readonly cardNumber: string;
  }): Promise<{ readonly agreementRef: string; readonly cardTail: string }>;
  endBinding(request: { readonly agreementRef: string }): Promise<void>;
  /** Asks for a debit; the bank sends a code and moves nothing yet. @throws AppError bank.over-limit (detail.maxFen), bank.binding-ended */
  startDebit(request: {
    readonly requestNo: string;
    readonly agreementRef: string;
    readonly amountFen: Fen;
    readonly description: string;
  }): Promise<BankCodeSent>;
  /** @throws AppError bank.code-too-soon (detail.retryAfterSeconds) */
  resendCode(request: { readonly requestNo: string }): Promise<BankCodeSent>;
  /** @throws AppError bank.code-wrong (detail.triesLeft), bank.code-expired, bank.code-locked (five wrong tries) */
  confirmDebit(request: { readonly requestNo: string; readonly code: string }): Promise<BankPayment>;
  /** A debit without a code, within what the holder agreed to when binding (a wallet code at a terminal, DL-40). */
  debit(request: {
    readonly requestNo: string;
    readonly agreementRef: string;
    readonly amountFen: Fen;
    readonly description: string;
  }): Promise<BankPayment>;
  queryDebit(request: { readonly requestNo: string }): Promise<BankPayment>;
  /** Ends a debit nobody confirmed; afterwards it can never be paid. */
  cancelDebit(request: { readonly requestNo: string }): Promise<'cancelled' | 'already-paid' | 'not-found' | 'pending'>;
  /** To the bound card of `agreementRef`. */
  payOut(request: {
    readonly requestNo: string;
    readonly agreementRef: string;
    readonly amountFen: Fen;
    readonly description: string;
  }): Promise<BankPayment>;
  queryPayOut(request: { readonly requestNo: string }): Promise<BankPayment>;
  /** Whether name, ID, card and mobile belong together, by UnionPay. Keeps nothing. */
  verifyCardholder(request: {
    readonly requestNo: string;
    readonly name: string;
    readonly idNumber: string;
    readonly cardNumber: string;
    readonly mobile: string;
  }): Promise<'match' | 'no-match'>;
}

export type UtilityPayment =
  | { readonly status: 'succeeded'; readonly requestNo: string; readonly amountFen: Fen; readonly receiptNo: string; readonly at: EpochMs }
  | { readonly status: 'failed'; readonly requestNo: string; readonly reason: string }
  | { readonly status: 'pending' | 'not-found'; readonly requestNo: string };

/**
 * Network and electricity of the campus (DL-01, BI-11). Wire form: `utility/utility-gateway.ts`.
 * `not-found` makes earlier sendings void, as at the bank.
 * @throws everywhere AppError utility.unavailable (nothing is known), utility.refused (detail.supplierCode; nothing moved), as at the bank
 * request.replayed-differently, request.malformed
 */
export interface UtilityGateway {
  /** @throws AppError utility.account-unknown */
  findAccount(request: { readonly schoolId: string; readonly kind: UtilityName; readonly account: string }): Promise<{
    readonly account: string;
    /** "张*" and "3 号楼 4**": enough to see that it is the right one. */
    readonly maskedOwner: string;
    readonly maskedPlace?: string;
    /** Negative: owed. Absent where the supplier does not tell. */
    readonly balanceFen?: Fen;
  }>;
  /** `requestNo` makes a repeat the same payment. */
  pay(request: {
    readonly requestNo: string;
    readonly schoolId: string;
    readonly kind: UtilityName;
    readonly account: string;
    readonly amountFen: Fen;
  }): Promise<UtilityPayment>;
  queryPayment(request: { readonly requestNo: string }): Promise<UtilityPayment>;
}

/** Who is using this app. The session key and the access token of the vendor never leave the implementation. */
export interface LoginIdentity {
  /** Unique per app, not per person: the key of a binding is (platform, appId, openid). */
  readonly openid: string;
  readonly unionid?: string;
}

/**
 * Sources: WeChat jscode2session and sns/oauth2/access_token (developers.weixin.qq.com), Alipay
 * alipay.system.oauth.token and publicAppAuthorize (opendocs.alipay.com).
 */
export interface LoginPlatform {
  /**
   * Trades the single-use code of the phone for the identity.
   * @throws AppError auth.platform-refused (bad, used or expired code, or an app we do not run),
   * auth.platform-unavailable (ask the phone for a new code and try again), config.invalid (our app id or secret)
   */
  exchangeCode(login: { readonly code: string; readonly appId: string }): Promise<LoginIdentity>;

  /**
   * Where a page in the platform's web view sends its visitor to sign in; it returns with `code` (WeChat) or
   * `auth_code` (Alipay) and the same `state`.
   * @throws AppError auth.platform-refused for an app we do not run
   */
  webAuthorizeUrl(visit: { readonly appId: string; readonly redirectUri: string; readonly state: string }): string;
}

/** Sends a one-time code. Source of the wire form: `signed-message.ts`. */
export interface SmsGateway {
  /**
   * @param message.requestId idempotency key: the gateway sends one message per id, however often it is asked
   * @throws AppError auth.sms-unavailable (unknown whether it went out: repeat with the same requestId),
   * auth.sms-refused (detail.platformCode), request.malformed (not a mainland mobile number)
   */
  send(message: { readonly mobile: string; readonly template: string; readonly code: string; readonly requestId: string }): Promise<void>;
}

/** Sends a one-time code by e-mail. Source of the wire form: `signed-message.ts`. */
export interface MailGateway {
  /**
   * @param message.requestId as of `SmsGateway.send`
   * @throws AppError auth.mail-unavailable (unknown whether it went out), auth.mail-refused (detail.platformCode), request.malformed (no address)
   */
  send(message: { readonly email: string; readonly template: string; readonly code: string; readonly requestId: string }): Promise<void>;
}

/** Whom a school's own sign-in vouches for. */
export interface CampusPerson {
  /** Student or staff number, as the school writes it. */
  readonly number: string;
  /** Absent where the school's sign-in tells no name. */
  readonly name: string | undefined;
}

/**
 * A school's single sign-on: OpenID Connect Core 1.0, authorization code flow with PKCE (RFC 7636). The caller makes state, nonce and verifier,
 * keeps them on the server, and gives each away once.
 */
export interface CampusSso {
  /** @throws AppError auth.sso-unavailable */
  authorizeUrl(visit: {
    readonly redirectUri: string;
    readonly state: string;
    readonly nonce: string;
    /** 43 to 128 characters; its S256 challenge is what leaves. */
    readonly codeVerifier: string;
  }): Promise<string>;
  /**
   * Trades the code and verifies the ID token.
   * @param answer.issuer `iss` of the provider's answer, where it sends one (RFC 9207)
   * @throws AppError auth.sso-refused (a bad or used code, a token that does not stand up: detail.reason), auth.sso-unavailable, config.invalid (our client)
   */
  identify(answer: {
    readonly code: string;
    readonly issuer: string | undefined;
    readonly redirectUri: string;
    readonly nonce: string;
    readonly codeVerifier: string;
  }): Promise<CampusPerson>;
}

/** A message from a template that the operator was granted, to somebody who agreed to it. */
export interface PhoneMessage {
  readonly appId: string;
  readonly openId: string;
  readonly templateId: string;
  /** Page of the mini-program that a press opens. */
  readonly page: string;
  readonly language: 'zh' | 'en';
  /** By the template's own names. */
  readonly data: Readonly<Record<string, string>>;
}

/** Messages outside the app: WeChat's 订阅消息, Alipay's 小程序订阅消息. Not idempotent on either platform. */
export interface PhoneMessagePlatform {
  /**
   * `not-agreed`: whoever it was for has agreed to none, or to no more.
   * @throws AppError messages.platform-unavailable (nothing is known: it may have been delivered), messages.platform-refused (a template, a field or
   * a receiver that the platform does not take), config.invalid
   */
  send(message: PhoneMessage): Promise<'sent' | 'not-agreed'>;
}
