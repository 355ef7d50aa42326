import { createPublicKey } from 'node:crypto';
import * as v from 'valibot';
import Pay from 'wechatpay-node-v3';
import { AppError, type ErrorCode } from '../../../shared/errors';
import { type ExchangeAnswer, exchange } from '../exchange';
import type { PlatformDeps } from '../platform-deps';
import { decodeUtf8, parseJson, shortCode } from '../wire';
import { keysBySerial, type WechatPaySettings } from './settings';
import { signatureFault } from './signature';

export interface WechatAnswer {
  readonly status: number;
  /** Parsed JSON; undefined for an empty body. */
  readonly content: unknown;
  /** False only for an error status that carries no signature at all: believe the refusal, conclude nothing else. */
  readonly signed: boolean;
}

export interface WechatChannel {
  /** `path` with its query, as signed and as sent. Throws AppError `unavailable` when no believable answer came. */
  call(request: { readonly method: 'GET' | 'POST'; readonly path: string; readonly body?: unknown }): Promise<WechatAnswer>;
  /** Headers of a signed GET whose answer is not signed: a bill's download ("下载账单" tells to skip the verification). */
  signedGet(url: URL): Readonly<Record<string, string>>;
  /** The fields of `wx.requestPayment` and of the pay bridge. */
  payParams(appId: string, prepayId: string): Readonly<Record<string, string>>;
}

/**
 * Signed requests out, verified answers in. `wechatpay-node-v3` forms the signed texts and headers, which it does
 * right; its transport (no timeout, no base address, unverified answers), nonces (Math.random) and certificate store
 * (process-wide, refilled by strangers' serials) are left unused. docs/decisions/0005-payment-sdks.md.
 */
export function createWechatChannel(settings: WechatPaySettings, deps: PlatformDeps, unavailable: ErrorCode): WechatChannel {
  const signer = createSigner(settings);
  const keys = keysBySerial(settings);
  const preferredSerial = settings.platformKeys[0]?.serial ?? '';
  const stamp = () => ({
    nonce: Buffer.from(deps.randomBytes(16)).toString('hex'),
    timestamp: String(Math.floor(deps.now() / 1_000)),
  });

  const failed = (reason: string) => new AppError(unavailable, { platform: 'wechat-pay', reason });

  /** The signed text names method, path and body; the host is left to TLS. */
  function signedHeaders(method: 'GET' | 'POST', url: URL, text: string | undefined): Record<string, string> {
    const { nonce, timestamp } = stamp();
    const signature = signer.getSignature(method, nonce, timestamp, url.pathname + url.search, text);
    return { 'user-agent': 'e-code-card/1', authorization: signer.getAuthorization(nonce, timestamp, signature) };
  }

  return {
    async call({ method, path, body }) {
      const url = new URL(settings.baseUrl + path);
      const text = body === undefined ? undefined : JSON.stringify(body);
      const answer = await exchange(
        {
          platform: 'wechat-pay',
          method,
          url: url.href,
          headers: {
            accept: 'application/json',
            'content-type': 'application/json',
            'wechatpay-serial': preferredSerial,
            ...signedHeaders(method, url, text),
          },
          ...(text === undefined ? {} : { body: text }),
        },
        { fetch: deps.fetch, timeoutMs: settings.timeoutMs, unavailable },
      );
      const signed = answerIsSigned(answer, (message) => signatureFault(message, keys, deps.now()), failed);
      return { status: answer.status, content: readContent(answer, failed), signed };
    },

    signedGet: (url) => signedHeaders('GET', url, undefined),

    payParams(appId, prepayId) {
      const { nonce, timestamp } = stamp();
      const packageText = `prepay_id=${prepayId}`;
      const paySign = signer.sha256WithRsa(`${appId}\n${timestamp}\n${nonce}\n${packageText}\n`);
      return { appId, timeStamp: timestamp, nonceStr: nonce, package: packageText, signType: 'RSA', paySign };
    },
  };
}

function createSigner(settings: WechatPaySettings): Pay {
  const privateKey = settings.merchantPrivateKey;
  return new Pay({
    appid: settings.appIds[0] ?? '',
    mchid: settings.merchantId,
    serial_no: settings.merchantSerialNo,
    privateKey: Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    // Demanded by the constructor, used by nothing that is called here.
    publicKey: Buffer.from(createPublicKey(privateKey).export({ type: 'spki', format: 'pem' })),
  });
}

type Failed = (reason: string) => AppError;
type FaultOf = (message: { body: Uint8Array; header: (name: string) => string | undefined }) => string | undefined;

/**
 * A success must be signed. Refusals from the outer gate of the platform (bad request signature, rate limit) come
 * unsigned, and the official SDKs do not verify them either; a wrong signature is never let through.
 */
function answerIsSigned(answer: ExchangeAnswer, faultOf: FaultOf, failed: Failed): boolean {
  const header = (name: string) => answer.headers.get(name) ?? undefined;
  const isError = answer.status >= 400;
  if (isError && header('wechatpay-signature') === undefined) return false;
  const fault = faultOf({ body: answer.body, header });
  if (fault !== undefined) throw failed(`answer-${fault}`);
  return true;
}

function readContent(answer: ExchangeAnswer, failed: Failed): unknown {
  if (answer.body.length === 0) return undefined;
  const content = parseJson(decodeUtf8(answer.body) ?? '');
  if (content === undefined && answer.status < 400) throw failed('answer-malformed');
  return content;
}

const errorSchema = v.object({ code: v.string() });

/** The platform's short code of a refusal, fit for a log. */
export function codeOf(answer: WechatAnswer): string {
  const parsed = v.safeParse(errorSchema, answer.content);
  return parsed.success ? shortCode(parsed.output.code) : 'unknown';
}

/** 429 and 5xx (SYSTEM_ERROR, BANKERROR) ask for the same call again; other 4xx are final for this request. */
export function isFinalRefusal({ status }: WechatAnswer): boolean {
  return status >= 400 && status < 500 && status !== 429;
}
