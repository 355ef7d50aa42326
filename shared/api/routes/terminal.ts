import * as v from 'valibot';
import type { ErrorCode } from '../../errors';
import type { ApiSlice } from '../route';
import { saleBody, saleReply } from '../terminal';
import { wantedAmount } from '../wanted-amount';

const [saleByCode, saleByCard] = saleBody.options;

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
  'code.first-sync',
  'code.frozen',
  'code.identity-only',
  'code.invalid',
  'code.malformed',
  'code.not-yet-valid',
  'code.pass',
  'code.identity-pass',
  'code.unionpay',
  'code.used',
  'code.wechat',
  'payment.amount-invalid',
  'payment.insufficient-balance',
  'payment.not-charged',
  'payment.over-day-limit',
  'payment.over-meal-limit',
  'payment.over-terminal-limit',
  'payment.over-transaction-limit',
  'payment.pin-locked',
  'payment.pin-required',
  'payment.pin-wrong',
  'claim.pin-unreadable',
  'payment.unknown',
  'terminal.clock',
  'wallet.not-open',
  'wallet.insufficient-balance',
  // A wallet code whose rest the bank was to pay.
  'bank.binding-ended',
  'bank.over-limit',
  'bank.refused',
];
const sale = {
  caller: 'terminal',
  body: 'SaleBody',
  reply: 'SaleReply',
  errors: ['payment.other-body', 'school.unknown'],
  answers: saleAnswers,
} as const;

export const terminalSlice: ApiSlice = {
  schemas: {
    SaleBody: v.variant('kind', [
      v.strictObject({ ...saleByCode.entries, amountFen: wantedAmount }),
      v.strictObject({ ...saleByCard.entries, amountFen: wantedAmount }),
    ]),
    SaleReply: saleReply,
  },
  routes: [
    {
      method: 'POST',
      path: '/terminal/charges',
      id: 'charge',
      summary: 'Charge by campus code or card; repeat the same bytes until definite',
      ...sale,
    },
    {
      method: 'POST',
      path: '/terminal/pin-charges',
      id: 'chargeWithPin',
      summary: 'Charge above the password-free limit, with the password typed at the till; repeat the same bytes until definite',
      ...sale,
    },
    { method: 'POST', path: '/terminal/charges/query', id: 'queryCharge', summary: 'Was it charged?', ...sale },
    { method: 'POST', path: '/terminal/voids', id: 'voidCharge', summary: 'Take a charge back, at most once', ...sale },
  ],
};
