import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { systemClock } from '../lib/clock';
import { jsonSetting, loadEnvironment, readConfig, tableSettings } from '../lib/config';
import { createLog } from '../lib/logger';
import { createCounter } from '../lib/metrics';
import { type MessageLine, type SendMessagesDeps, type SentLine, sendMessages } from '../operations/send-messages';
import { createAlipayMessages } from '../platforms/phone-messages/alipay-messages';
import { createTemplates } from '../platforms/phone-messages/settings';
import { createWechatMessages } from '../platforms/phone-messages/wechat-messages';
import { createBindings } from '../store/bindings';
import { createMessageAgreements } from '../store/message-agreements';
import { messagesSetting } from './messages-setting';
import { createConfirmDeps, createDatabase } from './money-in';

export const messageReport = { log: createLog(), counter: createCounter() };

const settings = v.object({
  ...tableSettings,
  ...messagesSetting,
  ECODE_WECHAT_LOGIN: jsonSetting,
  ECODE_ALIPAY_LOGIN: jsonSetting,
});

/** Sends copies of notices to phones. It can neither read the passbook nor write anything but account rows. @throws AppError config.invalid */
export async function wireSendMessages(): Promise<(line: MessageLine) => Promise<SentLine>> {
  const config = readConfig(settings, await loadEnvironment(process.env, fetch));
  const database = createDatabase(config);
  const world = { fetch, now: systemClock, randomBytes };
  const platforms = new Map([
    ['wechat-mini', createWechatMessages(config.ECODE_WECHAT_LOGIN, world)],
    ['alipay-mini', createAlipayMessages(config.ECODE_ALIPAY_LOGIN, world)],
  ]);
  const deps: SendMessagesDeps = {
    bindings: createBindings(database),
    agreements: createMessageAgreements(database),
    templatesOf: createTemplates(config.ECODE_MESSAGES),
    platformOf: (platform) => platforms.get(platform),
    packOf: createConfirmDeps(database).packOf,
  };
  return (line) => sendMessages(deps, line);
}
