import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { EpochMs } from '../../shared/time';
import type { SandboxRequest } from './http';

export interface MessageClient {
  readonly keyId: string;
  readonly secret: string;
}

const WINDOW_MS = 5 * 60_000;

/**
 * The school's gateways for text messages and e-mail read the same form: X-<name>-Key, -Timestamp (seconds), -Nonce and
 * -Signature = hex HMAC-SHA256(secret, "POST\n<path>\n<timestamp>\n<nonce>\n<hex SHA-256 of the body>").
 */
export function createSignatureCheck(name: 'sms' | 'mail', client: MessageClient, clock: () => EpochMs) {
  const seenNonces = new Map<string, EpochMs>();

  function isSigned(request: SandboxRequest, nonce: string): boolean {
    const timestamp = request.headers[`x-${name}-timestamp`] ?? '';
    if (request.headers[`x-${name}-key`] !== client.keyId || nonce.length < 16) return false;
    if (!/^\d{10}$/.test(timestamp) || Math.abs(clock() - Number(timestamp) * 1000) > WINDOW_MS) return false;
    const digest = createHash('sha256').update(request.body).digest('hex');
    const given = Buffer.from(request.headers[`x-${name}-signature`] ?? '', 'hex');
    // A client may count the mount point of this stand-in as part of the path.
    return [request.path, request.fullPath].some((path) => {
      const expected = createHmac('sha256', client.secret).update(`POST\n${path}\n${timestamp}\n${nonce}\n${digest}`).digest();
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
  }

  /** What is wrong with the request, or undefined. */
  return (request: SandboxRequest): 'bad-signature' | 'nonce-used' | undefined => {
    const nonce = request.headers[`x-${name}-nonce`] ?? '';
    if (!isSigned(request, nonce)) return 'bad-signature';
    for (const [seen, at] of seenNonces) if (clock() - at > 2 * WINDOW_MS) seenNonces.delete(seen);
    if (seenNonces.has(nonce)) return 'nonce-used';
    seenNonces.set(nonce, clock());
    return undefined;
  };
}
