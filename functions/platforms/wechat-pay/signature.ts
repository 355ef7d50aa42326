import { verify } from 'node:crypto';
import type { EpochMs } from '../../../shared/time';
import { strictBase64 } from '../wire';
import type { PlatformKeys } from './settings';

export type SignatureFault = 'bad-signature' | 'unknown-serial' | 'stale';

/** A notice or an answer as it came: the bytes and its headers by lower-case name. */
export interface SignedMessage {
  readonly body: Uint8Array;
  readonly header: (name: string) => string | undefined;
}

/** The official Go SDK's `FiveMinute`: without it a message of any age could be sent again. */
const WINDOW_SECONDS = 300;
const SIGNATURE_TYPE = 'WECHATPAY2-SHA256-RSA2048';
/** Official traffic that checks whether a merchant verifies at all; it is refused like any bad signature. */
const PROBE = 'WECHATPAY/SIGNTEST/';

/**
 * WeChat Pay APIv3 "签名验证": RSA-SHA256 over `timestamp\nnonce\nbody\n` with the body's raw bytes. Keys come from
 * configuration only: an unknown serial never makes us call anyone.
 */
export function signatureFault(message: SignedMessage, keys: PlatformKeys, now: EpochMs): SignatureFault | undefined {
  const type = message.header('wechatpay-signature-type');
  if (type !== undefined && type !== SIGNATURE_TYPE) return 'bad-signature';
  const timestamp = message.header('wechatpay-timestamp') ?? '';
  const nonce = message.header('wechatpay-nonce') ?? '';
  // No control characters: a newline in the nonce could move the border between nonce and body.
  if (!/^\d{1,12}$/.test(timestamp) || !/^[\x21-\x7e]{1,128}$/.test(nonce)) return 'bad-signature';
  const signature = strictBase64(message.header('wechatpay-signature') ?? '');
  if (signature === undefined) return 'bad-signature';
  const key = keys.get(message.header('wechatpay-serial') ?? '');
  if (key === undefined) return 'unknown-serial';
  if (Math.abs(Math.floor(now / 1_000) - Number(timestamp)) > WINDOW_SECONDS) return 'stale';
  const signed = Buffer.concat([Buffer.from(`${timestamp}\n${nonce}\n`), message.body, Buffer.from('\n')]);
  return verify('RSA-SHA256', signed, key, signature) ? undefined : 'bad-signature';
}

/** For the alarm on bad signatures, which leaves the platform's own probes out. It decides nothing. */
export function isProbe(message: SignedMessage): boolean {
  return message.header('wechatpay-signature')?.startsWith(PROBE) === true;
}
