import type { Container } from './contract';

/** Which app's web view a browser build runs in, told by the user agent as both vendors document it. */
export function webContainer(userAgent: string): Container {
  if (/AlipayClient/i.test(userAgent)) return 'alipay-web';
  // WeChat Work calls itself WeChat as well.
  if (/wxwork/i.test(userAgent)) return 'wecom-web';
  if (/MicroMessenger/i.test(userAgent)) return 'wechat-web';
  return 'plain';
}

export interface OAuthReturn {
  /** Empty where the visitor was sent back without one: cancelled, or refused. */
  readonly code: string;
  readonly state: string;
  /** Which provider says so, where it says it (RFC 9207). */
  readonly issuer: string | undefined;
  /** The address without what the platform added. */
  readonly search: string;
}

/** What a consent page added to our address: WeChat and a school's sign-in `code`, Alipay `auth_code`, all with `state`. */
export function readOAuthReturn(search: string): OAuthReturn | undefined {
  const pairs = search.replace(/^\?/, '').split('&').filter(Boolean);
  const value = (name: string) => {
    const pair = pairs.find((each) => each.startsWith(`${name}=`));
    return pair === undefined ? undefined : decodeURIComponent(pair.slice(name.length + 1));
  };
  const code = value('auth_code') ?? value('code') ?? (value('error') === undefined ? undefined : '');
  const state = value('state');
  if (code === undefined || state === undefined) return undefined;
  const added = ['code', 'auth_code', 'state', 'app_id', 'source', 'scope', 'iss', 'error', 'error_description'];
  const kept = pairs.filter((pair) => !added.includes(pair.slice(0, pair.indexOf('='))));
  return { code, state, issuer: value('iss'), search: kept.length === 0 ? '' : `?${kept.join('&')}` };
}
