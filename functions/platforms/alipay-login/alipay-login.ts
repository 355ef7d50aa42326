import * as v from 'valibot';
import { AppError } from '../../../shared/errors';
import { gatewaysByApp, isTheirFault } from '../alipay/gateway';
import { askingApps, gatewayEntries } from '../alipay/settings';
import type { LoginIdentity, LoginPlatform } from '../contract';
import type { PlatformDeps } from '../platform-deps';
import { baseUrlSetting, readSettings } from '../settings';

export const alipayLoginSettings = v.object({
  /** `https://openauth.alipay.com` in production. */
  authUrl: baseUrlSetting,
  ...gatewayEntries,
  apps: askingApps,
});

/**
 * New apps get `open_id` and no `user_id`, old ones the reverse. The access token is also here; the schema drops it.
 */
const identitySchema = v.object({
  open_id: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(128))),
  user_id: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(128))),
  union_id: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(128))),
});

/**
 * Alipay sign-in: alipay.system.oauth.token for `my.getAuthCode` and for pages in the web view alike.
 * @throws AppError config.invalid
 */
export function createAlipayLogin(input: unknown, deps: PlatformDeps): LoginPlatform {
  const settings = readSettings('alipay-login', alipayLoginSettings, input);
  const gateways = gatewaysByApp(settings, deps, 'auth.platform-unavailable');

  function known(appId: string) {
    const gateway = gateways.get(appId);
    if (gateway === undefined) throw new AppError('auth.platform-refused', { platform: 'alipay-login' });
    return gateway;
  }

  return {
    async exchangeCode({ code, appId }) {
      const answer = await known(appId).call({
        method: 'alipay.system.oauth.token',
        params: { grant_type: 'authorization_code', code },
      });
      if (answer.isError) throw refusal(answer);
      return readIdentity(answer.content);
    },

    webAuthorizeUrl({ appId, redirectUri, state }) {
      known(appId);
      const query = new URLSearchParams({ app_id: appId, scope: 'auth_base', redirect_uri: redirectUri, state });
      return `${settings.authUrl}/oauth2/publicAppAuthorize.htm?${query}`;
    },
  };
}

function readIdentity(content: unknown): LoginIdentity {
  const parsed = v.safeParse(identitySchema, content);
  const openid = parsed.success ? (parsed.output.open_id ?? parsed.output.user_id) : undefined;
  if (!parsed.success || openid === undefined) {
    throw new AppError('auth.platform-unavailable', { platform: 'alipay-login', reason: 'answer-malformed' });
  }
  const unionid = parsed.output.union_id;
  return unionid === undefined ? { openid } : { openid, unionid };
}

/** isv.code-invalid and isv.grant-type-invalid speak of the code; a wrong signature or app is our configuration. */
function refusal(error: { readonly code: string; readonly subCode: string }): AppError {
  const detail = { platform: 'alipay-login', code: error.code, platformCode: error.subCode };
  if (isTheirFault(error)) return new AppError('auth.platform-unavailable', detail);
  const isOurs = /^isv\.(?:invalid-signature|invalid-app-id|missing-app-id|invalid-timestamp)$/.test(error.subCode);
  return new AppError(isOurs ? 'config.invalid' : 'auth.platform-refused', detail);
}
