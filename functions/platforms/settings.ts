import { createPrivateKey, createPublicKey, KeyObject } from 'node:crypto';
import * as v from 'valibot';
import { AppError } from '../../shared/errors';

/**
 * Parses a platform's settings. Only the name of the bad setting is reported: valibot's own messages quote the value
 * received, and these are keys and secrets.
 * @throws AppError config.invalid
 */
export function readSettings<const S extends v.GenericSchema>(platform: string, schema: S, input: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, input);
  if (result.success) return result.output;
  throw new AppError('config.invalid', { platform, setting: v.getDotPath(result.issues[0]) ?? platform });
}

/** Plain HTTP carries secrets only inside this machine. */
export function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.protocol === 'https:') return true;
  return url.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
}

/** A base address without query, fragment or final slash. */
export const baseUrlSetting = v.pipe(
  v.string(),
  v.check(isSafeUrl),
  v.check((text) => !/[?#]/.test(text)),
  v.transform((text) => text.replace(/\/+$/, '')),
);

/** HTTP API gives up after 30 s, so a platform must fail before that. */
export const timeoutSetting = v.optional(v.pipe(v.number(), v.integer(), v.minValue(50), v.maxValue(25_000)), 5_000);

export const textSetting = v.pipe(v.string(), v.minLength(1), v.maxLength(256));

const rsaKey = v.custom<KeyObject>((key) => key instanceof KeyObject);

/** Merchant and gateway private keys come as PEM (PKCS#1 or PKCS#8) or as the bare base64 the consoles show. */
export const privateKeySetting = v.pipe(v.string(), v.transform(readPrivateKey), rsaKey);

/** PEM of a public key or of an X.509 certificate, or bare base64 SPKI. */
export const publicKeySetting = v.pipe(v.string(), v.transform(readPublicKey), rsaKey);

function readPrivateKey(text: string): KeyObject | undefined {
  if (text.includes('-----BEGIN')) return rsaOnly(() => createPrivateKey(text));
  const der = Buffer.from(text, 'base64');
  return (
    rsaOnly(() => createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })) ??
    rsaOnly(() => createPrivateKey({ key: der, format: 'der', type: 'pkcs1' }))
  );
}

function readPublicKey(text: string): KeyObject | undefined {
  if (text.includes('-----BEGIN')) return rsaOnly(() => createPublicKey(text));
  return rsaOnly(() => createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' }));
}

/** Both platforms sign with RSA of 2,048 bits; a shorter key is a mistake or an attack. */
function rsaOnly(read: () => KeyObject): KeyObject | undefined {
  try {
    const key = read();
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    return key.asymmetricKeyType === 'rsa' && bits >= 2_048 ? key : undefined;
  } catch {
    // The reason is not kept: OpenSSL's errors add nothing to "this setting is not an RSA key".
    return undefined;
  }
}
