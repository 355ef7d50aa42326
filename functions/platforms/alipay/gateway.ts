import { type KeyObject, verify } from 'node:crypto';
import { AlipaySdk } from 'alipay-sdk';
import * as v from 'valibot';
import { AppError, type ErrorCode } from '../../../shared/errors';
import { type ExchangeAnswer, exchange } from '../exchange';
import type { PlatformDeps } from '../platform-deps';
import { decodeUtf8, formatBeijing, parseJson, shortCode, strictBase64 } from '../wire';
import type { AlipaySettings, AskingApp } from './settings';
import { topLevelMembers } from './top-level';

export interface AlipayCall {
  /** For instance `alipay.trade.query`. */
  readonly method: string;
  /** Business fields, sent as `biz_content` with their names untouched. */
  readonly bizContent?: Readonly<Record<string, unknown>>;
  /** Parameters beside `biz_content`, in snake case. */
  readonly params?: Readonly<Record<string, string>>;
  /** For the answers that are lists. */
  readonly maxAnswerBytes?: number;
}

/** `signed` is false where the outer gate refused: then nothing may be concluded but the refusal. */
export interface AlipayRefusal {
  readonly isError: true;
  readonly signed: boolean;
  readonly code: string;
  readonly subCode: string;
}

/** The business answer's signature was verified over exactly `content`. */
export type AlipayAnswer = { readonly isError: false; readonly content: unknown } | AlipayRefusal;

export interface AlipayGateway {
  /** Throws AppError `unavailable` when no believable answer came. */
  call(request: AlipayCall): Promise<AlipayAnswer>;
  /** The address that carries the whole signed request to the platform in the payer's browser. Sends nothing. */
  pageUrl(request: AlipayCall): string;
  /** The same as text, for the apps' own pages (`my.paySignCenter`). Sends nothing. */
  signedText(request: AlipayCall): string;
}

/** Public parameters go into the URL, the rest into the body, as every SDK of the vendor does. */
const URL_PARAMS = new Set('app_id method format charset sign_type sign timestamp version notify_url'.split(' '));

/**
 * Gateway v2. `alipay-sdk` forms and signs the request, which it does right. The exchange is ours because the SDK
 * verifies answers only on demand, loses the sub_code of an unsigned `error_response`, quotes whole answers in its
 * errors, cannot take another fetch, and cuts the signed text out of the answer while parsing another part of it.
 * docs/decisions/0005-payment-sdks.md.
 */
export function createAlipayGateway(
  app: AskingApp,
  settings: Pick<AlipaySettings, 'gatewayUrl' | 'timeoutMs'>,
  deps: PlatformDeps,
  unavailable: ErrorCode,
): AlipayGateway {
  const sdk = createSigner(app, settings.gatewayUrl);
  return {
    async call(request) {
      const answer = await exchange(
        { platform: 'alipay', method: 'POST', ...signedRequest(sdk, settings.gatewayUrl, request, deps.now()) },
        {
          fetch: deps.fetch,
          timeoutMs: settings.timeoutMs,
          unavailable,
          ...(request.maxAnswerBytes === undefined ? {} : { maxAnswerBytes: request.maxAnswerBytes }),
        },
      );
      const failed = (reason: string) => new AppError(unavailable, { platform: 'alipay', reason });
      if (answer.status !== 200) throw failed(`http-${answer.status}`);
      return readAnswer(answer, request.method, app.alipayPublicKey, failed);
    },
    pageUrl(request) {
      const url = new URL(settings.gatewayUrl);
      for (const [name, value] of new URLSearchParams(signedQuery(sdk, request, deps.now()))) url.searchParams.set(name, value);
      return url.href;
    },
    signedText: (request) => signedQuery(sdk, request, deps.now()),
  };
}

function createSigner(app: AskingApp, gateway: string): AlipaySdk {
  return new AlipaySdk({
    appId: app.appId,
    gateway,
    // One form, named: the SDK takes a PKCS#8 PEM for PKCS#1 unless told.
    privateKey: String(app.appPrivateKey.export({ type: 'pkcs8', format: 'pem' })),
    keyType: 'PKCS8',
    signType: 'RSA2',
    camelcase: false,
  });
}

/** Every parameter, signed and percent-encoded, as `name=value&…`. */
function signedQuery(sdk: AlipaySdk, request: AlipayCall, now: number): string {
  return sdk.sdkExecute(
    request.method,
    {
      ...request.params,
      // The SDK would take the process's zone, which on Lambda is UTC; the platform reads Beijing time.
      timestamp: formatBeijing(now),
      ...(request.bizContent === undefined ? {} : { bizContent: request.bizContent }),
    },
    // Keeps names as given: the SDK's deep snake-casing would also rewrite keys that are data.
    { bizContentAutoSnakeCase: false },
  );
}

function signedRequest(sdk: AlipaySdk, gatewayUrl: string, request: AlipayCall, now: number) {
  const query = signedQuery(sdk, request, now);
  const url = new URL(gatewayUrl);
  const body = new URLSearchParams();
  for (const [name, value] of new URLSearchParams(query)) {
    (URL_PARAMS.has(name) ? url.searchParams : body).set(name, value);
  }
  return {
    url: url.href,
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      'user-agent': 'e-code-card/1',
    },
    body: body.toString(),
  };
}

const errorSchema = v.object({ code: v.string(), sub_code: v.optional(v.string()) });

type Failed = (reason: string) => AppError;

/**
 * An answer is `{"<method>_response": {…}, "sign": "…"}` or `{"error_response": {…}}`, signed or not. Whatever
 * carries a signature must carry a right one; a success must carry one.
 */
function readAnswer(answer: ExchangeAnswer, method: string, key: KeyObject, failed: Failed): AlipayAnswer {
  const members = topLevelMembers(decodeUtf8(answer.body) ?? '');
  if (members === undefined) throw failed('answer-malformed');
  const named = members.get(`${method.replaceAll('.', '_')}_response`);
  const text = named ?? members.get('error_response');
  if (text === undefined) throw failed('answer-malformed');
  const sign = parseJson(members.get('sign') ?? 'null');
  const verified = typeof sign === 'string' ? verifiedText(text, sign, key) : undefined;
  if (sign !== null && verified === undefined) throw failed('answer-bad-signature');
  const content = parseJson(verified ?? text);
  const error = readError(content, named === undefined);
  if (error !== undefined) return { isError: true, signed: verified !== undefined, ...error };
  if (verified === undefined) throw failed('answer-unsigned');
  return { isError: false, content };
}

/**
 * 10000 is the only success; `alipay.system.oauth.token` succeeds without a code. Everything else is a normal
 * return for the platform and an error here.
 */
function readError(content: unknown, isErrorResponse: boolean): { code: string; subCode: string } | undefined {
  const parsed = v.safeParse(errorSchema, content);
  if (!parsed.success) return isErrorResponse ? { code: 'unknown', subCode: 'unknown' } : undefined;
  const { code, sub_code: subCode } = parsed.output;
  if (code === '10000' && !isErrorResponse) return undefined;
  return { code: shortCode(code), subCode: shortCode(subCode) };
}

/**
 * The text whose signature is right, or undefined. The platform may have signed before it wrote "/" as "\/" (the
 * official Java SDK tries both too); the text returned is the very one that was verified.
 */
function verifiedText(text: string, sign: string, key: KeyObject): string | undefined {
  const signature = strictBase64(sign);
  if (signature === undefined) return undefined;
  return [text, text.replaceAll('\\/', '/')].find((tried) => verify('RSA-SHA256', Buffer.from(tried), key, signature));
}

/** ACQ.SYSTEM_ERROR, isp.unknow-error, aop.ACQ.SYSTEM_ERROR and code 20000: their side failed, nothing is known. */
export function isTheirFault(error: { readonly code: string; readonly subCode: string }): boolean {
  return error.code === '20000' || /SYSTEM_ERROR|^isp\.|^aop\.(?!invalid)/.test(error.subCode);
}

/** One gateway client per app; a Map, so that an app id of "toString" finds nothing. */
export function gatewaysByApp(
  settings: Pick<AlipaySettings, 'apps' | 'gatewayUrl' | 'timeoutMs'>,
  deps: PlatformDeps,
  unavailable: ErrorCode,
): ReadonlyMap<string, AlipayGateway> {
  return new Map(settings.apps.map((app) => [app.appId, createAlipayGateway(app, settings, deps, unavailable)]));
}
