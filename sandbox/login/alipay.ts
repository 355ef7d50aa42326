import { invalidArgument, missingArgument } from '../alipay/refusal';
import type { AlipayRequest } from '../alipay/request';
import { beijingText } from '../lib/beijing';
import { redirectResponse, type Service, textResponse } from '../lib/http';
import { randomAlphanumeric } from '../lib/random-text';
import type { Surroundings } from '../surroundings';
import { issueCode, takeCode } from './codes';
import { openidOf } from './persons';
import { personOf, redirectTarget } from './redirect';

const TOKEN_LIFE_S = 1_296_000;

/** alipay.system.oauth.token. Apps of today get open_id and no user_id. */
export function exchangeAlipayCode(parts: Surroundings, request: AlipayRequest): Record<string, unknown> {
  const grantType = request.parameters.get('grant_type');
  const code = request.parameters.get('code');
  if (grantType !== 'authorization_code') throw invalidArgument('isv.grant-type-invalid', 'grant_type参数不正确');
  if (code === undefined || code === '') throw missingArgument('isv.code-is-null', '授权码code为空');
  const flow = request.appId === parts.keys.alipay.miniProgramAppId ? 'mini-program' : 'web';
  const taken = takeCode(parts, code, { app: 'alipay', flow, appid: request.appId });
  // Used, expired and invented codes all read the same here.
  if (typeof taken === 'string') throw invalidArgument('isv.code-invalid', '授权码code无效');
  return {
    access_token: `authbseB${randomAlphanumeric(parts.randomBytes, 32)}`,
    auth_start: beijingText(parts.clock()),
    expires_in: TOKEN_LIFE_S,
    re_expires_in: 2 * TOKEN_LIFE_S,
    refresh_token: `authbseB${randomAlphanumeric(parts.randomBytes, 32)}`,
    open_id: openidOf(parts, taken.person, 'alipay', request.appId),
  };
}

/** openauth.alipay.com: sends the user back with auth_code and state. */
export function createAlipayOpen(parts: Surroundings): Service {
  return (request) => {
    if (request.path !== '/oauth2/publicAppAuthorize.htm') return textResponse(404, '');
    const query = new URLSearchParams(request.query);
    const appId = parts.keys.alipay.webAppId;
    const scope = query.get('scope') ?? '';
    if (query.get('app_id') !== appId) return textResponse(200, 'app_id 参数错误');
    if (scope !== 'auth_base' && scope !== 'auth_user') return textResponse(200, 'scope 参数错误');
    const person = personOf(parts, 'alipay', request);
    if (!person) return textResponse(200, '请在支付宝客户端打开链接');
    const redirectUri = query.get('redirect_uri');
    if (redirectTarget(redirectUri, {}) === undefined) return textResponse(200, 'redirect_uri 与应用配置的授权回调地址不一致');
    const code = issueCode(parts, { app: 'alipay', flow: 'web', appid: appId, scope }, person);
    const added = { app_id: appId, source: 'alipay_wallet', scope, auth_code: code, state: query.get('state') ?? '' };
    return redirectResponse(redirectTarget(redirectUri, added) ?? '');
  };
}
