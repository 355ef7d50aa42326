import * as v from 'valibot';
import { createGiftBody, giftLinkReply, giftSchema, giftsQuery, giftsReply, payGiftBody } from '../gifts';
import type { ApiSlice } from '../route';
import { wantedAmount } from '../wanted-amount';
import { visitorsOrderErrors } from './others';

const params = { token: v.pipe(v.string(), v.regex(/^g1\.[a-z][a-z0-9-]{1,15}\.[\w-]{22}\.[\w-]{22}$/)) };

export const giftSlice: ApiSlice = {
  schemas: {
    CreateGiftBody: v.object({ ...createGiftBody.entries, maxTotalFen: wantedAmount }),
    Gift: giftSchema,
    GiftsReply: giftsReply,
    GiftLinkReply: giftLinkReply,
    PayGiftBody: v.object({ ...payGiftBody.entries, amountFen: wantedAmount }),
  },
  routes: [
    {
      method: 'POST',
      path: '/student/money/gifts',
      id: 'createGift',
      summary: 'A link by which others may put money on the card, capped and expiring',
      caller: 'holder',
      body: 'CreateGiftBody',
      reply: 'Gift',
      errors: [
        'school.unknown',
        'top-up.channel-not-offered',
        'top-up.amount-invalid',
        'top-up.over-cap',
        'account.unknown',
        'account.closed',
        'request.replayed-differently',
        'request.busy',
      ],
    },
    {
      method: 'GET',
      path: '/student/money/gifts',
      id: 'listGifts',
      summary: 'The holder’s links with what came by each, newest first, a page at a time',
      caller: 'holder',
      query: giftsQuery,
      reply: 'GiftsReply',
      errors: ['school.unknown'],
    },
    {
      method: 'POST',
      path: '/student/money/gifts/{token}/end',
      id: 'endGift',
      summary: 'The owner switches a link off',
      caller: 'holder',
      params,
      reply: 'Gift',
      errors: ['gift.invalid', 'school.unknown', 'request.busy'],
    },
    {
      method: 'GET',
      path: '/student/money/gifts/{token}',
      id: 'showGift',
      summary: 'What a guest is told: school, masked name, what is left, until when',
      caller: 'anyone',
      params,
      reply: 'GiftLinkReply',
      errors: ['gift.invalid', 'gift.ended', 'gift.expired', 'school.unknown', 'account.unknown'],
    },
    {
      method: 'POST',
      path: '/student/money/gifts/{token}/top-ups',
      id: 'payGift',
      summary: 'A guest pays by the link, within its cap',
      caller: 'visitor',
      params,
      body: 'PayGiftBody',
      reply: 'TopUpForOtherReply',
      errors: ['gift.invalid', 'gift.ended', 'gift.expired', 'gift.own-link', 'gift.over-cap', ...visitorsOrderErrors],
    },
  ],
};
