import { type AgreeMessagesBody, messageTopicSchema, type PhoneMessagesReply } from '../../shared/api/messages';
import { AppError } from '../../shared/errors';
import type { TemplatesOf } from '../platforms/phone-messages/settings';
import type { MessageAgreements } from '../store/message-agreements';
import type { HolderCaller } from './caller';

export interface PhoneMessagesDeps {
  readonly agreements: Pick<MessageAgreements, 'left' | 'agree'>;
  readonly templatesOf: TemplatesOf;
}

/** What the caller's own app can be asked to agree to, and how many messages may still come. */
export async function readPhoneMessages(deps: PhoneMessagesDeps, caller: HolderCaller): Promise<PhoneMessagesReply> {
  return viewOf(deps, caller, await deps.agreements.left(caller.bound));
}

/** The person said yes to the platform's question: one more message. Throws AppError `messages.not-offered`, `request.busy`. */
export async function agreeToMessages(deps: PhoneMessagesDeps, caller: HolderCaller, wish: AgreeMessagesBody): Promise<PhoneMessagesReply> {
  if (templatesAt(deps, caller)[wish.topic] === undefined) throw new AppError('messages.not-offered');
  return viewOf(deps, caller, await deps.agreements.agree(caller.bound, wish));
}

function templatesAt({ templatesOf }: PhoneMessagesDeps, { identity, bound }: HolderCaller) {
  return templatesOf({ platform: identity.platform, appId: identity.appId, schoolId: bound.schoolId });
}

function viewOf(deps: PhoneMessagesDeps, caller: HolderCaller, left: Awaited<ReturnType<MessageAgreements['left']>>): PhoneMessagesReply {
  const templates = templatesAt(deps, caller);
  return {
    topics: messageTopicSchema.options.flatMap((topic) => {
      const template = templates[topic];
      return template === undefined ? [] : [{ topic, templateId: template.templateId, left: left[topic] ?? 0 }];
    }),
  };
}
