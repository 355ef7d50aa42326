import * as v from 'valibot';
import { AppError } from '../../../shared/errors';
import type { LoginIdentity, LoginPlatform } from '../contract';
import { exchange } from '../exchange';
import type { PlatformDeps } from '../platform-deps';
import { baseUrlSetting, readSettings, textSetting, timeoutSetting } from '../settings';
import { decodeUtf8, parseJson } from '../wire';

export const wechatLoginSettings = v.object({
  /** `https://api.weixin.qq.com` in production. */
  apiUrl: baseUrlSetting,
  /** `https://open.weixin.qq.com` in production. */
  openUrl: baseUrlSetting,
  apps: v.pipe(
    v.array(
      v.object({
        appId: textSetting,
        appSecret: textSetting,
        /** A mini-program signs in by `wx.login`, an official account by redirecting its pages. */
        kind: v.picklist(['mini-program', 'official-account']),
      }),
    ),
    v.minLength(1),
  ),
  timeoutMs: timeoutSetting,
});

type App = v.InferOutput<typeof wechatLoginSettings>['apps'][number];

/** `session_key`, `access_token` and `refresh_token` also arrive here; the schema drops them and nothing keeps them. */
const identitySchema = v.object({
  openid: v.pipe(v.string(), v.minLength(1), v.maxLength(128)),
  unionid: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(128))),
});

const errorSchema = v.object({ errcode: v.pipe(v.number(), v.integer()) });

/**
 * WeChat sign-in: jscode2session for mini-programs, sns/oauth2/access_token for pages in the web view.
 * @throws AppError config.invalid
 */
export function createWechatLogin(input: unknown, deps: Pick<PlatformDeps, 'fetch'>): LoginPlatform {
  const settings = readSettings('wechat-login', wechatLoginSettings, input);
  const apps = new Map(settings.apps.map((app) => [app.appId, app]));

  return {
    async exchangeCode({ code, appId }) {
      const app = knownApp(apps, appId);
      const answer = await exchange(
        { platform: 'wechat-login', method: 'GET', url: exchangeUrl(settings.apiUrl, app, code), headers: {} },
        { fetch: deps.fetch, timeoutMs: settings.timeoutMs, unavailable: 'auth.platform-unavailable' },
      );
      if (answer.status !== 200) throw unavailable(`http-${answer.status}`);
      // Sent as text/plain, so the content type says nothing.
      return readIdentity(parseJson(decodeUtf8(answer.body) ?? ''));
    },

    webAuthorizeUrl({ appId, redirectUri, state }) {
      const app = knownApp(apps, appId);
      if (app.kind !== 'official-account') throw refused(0);
      // The order of these parameters is fixed by the platform ("网页授权": 参数顺序必须一致).
      const query = new URLSearchParams([
        ['appid', appId],
        ['redirect_uri', redirectUri],
        ['response_type', 'code'],
        ['scope', 'snsapi_base'],
        ['state', state],
      ]);
      return `${settings.openUrl}/connect/oauth2/authorize?${query}#wechat_redirect`;
    },
  };
}

function exchangeUrl(apiUrl: string, app: App, code: string): string {
  const isMini = app.kind === 'mini-program';
  const url = new URL(`${apiUrl}${isMini ? '/sns/jscode2session' : '/sns/oauth2/access_token'}`);
  url.searchParams.set('appid', app.appId);
  url.searchParams.set('secret', app.appSecret);
  url.searchParams.set(isMini ? 'js_code' : 'code', code);
  url.searchParams.set('grant_type', 'authorization_code');
  return url.href;
}

function readIdentity(content: unknown): LoginIdentity {
  const error = v.safeParse(errorSchema, content);
  if (error.success && error.output.errcode !== 0) throw errorOf(error.output.errcode);
  const identity = v.safeParse(identitySchema, content);
  if (!identity.success) throw unavailable('answer-malformed');
  const { openid, unionid } = identity.output;
  return unionid === undefined ? { openid } : { openid, unionid };
}

/** "返回码说明": what the phone can mend, what time can, and what only our configuration can. */
function errorOf(errcode: number): AppError {
  switch (errcode) {
    case -1: // busy
    case 45009: // daily quota
    case 45011: // too often for one user
      return unavailable(String(errcode));
    case 40013: // bad appid
    case 40125: // bad secret
    case 40164: // our address is not on the list
    case 41002: // no appid
    case 41004: // no secret
      return new AppError('config.invalid', { platform: 'wechat-login', platformCode: errcode });
    default: // 40029 bad code, 40163 used code, 40226 a user at risk, 42003 expired, …
      return refused(errcode);
  }
}

function knownApp(apps: ReadonlyMap<string, App>, appId: string): App {
  const app = apps.get(appId);
  if (app === undefined) throw refused(0);
  return app;
}

function refused(platformCode: number): AppError {
  return new AppError('auth.platform-refused', { platform: 'wechat-login', platformCode });
}

function unavailable(reason: string): AppError {
  return new AppError('auth.platform-unavailable', { platform: 'wechat-login', reason });
}
