import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { SandboxRequest } from '../lib/http';

/** The one pair of keys of this machine (sandbox/local/functions-process.ts). */
export const LOCAL_ACCESS_KEY = { id: 'local', secret: 'local' } as const;
const WINDOW_MS = 15 * 60_000;
const FORM =
  /^AWS4-HMAC-SHA256 Credential=(\w+)\/(\d{8})\/([\w-]+)\/(\w+)\/aws4_request, SignedHeaders=([\w;-]+), Signature=([0-9a-f]{64})$/;

/** Why AWS would refuse the request's signature (Signature Version 4); undefined when it is right. */
export function signatureFault(request: SandboxRequest, service: string, now: number): string | undefined {
  const parts = FORM.exec(request.headers.authorization ?? '');
  if (parts === null) return 'MissingAuthenticationToken';
  const [, keyId, day = '', region = '', named, signedHeaders = '', signature = ''] = parts;
  const date = request.headers['x-amz-date'] ?? '';
  if (keyId !== LOCAL_ACCESS_KEY.id) return 'UnrecognizedClientException';
  if (named !== service || !date.startsWith(day)) return 'SignatureDoesNotMatch';
  if (!['host', 'x-amz-date', 'x-amz-target'].every((name) => signedHeaders.split(';').includes(name))) return 'SignatureDoesNotMatch';
  const at = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!(Math.abs(now - at) <= WINDOW_MS)) return 'SignatureDoesNotMatch';
  const headers = signedHeaders.split(';').map((name) => `${name}:${(request.headers[name] ?? '').trim().replace(/ +/g, ' ')}\n`);
  const canonical = [request.method, request.path, request.query, headers.join(''), signedHeaders, sha256(request.body)].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', date, scope, sha256(Buffer.from(canonical))].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<Buffer>(hmac, Buffer.from(`AWS4${LOCAL_ACCESS_KEY.secret}`));
  return timingSafeEqual(hmac(key, text), Buffer.from(signature, 'hex')) ? undefined : 'SignatureDoesNotMatch';
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
