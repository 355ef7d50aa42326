import * as v from 'valibot';
import { jsonResponse, parseJson, type SandboxRequest, type SandboxResponse } from '../lib/http';
import { randomAlphanumeric } from '../lib/random-text';
import type { Surroundings } from '../surroundings';
import { isKnownOpenid, showMessage } from './desk';
import { templateById } from './templates';

const TOKEN_LIFE_S = 7_200;

const tokenBody = v.object({
  grant_type: v.literal('client_credential'),
  appid: v.string(),
  secret: v.string(),
  force_refresh: v.optional(v.boolean(), false),
});
const sendBody = v.object({
  touser: v.string(),
  template_id: v.string(),
  page: v.optional(v.string(), ''),
  miniprogram_state: v.optional(v.picklist(['developer', 'trial', 'formal']), 'formal'),
  lang: v.optional(v.picklist(['zh_CN', 'en_US', 'zh_HK', 'zh_TW']), 'zh_CN'),
  data: v.record(v.string(), v.object({ value: v.string() })),
});

/** "订阅消息参数值内容限制说明", by the name of a field without its digits. */
const LIMITS: Readonly<Record<string, RegExp>> = {
  thing: /^[^\n\r]{1,20}$/u,
  // One sign of a currency, up to ten digits, 元 at the end where wished.
  amount: /^[¥￥$]?\d{1,10}(?:\.\d{1,2})?元?$/u,
  time: /^(?:(?:\d{4}年\d{1,2}月\d{1,2}日|\d{4}-\d{2}-\d{2}) )?\d{2}:\d{2}(?::\d{2})?$/u,
  date: /^(?:\d{4}年\d{1,2}月\d{1,2}日|\d{4}-\d{2}-\d{2})(?: \d{2}:\d{2}(?::\d{2})?)?$/u,
  character_string: /^[\x20-\x7e]{1,32}$/u,
  phrase: /^\p{Script=Han}{1,5}$/u,
};

type Failed = (errcode: number, errmsg: string) => SandboxResponse;

/** cgi-bin of api.weixin.qq.com as far as messages need it. A restart forgets the token, which the platform may do at any time. */
export function createWechatMessages(parts: Surroundings, failed: Failed) {
  const { miniProgram } = parts.keys.wechatApps;
  let token: { readonly text: string; readonly until: number } | undefined;

  function stableToken(request: SandboxRequest): SandboxResponse {
    const asked = v.safeParse(tokenBody, parseJson(request.body));
    if (!asked.success) return failed(40002, 'invalid grant_type');
    if (asked.output.appid !== miniProgram.appid) return failed(40013, 'invalid appid');
    if (asked.output.secret !== miniProgram.secret) return failed(40125, 'invalid appsecret');
    const now = parts.clock();
    // The same one for all who ask, until it ends: that is what makes it stable.
    if (token === undefined || now >= token.until || asked.output.force_refresh)
      token = { text: randomAlphanumeric(parts.randomBytes, 136), until: now + TOKEN_LIFE_S * 1_000 };
    return jsonResponse(200, { access_token: token.text, expires_in: Math.floor((token.until - now) / 1_000) });
  }

  function send(request: SandboxRequest): SandboxResponse {
    const given = new URLSearchParams(request.query).get('access_token');
    if (!given) return failed(41001, 'access_token missing');
    if (given !== token?.text) return failed(40001, 'invalid credential, access_token is invalid or not latest');
    if (parts.clock() >= token.until) return failed(42001, 'access_token expired');
    const read = v.safeParse(sendBody, parseJson(request.body));
    if (!read.success) return failed(47001, 'data format error');
    const { touser: openid, template_id: templateId, page, data } = read.output;
    if (!isKnownOpenid(parts, miniProgram.appid, openid)) return failed(40003, 'invalid openid');
    const template = templateById('wechat', templateId);
    if (template === undefined) return failed(40037, 'invalid template_id');
    for (const name of Object.keys(template.fields)) {
      const value = data[name]?.value ?? '';
      if (value === '') return failed(47003, `argument invalid! data.${name}.value is empty`);
      if (!LIMITS[name.replace(/\d+$/, '')]?.test(value)) return failed(47003, `argument invalid! data.${name}.value invalid`);
    }
    const shown = Object.fromEntries(Object.keys(template.fields).map((name) => [name, data[name]?.value ?? '']));
    if (!showMessage(parts, { app: 'wechat', openid, templateId, page, data: shown }))
      return failed(43101, 'user refuse to accept the msg');
    return jsonResponse(200, { errcode: 0, errmsg: 'ok' });
  }

  return (request: SandboxRequest): SandboxResponse | undefined => {
    if (request.method !== 'POST') return undefined;
    if (request.path === '/cgi-bin/stable_token') return stableToken(request);
    return request.path === '/cgi-bin/message/subscribe/send' ? send(request) : undefined;
  };
}
