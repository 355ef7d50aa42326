import * as v from 'valibot';
import { utilityNameSchema } from '../common';
import type { ApiSlice } from '../route';
import { findUtilityQuery, payUtilityBody, utilityAccountReply, utilityPaymentReply, utilityPaymentsReply } from '../utilities';
import { wantedAmount } from '../wanted-amount';

const params = { utility: utilityNameSchema };

export const utilitySlice: ApiSlice = {
  schemas: {
    UtilityAccountReply: utilityAccountReply,
    PayUtilityBody: v.object({ ...payUtilityBody.entries, amountFen: wantedAmount }),
    UtilityPaymentReply: utilityPaymentReply,
    UtilityPaymentsReply: utilityPaymentsReply,
  },
  routes: [
    {
      method: 'GET',
      path: '/student/money/utilities/{utility}/account',
      id: 'findUtility',
      summary: 'Whose network or electricity account it is, masked',
      caller: 'holder',
      params,
      query: findUtilityQuery,
      reply: 'UtilityAccountReply',
      errors: [
        'utility.not-offered',
        'utility.account-unknown',
        'utility.unavailable',
        'utility.refused',
        'request.not-found',
        'school.unknown',
      ],
    },
    {
      method: 'POST',
      path: '/student/money/utilities/{utility}/payments',
      id: 'payUtility',
      summary: 'Pay from card or wallet; a repeat of requestId is the same payment',
      caller: 'holder',
      params,
      body: 'PayUtilityBody',
      reply: 'UtilityPaymentReply',
      errors: [
        'utility.not-offered',
        'utility.account-unknown',
        'utility.unavailable',
        'utility.refused',
        'payment.amount-invalid',
        'payment.insufficient-balance',
        'wallet.not-open',
        'wallet.insufficient-balance',
        'auth.password-change-required',
        'auth.second-proof-required',
        'card.lost',
        'account.closed',
        'account.unknown',
        'request.replayed-differently',
        'request.busy',
        'request.not-found',
        'school.unknown',
      ],
    },
    {
      method: 'GET',
      path: '/student/money/utilities/payments',
      id: 'listUtilityPayments',
      summary: 'The holder’s newest payments',
      caller: 'holder',
      reply: 'UtilityPaymentsReply',
      errors: ['school.unknown'],
    },
    {
      method: 'GET',
      path: '/student/money/utilities/payments/{payOutNo}',
      id: 'readUtilityPayment',
      summary: 'How a payment stands; a pending one is asked about',
      caller: 'holder',
      params: { payOutNo: v.pipe(v.string(), v.regex(/^[0-9A-Za-z_]{6,32}$/)) },
      reply: 'UtilityPaymentReply',
      errors: ['pay-out.unknown', 'school.unknown'],
    },
  ],
};
