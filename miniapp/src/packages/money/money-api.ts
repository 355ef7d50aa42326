import type * as v from 'valibot';
import { autoTopUpReply, startAutoTopUpReply } from '../../../../shared/api/auto-top-up';
import type { UtilityName } from '../../../../shared/api/common';
import { type DisputeReply, disputeReply, disputesReply } from '../../../../shared/api/disputes';
import { giftLinkReply, giftSchema, giftsReply } from '../../../../shared/api/gifts';
import { claimInAppReply, transfersReply } from '../../../../shared/api/money-flow';
import { checkPayeeReply, paidForOtherSchema, topUpForOtherReply } from '../../../../shared/api/others';
import { clearReceivableReply } from '../../../../shared/api/receivables';
import { refundableReply, refundReply, refundsReply } from '../../../../shared/api/refunds';
import { statementReply } from '../../../../shared/api/student';
import { utilityAccountReply, utilityPaymentReply, utilityPaymentsReply } from '../../../../shared/api/utilities';
import {
  bankCardReply,
  bankTopUpReply,
  bindCardReply,
  type CustomerInfoWish,
  cardQuoteReply,
  cardTopUpReply,
  codeSentReply,
  customerInfoReply,
  limitsReply,
  transferQuoteReply,
  unionpayReply,
  walletEntriesReply,
  walletReply,
  withdrawalReply,
} from '../../../../shared/api/wallet';
import type { ChannelId } from '../../../../shared/rule-pack';
import type { SecondProof } from '../../api/student-api';
import { client } from '../../state/services';

const id = encodeURIComponent;
/** A bank takes its time; an answer that is cut off is asked for again under the same id. */
const BANK_TIMEOUT_MS = 20_000;

const get = <Schema extends v.GenericSchema>(path: string, reply: Schema, query: Record<string, string | number | undefined> = {}) =>
  client({ method: 'GET', path, query }, reply);
const post = <Schema extends v.GenericSchema>(path: string, reply: Schema, body?: unknown) =>
  client({ method: 'POST', path, body, timeoutMs: BANK_TIMEOUT_MS }, reply);
const put = <Schema extends v.GenericSchema>(path: string, reply: Schema, body: unknown) =>
  client({ method: 'PUT', path, body, timeoutMs: BANK_TIMEOUT_MS }, reply);

interface Wish {
  readonly requestId: string;
  readonly amountFen: number;
}
interface ForOther extends Wish {
  readonly channel: ChannelId;
}
interface Payee {
  readonly schoolId: string;
  readonly name: string;
  readonly number: string;
}
export interface AutoWish {
  readonly thresholdFen: number;
  readonly amountFen: number;
  readonly monthlyCapFen: number;
}
export type LimitName = 'perTransactionFen' | 'perMealPeriodFen' | 'perDayFen';

/** One function an endpoint of the money API; their schemas are loaded with this subpackage and not before. */
export const moneyApi = {
  clearReceivable: () => post('/student/receivables/clear', clearReceivableReply),

  wallet: () => get('/student/money/wallet', walletReply),
  walletEntries: (cursor?: string) => get('/student/money/wallet/entries', walletEntriesReply, { cursor }),
  bankCard: () => get('/student/money/bank-card', bankCardReply),
  unbindBankCard: () => client({ method: 'DELETE', path: '/student/money/bank-card', timeoutMs: BANK_TIMEOUT_MS }, bankCardReply),
  startBinding: (body: { requestId: string; idNumber: string; cardNumber?: string }) =>
    post('/student/money/bank-card/bindings', bindCardReply, { ...body, idType: 'id-card' }),
  resendBindingCode: (no: string) => post(`/student/money/bank-card/bindings/${id(no)}/code`, codeSentReply),
  confirmBinding: (no: string, code: string) => post(`/student/money/bank-card/bindings/${id(no)}/confirm`, bankCardReply, { code }),

  bankQuote: (target: 'card' | 'wallet') => get('/student/money/bank-top-ups/quote', transferQuoteReply, { target }),
  startBankTopUp: (wish: Wish & { readonly target: 'card' | 'wallet' }) => post('/student/money/bank-top-ups', bankTopUpReply, wish),
  resendBankCode: (no: string) => post(`/student/money/bank-top-ups/${id(no)}/code`, codeSentReply),
  confirmBankTopUp: (no: string, code: string) => post(`/student/money/bank-top-ups/${id(no)}/confirm`, bankTopUpReply, { code }),

  cardQuote: () => get('/student/money/card-top-ups/quote', cardQuoteReply),
  startCardTopUp: (wish: Wish) => post('/student/money/card-top-ups', cardTopUpReply, wish),
  cardTopUp: (no: string) => get(`/student/money/card-top-ups/${id(no)}`, cardTopUpReply),
  resendCardCode: (no: string) => post(`/student/money/card-top-ups/${id(no)}/code`, codeSentReply),
  confirmCardTopUp: (no: string, code: string) => post(`/student/money/card-top-ups/${id(no)}/confirm`, cardTopUpReply, { code }),

  withdraw: (wish: Wish & { readonly cardTail: string; readonly proof?: SecondProof }) =>
    post('/student/money/withdrawals', withdrawalReply, wish),
  withdrawal: (no: string) => get(`/student/money/withdrawals/${id(no)}`, withdrawalReply),

  customerInfo: () => get('/student/money/wallet/customer-info', customerInfoReply),
  saveCustomerInfo: (wish: CustomerInfoWish) => put('/student/money/wallet/customer-info', customerInfoReply, wish),

  unionpay: () => get('/student/money/unionpay', unionpayReply),
  verifyUnionpay: (wish: { requestId: string; idNumber: string; cardNumber: string; mobile: string }) =>
    post('/student/money/unionpay', unionpayReply, wish),

  claim: (requestId: string) => post('/student/money/claims', claimInAppReply, { requestId }),
  transfers: (cursor?: string) => get('/student/money/transfers', transfersReply, { cursor }),

  findUtility: (utility: UtilityName, account: string) =>
    get(`/student/money/utilities/${utility}/account`, utilityAccountReply, { account }),
  payUtility: (utility: UtilityName, wish: Wish & { readonly account: string; readonly source: 'card' | 'wallet' }) =>
    post(`/student/money/utilities/${utility}/payments`, utilityPaymentReply, wish),
  utilityPayments: () => get('/student/money/utilities/payments', utilityPaymentsReply),
  utilityPayment: (no: string) => get(`/student/money/utilities/payments/${id(no)}`, utilityPaymentReply),

  refundable: () => get('/student/money/refundable', refundableReply),
  askRefund: (wish: Wish & { readonly proof?: SecondProof }) => post('/student/money/refunds', refundReply, wish),
  refunds: (cursor?: string) => get('/student/money/refunds', refundsReply, { cursor }),
  redirectRefund: (no: string) => post(`/student/money/refunds/${id(no)}/redirect`, refundsReply),

  month: (month: string) => get('/student/statement', statementReply, { month }),
  disputes: () => get('/student/money/disputes', disputesReply),
  dispute: (n: number) => get(`/student/money/disputes/${n}`, disputeReply),
  openDispute: (wish: { readonly n: number; readonly reason: DisputeReply['reason']; readonly text: string }) =>
    post('/student/money/disputes', disputeReply, wish),

  gifts: (cursor?: string) => get('/student/money/gifts', giftsReply, { cursor }),
  createGift: (wish: { readonly requestId: string; readonly maxTotalFen: number; readonly expiresAt: string }) =>
    post('/student/money/gifts', giftSchema, wish),
  endGift: (token: string) => post(`/student/money/gifts/${id(token)}/end`, giftSchema),
  gift: (token: string) => client({ method: 'GET', path: `/student/money/gifts/${id(token)}`, anonymous: true }, giftLinkReply),
  payGift: (token: string, wish: ForOther) => post(`/student/money/gifts/${id(token)}/top-ups`, topUpForOtherReply, wish),

  checkPayee: (who: Payee) => post('/student/money/top-ups-for-others/check', checkPayeeReply, who),
  payForOther: (wish: ForOther & Payee) => post('/student/money/top-ups-for-others', topUpForOtherReply, wish),
  paidForOther: (no: string) => get(`/student/money/top-ups-for-others/${id(no)}`, paidForOtherSchema),

  autoTopUp: () => get('/student/money/auto-top-up', autoTopUpReply),
  startAutoTopUp: (wish: AutoWish) => post('/student/money/auto-top-up', startAutoTopUpReply, wish),
  confirmAutoTopUp: () => post('/student/money/auto-top-up/confirm', autoTopUpReply),
  changeAutoTopUp: (wish: AutoWish & { readonly isOn: boolean }) => put('/student/money/auto-top-up', autoTopUpReply, wish),
  endAutoTopUp: () => client({ method: 'DELETE', path: '/student/money/auto-top-up', timeoutMs: BANK_TIMEOUT_MS }, autoTopUpReply),

  limits: () => get('/student/money/wallet/limits', limitsReply),
  changeLimits: (wish: Record<LimitName, number | null> & { readonly proof?: SecondProof }) =>
    put('/student/money/wallet/limits', limitsReply, wish),
};
