import * as v from 'valibot';
import type { MailGateway } from '../contract';
import type { PlatformDeps } from '../platform-deps';
import { readSettings } from '../settings';
import { type MessageKind, messageEntries, messageSettings, readMessage, sendSigned } from '../signed-message';

const MAIL: MessageKind = { name: 'mail', refused: 'auth.mail-refused', unavailable: 'auth.mail-unavailable' };

const messageSchema = v.object({
  // One address and nothing that a mail header could be continued with.
  email: v.pipe(v.string(), v.maxLength(254), v.email()),
  ...messageEntries,
});

/** `{"email":"2021000037@school.example","template":"identity-check","code":"123456","requestId":"idc_01J…"}`, signed as `signed-message` says. @throws AppError config.invalid */
export function createMailGateway(input: unknown, deps: PlatformDeps): MailGateway {
  const settings = readSettings('mail', messageSettings, input);
  return { send: async (message) => sendSigned(MAIL, settings, deps, readMessage(messageSchema, message)) };
}
