import { AppError } from '../../../shared/errors';
import { gatewaysByApp, isTheirFault } from '../alipay/gateway';
import { alipayLoginSettings } from '../alipay-login/alipay-login';
import type { PhoneMessagePlatform } from '../contract';
import type { PlatformDeps } from '../platform-deps';
import { readSettings } from '../settings';

const PLATFORM = 'alipay-messages';
/** Old apps know people by these 16 digits, newer ones by an open_id. */
const USER_ID = /^2088\d{12}$/;
/** What a missing agreement is called was found in no public document: these are likely names. Another one counts as refused, and our own count goes down all the same. */
const NOT_AGREED = /UN_?SUBSCRIBE|NOT_SUBSCRIBE|SUBSCRIBE_(?:NOT|LIMIT|EXPIRE)/;

/**
 * Alipay's 小程序订阅消息: alipay.open.app.mini.templatemessage.send (docs.open.alipay.com/api_5/alipay.open.app.mini.templatemessage.send). Its settings are those of the sign-in,
 * whose apps and keys these are.
 * @throws AppError config.invalid
 */
export function createAlipayMessages(input: unknown, deps: PlatformDeps): PhoneMessagePlatform {
  const settings = readSettings(PLATFORM, alipayLoginSettings, input);
  const gateways = gatewaysByApp(settings, deps, 'messages.platform-unavailable');
  return {
    async send({ appId, openId, templateId, page, data }) {
      const gateway = gateways.get(appId);
      if (gateway === undefined) throw new AppError('config.invalid', { platform: PLATFORM, setting: 'apps' });
      const fields = Object.fromEntries(Object.entries(data).map(([name, value]) => [name, { value }]));
      const answer = await gateway.call({
        method: 'alipay.open.app.mini.templatemessage.send',
        bizContent: {
          ...(USER_ID.test(openId) ? { to_user_id: openId } : { to_open_id: openId }),
          user_template_id: templateId,
          page,
          // JSON as text inside JSON, as the platform wants it.
          data: JSON.stringify(fields),
        },
      });
      if (!answer.isError) return 'sent';
      if (answer.signed && NOT_AGREED.test(answer.subCode)) return 'not-agreed';
      const detail = { platform: PLATFORM, code: answer.code, platformCode: answer.subCode };
      throw new AppError(isTheirFault(answer) ? 'messages.platform-unavailable' : 'messages.platform-refused', detail);
    },
  };
}
