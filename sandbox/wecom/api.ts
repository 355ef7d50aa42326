import { jsonResponse, redirectResponse, type SandboxResponse, type Service, textResponse } from '../lib/http';
import { randomAlphanumeric } from '../lib/random-text';
import { issueCode, takeCode } from '../login/codes';
import { personOf, redirectTarget } from '../login/redirect';
import type { LoginCode } from '../state';
import type { Surroundings } from '../surroundings';
import { memberOf } from './members';

const TOKEN_LIFE_S = 7_200;

/** qyapi.weixin.qq.com: errors are HTTP 200 with errcode, as there. A restart forgets the access tokens, which the platform may do at any time. */
export function createWecomApi(parts: Surroundings): Service {
  const tokens = new Map<string, { readonly schoolId: string; readonly until: number }>();
  const corps = Object.entries(parts.keys.wecom);

  function failed(errcode: number, errmsg: string): SandboxResponse {
    parts.events.publish('wecom', 'request.refused', 'wecom', { errcode, errmsg });
    return jsonResponse(200, { errcode, errmsg });
  }
  const succeeded = (content: object): SandboxResponse => jsonResponse(200, { errcode: 0, errmsg: 'ok', ...content });

  function getToken(query: URLSearchParams): SandboxResponse {
    const [schoolId, corp] = corps.find(([, { corpId }]) => corpId === query.get('corpid')) ?? [];
    if (!query.get('corpid')) return failed(41002, 'corpid missing');
    if (!query.get('corpsecret')) return failed(41004, 'corpsecret missing');
    if (schoolId === undefined || corp === undefined) return failed(40013, 'invalid corpid');
    if (corp.secret !== query.get('corpsecret')) return failed(40001, 'invalid credential');
    const token = randomAlphanumeric(parts.randomBytes, 86);
    tokens.set(token, { schoolId, until: parts.clock() + TOKEN_LIFE_S * 1_000 });
    return succeeded({ access_token: token, expires_in: TOKEN_LIFE_S });
  }

  function exchange(query: URLSearchParams, flow: LoginCode['flow'], codeName: string): SandboxResponse {
    const token = tokens.get(query.get('access_token') ?? '');
    if (token === undefined) return failed(40014, 'invalid access_token');
    if (parts.clock() >= token.until) return failed(42001, 'access_token expired');
    const corpId = parts.keys.wecom[token.schoolId]?.corpId ?? '';
    const taken = takeCode(parts, query.get(codeName) ?? '', { app: 'wecom', flow, appid: corpId });
    if (typeof taken === 'string') return failed(40029, 'invalid code');
    const userid = memberOf(parts, token.schoolId, taken.person.id);
    if (flow === 'web') return succeeded(userid === undefined ? { openid: `o${randomAlphanumeric(parts.randomBytes, 27)}` } : { userid });
    if (userid === undefined) return failed(60111, 'userid not found');
    return succeeded({ corpid: corpId, userid, session_key: Buffer.from(parts.randomBytes(16)).toString('base64') });
  }

  return (request) => {
    const query = new URLSearchParams(request.query);
    if (request.path === '/cgi-bin/gettoken') return getToken(query);
    if (request.path === '/cgi-bin/auth/getuserinfo') return exchange(query, 'web', 'code');
    if (request.path === '/cgi-bin/miniprogram/jscode2session') return exchange(query, 'mini-program', 'js_code');
    return textResponse(404, '');
  };
}

/** open.weixin.qq.com for a corp's own app: the page that sends the visitor back with code and state. */
export function createWecomOpen(parts: Surroundings): Service {
  return (request) => {
    if (request.path !== '/connect/oauth2/authorize') return textResponse(404, '');
    const query = new URLSearchParams(request.query);
    const corp = Object.values(parts.keys.wecom).find(({ corpId }) => corpId === query.get('appid'));
    if (corp === undefined) return textResponse(200, 'appid 参数错误 (40013)');
    if (query.get('agentid') !== corp.agentId) return textResponse(200, 'agentid 参数错误 (40056)');
    if (query.get('response_type') !== 'code' || query.get('scope') !== 'snsapi_base') return textResponse(200, 'scope 参数错误 (10005)');
    const person = personOf(parts, 'wecom', request);
    if (!person) return textResponse(200, '请在企业微信客户端打开链接');
    const redirectUri = query.get('redirect_uri');
    if (redirectTarget(redirectUri, {}) === undefined) return textResponse(200, 'redirect_uri 与可信域名不一致 (50001)');
    const code = issueCode(parts, { app: 'wecom', flow: 'web', appid: corp.corpId, scope: 'snsapi_base' }, person);
    return redirectResponse(redirectTarget(redirectUri, { code, state: query.get('state') ?? '' }) ?? '');
  };
}
