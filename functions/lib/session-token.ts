import { createHash } from 'node:crypto';
import type { RandomBytes } from '../../shared/ids';

const TOKEN_BYTES = 32;
const FORM = /^[\w-]{43}$/;

/** Opaque: 256 bits of chance that mean nothing outside the table. */
export function newSessionToken(randomBytes: RandomBytes): string {
  return Buffer.from(randomBytes(TOKEN_BYTES)).toString('base64url');
}

/**
 * What is stored of a token. A plain SHA-256 is enough: 256 random bits cannot be guessed from it, so whoever reads
 * the table still cannot sign in.
 */
export function hashSessionToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** The hash of the token in `Authorization: Bearer …`, or undefined when there is none of ours. */
export function bearerHash(authorization: string | undefined): string | undefined {
  const [scheme = '', token = '', ...rest] = (authorization ?? '').trim().split(/ +/);
  if (scheme.toLowerCase() !== 'bearer' || rest.length > 0 || !FORM.test(token)) return undefined;
  return hashSessionToken(token);
}
