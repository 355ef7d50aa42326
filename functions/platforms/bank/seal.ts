import { createCipheriv, createPrivateKey, createPublicKey, diffieHellman, hkdfSync, KeyObject } from 'node:crypto';
import * as v from 'valibot';
import type { RandomBytes } from '../../../shared/ids';

/** X25519 public key in SPKI PEM: whoever terminates TLS on the way cannot read a card or ID number. */
export const sealKeySetting = v.object({
  keyId: v.pipe(v.string(), v.regex(/^[0-9A-Za-z_-]{1,64}$/)),
  publicKey: v.pipe(
    v.string(),
    v.transform(readX25519),
    v.custom<KeyObject>((key) => key instanceof KeyObject),
  ),
});
export type SealKey = v.InferOutput<typeof sealKeySetting>;

function readX25519(pem: string): KeyObject | undefined {
  if (pem.includes('PRIVATE KEY')) return undefined;
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyType === 'x25519' ? key : undefined;
  } catch {
    // As in signing-keys.ts: why it is no key does not matter.
    return undefined;
  }
}

export interface Sealed {
  readonly keyId: string;
  /** Raw 32 bytes of the X25519 key made for this message; all three in base64. */
  readonly ephemeralKey: string;
  readonly nonce: string;
  /** AES-256-GCM, the tag of 16 bytes behind. */
  readonly ciphertext: string;
}

/**
 * Seals personal data to the bank: key = HKDF-SHA256(X25519(ephemeral, bank), salt ephemeral ‖ bank, info "ecode-seal-1"), associated data
 * "<client>\n<requestNo>", so that a sealed card cannot be moved into another request.
 */
export function seal(content: unknown, to: { key: SealKey; clientId: string; requestNo: string }, randomBytes: RandomBytes): Sealed {
  const privateKey = createPrivateKey({ key: pkcs8(randomBytes(32)), format: 'der', type: 'pkcs8' });
  const ephemeral = rawPublic(createPublicKey(privateKey));
  const shared = diffieHellman({ privateKey, publicKey: to.key.publicKey });
  const salt = Buffer.concat([ephemeral, rawPublic(to.key.publicKey)]);
  const key = Buffer.from(hkdfSync('sha256', shared, salt, 'ecode-seal-1', 32));
  const nonce = Buffer.from(randomBytes(12));
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
  cipher.setAAD(Buffer.from(`${to.clientId}\n${to.requestNo}`));
  const ciphertext = Buffer.concat([cipher.update(JSON.stringify(content), 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return {
    keyId: to.key.keyId,
    ephemeralKey: ephemeral.toString('base64'),
    nonce: nonce.toString('base64'),
    ciphertext: ciphertext.toString('base64'),
  };
}

/** RFC 8410: the fixed head of a PKCS#8 X25519 key, then its 32 bytes. */
const PKCS8_HEAD = Buffer.from('302e020100300506032b656e04220420', 'hex');

function pkcs8(secret: Uint8Array): Buffer {
  return Buffer.concat([PKCS8_HEAD, secret]);
}

function rawPublic(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' }).subarray(-32);
}
