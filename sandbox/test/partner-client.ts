import {
  createCipheriv,
  createHash,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';
import type { SandboxResponse } from '../lib/http';
import type { PartnerKeys } from '../lib/partner-keys';
import type { World } from '../world-contract';

export interface PartnerRequest {
  /** "/bank/ccb/debits/now" */
  readonly path: string;
  readonly clientId: string;
  readonly content: Readonly<Record<string, unknown>>;
  /** Differences from a well-formed request. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly signedBody?: string;
  readonly signedPath?: string;
  readonly timestamp?: number;
  readonly nonce?: string;
}

const hex = (data: string): string => createHash('sha256').update(data).digest('hex');

/** A client as docs/bank-gateway.md tells, written for these tests alone. */
export async function callPartner(
  world: World,
  keys: PartnerKeys,
  now: number,
  request: PartnerRequest,
): Promise<SandboxResponse & { nonce: string }> {
  const { path, clientId } = request;
  const body = JSON.stringify(request.content);
  const timestamp = String(request.timestamp ?? now);
  const nonce = request.nonce ?? randomBytes(16).toString('hex');
  const client = keys.clients[clientId] ?? Object.values(keys.clients)[0];
  if (client === undefined) throw new Error('no client');
  const text = ['ecode-request-1', 'POST', request.signedPath ?? path, clientId, timestamp, nonce, hex(request.signedBody ?? body)].join(
    '\n',
  );
  const headers = {
    'content-type': 'application/json',
    'ecode-client': clientId,
    'ecode-key': client.keyId,
    'ecode-timestamp': timestamp,
    'ecode-nonce': nonce,
    'ecode-signature': sign(null, Buffer.from(text), client.privateKeyPem).toString('base64'),
    ...request.headers,
  };
  return { ...(await world.answer({ method: 'POST', path, query: '', headers, body: Buffer.from(body) })), nonce };
}

/** Whether the answer is signed for this number and this sending. */
export function answerHolds(
  keys: PartnerKeys,
  response: SandboxResponse & { nonce: string },
  asked: { path: string; clientId: string; requestNo: string },
): boolean {
  const head = ['ecode-answer-1', asked.path, asked.clientId, asked.requestNo, response.nonce, response.headers['ecode-timestamp']];
  const text = [...head, response.status, hex(response.body)].join('\n');
  const signature = Buffer.from(response.headers['ecode-signature'] ?? '', 'base64');
  return response.headers['ecode-key'] === keys.answer.keyId && verify(null, Buffer.from(text), keys.answer.publicKeyPem, signature);
}

/** Seals `content` to the partner for one request. */
export function sealFor(keys: PartnerKeys, to: { clientId: string; requestNo: string }, content: unknown) {
  const { privateKey, publicKey } = generateKeyPairSync('x25519');
  const raw = (key: typeof publicKey): Buffer => key.export({ type: 'spki', format: 'der' }).subarray(-32);
  const theirs = createPublicKey(keys.seal.publicKeyPem);
  const salt = Buffer.concat([raw(publicKey), raw(theirs)]);
  const key = Buffer.from(hkdfSync('sha256', diffieHellman({ privateKey, publicKey: theirs }), salt, 'ecode-seal-1', 32));
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(`${to.clientId}\n${to.requestNo}`));
  const bytes = Buffer.concat([cipher.update(JSON.stringify(content), 'utf8'), cipher.final(), cipher.getAuthTag()]);
  const base64 = (data: Buffer): string => data.toString('base64');
  return { keyId: keys.seal.keyId, ephemeralKey: base64(raw(publicKey)), nonce: base64(nonce), ciphertext: base64(bytes) };
}
