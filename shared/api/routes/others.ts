import * as v from 'valibot';
import type { ErrorCode } from '../../errors';
import {
  checkPayeeBody,
  checkPayeeReply,
  ordersQuery,
  pageSessionReply,
  paidForOtherSchema,
  paidForOthersReply,
  payeeSchema,
  topUpForOtherBody,
  topUpForOtherReply,
  topUpHistoryReply,
} from '../others';
import type { ApiSlice } from '../route';
import { wantedAmount } from '../wanted-amount';

const orderNo = v.pipe(v.string(), v.regex(/^[0-9A-Za-z_]{6,32}$/));
const matching = ['school.unknown', 'top-up.no-match', 'auth.locked', 'request.busy', 'top-up.channel-not-offered'] as const;
/** What a visitor's order may be refused with, by name and number or by a gift link. */
export const visitorsOrderErrors = [
  'school.unknown',
  'auth.locked',
  'request.busy',
  'top-up.channel-not-offered',
  'account.unknown',
  'account.closed',
  'top-up.not-here',
  'top-up.amount-invalid',
  'top-up.over-cap',
  'top-up.over-max-balance',
  'request.replayed-differently',
  'top-up.platform-refused',
  'top-up.platform-unavailable',
] as const satisfies readonly ErrorCode[];

export const othersSlice: ApiSlice = {
  schemas: {
    PageSessionReply: pageSessionReply,
    Payee: payeeSchema,
    CheckPayeeBody: checkPayeeBody,
    CheckPayeeReply: checkPayeeReply,
    TopUpForOtherBody: v.object({ ...topUpForOtherBody.entries, amountFen: wantedAmount }),
    TopUpForOtherReply: topUpForOtherReply,
    PaidForOther: paidForOtherSchema,
    PaidForOthersReply: paidForOthersReply,
    TopUpHistoryReply: topUpHistoryReply,
  },
  routes: [
    {
      method: 'POST',
      path: '/student/money/page-sessions',
      id: 'startPage',
      summary: 'A page on a computer begins a visit, to pay for others',
      caller: 'anyone',
      reply: 'PageSessionReply',
      errors: [],
    },
    {
      method: 'GET',
      path: '/student/money/top-ups',
      id: 'listTopUps',
      summary: 'The holder’s own top-ups and what others paid, newest first, a page at a time',
      caller: 'holder',
      query: ordersQuery,
      reply: 'TopUpHistoryReply',
      errors: ['school.unknown'],
    },
    {
      method: 'POST',
      path: '/student/money/top-ups-for-others/check',
      id: 'checkPayee',
      summary: 'Name and number as typed: whom the money is for, before there is an order',
      caller: 'visitor',
      body: 'CheckPayeeBody',
      reply: 'CheckPayeeReply',
      errors: matching,
    },
    {
      method: 'POST',
      path: '/student/money/top-ups-for-others',
      id: 'payForOther',
      summary: 'Top up somebody’s card by name and number; no password, no binding',
      caller: 'visitor',
      body: 'TopUpForOtherBody',
      reply: 'TopUpForOtherReply',
      errors: ['top-up.no-match', ...visitorsOrderErrors],
    },
    {
      method: 'GET',
      path: '/student/money/top-ups-for-others',
      id: 'listPaidForOthers',
      summary: 'What this visitor paid for others, newest first, a page at a time',
      caller: 'visitor',
      query: ordersQuery,
      reply: 'PaidForOthersReply',
      errors: ['school.unknown'],
    },
    {
      method: 'GET',
      path: '/student/money/top-ups-for-others/{orderNo}',
      id: 'readPaidForOther',
      summary: 'One of them; looking asks the platform',
      caller: 'visitor',
      params: { orderNo },
      reply: 'PaidForOther',
      errors: ['order.unknown', 'school.unknown'],
    },
  ],
};
