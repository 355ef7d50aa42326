import {
  createDecipheriv,
  createHash,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import type { SentRequest } from './network';

/** The partner's side of the signed exchange, from docs/bank-gateway.md, with node:crypto alone. */
export const NOW = Date.UTC(2026, 10, 21, 4, 0, 0, 123);

export interface Pair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export const ed25519 = (): Pair => generateKeyPairSync('ed25519');
export const rsa = (bits = 2_048): Pair => generateKeyPairSync('rsa', { modulusLength: bits });
export const privatePem = ({ privateKey }: Pair): string => String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
export const publicPem = ({ publicKey }: Pair): string => String(publicKey.export({ type: 'spki', format: 'pem' }));

export const ourKeys = ed25519();
export const partnerKeys = ed25519();
export const sealKeys: Pair = generateKeyPairSync('x25519');

export const settings = {
  baseUrl: 'https://bank.example.com/ecode/v1',
  clientId: 'dufl',
  keyId: 'ours-1',
  privateKey: privatePem(ourKeys),
  answerKeys: [{ keyId: 'bank-1', publicKey: publicPem(partnerKeys) }],
  sealKey: { keyId: 'seal-1', publicKey: publicPem(sealKeys) },
  timeoutMs: 1_000,
};

const digestOf = (key: KeyObject) => (key.asymmetricKeyType === 'ed25519' ? null : 'sha256');
const hex = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** Whether the request carries our signature over its raw bytes. */
export function isOurs(request: SentRequest, keys: Pair = ourKeys): boolean {
  const header = (name: string): string => request.headers.get(`ecode-${name}`) ?? '';
  const { pathname, search } = request.url;
  const parts = [
    'ecode-request-1',
    request.method,
    pathname + search,
    header('client'),
    header('timestamp'),
    header('nonce'),
    hex(request.body),
  ];
  return verify(digestOf(keys.publicKey), Buffer.from(parts.join('\n')), keys.publicKey, Buffer.from(header('signature'), 'base64'));
}

export interface Answering {
  readonly status?: number;
  readonly keys?: Pair;
  readonly keyId?: string;
  readonly requestNo?: string;
  readonly nonce?: string;
  readonly path?: string;
  readonly client?: string;
  readonly timestamp?: string;
  /** Sent, but not signed. */
  readonly body?: string;
  readonly signedStatus?: number;
}

export const numberOf = (request: SentRequest): string => JSON.parse(request.body).requestNo;

/** An answer to `request`, signed; `how` makes it another one. */
export function answerTo(request: SentRequest, content: Readonly<Record<string, unknown>>, how: Answering = {}): Response {
  const status = how.status ?? 200;
  const body = JSON.stringify({ requestNo: numberOf(request), ...content });
  const timestamp = how.timestamp ?? String(NOW);
  const keys = how.keys ?? partnerKeys;
  const parts = [
    'ecode-answer-1',
    how.path ?? request.url.pathname,
    how.client ?? request.headers.get('ecode-client'),
    how.requestNo ?? numberOf(request),
    how.nonce ?? request.headers.get('ecode-nonce'),
    timestamp,
    how.signedStatus ?? status,
    hex(body),
  ];
  const signature = sign(digestOf(keys.privateKey), Buffer.from(parts.join('\n')), keys.privateKey).toString('base64');
  return new Response(how.body ?? body, {
    status,
    headers: { 'ecode-key': how.keyId ?? 'bank-1', 'ecode-timestamp': timestamp, 'ecode-signature': signature },
  });
}

/** Opens what was sealed to the partner. Throws where it was sealed for another request or key. */
export function openSealed(request: SentRequest): unknown {
  const { requestNo, sealed } = JSON.parse(request.body);
  const bytes = (text: string): Buffer => Buffer.from(text, 'base64');
  const jwk = { kty: 'OKP', crv: 'X25519', x: bytes(sealed.ephemeralKey).toString('base64url') };
  const secret = diffieHellman({ privateKey: sealKeys.privateKey, publicKey: createPublicKey({ key: jwk, format: 'jwk' }) });
  const own = sealKeys.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  const key = Buffer.from(hkdfSync('sha256', secret, Buffer.concat([bytes(sealed.ephemeralKey), own]), 'ecode-seal-1', 32));
  const decipher = createDecipheriv('aes-256-gcm', key, bytes(sealed.nonce), { authTagLength: 16 });
  decipher.setAAD(Buffer.from(`${request.headers.get('ecode-client')}\n${requestNo}`));
  decipher.setAuthTag(bytes(sealed.ciphertext).subarray(-16));
  const plain = Buffer.concat([decipher.update(bytes(sealed.ciphertext).subarray(0, -16)), decipher.final()]);
  return JSON.parse(plain.toString('utf8'));
}
