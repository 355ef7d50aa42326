import * as v from 'valibot';
import type { SmsGateway } from '../contract';
import type { PlatformDeps } from '../platform-deps';
import { readSettings } from '../settings';
import { type MessageKind, messageEntries, messageSettings, readMessage, sendSigned } from '../signed-message';

const SMS: MessageKind = { name: 'sms', refused: 'auth.sms-refused', unavailable: 'auth.sms-unavailable' };

const messageSchema = v.object({
  // 13 to 19 begin a mainland mobile; 100 begins nobody's, and stands for made-up cardholders.
  mobile: v.pipe(v.string(), v.regex(/^1(?:[3-9]\d|00)\d{8}$/)),
  ...messageEntries,
});

/** `{"mobile":"13800000000","template":"second-proof","code":"123456","requestId":"sms_01J…"}`, signed as `signed-message` says. @throws AppError config.invalid */
export function createSmsGateway(input: unknown, deps: PlatformDeps): SmsGateway {
  const settings = readSettings('sms', messageSettings, input);
  return { send: async (message) => sendSigned(SMS, settings, deps, readMessage(messageSchema, message)) };
}
