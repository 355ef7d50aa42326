import * as v from 'valibot';
import { schoolIdSchema } from '../../../shared/api/common';
import { type MessageTopic, messageTopicSchema } from '../../../shared/api/messages';
import { MESSAGE_PARTS, type MessagePart } from '../../domain/message-text';
import { readSettings, textSetting } from '../settings';

/** A template that the operator was granted, and which of its fields shows what. */
export interface MessageTemplate {
  readonly templateId: string;
  readonly fields: Readonly<Record<string, MessagePart>>;
}
export type MessageTemplates = Readonly<Partial<Record<MessageTopic, MessageTemplate>>>;

const template = v.object({ templateId: textSetting, fields: v.record(textSetting, v.picklist(MESSAGE_PARTS)) });

const app = v.object({
  platform: v.picklist(['wechat-mini', 'alipay-mini']),
  appId: textSetting,
  /** Schools whose notices go out by these templates. */
  schools: v.array(schoolIdSchema),
  templates: v.record(messageTopicSchema, template),
});
type App = v.InferOutput<typeof app>;

/** WeChat fixes by a field's name what may stand in it ("订阅消息参数值内容限制说明"); another pairing would be refused at every sending. */
const WECHAT_FIELD: Readonly<Record<MessagePart, RegExp>> = {
  what: /^thing\d{1,2}$/,
  advice: /^thing\d{1,2}$/,
  amount: /^amount\d{1,2}$/,
  time: /^(?:time|date)\d{1,2}$/,
};

function isSendable({ platform, templates }: App): boolean {
  return Object.entries(templates).every(([topic, { fields }]) =>
    Object.entries(fields).every(
      // A loss has no amount.
      ([name, part]) => (platform !== 'wechat-mini' || WECHAT_FIELD[part].test(name)) && !(topic === 'security' && part === 'amount'),
    ),
  );
}

const placesOf = ({ platform, appId, schools }: App): string[] => schools.map((schoolId) => `${platform}/${appId}/${schoolId}`);

const phoneMessageSettings = v.object({
  apps: v.pipe(
    v.array(v.pipe(app, v.check(isSendable))),
    v.check((apps) => new Set(apps.flatMap(placesOf)).size === apps.flatMap(placesOf).length),
  ),
});

/** Templates of an app at a school; none where the operator has entered none. */
export type TemplatesOf = (place: { readonly platform: string; readonly appId: string; readonly schoolId: string }) => MessageTemplates;

/** `ECODE_MESSAGES`; absent, nobody is sent a message. @throws AppError config.invalid */
export function createTemplates(input: unknown): TemplatesOf {
  const { apps } = readSettings('phone-messages', phoneMessageSettings, input ?? { apps: [] });
  return ({ platform, appId, schoolId }) =>
    apps.find((one) => one.platform === platform && one.appId === appId && one.schools.includes(schoolId))?.templates ?? {};
}
