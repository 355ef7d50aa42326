import { createHash, type KeyObject } from 'node:crypto';
import * as v from 'valibot';
import { AppError, type ErrorCode } from '../../shared/errors';
import type { EpochMs } from '../../shared/time';
import { type ExchangeAnswer, exchange } from './exchange';
import type { PlatformDeps } from './platform-deps';
import { baseUrlSetting, textSetting, timeoutSetting } from './settings';
import { isSignedBy, signingKeySetting, signText, verifyingKeySetting } from './signing-keys';
import { decodeUtf8, parseJson, strictBase64 } from './wire';

/**
 * The signed exchange between us and a partner for whom no vendor publishes a wire form (a school's bank, a supplier); the form is ours and
 * docs/bank-gateway.md tells it to the partner's engineers:
 *
 *   POST <baseUrl><act>   Content-Type: application/json   {"requestNo":"…", …}
 *   Ecode-Client, Ecode-Key, Ecode-Timestamp (epoch milliseconds), Ecode-Nonce (32 hex digits), Ecode-Signature = base64 of the signature over
 *     "ecode-request-1\nPOST\n<path and query>\n<client>\n<timestamp>\n<nonce>\n<hex SHA-256 of the body>"
 *
 *   answer: Ecode-Key, Ecode-Timestamp, Ecode-Signature over
 *     "ecode-answer-1\n<path and query>\n<client>\n<requestNo>\n<nonce of the request>\n<timestamp>\n<HTTP status>\n<hex SHA-256 of the body>"
 *
 * The nonce ties an answer to one sending of one request, so that neither the answer to another request nor yesterday's answer to this one
 * can be played back. Whatever is not signed so says nothing. A query that finds nothing makes void what was signed before it: hence the
 * milliseconds, by which the partner orders the sendings of a number.
 */
export const partnerSettings = {
  baseUrl: baseUrlSetting,
  /** Our name at the partner. */
  clientId: v.pipe(textSetting, v.regex(/^[0-9A-Za-z_-]{1,64}$/)),
  /** Names the key we sign with, so that it can be changed. */
  keyId: v.pipe(textSetting, v.regex(/^[0-9A-Za-z_-]{1,64}$/)),
  privateKey: signingKeySetting,
  /** Keys whose signature on an answer counts: two while the partner changes its own. */
  answerKeys: v.pipe(v.array(v.object({ keyId: textSetting, publicKey: verifyingKeySetting })), v.minLength(1)),
  timeoutMs: timeoutSetting,
};

export interface Partner {
  /** For error details: "bank", "utility". */
  readonly platform: string;
  readonly baseUrl: string;
  readonly clientId: string;
  readonly keyId: string;
  readonly privateKey: KeyObject;
  readonly answerKeys: readonly { readonly keyId: string; readonly publicKey: KeyObject }[];
  readonly timeoutMs: number;
  /** Thrown whenever nothing is known. */
  readonly unavailable: ErrorCode;
}

export interface SignedRequest {
  /** "/debits/now" */
  readonly act: string;
  readonly requestNo: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/** What the partner has signed: an answer, or a refusal that promises that nothing moved and nothing will under this number. */
export type SignedAnswer = { readonly kind: 'answer' | 'refusal' | 'number-reused'; readonly content: unknown };

const WINDOW_MS = 5 * 60_000;

/** @throws AppError `partner.unavailable` for everything but a signed answer to this very request */
export async function exchangeSigned(partner: Partner, deps: PlatformDeps, request: SignedRequest): Promise<SignedAnswer> {
  const url = new URL(partner.baseUrl + request.act);
  const path = url.pathname + url.search;
  const body = JSON.stringify({ requestNo: request.requestNo, ...request.content });
  const timestamp = String(deps.now());
  const nonce = Buffer.from(deps.randomBytes(16)).toString('hex');
  const signed = ['ecode-request-1', 'POST', path, partner.clientId, timestamp, nonce, sha256(body)].join('\n');
  const answer = await exchange(
    {
      platform: partner.platform,
      method: 'POST',
      url: url.href,
      headers: {
        'content-type': 'application/json',
        'ecode-client': partner.clientId,
        'ecode-key': partner.keyId,
        'ecode-timestamp': timestamp,
        'ecode-nonce': nonce,
        'ecode-signature': signText(signed, partner.privateKey),
      },
      body,
    },
    { fetch: deps.fetch, timeoutMs: partner.timeoutMs, unavailable: partner.unavailable },
  );
  const fault = faultOf(partner, answer, { path, requestNo: request.requestNo, nonce, now: deps.now() });
  if (fault !== undefined) throw nothingKnown(partner, fault, answer.status);
  return readSigned(partner, answer, request.requestNo);
}

interface Asked {
  readonly path: string;
  readonly requestNo: string;
  readonly nonce: string;
  readonly now: EpochMs;
}

/** Why the bytes that came are no word of the partner's on this request; undefined when they are. */
function faultOf(partner: Partner, answer: ExchangeAnswer, asked: Asked): string | undefined {
  const keyId = answer.headers.get('ecode-key');
  const timestamp = answer.headers.get('ecode-timestamp') ?? '';
  const signature = strictBase64(answer.headers.get('ecode-signature') ?? '');
  if (keyId === null || signature === undefined || !/^\d{13}$/.test(timestamp)) return 'unsigned';
  const key = partner.answerKeys.find((one) => one.keyId === keyId);
  if (key === undefined) return 'unknown-key';
  const { path, requestNo, nonce } = asked;
  const parts = ['ecode-answer-1', path, partner.clientId, requestNo, nonce, timestamp, answer.status, sha256(answer.body)];
  if (!isSignedBy(parts.join('\n'), signature, key.publicKey)) return 'bad-signature';
  return Math.abs(asked.now - Number(timestamp)) > WINDOW_MS ? 'stale' : undefined;
}

const numbered = v.looseObject({ requestNo: v.string() });

function readSigned(partner: Partner, answer: ExchangeAnswer, requestNo: string): SignedAnswer {
  const { status } = answer;
  const parsed = v.safeParse(numbered, parseJson(decodeUtf8(answer.body) ?? ''));
  if (!parsed.success || parsed.output.requestNo !== requestNo) throw nothingKnown(partner, 'answer-malformed', status);
  if (status === 200) return { kind: 'answer', content: parsed.output };
  // 401, 403 and 425 are about this sending, 408, 429 and 5xx about this moment: another sending of the number may have been carried out.
  if (![400, 404, 409, 422].includes(status)) throw nothingKnown(partner, 'not-now', status);
  return { kind: status === 409 ? 'number-reused' : 'refusal', content: parsed.output };
}

export function nothingKnown(partner: Pick<Partner, 'platform' | 'unavailable'>, reason: string, status: number): AppError {
  return new AppError(partner.unavailable, { platform: partner.platform, reason, status });
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Numbers of ours that a partner keeps for ever. */
export const requestNoSchema = v.pipe(v.string(), v.regex(/^[0-9A-Za-z_]{6,40}$/));

const WORD = /^[a-z]+(?:-[a-z]+){0,5}$/;

/** A partner's code as it may enter a log or a screen: words only, because digits might be a card's or a person's. */
export function wordOf(text: unknown): string {
  return typeof text === 'string' && text.length <= 40 && WORD.test(text) ? text : 'unknown';
}
