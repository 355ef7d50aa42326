import * as v from 'valibot';
import { schoolIdSchema } from '../../../shared/api/common';
import { AppError } from '../../../shared/errors';
import { type AccessTokens, createAccessTokens } from '../access-tokens';
import type { LoginIdentity, LoginPlatform } from '../contract';
import { exchange } from '../exchange';
import type { PlatformDeps } from '../platform-deps';
import { baseUrlSetting, readSettings, textSetting, timeoutSetting } from '../settings';
import { decodeUtf8, parseJson } from '../wire';

export const wecomLoginSettings = v.object({
  /** `https://qyapi.weixin.qq.com` in production. */
  apiUrl: baseUrlSetting,
  /** `https://open.weixin.qq.com` in production. */
  openUrl: baseUrlSetting,
  corps: v.pipe(
    v.array(
      v.object({
        /** Each school is a corp of its own. */
        schoolId: schoolIdSchema,
        corpId: textSetting,
        /** Of the app 校园一卡通 in that corp's console, and its secret. */
        agentId: v.pipe(v.string(), v.regex(/^\d{1,16}$/)),
        secret: textSetting,
      }),
    ),
    v.check((corps) => new Set(corps.map(({ corpId }) => corpId)).size === corps.length),
    v.check((corps) => new Set(corps.map(({ schoolId }) => schoolId)).size === corps.length),
  ),
  timeoutMs: timeoutSetting,
});

type Settings = v.InferOutput<typeof wecomLoginSettings>;
type Corp = Settings['corps'][number];

/** WeChat Work of every school that has one, for the mini-program opened in it and for the page in its web view. */
export interface WecomLogins {
  readonly corpOf: (schoolId: string) => string | undefined;
  readonly mini: LoginPlatform;
  readonly web: LoginPlatform;
}

const PLATFORM = 'wecom-login';

const errorSchema = v.object({ errcode: v.pipe(v.number(), v.integer()) });
const tokenSchema = v.object({
  access_token: v.pipe(v.string(), v.minLength(1), v.maxLength(1_024)),
  expires_in: v.pipe(v.number(), v.integer(), v.minValue(1)),
});
const memberId = v.pipe(v.string(), v.minLength(1), v.maxLength(128));
/** `session_key` also arrives here; the schema drops it and nothing keeps it. Old documents write `UserId`. */
const memberSchema = v.object({ userid: v.optional(memberId), UserId: v.optional(memberId), corpid: v.optional(v.string()) });

/**
 * WeChat Work sign-in: gettoken (developer.work.weixin.qq.com/document/path/91039), then auth/getuserinfo (91023) for pages and
 * miniprogram/jscode2session (91507) for mini-programs. The app id is the corp id, the openid the member id.
 * @throws AppError config.invalid
 */
export function createWecomLogins(input: unknown, deps: Pick<PlatformDeps, 'fetch' | 'now'>): WecomLogins {
  const settings = readSettings(PLATFORM, wecomLoginSettings, input);
  const corps = new Map(settings.corps.map((corp) => [corp.corpId, corp]));
  const knownCorp = (corpId: string): Corp => {
    const corp = corps.get(corpId);
    if (corp === undefined) throw refused(0);
    return corp;
  };
  const tokens = createTokens(settings, deps, knownCorp);
  const exchanger =
    (path: string, codeName: string) =>
    async ({ code, appId }: { readonly code: string; readonly appId: string }): Promise<LoginIdentity> => {
      const corp = knownCorp(appId);
      const ask = async (token: string) => askJson(settings, deps, path, { access_token: token, [codeName]: code, ...GRANT[codeName] });
      let answer = await ask(await tokens.of(corp.corpId));
      if (isStaleToken(answer)) {
        // Another deployment with the same secret may have renewed it; a code that met a bad token was not used up.
        tokens.forget(corp.corpId);
        answer = await ask(await tokens.of(corp.corpId));
      }
      return { openid: readMember(answer, corp) };
    };

  return {
    corpOf: (schoolId) => settings.corps.find((corp) => corp.schoolId === schoolId)?.corpId,
    mini: {
      exchangeCode: exchanger('/cgi-bin/miniprogram/jscode2session', 'js_code'),
      webAuthorizeUrl: () => {
        throw refused(0);
      },
    },
    web: {
      exchangeCode: exchanger('/cgi-bin/auth/getuserinfo', 'code'),
      webAuthorizeUrl({ appId, redirectUri, state }) {
        const corp = knownCorp(appId);
        // As for official accounts, in the order that the platform's documents fix ("构造网页授权链接").
        const query = new URLSearchParams([
          ['appid', corp.corpId],
          ['redirect_uri', redirectUri],
          ['response_type', 'code'],
          ['scope', 'snsapi_base'],
          ['state', state],
          ['agentid', corp.agentId],
        ]);
        return `${settings.openUrl}/connect/oauth2/authorize?${query}#wechat_redirect`;
      },
    },
  };
}

const GRANT: Readonly<Record<string, Readonly<Record<string, string>>>> = { js_code: { grant_type: 'authorization_code' } };

function createTokens(settings: Settings, deps: Pick<PlatformDeps, 'fetch' | 'now'>, corpOf: (corpId: string) => Corp): AccessTokens {
  return createAccessTokens(deps.now, async (corpId) => {
    const content = await askJson(settings, deps, '/cgi-bin/gettoken', { corpid: corpId, corpsecret: corpOf(corpId).secret });
    refuseError(content);
    const read = v.safeParse(tokenSchema, content);
    if (!read.success) throw unavailable('answer-malformed');
    return { token: read.output.access_token, seconds: read.output.expires_in };
  });
}

async function askJson(
  { apiUrl, timeoutMs }: Pick<Settings, 'apiUrl' | 'timeoutMs'>,
  { fetch }: Pick<PlatformDeps, 'fetch'>,
  path: string,
  query: Readonly<Record<string, string>>,
): Promise<unknown> {
  const answer = await exchange(
    { platform: PLATFORM, method: 'GET', url: `${apiUrl}${path}?${new URLSearchParams(query)}`, headers: {} },
    { fetch, timeoutMs, unavailable: 'auth.platform-unavailable' },
  );
  if (answer.status !== 200) throw unavailable(`http-${answer.status}`);
  return parseJson(decodeUtf8(answer.body) ?? '');
}

/** 40014: not a token, 42001: a token that has ended. */
function isStaleToken(content: unknown): boolean {
  const error = v.safeParse(errorSchema, content);
  return error.success && (error.output.errcode === 40014 || error.output.errcode === 42001);
}

function readMember(content: unknown, corp: Corp): string {
  refuseError(content);
  const read = v.safeParse(memberSchema, content);
  if (!read.success) throw unavailable('answer-malformed');
  const { userid, UserId, corpid } = read.output;
  const member = userid ?? UserId;
  // Whoever is no member comes with an openid instead; a member of another corp with that corp's id.
  if (member === undefined || (corpid !== undefined && corpid !== corp.corpId)) throw new AppError('auth.not-a-member');
  return member;
}

/** "全局错误码": what the phone can mend, what time can, and what only our configuration can. */
function refuseError(content: unknown): void {
  const error = v.safeParse(errorSchema, content);
  if (!error.success) throw unavailable('answer-malformed');
  const { errcode } = error.output;
  switch (errcode) {
    case 0:
      return;
    case -1: // busy
    case 40014: // still not a token, although it is fresh
    case 42001:
    case 45009: // too often
      throw unavailable(String(errcode));
    case 40001: // bad secret
    case 40013: // bad corp id
    case 40056: // bad agent id
    case 41002: // no corp id
    case 41004: // no secret
    case 60020: // our address is not on the list
      throw new AppError('config.invalid', { platform: PLATFORM, platformCode: errcode });
    case 46004: // no such member
    case 60011: // the app may not see this member
    case 60111: // no such member
      throw new AppError('auth.not-a-member', { platform: PLATFORM, platformCode: errcode });
    default: // 40029 bad or used code, …
      throw refused(errcode);
  }
}

function refused(platformCode: number): AppError {
  return new AppError('auth.platform-refused', { platform: PLATFORM, platformCode });
}

function unavailable(reason: string): AppError {
  return new AppError('auth.platform-unavailable', { platform: PLATFORM, reason });
}
