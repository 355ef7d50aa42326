import type { EpochMs } from '../shared/time';
import { type BankState, emptyBankState } from './bank/state';
import type { BillLie, JournalLine, TrafficRecipe } from './bills/state';
import type { AlipayAgreement, Consent, Deduction, DeductionPlan, WechatContract } from './cashier/contract-state';
import type { CodeScripts, PayerCode } from './code-pay/state';
import type { PlatformCertificate } from './keys';
import { emptyMessagesState, type MessagesState } from './messages/state';
import { emptyUtilityState, type UtilityState } from './utility/state';

export type { Lie } from './bills/state';

/** All that the outside world remembers. Plain JSON: it is written to one file and read back after a restart. */
export interface WorldState {
  readonly version: 1;
  readonly persons: Record<string, Person>;
  /** Who is signed in to the WeChat and the Alipay app of this machine; a request may name another. */
  currentPerson: { wechat: string; alipay: string };
  readonly loginCodes: Record<string, LoginCode>;
  readonly wechatOrders: Record<string, WechatOrder>;
  readonly wechatRefunds: Record<string, WechatRefund>;
  /** What each platform wrote down when money moved: append-only, the source of its bills. */
  readonly journal: { readonly wechatPay: JournalLine[]; readonly alipay: JournalLine[] };
  /** Days of traffic that are made up when a bill is read. */
  readonly traffic: TrafficRecipe[];
  billLies: BillLie[];
  /** The platforms' books are ahead of real time by so much. */
  clockShiftMs: number;
  /** How refunds end that are asked for from now on: all of them, or one by its number. */
  refundPlans: { everywhere: RefundPlan | null; refunds: Record<string, RefundPlan> };
  /** What the merchant has at the platform to refund from; null: enough for anything. */
  merchantFunds: { wechatPay: number | null; alipay: number | null };
  wechatPay: {
    mode: VerificationMode;
    /** Serial of the platform certificate that signs now. */
    signingSerial: string;
    /** Certificates added by rotation after the keys were generated. */
    addedCertificates: PlatformCertificate[];
    retiredSerials: string[];
  };
  readonly alipayTrades: Record<string, AlipayTrade>;
  /** By presign_token, and by external_agreement_no. */
  readonly wechatContracts: Record<string, WechatContract>;
  readonly alipayAgreements: Record<string, AlipayAgreement>;
  readonly consents: Record<string, Consent>;
  /** How a deduction goes from now on; and what payers have, by person: who is not named has enough. */
  deductions: DeductionPlan;
  /** Codes that phones have shown, and what becomes of the next calls about payments by them. */
  readonly payerCodes: Record<string, PayerCode>;
  codeScripts: CodeScripts;
  readonly payerFunds: Record<string, { wechat: number | null; alipay: number | null }>;
  readonly cashiers: Record<string, Cashier>;
  readonly deliveries: Record<string, Delivery>;
  readonly sms: SmsMessage[];
  readonly mails: MailMessage[];
  /** Messages of the platforms, and who agreed to them. */
  readonly messages: MessagesState;
  /** Whose WeChat Work is a member of a school's: member id by person, by school. */
  readonly wecomMembers: Record<string, Record<string, string>>;
  /** Codes of the school's own sign-in. */
  readonly ssoCodes: Record<string, SsoCode>;
  readonly bank: BankState;
  readonly utility: UtilityState;
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
  readonly app: 'wechat' | 'alipay' | 'wecom';
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
  readonly tradeType: WechatTradeType;
  /** The payer; of a Native order nobody knows before it is paid. */
  openid: string | null;
  /** The person whose code was scanned, of a payment by code. */
  readonly payer: string | null;
  readonly description: string;
  readonly attach: string | null;
  readonly totalFen: number;
  readonly notifyUrl: string;
  readonly createdAt: EpochMs;
  readonly expiresAt: EpochMs;
  /** prepay_id of JSAPI, the "pr" of a Native code_url. */
  readonly prepayIds: { readonly id: string; readonly issuedAt: EpochMs }[];
  /** The last three only a payment by code can be in. */
  state: 'NOTPAY' | 'SUCCESS' | 'CLOSED' | 'REFUND' | 'USERPAYING' | 'REVOKED' | 'PAYERROR';
  /** Of an order that a contract pays: what becomes of it, and when. */
  deduction: Deduction | null;
  transactionId: string | null;
  paidAt: EpochMs | null;
}

/** `AUTH` stands for a deduction by contract, `MICROPAY` for a payment by the payer's code. */
export type WechatTradeType = 'JSAPI' | 'NATIVE' | 'AUTH' | 'MICROPAY';

/** `PROCESSING` for ever until it is settled by hand; the others are reached after `afterMs`. */
export type RefundOutcome = 'SUCCESS' | 'ABNORMAL' | 'CLOSED' | 'PROCESSING';

export interface RefundPlan {
  readonly outcome: RefundOutcome;
  /** Milliseconds from the request to the outcome, not sped up. */
  readonly afterMs: number;
}

export interface WechatRefund {
  readonly outRefundNo: string;
  readonly refundId: string;
  readonly outTradeNo: string;
  readonly refundFen: number;
  readonly reason: string | null;
  readonly notifyUrl: string | null;
  readonly createdAt: EpochMs;
  /** From this instant on it has its outcome, before it is PROCESSING; null: until somebody settles it. */
  settledAt: EpochMs | null;
  outcome: Exclude<RefundOutcome, 'PROCESSING'>;
}

export interface AlipayTrade {
  readonly outTradeNo: string;
  readonly tradeNo: string;
  readonly appId: string;
  readonly product: AlipayProduct;
  readonly opAppId: string | null;
  /** Of a trade paid by scanning nobody knows the buyer before. */
  buyerOpenId: string | null;
  /** As of a WechatOrder. */
  readonly payer: string | null;
  /** "https://qr.alipay.com/…" of precreate, and of the code on the page of page pay. */
  readonly qrCode: string | null;
  readonly returnUrl: string | null;
  /** A trade begun by a code exists for the merchant from the first scan on; before, it cannot be queried or closed. */
  existsSince: EpochMs | null;
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
  readonly refunds: AlipayRefund[];
}

export type AlipayProduct = 'JSAPI_PAY' | 'FACE_TO_FACE_PAYMENT' | 'FAST_INSTANT_TRADE_PAY' | 'GENERAL_WITHHOLDING';

export interface AlipayRefund {
  readonly outRequestNo: string;
  readonly refundFen: number;
  readonly requestedAt: EpochMs;
  /** As `WechatRefund.settledAt`. */
  settledAt: EpochMs | null;
  /** Alipay has no word for a refund that failed: it stays unsaid for ever. */
  outcome: 'SUCCESS' | 'FAILED';
}

export interface Cashier {
  readonly id: string;
  readonly platform: 'wechat-pay' | 'alipay';
  readonly orderNo: string;
  /** Who scanned the code; null where the order itself knows its payer. */
  readonly payer: string | null;
  readonly openedAt: EpochMs;
  outcome: 'open' | 'paid' | 'cancelled';
}

export interface Delivery {
  readonly id: string;
  readonly platform: 'wechat-pay' | 'alipay';
  readonly subject: 'payment' | 'refund' | 'deduction' | 'agreement' | 'agreement-end';
  /** Merchant order number; of an agreement its number at the merchant. */
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

export interface MailMessage extends Omit<SmsMessage, 'mobile'> {
  readonly email: string;
}

export interface SsoCode {
  readonly number: string;
  readonly name: string;
  readonly redirectUri: string;
  /** S256 of the verifier (PKCE). */
  readonly challenge: string;
  readonly nonce: string;
  readonly expiresAt: EpochMs;
  used: boolean;
}

/** Adds to a state what it lacks, in place: nothing at first, later what a version of before did not remember. */
export function completeState(state: Partial<WorldState>, signingSerial: string): WorldState {
  const complete = Object.assign(state, { ...emptyState(signingSerial), ...state });
  // Written before there were other ways to pay: all of it was paid in the app.
  for (const order of Object.values(complete.wechatOrders)) addMissing(order, { tradeType: 'JSAPI', deduction: null, payer: null });
  for (const trade of Object.values(complete.alipayTrades)) {
    addMissing(trade, { product: 'JSAPI_PAY', payer: null, qrCode: null, returnUrl: null, existsSince: trade.createdAt });
    const at = trade.createdAt;
    for (const refund of trade.refunds) addMissing(refund, { requestedAt: at, settledAt: at, outcome: 'SUCCESS' });
  }
  for (const refund of Object.values(complete.wechatRefunds)) addMissing(refund, { outcome: 'SUCCESS' });
  for (const cashier of Object.values(complete.cashiers)) addMissing(cashier, { payer: null });
  return complete;
}

function addMissing<T extends object>(remembered: T, defaults: Partial<T>): void {
  Object.assign(remembered, { ...defaults, ...remembered });
}

function emptyState(signingSerial: string): WorldState {
  return {
    version: 1,
    persons: {},
    currentPerson: { wechat: '', alipay: '' },
    loginCodes: {},
    wechatOrders: {},
    wechatRefunds: {},
    journal: { wechatPay: [], alipay: [] },
    traffic: [],
    billLies: [],
    clockShiftMs: 0,
    refundPlans: { everywhere: null, refunds: {} },
    merchantFunds: { wechatPay: null, alipay: null },
    wechatPay: { mode: 'certificate', signingSerial, addedCertificates: [], retiredSerials: [] },
    alipayTrades: {},
    wechatContracts: {},
    alipayAgreements: {},
    consents: {},
    deductions: { afterMs: 1_000, held: false },
    payerCodes: {},
    codeScripts: { wechatPay: [], alipay: [] },
    payerFunds: {},
    cashiers: {},
    deliveries: {},
    sms: [],
    mails: [],
    messages: emptyMessagesState(),
    wecomMembers: {},
    ssoCodes: {},
    bank: emptyBankState(),
    utility: emptyUtilityState(),
    faults: { everywhere: null, orders: {} },
    outage: { wechatPay: 'none', alipay: 'none' },
  };
}
