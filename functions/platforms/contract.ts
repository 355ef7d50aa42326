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

export interface NewOrder extends OrderRef {
  /** What the payer is charged, above zero. */
  readonly amountFen: Fen;
  /** Shown to the payer. Cut to what the platform allows. */
  readonly description: string;
  /** The payer as the app `appId` knows them (an openid differs from app to app). */
  readonly payerOpenId: string;
  /** Where the platform reports the payment: HTTPS, at most 255 characters, no query string. */
  readonly notifyUrl: string;
  /** Last instant at which the payer may pay. It does not close the order: call `closeOrder` afterwards. */
  readonly expiresAt: EpochMs;
  /** Travels to the bill where the platform has a column for it (WeChat Pay `attach`). Never trusted on return. */
  readonly schoolId?: string;
}

export interface CreatedOrder {
  /** What the phone hands to `wx.requestPayment`, `my.tradePay` or the container's pay bridge, key by key. */
  readonly payParams: Readonly<Record<string, string>>;
  /** The platform's name for the unpaid order: WeChat Pay `prepay_id` (2 hours), Alipay `trade_no`. */
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
 */
export interface UnpaidOrder {
  readonly status: 'closed' | 'not-paid' | 'pending' | 'not-found';
  readonly merchantOrderNo: string;
}

export type PlatformOrder = PaidOrder | UnpaidOrder;

/** `noticeId` stays the same over the platform's repeats of one notice. */
export type PaymentNotice = PlatformOrder & { readonly noticeId: string };

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

/** Sends a one-time code. Source of the wire form: `sms/sms-gateway.ts`. */
export interface SmsGateway {
  /**
   * @param message.requestId idempotency key: the gateway sends one message per id, however often it is asked
   * @throws AppError auth.sms-unavailable (unknown whether it went out: repeat with the same requestId),
   * auth.sms-refused (detail.platformCode), request.malformed (not a mainland mobile number)
   */
  send(message: { readonly mobile: string; readonly template: string; readonly code: string; readonly requestId: string }): Promise<void>;
}
