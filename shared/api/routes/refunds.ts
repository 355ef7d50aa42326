import * as v from 'valibot';
import type { ErrorCode } from '../../errors';
import { closeOutReply, refundableReply, refundBody, refundReply, refundsQuery, refundsReply } from '../refunds';
import type { ApiSlice } from '../route';
import { wantedAmount } from '../wanted-amount';

const refundNo = v.pipe(v.string(), v.regex(/^[0-9A-Za-z_]{6,32}$/));

const asking = [
  'auth.password-change-required',
  'auth.second-proof-required',
  'refund.over-rest',
  'refund.nothing-left',
  'refund.too-old',
  'refund.not-yours',
  'refund.too-soon',
  'request.replayed-differently',
  'account.unknown',
  'school.unknown',
  'request.busy',
] as const satisfies readonly ErrorCode[];

export const refundSlice: ApiSlice = {
  schemas: {
    RefundableReply: refundableReply,
    RefundBody: v.object({ ...refundBody.entries, amountFen: v.nullable(wantedAmount) }),
    RefundReply: refundReply,
    RefundsReply: refundsReply,
    CloseOutReply: closeOutReply,
  },
  routes: [
    {
      method: 'GET',
      path: '/student/money/refundable',
      id: 'readRefundable',
      summary: 'What of the balance could go back to whom, and what stays and why',
      caller: 'holder',
      reply: 'RefundableReply',
      errors: ['account.unknown', 'school.unknown'],
    },
    {
      method: 'POST',
      path: '/student/money/refunds',
      id: 'askRefund',
      summary: 'Give top-ups back to their payers; a repeat of requestId is the same refund',
      caller: 'holder',
      body: 'RefundBody',
      reply: 'RefundReply',
      errors: ['payment.amount-invalid', 'auth.second-proof-wrong', 'auth.second-proof-not-offered', 'auth.locked', ...asking],
    },
    {
      method: 'GET',
      path: '/student/money/refunds',
      id: 'listRefunds',
      summary: 'How refunds stand and since when, newest first; of one top-up where asked',
      caller: 'holder',
      query: refundsQuery,
      reply: 'RefundsReply',
      errors: ['school.unknown'],
    },
    {
      method: 'GET',
      path: '/student/money/refunds/{refundId}',
      id: 'readRefund',
      summary: 'How one refund stands, part by part',
      caller: 'holder',
      params: { refundId: refundNo },
      reply: 'RefundReply',
      errors: ['refund.unknown', 'school.unknown'],
    },
    {
      method: 'POST',
      path: '/student/money/refunds/{refundNo}/redirect',
      id: 'redirectRefund',
      summary: 'Send what the platform could not deliver to the bound bank card instead',
      caller: 'holder',
      params: { refundNo },
      reply: 'RefundsReply',
      errors: ['refund.unknown', 'bank.not-bound', 'refund.platform-unavailable', ...asking],
    },
    {
      method: 'GET',
      path: '/student/money/close-out',
      id: 'readCloseOut',
      summary: 'How the closing of the account stands: what went where, what remains and why',
      caller: 'holder',
      reply: 'CloseOutReply',
      errors: ['school.unknown'],
    },
  ],
};
