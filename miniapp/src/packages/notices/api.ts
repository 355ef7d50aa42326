import * as v from 'valibot';
import { type AgreeMessagesBody, type PhoneMessagesReply, phoneMessagesReply } from '../../../../shared/api/messages';
import {
  type NoticeSettingsReply,
  noticeKindSchema,
  noticeSettingsReply,
  noticesReply,
  noticeViewSchema,
  readNoticesReply,
} from '../../../../shared/api/notices';
import { client } from '../../state/services';

const PATH = '/student/money/notices';
const MESSAGES = `${PATH}/messages`;
const SETTINGS = `${PATH}/settings`;

/** A server tells of more, on any day, than an app in a pocket knows by name; one such notice must not hide the others. */
const kind = v.union([
  noticeKindSchema,
  v.pipe(
    v.string(),
    v.transform(() => 'other' as const),
  ),
]);
const shownNotice = v.object({ ...noticeViewSchema.entries, kind });
const shownNotices = v.object({ ...noticesReply.entries, notices: v.array(shownNotice) });
export type ShownNotice = v.InferOutput<typeof shownNotice>;

/** What the holder may choose; what the school offers beside it is not theirs to send. */
export interface SettingsWish {
  readonly lowBalance: { readonly on: boolean; readonly fen: number };
  readonly largeSpend: { readonly on: boolean; readonly fen: number };
  readonly claimWaiting: { readonly on: boolean };
  readonly refund: { readonly on: boolean };
}

/** One function an endpoint under /student/money/notices; shapes are those of shared/api/notices.ts. */
export const noticesApi = {
  list: (cursor?: string) => client({ method: 'GET', path: PATH, query: { cursor } }, shownNotices),
  read: (through: string) => client({ method: 'POST', path: `${PATH}/read`, body: { through } }, readNoticesReply),
  settings: (): Promise<NoticeSettingsReply> => client({ method: 'GET', path: SETTINGS }, noticeSettingsReply),
  messages: (): Promise<PhoneMessagesReply> => client({ method: 'GET', path: MESSAGES }, phoneMessagesReply),
  agree: (body: AgreeMessagesBody): Promise<PhoneMessagesReply> => client({ method: 'POST', path: MESSAGES, body }, phoneMessagesReply),
  save: (wish: SettingsWish): Promise<NoticeSettingsReply> => client({ method: 'PUT', path: SETTINGS, body: wish }, noticeSettingsReply),
};
