import type { EpochMs } from '../shared/time';
import type { PlatformCertificate } from './keys';

/** All that the outside world remembers. Plain JSON: it is written to one file and read back after a restart. */
export interface WorldState {
  readonly version: 1;
  readonly persons: Record<string, Person>;
  /** Who is signed in to the WeChat and the Alipay app of this machine; a request may name another. */
  currentPerson: { wechat: string; alipay: string };
  readonly loginCodes: Record<string, LoginCode>;
  readonly wechatOrders: Record<string, WechatOrder>;
  readonly wechatRefunds: Record<string, WechatRefund>;
  wechatPay: {
    mode: VerificationMode;
    /** Serial of the platform certificate that signs now. */
    signingSerial: string;
    /** Certificates added by rotation after the keys were generated. */
    addedCertificates: PlatformCertificate[];
    retiredSerials: string[];
  };
  readonly alipayTrades: Record<string, AlipayTrade>;
  readonly cashiers: Record<string, Cashier>;
  readonly deliveries: Record<string, Delivery>;
  readonly sms: SmsMessage[];
  faults: { everywhere: SwitchedFault | null; orders: Record<string, SwitchedFault> };
  outage: { wechatPay: Outage; alipay: Outage };
}

/** `certificate`: platform certificate; `public-key`: PUB_KEY_ID_…, for which /v3/certificates has nothing to offer. */
export type VerificationMode = 'certificate' | 'public-key';
export type Outage = 'none' | 'error' | 'answer-lost';

export interface Person {
  readonly id: string;
  readonly name: string;
  /** appid or app_id → openid or open_id. */
  readonly openids: Record<string, string>;
}

export interface LoginCode {
  readonly app: 'wechat' | 'alipay';
  readonly flow: 'mini-program' | 'web';
  readonly appid: string;
  readonly person: string;
  readonly scope: string;
  readonly expiresAt: EpochMs;
  used: boolean;
}

export interface WechatOrder {
  readonly outTradeNo: string;
  readonly appid: string;
  readonly openid: string;
  readonly description: string;
  readonly attach: string | null;
  readonly totalFen: number;
  readonly notifyUrl: string;
  readonly createdAt: EpochMs;
  readonly expiresAt: EpochMs;
  readonly prepayIds: { readonly id: string; readonly issuedAt: EpochMs }[];
  state: 'NOTPAY' | 'SUCCESS' | 'CLOSED' | 'REFUND';
  transactionId: string | null;
  paidAt: EpochMs | null;
}

export interface WechatRefund {
  readonly outRefundNo: string;
  readonly refundId: string;
  readonly outTradeNo: string;
  readonly refundFen: number;
  readonly reason: string | null;
  readonly notifyUrl: string | null;
  readonly createdAt: EpochMs;
  /** The money is back from this instant on; before it the refund is PROCESSING. */
  readonly settledAt: EpochMs;
}

export interface AlipayTrade {
  readonly outTradeNo: string;
  readonly tradeNo: string;
  readonly appId: string;
  readonly opAppId: string;
  readonly buyerOpenId: string;
  readonly subject: string;
  readonly body: string | null;
  readonly passbackParams: string | null;
  readonly totalFen: number;
  readonly notifyUrl: string | null;
  readonly createdAt: EpochMs;
  readonly expiresAt: EpochMs;
  status: 'WAIT_BUYER_PAY' | 'TRADE_SUCCESS' | 'TRADE_CLOSED' | 'TRADE_FINISHED';
  paidAt: EpochMs | null;
  closedAt: EpochMs | null;
  readonly refunds: { readonly outRequestNo: string; readonly refundFen: number; readonly refundedAt: EpochMs }[];
}

export interface Cashier {
  readonly id: string;
  readonly platform: 'wechat-pay' | 'alipay';
  readonly orderNo: string;
  readonly openedAt: EpochMs;
  outcome: 'open' | 'paid' | 'cancelled';
}

export interface Delivery {
  readonly id: string;
  readonly platform: 'wechat-pay' | 'alipay';
  readonly subject: 'payment' | 'refund';
  /** Merchant order number, or the refund number. */
  readonly orderNo: string;
  readonly refundNo: string | null;
  readonly url: string;
  /** The vendor's id of the notice: the same over all retries. */
  readonly noticeId: string;
  readonly createdAt: EpochMs;
  readonly fault: SwitchedFault | null;
  attempts: number;
  /** Accepted answers so far; `repeated` wants three. */
  accepted: number;
  nextAt: EpochMs | null;
  status: 'waiting' | 'accepted' | 'given-up' | 'lost';
}

export interface SwitchedFault {
  readonly fault: Fault;
  /** The first so many attempts are faulty, later ones are good; null: every attempt is. */
  readonly attempts: number | null;
}

export type Fault =
  | 'lost'
  | 'repeated'
  | 'late'
  | 'out-of-order'
  | 'byte-flipped'
  | 'amount-changed'
  | 'currency-changed'
  | 'other-seller'
  | 'other-app'
  | 'unknown-order'
  | 'unsigned'
  | 'stale-time'
  | 'unknown-serial'
  | 'bad-tag'
  | 'wrong-associated-data'
  | 'sign-test'
  | 'sign-type-rsa'
  | 'bad-percent-encoding';

export interface SmsMessage {
  readonly id: string;
  readonly mobile: string;
  readonly template: string;
  readonly code: string;
  readonly requestId: string;
  /** What the phone shows. */
  readonly text: string;
  readonly at: EpochMs;
}

export function emptyState(signingSerial: string): WorldState {
  return {
    version: 1,
    persons: {},
    currentPerson: { wechat: '', alipay: '' },
    loginCodes: {},
    wechatOrders: {},
    wechatRefunds: {},
    wechatPay: { mode: 'certificate', signingSerial, addedCertificates: [], retiredSerials: [] },
    alipayTrades: {},
    cashiers: {},
    deliveries: {},
    sms: [],
    faults: { everywhere: null, orders: {} },
    outage: { wechatPay: 'none', alipay: 'none' },
  };
}
