import { jsonResponse, redirectResponse, type SandboxRequest, type SandboxResponse, type Service, textResponse } from '../lib/http';
import { randomAlphanumeric } from '../lib/random-text';
import { createWechatMessages } from '../messages/wechat';
import type { LoginCode } from '../state';
import type { Surroundings } from '../surroundings';
import { issueCode, takeCode } from './codes';
import { openidOf } from './persons';
import { personOf, redirectTarget } from './redirect';

/** api.weixin.qq.com: errors are HTTP 200 with errcode, as there. */
export function createWechatApi(parts: Surroundings): Service {
  const { miniProgram, officialAccount } = parts.keys.wechatApps;

  function failed(errcode: number, errmsg: string): SandboxResponse {
    parts.events.publish('login', 'request.refused', 'wechat', { errcode, errmsg });
    const rid = Buffer.from(parts.randomBytes(12))
      .toString('hex')
      .replace(/(.{8})(?=.)/g, '$1-');
    return jsonResponse(200, { errcode, errmsg: `${errmsg}, rid: ${rid}` });
  }

  const messages = createWechatMessages(parts, failed);

  function exchange(query: URLSearchParams, flow: LoginCode['flow'], codeName: string): SandboxResponse {
    const appid = query.get('appid');
    const secret = query.get('secret');
    const code = query.get(codeName);
    if (!appid) return failed(41002, 'appid missing');
    if (!secret) return failed(41004, 'appsecret missing');
    if (!code) return failed(41008, 'missing code');
    if (query.get('grant_type') !== 'authorization_code') return failed(40002, 'invalid grant_type');
    const app = [miniProgram, officialAccount].find((one) => one.appid === appid);
    if (!app) return failed(40013, 'invalid appid');
    if (app.secret !== secret) return failed(40125, 'invalid appsecret');
    const taken = takeCode(parts, code, { app: 'wechat', flow, appid });
    if (taken === 'unknown') return failed(40029, 'invalid code');
    if (taken === 'used') return failed(40163, 'code been used');
    const openid = openidOf(parts, taken.person, 'wechat', appid);
    if (flow === 'mini-program') {
      return jsonResponse(200, { session_key: Buffer.from(parts.randomBytes(16)).toString('base64'), openid });
    }
    return jsonResponse(200, {
      access_token: randomAlphanumeric(parts.randomBytes, 86),
      expires_in: 7200,
      refresh_token: randomAlphanumeric(parts.randomBytes, 86),
      openid,
      scope: taken.code.scope,
    });
  }

  return (request) => {
    const query = new URLSearchParams(request.query);
    if (request.path === '/sns/jscode2session') return exchange(query, 'mini-program', 'js_code');
    if (request.path === '/sns/oauth2/access_token') return exchange(query, 'web', 'code');
    return messages(request) ?? textResponse(404, '');
  };
}

/** open.weixin.qq.com: the page that sends the user back with code and state, at once for snsapi_base. */
export function createWechatOpen(parts: Surroundings): Service {
  return (request: SandboxRequest) => {
    if (request.path !== '/connect/oauth2/authorize') return textResponse(404, '');
    const query = new URLSearchParams(request.query);
    const { appid } = parts.keys.wechatApps.officialAccount;
    const scope = query.get('scope') ?? '';
    if (query.get('appid') !== appid) return textResponse(200, 'AppID 参数错误 (40013)');
    if (query.get('response_type') !== 'code') return textResponse(200, 'response_type 参数错误 (10003)');
    if (scope !== 'snsapi_base' && scope !== 'snsapi_userinfo') return textResponse(200, 'Scope 参数错误或没有 Scope 权限 (10005)');
    const person = personOf(parts, 'wechat', request);
    if (!person) return textResponse(200, '请在微信客户端打开链接');
    const redirectUri = query.get('redirect_uri');
    if (redirectTarget(redirectUri, {}) === undefined) return textResponse(200, 'redirect_uri域名与后台配置不一致，错误码:10003');
    const code = issueCode(parts, { app: 'wechat', flow: 'web', appid, scope }, person);
    return redirectResponse(redirectTarget(redirectUri, { code, state: query.get('state') ?? '' }) ?? '');
  };
}
