import * as v from 'valibot';
import type { ErrorCode } from '../../errors';
import type { ApiRoute, ApiSlice } from '../route';
import {
  bankCardReply,
  bankTopUpBody,
  bankTopUpQuery,
  bankTopUpReply,
  bindCardBody,
  bindCardReply,
  cardQuoteReply,
  cardTopUpBody,
  cardTopUpQuery,
  cardTopUpReply,
  codeSentReply,
  confirmCodeBody,
  customerInfoBody,
  customerInfoReply,
  limitsBody,
  limitsReply,
  transferQuoteReply,
  unionpayBody,
  unionpayReply,
  walletEntriesQuery,
  walletEntriesReply,
  walletReply,
  withdrawalBody,
  withdrawalReply,
} from '../wallet';
import { wantedAmount } from '../wanted-amount';

const number = v.pipe(v.string(), v.regex(/^[0-9A-Za-z_]{6,32}$/));

const standing = ['auth.password-change-required', 'auth.second-proof-required'] as const satisfies readonly ErrorCode[];
const provenNow = [
  ...standing,
  'auth.second-proof-wrong',
  'auth.second-proof-not-offered',
  'auth.locked',
] as const satisfies readonly ErrorCode[];
const account = ['account.unknown', 'account.closed', 'school.unknown', 'request.busy'] as const satisfies readonly ErrorCode[];
const bank = ['bank.not-offered', 'bank.refused', 'bank.unavailable'] as const satisfies readonly ErrorCode[];
const ourSms = [
  'auth.second-proof-not-offered',
  'auth.sms-too-soon',
  'auth.sms-refused',
  'auth.sms-unavailable',
] as const satisfies readonly ErrorCode[];
const codes = ['bank.code-wrong', 'bank.code-expired', 'bank.code-locked'] as const satisfies readonly ErrorCode[];
const amounts = [
  'top-up.channel-not-offered',
  'top-up.amount-invalid',
  'top-up.over-cap',
  'top-up.over-max-balance',
  'bank.over-limit',
] as const satisfies readonly ErrorCode[];
const ended = ['bank.not-bound', 'bank.binding-ended'] as const satisfies readonly ErrorCode[];
const confirming = [
  'order.unknown',
  ...codes,
  ...bank,
  'bank.binding-ended',
  'bank.over-limit',
  ...account,
] as const satisfies readonly ErrorCode[];

function holders(method: ApiRoute['method'], path: string, what: Omit<ApiRoute, 'method' | 'path' | 'caller'>): ApiRoute {
  return { method, path: `/student/money${path}`, caller: 'holder', ...what };
}

export const walletSlice: ApiSlice = {
  schemas: {
    BankCardReply: bankCardReply,
    BindCardBody: bindCardBody,
    BindCardReply: bindCardReply,
    CodeSentReply: codeSentReply,
    ConfirmCodeBody: confirmCodeBody,
    WalletReply: walletReply,
    WalletEntriesReply: walletEntriesReply,
    LimitsReply: limitsReply,
    LimitsBody: limitsBody,
    TransferQuoteReply: transferQuoteReply,
    CardQuoteReply: cardQuoteReply,
    BankTopUpBody: v.object({ ...bankTopUpBody.entries, amountFen: wantedAmount }),
    BankTopUpReply: bankTopUpReply,
    CardTopUpBody: v.object({ ...cardTopUpBody.entries, amountFen: wantedAmount }),
    CardTopUpReply: cardTopUpReply,
    WithdrawalBody: v.object({ ...withdrawalBody.entries, amountFen: wantedAmount }),
    WithdrawalReply: withdrawalReply,
    CustomerInfoBody: customerInfoBody,
    CustomerInfoReply: customerInfoReply,
    UnionpayBody: unionpayBody,
    UnionpayReply: unionpayReply,
  },
  routes: [
    holders('GET', '/bank-card', {
      id: 'readBankCard',
      summary: '银行卡: the bound debit card by its tail',
      reply: 'BankCardReply',
      errors: ['school.unknown'],
    }),
    holders('DELETE', '/bank-card', {
      id: 'unbindBankCard',
      summary: 'End the binding and close the wallet; not while it holds money',
      reply: 'BankCardReply',
      errors: ['bank.not-bound', 'wallet.not-empty', 'bank.debit-open', ...bank, ...account],
    }),
    holders('POST', '/bank-card/bindings', {
      id: 'startBankBinding',
      summary: '绑定银行卡: the holder’s own debit card; the bank sends a code',
      body: 'BindCardBody',
      reply: 'BindCardReply',
      errors: [
        'bank.already-bound',
        'bank.card-not-own',
        'bank.card-not-debit',
        'bank.card-other-bank',
        'bank.card-unknown',
        'request.replayed-differently',
        'auth.locked',
        ...standing,
        ...bank,
        ...account,
      ],
    }),
    holders('POST', '/bank-card/bindings/{bindingNo}/code', {
      id: 'resendBindingCode',
      summary: 'A new code of the bank, once the countdown is over',
      params: { bindingNo: number },
      reply: 'CodeSentReply',
      errors: ['bank.binding-unknown', 'bank.code-too-soon', 'bank.code-locked', ...bank, 'school.unknown'],
    }),
    holders('POST', '/bank-card/bindings/{bindingNo}/confirm', {
      id: 'confirmBankBinding',
      summary: 'Confirm the binding; opens the wallet where the school has one',
      params: { bindingNo: number },
      body: 'ConfirmCodeBody',
      reply: 'BankCardReply',
      errors: ['bank.binding-unknown', 'bank.already-bound', ...codes, ...bank, ...account],
    }),
    holders('GET', '/unionpay', {
      id: 'readUnionpay',
      summary: '银联认证: its status',
      reply: 'UnionpayReply',
      errors: ['school.unknown'],
    }),
    holders('POST', '/unionpay', {
      id: 'verifyUnionpay',
      summary: 'Have UnionPay check that name, ID, card and mobile belong together; none of them is kept',
      body: 'UnionpayBody',
      reply: 'UnionpayReply',
      errors: ['bank.card-not-own', 'request.replayed-differently', 'auth.locked', ...standing, ...bank, ...account],
    }),
    holders('GET', '/bank-top-ups/quote', {
      id: 'quoteBankTopUp',
      summary: 'Balances, presets, single limit, 管理费 and 新余额 of a transfer from the bank card',
      query: bankTopUpQuery,
      reply: 'TransferQuoteReply',
      errors: [...amounts, 'account.unknown', 'school.unknown'],
    }),
    holders('POST', '/bank-top-ups', {
      id: 'startBankTopUp',
      summary: '钱包充值 or 银校转账 from the bound card; the bank sends a code. A repeat of requestId is the same order',
      body: 'BankTopUpBody',
      reply: 'BankTopUpReply',
      errors: [...amounts, ...ended, 'request.replayed-differently', ...bank, ...account],
    }),
    holders('POST', '/bank-top-ups/{orderNo}/code', {
      id: 'resendBankTopUpCode',
      summary: 'A new code of the bank, once the countdown is over',
      params: { orderNo: number },
      reply: 'CodeSentReply',
      errors: ['order.unknown', 'bank.code-too-soon', 'bank.code-locked', ...bank, 'school.unknown'],
    }),
    holders('POST', '/bank-top-ups/{orderNo}/confirm', {
      id: 'confirmBankTopUp',
      summary: 'Confirm the debit; what the bank does not say now is asked until it does',
      params: { orderNo: number },
      body: 'ConfirmCodeBody',
      reply: 'BankTopUpReply',
      errors: confirming,
    }),
    holders('GET', '/wallet', {
      id: 'readWallet',
      summary: '电子钱包: balance, what is reserved, what may be withdrawn, the bound card',
      reply: 'WalletReply',
      errors: ['wallet.not-offered', 'account.unknown', 'school.unknown'],
    }),
    holders('GET', '/wallet/entries', {
      id: 'listWalletEntries',
      summary: '交易明细 of the wallet, newest first',
      query: walletEntriesQuery,
      reply: 'WalletEntriesReply',
      errors: ['wallet.not-offered', 'account.unknown', 'school.unknown'],
    }),
    holders('GET', '/wallet/limits', {
      id: 'readLimits',
      summary: '限额',
      reply: 'LimitsReply',
      errors: ['account.unknown', 'school.unknown'],
    }),
    holders('PUT', '/wallet/limits', {
      id: 'changeLimits',
      summary: 'The holder’s own limits within the school’s; raising one needs a second proof',
      body: 'LimitsBody',
      reply: 'LimitsReply',
      errors: ['limits.not-changeable', 'limits.above-school', ...provenNow, ...account],
    }),
    holders('GET', '/wallet/customer-info', {
      id: 'readCustomerInfo',
      summary: '客户信息补录: whether it is complete',
      reply: 'CustomerInfoReply',
      errors: ['school.unknown'],
    }),
    holders('PUT', '/wallet/customer-info', {
      id: 'saveCustomerInfo',
      summary: '客户信息补录: what the bank must know before money is withdrawn',
      body: 'CustomerInfoBody',
      reply: 'CustomerInfoReply',
      errors: ['wallet.not-offered', ...standing, 'account.unknown', 'school.unknown'],
    }),
    holders('GET', '/card-top-ups/quote', {
      id: 'quoteCardTopUp',
      summary: '卡片充值 from the wallet: balances, presets, cap, and what the bound card would pay',
      query: cardTopUpQuery,
      reply: 'CardQuoteReply',
      errors: [...amounts, 'account.unknown', 'school.unknown'],
    }),
    holders('POST', '/card-top-ups', {
      id: 'startCardTopUp',
      summary: '卡片充值 from the wallet, the rest from the bound card; sends the code that confirms it',
      body: 'CardTopUpBody',
      reply: 'CardTopUpReply',
      errors: [
        ...amounts,
        ...ended,
        'wallet.not-open',
        'wallet.insufficient-balance',
        'request.replayed-differently',
        ...ourSms,
        ...bank,
        ...account,
      ],
    }),
    holders('GET', '/card-top-ups/{transferNo}', {
      id: 'readCardTopUp',
      summary: 'How a 卡片充值 stands',
      params: { transferNo: number },
      reply: 'CardTopUpReply',
      errors: ['order.unknown', 'school.unknown'],
    }),
    holders('POST', '/card-top-ups/{transferNo}/code', {
      id: 'resendCardTopUpCode',
      summary: 'A new code, once the countdown is over',
      params: { transferNo: number },
      reply: 'CodeSentReply',
      errors: ['order.unknown', 'bank.code-too-soon', 'bank.code-locked', ...ourSms, ...bank, 'account.unknown', 'school.unknown'],
    }),
    holders('POST', '/card-top-ups/{transferNo}/confirm', {
      id: 'confirmCardTopUp',
      summary: 'Confirm a 卡片充值 with the code',
      params: { transferNo: number },
      body: 'ConfirmCodeBody',
      reply: 'CardTopUpReply',
      errors: ['wallet.insufficient-balance', ...provenNow, ...confirming],
    }),
    holders('POST', '/withdrawals', {
      id: 'withdraw',
      summary: '提现 to the bound card; a repeat of requestId is the same withdrawal',
      body: 'WithdrawalBody',
      reply: 'WithdrawalReply',
      errors: [
        'wallet.not-offered',
        'payment.amount-invalid',
        'wallet.over-withdrawable',
        'wallet.other-card',
        'wallet.info-required',
        'request.replayed-differently',
        ...ended,
        ...provenNow,
        ...account,
      ],
    }),
    holders('GET', '/withdrawals/{withdrawalNo}', {
      id: 'readWithdrawal',
      summary: 'How a withdrawal stands',
      params: { withdrawalNo: number },
      reply: 'WithdrawalReply',
      errors: ['pay-out.unknown', 'school.unknown'],
    }),
  ],
};
