import * as v from 'valibot';
import { AppError } from '../../../shared/errors';
import { createAccessTokens } from '../access-tokens';
import type { PhoneMessagePlatform } from '../contract';
import { exchange } from '../exchange';
import type { PlatformDeps } from '../platform-deps';
import { readSettings } from '../settings';
import { wechatLoginSettings } from '../wechat-login/wechat-login';
import { decodeUtf8, parseJson } from '../wire';

const PLATFORM = 'wechat-messages';

const errorSchema = v.object({ errcode: v.optional(v.pipe(v.number(), v.integer()), 0) });
const tokenSchema = v.object({
  access_token: v.pipe(v.string(), v.minLength(1), v.maxLength(1_024)),
  expires_in: v.pipe(v.number(), v.integer(), v.minValue(1)),
});

/**
 * WeChat's 订阅消息: stable_token, then cgi-bin/message/subscribe/send (developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/
 * mp-message-management/subscribe-message/sendMessage.html). `stable_token` gives every function the same token and ends none that is in use.
 * Its settings are those of the sign-in, whose app and secret these are.
 * @throws AppError config.invalid
 */
export function createWechatMessages(input: unknown, deps: Pick<PlatformDeps, 'fetch' | 'now'>): PhoneMessagePlatform {
  const { apiUrl, apps, timeoutMs } = readSettings(PLATFORM, wechatLoginSettings, input);

  async function ask(path: string, body: object): Promise<{ errcode: number; content: unknown }> {
    const answer = await exchange(
      {
        platform: PLATFORM,
        method: 'POST',
        url: apiUrl + path,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      },
      { fetch: deps.fetch, timeoutMs, unavailable: 'messages.platform-unavailable' },
    );
    if (answer.status !== 200) throw unavailable(`http-${answer.status}`);
    const content = parseJson(decodeUtf8(answer.body) ?? '');
    const read = v.safeParse(errorSchema, content);
    if (!read.success) throw unavailable('answer-malformed');
    return { errcode: read.output.errcode, content };
  }

  const tokens = createAccessTokens(deps.now, async (appId) => {
    const app = apps.find((one) => one.appId === appId && one.kind === 'mini-program');
    if (app === undefined) throw new AppError('config.invalid', { platform: PLATFORM, setting: 'apps' });
    const asked = { grant_type: 'client_credential', appid: appId, secret: app.appSecret, force_refresh: false };
    const { errcode, content } = await ask('/cgi-bin/stable_token', asked);
    if (errcode !== 0) throw errorOf(errcode);
    const read = v.safeParse(tokenSchema, content);
    if (!read.success) throw unavailable('answer-malformed');
    return { token: read.output.access_token, seconds: read.output.expires_in };
  });

  return {
    async send({ appId, openId, templateId, page, language, data }) {
      const fields = Object.fromEntries(Object.entries(data).map(([name, value]) => [name, { value }]));
      const lang = language === 'zh' ? 'zh_CN' : 'en_US';
      const message = { touser: openId, template_id: templateId, page, miniprogram_state: 'formal', lang, data: fields };
      const sendBy = async (token: string) =>
        (await ask(`/cgi-bin/message/subscribe/send?${new URLSearchParams({ access_token: token })}`, message)).errcode;
      let errcode = await sendBy(await tokens.of(appId));
      if (isStaleToken(errcode)) {
        // Refused before the message was looked at, so this is no second sending.
        tokens.forget(appId);
        errcode = await sendBy(await tokens.of(appId));
      }
      if (errcode === 0) return 'sent';
      // Refused, taken back, or used up: the platform does not say which.
      if (errcode === 43101) return 'not-agreed';
      throw errorOf(errcode);
    },
  };
}

/** 40001: not the token in force, 40014: not a token, 42001: one that has ended. */
function isStaleToken(errcode: number): boolean {
  return errcode === 40001 || errcode === 40014 || errcode === 42001;
}

function errorOf(errcode: number): AppError {
  switch (errcode) {
    case -1: // busy
    case 40001: // still no token, although it is fresh
    case 40014:
    case 42001:
    case 43108: // another message to this person is on its way
    case 45009: // daily quota
    case 45011: // too often
      return unavailable(String(errcode));
    case 40013: // bad appid
    case 40125: // bad secret
    case 40164: // our address is not on the list
    case 41002: // no appid
    case 41004: // no secret
      return new AppError('config.invalid', { platform: PLATFORM, platformCode: errcode });
    default: // 40003 openid, 40037 template, 41030 page, 43107 messages are barred, 47003 field, …
      return new AppError('messages.platform-refused', { platform: PLATFORM, platformCode: errcode });
  }
}

function unavailable(reason: string): AppError {
  return new AppError('messages.platform-unavailable', { platform: PLATFORM, reason });
}
