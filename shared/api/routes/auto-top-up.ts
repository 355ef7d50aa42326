import * as v from 'valibot';
import { autoTopUpReply, changeAutoTopUpBody, startAutoTopUpBody, startAutoTopUpReply } from '../auto-top-up';
import type { ApiSlice } from '../route';
import { wantedAmount } from '../wanted-amount';

const path = '/student/money/auto-top-up';
const amounts = { thresholdFen: wantedAmount, amountFen: wantedAmount, monthlyCapFen: wantedAmount };
const settings = ['auto-top-up.not-offered', 'top-up.amount-invalid', 'top-up.over-cap', 'school.unknown', 'request.busy'] as const;
const asking = ['deduct.platform-refused', 'deduct.platform-unavailable'] as const;

export const autoTopUpSlice: ApiSlice = {
  schemas: {
    StartAutoTopUpBody: v.object({ ...startAutoTopUpBody.entries, ...amounts }),
    StartAutoTopUpReply: startAutoTopUpReply,
    ChangeAutoTopUpBody: v.object({ ...changeAutoTopUpBody.entries, ...amounts }),
    AutoTopUpReply: autoTopUpReply,
  },
  routes: [
    {
      method: 'GET',
      path,
      id: 'readAutoTopUp',
      summary: 'What the school offers and what the holder has agreed to',
      caller: 'holder',
      reply: 'AutoTopUpReply',
      errors: ['school.unknown'],
    },
    {
      method: 'POST',
      path,
      id: 'startAutoTopUp',
      summary: 'Ask the holder’s consent on the platform’s own page',
      caller: 'holder',
      body: 'StartAutoTopUpBody',
      reply: 'StartAutoTopUpReply',
      errors: [...settings, ...asking, 'top-up.not-here', 'auto-top-up.already-signed', 'account.unknown'],
    },
    {
      method: 'POST',
      path: `${path}/confirm`,
      id: 'confirmAutoTopUp',
      summary: 'Back from that page: ask the platform whether it is agreed',
      caller: 'holder',
      reply: 'AutoTopUpReply',
      errors: ['auto-top-up.not-signed', 'auto-top-up.not-offered', ...asking, 'school.unknown', 'request.busy'],
    },
    {
      method: 'PUT',
      path,
      id: 'changeAutoTopUp',
      summary: 'Other settings, or the switch',
      caller: 'holder',
      body: 'ChangeAutoTopUpBody',
      reply: 'AutoTopUpReply',
      errors: [...settings, 'auto-top-up.not-signed'],
    },
    {
      method: 'DELETE',
      path,
      id: 'endAutoTopUp',
      summary: 'End the agreement, here at once and at the platform',
      caller: 'holder',
      reply: 'AutoTopUpReply',
      errors: ['auto-top-up.not-signed', 'auto-top-up.not-offered', ...asking, 'school.unknown', 'request.busy'],
    },
  ],
};
