import * as v from 'valibot';
import type { NoticeKind } from './notices';

/** What one agrees to hear of by messages of the platform: one template each, since an agreement is to a template. */
export const messageTopicSchema = v.picklist(['large-spend', 'low-balance', 'security', 'claim-waiting', 'refund']);
export type MessageTopic = v.InferOutput<typeof messageTopicSchema>;

/** Notices that are also sent as a message. Those that are missing lie in the inbox only. */
const TOPICS: Readonly<Partial<Record<NoticeKind, MessageTopic>>> = {
  'large-spend': 'large-spend',
  'low-balance': 'low-balance',
  'loss-reported': 'security',
  'loss-cancelled': 'security',
  'app-bound': 'security',
  'claim-waiting': 'claim-waiting',
  'sale-refunded': 'refund',
  'refund-returned': 'refund',
};

export function topicOf(kind: NoticeKind): MessageTopic | undefined {
  return TOPICS[kind];
}

/** An agreement that is not used up by a person who keeps agreeing: enough for a month, and few after the app is given away. */
export const MOST_AGREED = 10;
export const messageAgreementSchema = v.object({
  topic: messageTopicSchema,
  /** So many messages may still come. */
  left: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MOST_AGREED)),
});
export type MessageAgreement = v.InferOutput<typeof messageAgreementSchema>;

export const phoneMessagesReply = v.object({
  /** Empty in a browser, and where the school has no templates for this app. */
  topics: v.array(
    v.object({
      ...messageAgreementSchema.entries,
      /** What the platform's own question is to be asked about. */
      templateId: v.string(),
    }),
  ),
});
export type PhoneMessagesReply = v.InferOutput<typeof phoneMessagesReply>;

/** The platform's question was answered with yes: one more message may come, in the language that the app has now. */
export const agreeMessagesBody = v.object({ topic: messageTopicSchema, language: v.picklist(['zh', 'en']) });
export type AgreeMessagesBody = v.InferOutput<typeof agreeMessagesBody>;
