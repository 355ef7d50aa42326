import * as v from 'valibot';
import { schoolIdSchema } from '../../shared/api/common';
import { topicOf } from '../../shared/api/messages';
import { noticeKindSchema } from '../../shared/api/notices';
import { fen } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { MESSAGE_PAGE, type MessageText, messageText } from '../domain/message-text';
import type { PhoneMessagePlatform } from '../platforms/contract';
import type { MessageTemplate, TemplatesOf } from '../platforms/phone-messages/settings';
import type { Binding, Bindings } from '../store/bindings';
import type { MessageAgreements } from '../store/message-agreements';

const lineSchema = v.object({
  schoolId: schoolIdSchema,
  accountNo: v.pipe(v.number(), v.safeInteger()),
  /** Of the notice. */
  key: v.pipe(v.string(), v.maxLength(100)),
  kind: noticeKindSchema,
  amountFen: v.pipe(v.number(), v.safeInteger(), v.transform(fen)),
  at: v.pipe(v.number(), v.safeInteger()),
});
/** A notice that was given, as the queue to the phones carries it. */
export type MessageLine = v.InferOutput<typeof lineSchema>;

export const messageLineSchema = v.pipe(v.string(), v.parseJson(), lineSchema);

export interface SendMessagesDeps {
  readonly bindings: Pick<Bindings, 'list'>;
  readonly agreements: Pick<MessageAgreements, 'take' | 'end'>;
  readonly templatesOf: TemplatesOf;
  readonly platformOf: (platform: string) => PhoneMessagePlatform | undefined;
  readonly packOf: (schoolId: string) => Promise<RulePack>;
}

/** What became of a line: apps it was sent to, and what the others failed with. */
export interface SentLine {
  readonly sent: number;
  readonly failures: readonly unknown[];
}

/**
 * Sends a notice to the apps that are bound to its account and have agreed. At most once to each: the agreement is taken before the platform is
 * called, and is not given back whatever comes of it (docs/decisions/0029-messages.md). One app's failure is no other's.
 *
 * Throws AppError `school.unknown`.
 */
export async function sendMessages(deps: SendMessagesDeps, line: MessageLine): Promise<SentLine> {
  const topic = topicOf(line.kind);
  if (topic === undefined) return { sent: 0, failures: [] };
  const { utcOffsetMinutes } = await deps.packOf(line.schoolId);
  const sendTo = async (binding: Binding): Promise<boolean> => {
    const platform = deps.platformOf(binding.platform);
    const template = deps.templatesOf(binding)[topic];
    // Its words say whether it is sent at all; the language comes with the agreement, which is not taken for nothing.
    if (platform === undefined || template === undefined || messageText(line, { language: 'zh', utcOffsetMinutes }) === undefined)
      return false;
    const language = await deps.agreements.take(binding, { topic, key: line.key, at: line.at });
    const text = language === undefined ? undefined : messageText(line, { language, utcOffsetMinutes });
    if (language === undefined || text === undefined) return false;
    const { appId, openid: openId } = binding;
    const { templateId } = template;
    const said = await platform.send({ appId, openId, templateId, page: MESSAGE_PAGE, language, data: dataOf(template, text) });
    if (said === 'not-agreed') await deps.agreements.end(binding, topic);
    return said === 'sent';
  };
  const results = await Promise.allSettled((await deps.bindings.list(line.schoolId, line.accountNo)).map(sendTo));
  return {
    sent: results.filter((one) => one.status === 'fulfilled' && one.value).length,
    failures: results.flatMap((one) => (one.status === 'rejected' ? [one.reason] : [])),
  };
}

function dataOf({ fields }: MessageTemplate, text: MessageText): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, part]) => [name, text[part]]));
}
