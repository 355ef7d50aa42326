import { createCipheriv, createPublicKey, diffieHellman, generateKeyPairSync, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';

/** The key of the server that the card office enrolled with the machine. */
export interface PinKey {
  readonly keyId: string;
  /** Raw X25519 public key, 32 bytes, base64. */
  readonly publicKey: string;
}

export interface PinFor {
  readonly schoolId: string;
  readonly terminal: number;
  readonly sequence: number;
}

const SPKI_PREFIX = Buffer.from('302a300506032b656e032100', 'hex');
const TEXT_BYTES = 32;

/** A password typed at a machine, sealed as docs/terminal-api.md says. The last parameter is for the vector alone. */
export function sealPin(
  pin: string,
  { keyId, publicKey }: PinKey,
  { schoolId, terminal, sequence }: PinFor,
  made: { readonly ephemeral: KeyObject; readonly nonce: Uint8Array } = {
    ephemeral: generateKeyPairSync('x25519').privateKey,
    nonce: randomBytes(12),
  },
) {
  const server = Buffer.from(publicKey, 'base64');
  const serverKey = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, server]), format: 'der', type: 'spki' });
  const ephemeral = createPublicKey(made.ephemeral).export({ type: 'spki', format: 'der' }).subarray(-32);
  const shared = diffieHellman({ privateKey: made.ephemeral, publicKey: serverKey });
  const key = Buffer.from(hkdfSync('sha256', shared, Buffer.concat([ephemeral, server]), 'ecode-pin-1', 32));
  const cipher = createCipheriv('aes-256-gcm', key, made.nonce, { authTagLength: 16 });
  cipher.setAAD(Buffer.from(`${schoolId}|${terminal}|${sequence}`));
  const text = Buffer.alloc(TEXT_BYTES);
  if (Buffer.byteLength(pin) > TEXT_BYTES) throw new RangeError('a password of more than 32 bytes');
  text.write(pin);
  const ciphertext = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  return {
    keyId,
    ephemeralKey: ephemeral.toString('base64'),
    nonce: Buffer.from(made.nonce).toString('base64'),
    ciphertext: ciphertext.toString('base64'),
  };
}
