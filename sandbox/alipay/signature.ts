import { sign, verify } from 'node:crypto';

export type Parameters = ReadonlyMap<string, string>;

/**
 * The text both sides sign: parameters with a value, by name in byte order, "name=value" joined by "&", values decoded.
 * A request signs everything but `sign`; a notice leaves out `sign_type` as well.
 */
export function textToSign(parameters: Parameters, leftOut: readonly string[]): string {
  return [...parameters]
    .filter(([name, value]) => !leftOut.includes(name) && value !== '')
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

export function signRsa2(text: string, privateKeyPem: string): string {
  return sign('sha256', Buffer.from(text, 'utf8'), privateKeyPem).toString('base64');
}

/** sign_type=RSA: the SHA-1 form that Alipay gave up; only the fault of that name uses it. */
export function signRsaSha1(text: string, privateKeyPem: string): string {
  return sign('sha1', Buffer.from(text, 'utf8'), privateKeyPem).toString('base64');
}

export function verifyRsa2(text: string, signature: string, publicKeyPem: string): boolean {
  return verify('sha256', Buffer.from(text, 'utf8'), publicKeyPem, Buffer.from(signature, 'base64'));
}
