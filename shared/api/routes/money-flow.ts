import { claimInAppBody, claimInAppReply, pageQuery, subsidiesReply, transfersReply } from '../money-flow';
import type { ApiSlice } from '../route';

export const moneyFlowSlice: ApiSlice = {
  schemas: {
    ClaimInAppBody: claimInAppBody,
    ClaimInAppReply: claimInAppReply,
    TransfersReply: transfersReply,
    SubsidiesReply: subsidiesReply,
  },
  routes: [
    {
      method: 'POST',
      path: '/student/money/claims',
      id: 'claimInApp',
      summary: 'Claim what waits without a machine, where the school allows it',
      caller: 'holder',
      body: 'ClaimInAppBody',
      reply: 'ClaimInAppReply',
      errors: ['claim.not-here', 'claim.nothing', 'account.closed', 'account.unknown', 'request.busy', 'school.unknown'],
    },
    {
      method: 'GET',
      path: '/student/money/transfers',
      id: 'listMyTransfers',
      summary: 'Money in, waiting, claimed, moved and out, newest first',
      caller: 'holder',
      query: pageQuery,
      reply: 'TransfersReply',
      errors: ['account.unknown', 'school.unknown'],
    },
    {
      method: 'GET',
      path: '/student/money/subsidies',
      id: 'readSubsidies',
      summary: 'Granted lots and when each runs out',
      caller: 'holder',
      reply: 'SubsidiesReply',
      errors: ['account.unknown', 'school.unknown'],
    },
  ],
};
