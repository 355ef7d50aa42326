import * as v from 'valibot';
import { disputeBody, disputeReply, disputesReply } from '../disputes';
import type { ApiSlice } from '../route';

export const disputeSlice: ApiSlice = {
  schemas: { DisputeBody: disputeBody, DisputeReply: disputeReply, DisputesReply: disputesReply },
  routes: [
    {
      method: 'POST',
      path: '/student/money/disputes',
      id: 'disputeSale',
      summary: '有疑问: doubt a sale; reversed at once where the terminal’s own statement lacks it',
      caller: 'holder',
      body: 'DisputeBody',
      reply: 'DisputeReply',
      errors: ['dispute.not-disputable', 'reversal.already', 'account.unknown', 'school.unknown', 'request.busy'],
    },
    {
      method: 'GET',
      path: '/student/money/disputes',
      id: 'listDisputes',
      summary: 'The holder’s disputes and since when they stand so',
      caller: 'holder',
      reply: 'DisputesReply',
      errors: ['school.unknown'],
    },
    {
      method: 'GET',
      path: '/student/money/disputes/{n}',
      id: 'readDispute',
      summary: 'How one dispute stands',
      caller: 'holder',
      params: { n: v.pipe(v.string(), v.regex(/^[1-9]\d{0,9}$/)) },
      reply: 'DisputeReply',
      errors: ['dispute.unknown', 'account.unknown', 'school.unknown', 'request.busy'],
    },
  ],
};
