import * as v from 'valibot';
import { agreeMessagesBody, phoneMessagesReply } from '../messages';
import { pageQuery } from '../money-flow';
import { noticeSettingsBody, noticeSettingsReply, noticesReply, readNoticesBody, readNoticesReply } from '../notices';
import type { ApiSlice } from '../route';
import { wantedAmount } from '../wanted-amount';

const path = '/student/money/notices';
const wantedThreshold = v.object({ on: v.boolean(), fen: wantedAmount });

export const noticesSlice: ApiSlice = {
  schemas: {
    NoticesReply: noticesReply,
    ReadNoticesBody: readNoticesBody,
    ReadNoticesReply: readNoticesReply,
    NoticeSettingsBody: v.object({ ...noticeSettingsBody.entries, lowBalance: wantedThreshold, largeSpend: wantedThreshold }),
    NoticeSettingsReply: noticeSettingsReply,
    AgreeMessagesBody: agreeMessagesBody,
    PhoneMessagesReply: phoneMessagesReply,
  },
  routes: [
    {
      method: 'GET',
      path,
      id: 'listNotices',
      summary: 'What the holder is to know of the account, newest first',
      caller: 'holder',
      query: pageQuery,
      reply: 'NoticesReply',
      errors: ['school.unknown'],
    },
    {
      method: 'POST',
      path: `${path}/read`,
      id: 'markNoticesRead',
      summary: 'Everything up to a notice has been seen',
      caller: 'holder',
      body: 'ReadNoticesBody',
      reply: 'ReadNoticesReply',
      errors: ['notices.unknown', 'request.busy'],
    },
    {
      method: 'GET',
      path: `${path}/settings`,
      id: 'readNoticeSettings',
      summary: 'What the holder is told of, and the amounts the school lets one choose',
      caller: 'holder',
      reply: 'NoticeSettingsReply',
      errors: ['school.unknown'],
    },
    {
      method: 'PUT',
      path: `${path}/settings`,
      id: 'saveNoticeSettings',
      summary: 'Switches and amounts; a loss and a bound app are told always',
      caller: 'holder',
      body: 'NoticeSettingsBody',
      reply: 'NoticeSettingsReply',
      errors: ['notices.amount-not-offered', 'school.unknown'],
    },
    {
      method: 'GET',
      path: `${path}/messages`,
      id: 'readPhoneMessages',
      summary: 'Which messages of the platform the holder can agree to in this app, and how many may still come',
      caller: 'holder',
      reply: 'PhoneMessagesReply',
      errors: [],
    },
    {
      method: 'POST',
      path: `${path}/messages`,
      id: 'agreeToMessages',
      summary: "The platform's question was answered with yes: one more message of this topic",
      caller: 'holder',
      body: 'AgreeMessagesBody',
      reply: 'PhoneMessagesReply',
      errors: ['messages.not-offered', 'request.busy'],
    },
  ],
};
